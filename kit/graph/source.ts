/**
 * The events of one subscription, taken by its reader when it can take another: so there is no queue, however
 * slow the reader is. A `subscribe` resolver returns one. Whoever gives the same event object to many readers
 * has it executed and serialised once for all who see the same.
 */
export interface EventSource<T extends object> extends AsyncIterable<T> {
  /**
   * The next event if there is one now, else null; `onReady` is called when there may be one. Never throws.
   */
  take(): T | null;
  /**
   * Set by the reader, once, before the first take. Called (synchronously is fine) when take() may give
   * something, or when `ended` was set.
   */
  onReady: () => void;
  /**
   * Null while it goes on; then why it ended: `{error: null}` for a plain completion. What take() still gives
   * comes first.
   */
  readonly ended: { error: unknown } | null;
  /** The reader is gone. Frees everything at once. */
  close(): void;
}

/**
 * What makes a source an `AsyncIterable`: `[Symbol.asyncIterator]() { return iterateSource(this) }`. It
 * becomes the reader of the source.
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
        // The error goes to the first who asks; after it, the end is an ordinary one.
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
 * What a `subscribe` resolver returned, as a source: itself, or any other `AsyncIterable` read one event at a
 * time.
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
    // What a reader who is gone leaves behind can fail with nobody to hear it.
    Promise.resolve(this.#iterator.return?.()).catch(() => {});
  }

  [Symbol.asyncIterator](): AsyncIterableIterator<T> {
    return iterateSource(this);
  }
}
