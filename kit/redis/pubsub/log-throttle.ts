import type { Log } from '../../observe/log.ts';

const INTERVAL = 1_000;

/** Counts faults that come in storms, and logs at most one line a second: how many, and the last of them. */
export function createLogThrottle(log: Log, message: string): (error: Error, count?: number) => void {
  let total = 0;
  let last: Error | null = null;
  let isWaiting = false;
  return (error, count = 1) => {
    if (count === 0) return;
    total += count;
    last = error;
    if (isWaiting) return;
    isWaiting = true;
    setTimeout(() => {
      log.warn({ err: last, count: total }, message);
      total = 0;
      isWaiting = false;
    }, INTERVAL).unref();
  };
}
