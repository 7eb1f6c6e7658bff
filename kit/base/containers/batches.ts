/**
 * Batches reads by key across operations: one batch is in flight at a time, and keys that arrive meanwhile
 * make the next. So an idle process reads at once and a busy one in few statements, and nobody gets data that
 * was read before they asked.
 */
export interface Batches<T> {
  /** Reads the value of a key; undefined where there is none. */
  get(key: string): Promise<T | undefined>;
}

export function createBatches<T>(read: (keys: string[]) => Promise<Map<string, T>>, size: number): Batches<T> {
  const asked = new Map<
    string,
    { promise: Promise<T | undefined>; resolve(value?: T): void; reject(error: unknown): void }
  >();
  let reading = false;

  async function readAll(): Promise<void> {
    reading = true;
    // Keys of the same moment join the first batch.
    await Promise.resolve();
    while (asked.size > 0) {
      const batch = [...asked].slice(0, size);
      for (const [key] of batch) asked.delete(key);
      try {
        const found = await read(batch.map(([key]) => key));
        for (const [key, { resolve }] of batch) resolve(found.get(key));
      } catch (error) {
        for (const [, { reject }] of batch) reject(error);
      }
    }
    reading = false;
  }

  return {
    get(key) {
      const known = asked.get(key);
      if (known) return known.promise;
      const { promise, resolve, reject } = Promise.withResolvers<T | undefined>();
      asked.set(key, { promise, resolve: resolve as (value?: T) => void, reject });
      if (!reading) void readAll();
      return promise;
    },
  };
}
