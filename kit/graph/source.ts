/**
 * Events of one subscription, pulled by its reader when it can take another: backpressure without a queue. A
 * `subscribe` resolver returns one. Readers that get the same event object share one execution and
 * serialisation when they see the same.
 */
export interface EventSource<T extends object> extends AsyncIterable<T> {
  /** Returns the next event, or null; `onReady` is called when there may be one. Never throws. */
  take(): T | null;
  /**
   * Set by the reader, once, before the first take. Called, maybe synchronously, when take() may return an
   * event, or when `ended` was set.
   */
  onReady: () => void;
  /**
   * Null while it goes on, then the cause of the end: `{error: null}` for completion. Events that take()
   * still returns come first.
   */
  readonly ended: { error: unknown } | null;
  /** Frees everything at once: the reader is gone. */
  close(): void;
}

/**
 * Makes a source an `AsyncIterable`: `[Symbol.asyncIterator]() { return iterateSource(this) }`. Becomes the
 * reader of the source.
 */
export function iterateSource<T extends object>(source: EventSource<T>): AsyncIterableIterator<T> {
  let waiting: { resolve(result: IteratorResult<T>): void; reject(error: unknown): void }[] = [];
  let isDone = false;
  const deliver = () => {
    while (waiting.length > 0) {
      const event = isDone ? null : source.take();
      if (event === null && !isDone && !source.ended) return;
      const { resolve, reject } = waiting.shift() as (typeof waiting)[number];
      if (event !== null) resolve({ value: event, done: false });
      else {
        // The first caller gets the error; later ones get an ordinary end.
        const error = isDone ? null : source.ended?.error;
        isDone = true;
        if (error) reject(error);
        else resolve({ value: undefined, done: true });
      }
    }
  };
  source.onReady = deliver;
  const end = () => {
    isDone = true;
    source.close();
    deliver();
    waiting = [];
  };
  return {
    next: () =>
      new Promise((resolve, reject) => {
        waiting.push({ resolve, reject });
        deliver();
      }),
    async return() {
      end();
      return { value: undefined, done: true };
    },
    async throw(error) {
      end();
      throw error;
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

/**
 * Makes a source of what a `subscribe` resolver returned: a source as it is, any other `AsyncIterable` one
 * event at a time.
 */
export function toSource<T extends object>(events: AsyncIterable<T>): EventSource<T> {
  return 'take' in events ? (events as EventSource<T>) : new IterableSource(events);
}

class IterableSource<T extends object> implements EventSource<T> {
  onReady = () => {};
  ended: { error: unknown } | null = null;
  readonly #iterator: AsyncIterator<T>;
  #event: T | null = null;
  #isAsking = false;

  constructor(events: AsyncIterable<T>) {
    this.#iterator = events[Symbol.asyncIterator]();
  }

  take(): T | null {
    const event = this.#event;
    this.#event = null;
    if (event === null && !this.#isAsking && !this.ended) void this.#ask();
    return event;
  }

  async #ask(): Promise<void> {
    this.#isAsking = true;
    try {
      const { done, value } = await this.#iterator.next();
      if (done) this.ended ??= { error: null };
      else if (!this.ended) this.#event = value;
    } catch (error) {
      this.ended ??= { error };
    }
    this.#isAsking = false;
    this.onReady();
  }

  close(): void {
    this.ended ??= { error: null };
    this.#event = null;
    this.onReady = () => {};
    // An iterator that rejects after its reader has left has nobody to handle it.
    Promise.resolve(this.#iterator.return?.()).catch(() => {});
  }

  [Symbol.asyncIterator](): AsyncIterableIterator<T> {
    return iterateSource(this);
  }
}
