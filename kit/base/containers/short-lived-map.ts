/** Least number of insertions before the map is copied. */
const FEW = 64;

/**
 * A Map for short-lived entries: requests in flight, operations of a socket. V8 gives a Map a new table
 * whenever deleted entries have filled it, and each old table keeps its entries and, for iterators, points to
 * the next. Once one is in the old generation, every later table stays reachable until the next full
 * collection, and young collections copy every dead entry. A fresh copy now and then breaks the chain. The
 * chain took a tenth of the gateway's CPU.
 */
export class ShortLivedMap<Key, Value> {
  #map = new Map<Key, Value>();
  /** Insertions left before the next copy. */
  #room = FEW;

  get size(): number {
    return this.#map.size;
  }

  get(key: Key): Value | undefined {
    return this.#map.get(key);
  }

  has(key: Key): boolean {
    return this.#map.has(key);
  }

  set(key: Key, value: Value): void {
    if (this.#room === 0) {
      // No older table points to the table of a copy.
      this.#map = new Map(this.#map);
      this.#room = Math.max(FEW, this.#map.size);
    }
    this.#room -= 1;
    this.#map.set(key, value);
  }

  delete(key: Key): boolean {
    return this.#map.delete(key);
  }

  clear(): void {
    this.#map = new Map();
    this.#room = FEW;
  }

  /**
   * Iterates in the order of insertion. The map may change meanwhile: entries added then may or may not be
   * visited.
   */
  [Symbol.iterator](): Iterator<[Key, Value]> {
    return this.#map[Symbol.iterator]();
  }

  values(): Iterable<Value> {
    return this.#map.values();
  }
}
