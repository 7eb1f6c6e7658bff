import { setTimeout } from 'node:timers/promises';

/** Resolves after so many milliseconds, or when the signal aborts, whichever is first. */
export async function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  await setTimeout(milliseconds, undefined, signal ? { signal } : {}).catch(() => undefined);
}

/**
 * Adds a timeout: settles as `work` does, or rejects with `late()` after so many milliseconds; `work` itself
 * goes on. When the time is up, two rounds of the event loop first read what has arrived: this process may
 * have been busy, and not the other side slow.
 */
export function within<T>(
  milliseconds: number,
  work: Promise<T> | T,
  late = () => new Error(`no answer within ${milliseconds} ms`),
): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const refuse = () => reject(late());
  const timer = globalThis.setTimeout(() => setImmediate(() => setImmediate(refuse)), milliseconds);
  Promise.resolve(work)
    .then(resolve, reject)
    .finally(() => clearTimeout(timer));
  return promise;
}
