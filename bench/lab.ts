import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { stopLeftovers } from '../launch/base/child.ts';
import { type BaseServices, recordsOf, startBaseServices } from '../launch/base/index.ts';
import { newSecret } from '../launch/base/secret.ts';
import { onInterrupt } from '../launch/interrupt.ts';
import { terminalProgress } from '../launch/progress.ts';
import { RECORDS_VARIABLE } from '../launch/services.ts';
import { PROGRAMS, serviceRecordsOf, sweepTestDirectories, takeTestDirectory } from '../launch/workspace.ts';
import { type Stack, startStack } from '../testing/stack.ts';
import { type Helper, startHelper } from './helper.ts';

/**
 * Where the programs of the bench run: base services of their own, whose commits are flushed to the disk, and
 * whatever they start.
 */
export interface Lab {
  /** The process of MySQL. */
  mysqlPid: number;
  /**
   * Service processes as in production, with a database of their own. Each can be asked things by `inspect`.
   */
  stack(counts: Parameters<typeof startStack>[0], environment?: Record<string, string>): Promise<Stack>;
  /** A process of the bench; it ends with the lab at the latest. */
  helper(program: string, options?: { isLast?: boolean }): Helper;
}

/** How long what is left at the end may drain, in ms. */
const GRACE = 2_000;

/** Runs `work` in a lab and takes it down, whatever happens. */
export async function inLab(work: (lab: Lab) => Promise<void>): Promise<void> {
  const abort = new AbortController();
  let base: BaseServices | undefined;
  await sweepTestDirectories();
  const { directory, lock } = await takeTestDirectory();
  const started: { stop(): Promise<void> }[] = [];
  const takeDown = async () => {
    for (const one of started.splice(0).toReversed()) await one.stop().catch(() => undefined);
    await stopLeftovers(serviceRecordsOf(directory), GRACE);
    await base?.stop();
    lock.release();
    rmSync(directory, { recursive: true, force: true });
  };
  let ended: Promise<void> | undefined;
  const end = () => {
    ended ??= takeDown();
    return ended;
  };
  onInterrupt(
    () => {
      abort.abort();
      void end().then(() => process.exit(130));
    },
    () => process.exit(130),
  );
  try {
    const { signal } = abort;
    base = await startBaseServices({
      directory,
      programs: PROGRAMS,
      // Kept data is flushed at every commit, as on a server; the directory is removed all the same.
      keep: true,
      environment: {},
      progress: terminalProgress,
      signal,
    });
    Object.assign(process.env, base.environment, {
      NODE_ENV: 'production',
      TRUST_SECRET: newSecret(),
      [RECORDS_VARIABLE]: serviceRecordsOf(directory),
    });
    const preload = `--import=${new URL('./preload.ts', import.meta.url)}`;
    await work({
      mysqlPid: mysqlPid(directory),
      async stack(counts, more = {}) {
        // Some few viewers ask here for as much as thousands do.
        const environment = { NODE_OPTIONS: preload, BENCH_DIRECTORY: directory, GATEWAY_BUDGET: '0', ...more };
        const stack = await startStack(counts, environment);
        started.push(stack);
        return stack;
      },
      helper(program, options) {
        const environment = { ...process.env, NODE_OPTIONS: preload, BENCH_DIRECTORY: directory };
        const helper = startHelper(program, environment, options);
        started.push(helper);
        return helper;
      },
    });
  } finally {
    // Where it was interrupted, `work` fails for what is stopped under it: nothing may end this process
    // before all is.
    await end();
  }
}

function mysqlPid(directory: string): number {
  const records = recordsOf(directory);
  const name = readdirSync(records).find((file) => file.startsWith('mysql-')) as string;
  return JSON.parse(readFileSync(join(records, name), 'utf8')).pid;
}
