import DataLoader from 'dataloader';

/**
 * Batches reads by id within one request. `read` gets distinct ids and returns what it found, in any order;
 * the loader gives null for the rest.
 */
export function loadById<T>(
  read: (ids: readonly string[]) => Promise<readonly T[]>,
  idOf: (value: T) => string,
): DataLoader<string, T | null> {
  return new DataLoader(async (ids) => {
    const found = new Map((await read(ids)).map((value) => [idOf(value), value]));
    return ids.map((id) => found.get(id) ?? null);
  });
}

/** Collects the keys that are asked for in a turn, and reads up to `most` of them at once. Keeps nothing. */
export function inBatches<Key>(
  most: number,
  read: (keys: readonly Key[]) => Promise<void>,
): (key: Key) => Promise<void> {
  const loader = new DataLoader<Key, null>(
    async (keys) => {
      await read(keys);
      return keys.map(() => null);
    },
    { cache: false, maxBatchSize: most },
  );
  return async (key) => void (await loader.load(key));
}
