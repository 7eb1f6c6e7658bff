import { pause } from '../base/pause.ts';
import type { Log } from '../observe/log.ts';

const RETRY_DELAY = 1_000;

/** Work that a service does again and again until it stops. */
export interface Background {
  /** Does it at once, unless it is being done. */
  now(): void;
  /** Ends when work that is being done now has ended. */
  stop(): Promise<void>;
}

/**
 * Does `work` every `milliseconds`, never twice at once; the first time when that long has passed. A failure
 * is logged under `name` and the next turn tries again. Work that takes long ends early when its signal is
 * aborted.
 */
export function repeat(
  name: string,
  milliseconds: number,
  work: (stopping: AbortSignal) => Promise<void>,
  log: Log,
): Background {
  const stopping = new AbortController();
  let running: Promise<void> | null = null;
  const turn = async () => {
    try {
      await work(stopping.signal);
    } catch (error) {
      log.warn({ err: error, work: name }, 'background work failed and will be tried again');
    } finally {
      running = null;
    }
  };
  const now = () => {
    running ??= turn();
  };
  const timer = setInterval(now, milliseconds);
  timer.unref();
  return {
    now,
    async stop() {
      clearInterval(timer);
      stopping.abort();
      await running;
    },
  };
}

/** Starts work that nobody waits for. A failure is logged under `name`. */
export function inBackground(name: string, work: () => Promise<void>, log: Log): void {
  void work().catch((error) => log.warn({ err: error, work: name }, 'background work failed'));
}

/**
 * Does `work` until it succeeds, for what a process needs before it can serve. Each failure is logged under
 * `name`.
 */
export async function untilDone<T>(name: string, work: () => Promise<T>, log: Log): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      log.warn({ err: error, work: name }, 'the start waits for something that failed and is tried again');
      await pause(RETRY_DELAY);
    }
  }
}
