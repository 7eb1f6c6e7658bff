import { HttpError } from './refusals.ts';

/** How fast a file has to come. */
export interface SlowestPace {
  bytesPerSecond: number;
  /** The time over which that is looked at, in ms of waiting for the sender. */
  windowMs: number;
}

/** A file comes too slowly: whoever drips bytes would keep a connection and a place for hours. */
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

/** Measures how fast the files of one request come. */
export interface Pace {
  /** Waits for something that the sender owes. @throws TooSlow */
  next<T>(arrival: Promise<T>): Promise<T>;
  /** What a stream brings. Ends the stream where it stops early. @throws TooSlow */
  read(stream: PacedStream): AsyncGenerator<Buffer>;
}

/** A Readable, or what the upload library makes of one. */
export type PacedStream = AsyncIterable<unknown> & { destroy?(): unknown };

/**
 * Time counts only while the sender is waited for: a slow disk or a slow service is no fault of the sender.
 * So each window of waiting has to bring its share of bytes, whatever time lies between two waits.
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
      // Not by the iterator's own `return`, which waits for the chunk that does not come.
      stream.destroy?.();
    }
  }

  return { next, read };
}

const LATE: unique symbol = Symbol('late');
