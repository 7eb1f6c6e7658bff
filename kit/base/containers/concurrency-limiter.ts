import { Overloaded } from '../errors.ts';

/** Lets only so many pieces of work run at once; the others wait in line. */
export interface ConcurrencyLimiter {
  /**
   * Runs the work when it is its turn. @throws Overloaded when the line is full, or the turn does not come in
   * time
   */
  run<T>(work: () => Promise<T>): Promise<T>;
  readonly running: number;
  readonly waiting: number;
}

export interface ConcurrencyLimits {
  /** How many run at once. */
  atOnce: number;
  /** How many may wait. */
  waiting: number;
  /** How long one may wait, in ms. */
  patience: number;
  /** What the error says to one who cannot: what to try again, and how. */
  refusal: string;
}

/** Someone in line. */
interface Waiter {
  until: number;
  enter(): void;
  refuse(error: Overloaded): void;
}

export function createConcurrencyLimiter(limits: ConcurrencyLimits): ConcurrencyLimiter {
  // In the order in which they came, which is also the order in which their time is up.
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

  /** One timer for the line, set to when the patience of its first ends. */
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

  /** Hands the place on to the next in line. */
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
