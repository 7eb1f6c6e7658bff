import { HttpError } from './refusals.ts';

/** The lowest transfer rate of an upload. */
export interface SlowestPace {
  bytesPerSecond: number;
  /** The window of the rate, in ms of waiting for the sender. */
  windowMs: number;
}

/**
 * An upload below the lowest rate. A client that drips bytes would hold a connection and a slot for hours.
 */
export class TooSlow extends HttpError {
  constructor({ bytesPerSecond, windowMs }: SlowestPace) {
    const seconds = windowMs / 1000;
    super(
      408,
      'REQUEST_TIMEOUT',
      `For ${seconds} s the file came more slowly than ${bytesPerSecond} bytes a second. Send it again over a better line.`,
    );
  }
}

/** Enforces the lowest rate for the files of one request. */
export interface Pace {
  /** Awaits something from the sender. @throws TooSlow */
  next<T>(arrival: Promise<T>): Promise<T>;
  /** Reads a stream, and destroys it if the reader stops early. @throws TooSlow */
  read(stream: PacedStream): AsyncGenerator<Buffer>;
}

/** A Readable, or the upload library's wrapper of one. */
export type PacedStream = AsyncIterable<unknown> & { destroy?(): unknown };

/**
 * Counts time only while it waits for the sender, who is not to blame for a slow disk or service. Each window
 * of waiting must bring its share of bytes, whatever time passes between two waits.
 */
export function createPace(slowest: SlowestPace): Pace {
  const { bytesPerSecond, windowMs } = slowest;
  const share = (bytesPerSecond * windowMs) / 1000;
  let waited = 0;
  let bytes = 0;

  function endWindow(): void {
    if (bytes < share) throw new TooSlow(slowest);
    waited = 0;
    bytes = 0;
  }

  async function next<T>(arrival: Promise<T>): Promise<T> {
    for (;;) {
      const since = performance.now();
      const time = Promise.withResolvers<typeof LATE>();
      const timer = setTimeout(() => time.resolve(LATE), windowMs - waited);
      try {
        const first = await Promise.race([arrival, time.promise]);
        if (first !== LATE) {
          waited = Math.min(waited + performance.now() - since, windowMs);
          return first as T;
        }
      } finally {
        clearTimeout(timer);
      }
      endWindow();
    }
  }

  async function* read(stream: PacedStream): AsyncGenerator<Buffer> {
    const chunks = stream[Symbol.asyncIterator]();
    try {
      for (;;) {
        const { done, value } = await next(chunks.next());
        if (done) return;
        const chunk = value as Buffer;
        bytes += chunk.length;
        if (waited >= windowMs) endWindow();
        yield chunk;
      }
    } finally {
      // Not the iterator's own `return`, which would wait for the missing chunk.
      stream.destroy?.();
    }
  }

  return { next, read };
}

const LATE: unique symbol = Symbol('late');
