import { Overloaded } from '../errors.ts';

/** Limits how many pieces of work run at once; the others wait in a queue. */
export interface ConcurrencyLimiter {
  /**
   * Runs the work in its turn. @throws Overloaded when the queue is full, or the turn does not come in time
   */
  run<T>(work: () => Promise<T>): Promise<T>;
  readonly running: number;
  readonly waiting: number;
}

export interface ConcurrencyLimits {
  /** Work that runs at once. */
  atOnce: number;
  /** Work that may wait. */
  waiting: number;
  /** Longest wait, in ms. */
  patience: number;
  /** Message of the error: what to retry, and how. */
  refusal: string;
}

/** Work that waits. */
interface Waiter {
  until: number;
  enter(): void;
  refuse(error: Overloaded): void;
}

export function createConcurrencyLimiter(limits: ConcurrencyLimits): ConcurrencyLimiter {
  // In the order of arrival, which is also that of their timeouts.
  const line = new Set<Waiter>();
  let running = 0;
  let timer: NodeJS.Timeout | null = null;

  function refuseLate(): void {
    timer = null;
    for (const waiter of line) {
      if (waiter.until > Date.now()) break;
      line.delete(waiter);
      waiter.refuse(new Overloaded(limits.refusal));
    }
    watch();
  }

  /** Sets the one timer of the queue to the timeout of its first. */
  function watch(): void {
    const [first] = line;
    if (timer || !first || limits.patience === Number.POSITIVE_INFINITY) return;
    timer = setTimeout(refuseLate, Math.max(first.until - Date.now(), 0));
    timer.unref();
  }

  function enter(): Promise<void> | null {
    if (running < limits.atOnce) {
      running += 1;
      return null;
    }
    if (line.size >= limits.waiting) throw new Overloaded(limits.refusal);
    return new Promise((resolve, reject) => {
      line.add({ until: Date.now() + limits.patience, enter: resolve, refuse: reject });
      watch();
    });
  }

  /** Starts the next work of the queue. */
  function leave(): void {
    const [next] = line;
    if (!next) running -= 1;
    else {
      line.delete(next);
      next.enter();
    }
  }

  return {
    async run(work) {
      await enter();
      try {
        return await work();
      } finally {
        leave();
      }
    },
    get running() {
      return running;
    },
    get waiting() {
      return line.size;
    },
  };
}
