/** Shortest and longest pause before a refusal goes out, in ms. */
export interface SlowdownLimits {
  shortest: number;
  longest: number;
  /** Refusals that wait at once, of one payer and in all. */
  perPayer: number;
  total: number;
}

/**
 * Delays refusals. A client that is refused at once retries at once, and refusing it becomes the work of the
 * server. So a refusal waits, and nothing is read from its connection meanwhile.
 */
export interface Slowdown {
  /**
   * Resolves when the refusal may go out. The pause grows with the payer's waiting refusals, as a budget
   * needs longer to have something for each, and with the bytes that were received for nothing. Null when too
   * many wait: the connection closes without an answer.
   */
  hold(payer: string, bytes?: number): Promise<void> | null;
  /** Waiting refusals of the payer. */
  waitingOf(payer: string): number;
  /** Ends all pauses, also later ones: a server that stops waits for none. */
  close(): void;
}

/** Bytes for which a refusal waits a millisecond longer, and the longest pause for them, in ms. */
const BYTES_PER_MS = 150;
const LONGEST_FOR_BYTES = 4_000;

const LIMITS: SlowdownLimits = { shortest: 250, longest: 1_000, perPayer: 250, total: 5_000 };

export function createSlowdown(limits: SlowdownLimits = LIMITS): Slowdown {
  const { shortest, longest, perPayer, total } = limits;
  const waitingOf = new Map<string, number>();
  /** Functions that end the pauses. */
  const ends = new Set<() => void>();
  let isClosed = false;

  return {
    hold(payer, bytes = 0) {
      if (isClosed) return Promise.resolve();
      const waiting = waitingOf.get(payer) ?? 0;
      if (waiting >= perPayer || ends.size >= total) return null;
      waitingOf.set(payer, waiting + 1);
      const { promise, resolve } = Promise.withResolvers<void>();
      const end = () => {
        clearTimeout(timer);
        ends.delete(end);
        const left = (waitingOf.get(payer) as number) - 1;
        if (left > 0) waitingOf.set(payer, left);
        else waitingOf.delete(payer);
        resolve();
      };
      const forBytes = Math.min(LONGEST_FOR_BYTES, bytes / BYTES_PER_MS);
      const timer = setTimeout(end, Math.min(longest, shortest * (waiting + 1)) + forBytes);
      ends.add(end);
      return promise;
    },
    waitingOf: (payer) => waitingOf.get(payer) ?? 0,
    close() {
      isClosed = true;
      for (const end of [...ends]) end();
    },
  };
}
