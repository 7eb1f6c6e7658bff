import { fork } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { noteChild } from '../launch/base/child.ts';
import { RECORDS_VARIABLE } from '../launch/services.ts';
import type { Question, Reply } from './load/serve.ts';

/**
 * A process of the bench: a load generator, the stock server, the floor. It does what it is asked
 * (load/serve.ts) and ends with us.
 */
export interface Helper {
  pid: number;
  // biome-ignore lint/suspicious/noExplicitAny: the result is what the named command of that program returns
  ask(name: string, parameters?: unknown): Promise<any>;
  stop(): Promise<void>;
}

/**
 * Starts `bench/<program>`. With `isLast` it runs when no other process of the machine wants to, as far as
 * the system knows how.
 */
export function startHelper(
  program: string,
  environment: NodeJS.ProcessEnv = process.env,
  { isLast = false } = {},
): Helper {
  const child = fork(join(import.meta.dirname, program), {
    env: environment,
    // By `nice`, as the threads of a process that has started keep their priority.
    ...(isLast ? { execPath: 'nice', execArgv: ['-n', '19', process.execPath], detached: true } : { execArgv: [] }),
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const pid = child.pid as number;
  if (isLast) yieldToSessions(pid);
  const records = process.env[RECORDS_VARIABLE];
  const forget = records ? noteChild(records, 'bench', pid) : () => {};
  const waiting = new Map<number, { resolve(result: unknown): void; reject(error: Error): void }>();
  let last = 0;
  child.on('message', (reply: Reply) => {
    const asked = waiting.get(reply.id);
    waiting.delete(reply.id);
    if ('error' in reply) asked?.reject(new Error(`${program}: ${reply.error}`));
    else asked?.resolve(reply.result);
  });
  const ended = new Promise<void>((resolve) => {
    child.once('exit', (code, signal) => {
      forget();
      for (const { reject } of waiting.values()) reject(new Error(`${program} ended (${signal ?? code})`));
      resolve();
    });
  });
  return {
    pid,
    ask(name, parameters) {
      last += 1;
      const question: Question = { id: last, name, parameters };
      return new Promise((resolve, reject) => {
        waiting.set(question.id, { resolve, reject });
        child.send(question);
      });
    },
    async stop() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/**
 * Gives the session of a process the lowest priority. Where Linux groups processes by session (autogroup), a
 * priority of their own counts inside that group only, and each service has a session of its own.
 */
function yieldToSessions(pid: number): void {
  try {
    writeFileSync(`/proc/${pid}/autogroup`, '19');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
