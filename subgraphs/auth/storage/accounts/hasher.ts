import { Worker } from 'node:worker_threads';
import type { Hasher } from '../../domain/accounts/passwords.ts';

/** What a thread is asked: to make a hash, or to check the password against one. */
export interface HashJob {
  password: string;
  hash: string | null;
}

export type HashResult = { value: string | boolean } | { error: string };

/**
 * Argon2 in threads of its own, with a low priority where the system has one for each thread. On libuv's four
 * threads it would hold up files and DNS, and beside them the requests that need no hash.
 */
export function createHasher(): Hasher {
  const idle: Worker[] = [];

  function start(): Worker {
    const thread = new Worker(new URL('./hash-thread.ts', import.meta.url));
    // Whoever has asked it hears of it as well.
    thread.on('error', () => {});
    thread.once('exit', () => {
      const at = idle.indexOf(thread);
      if (at >= 0) idle.splice(at, 1);
    });
    return thread;
  }

  async function run(job: HashJob): Promise<string | boolean> {
    const thread = idle.pop() ?? start();
    const { promise, resolve, reject } = Promise.withResolvers<HashResult>();
    const onExit = () => reject(new Error('A thread for password hashes ended.'));
    thread.once('message', resolve).once('error', reject).once('exit', onExit);
    thread.ref();
    thread.postMessage(job);
    try {
      const result = await promise;
      // Idle, it is no reason for the process to stay.
      thread.unref();
      idle.push(thread);
      if ('error' in result) throw new Error(result.error);
      return result.value;
    } finally {
      thread.off('message', resolve).off('error', reject).off('exit', onExit);
    }
  }

  return {
    hash: async (password) => (await run({ password, hash: null })) as string,
    verify: async (hash, password) => (await run({ password, hash })) as boolean,
  };
}
