/** Things put into a map before it is made anew, at least. */
const FEW = 64;

/**
 * A map of what comes and goes all the time: requests on their way, operations of a socket. It is a `Map`,
 * but for what V8's own costs there. That one makes itself a new table whenever what was deleted has filled
 * its table, and each old table keeps all that was in it and, for iterators, points to the next. A table that
 * was there at a full garbage collection is in the old generation, where it is not collected until the next;
 * and it keeps all tables that come after it, so that from then on each young collection has to copy what
 * ended long ago. A tenth of the gateway's CPU was that.
 */
export class ShortLivedMap<Key, Value> {
  #map = new Map<Key, Value>();
  /** How many things may be put into this map yet. */
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
      // The table of a copy is nobody's next.
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
   * What is there now, in the order in which it came. It may be changed meanwhile: what is put in then may or
   * may not be among it.
   */
  [Symbol.iterator](): Iterator<[Key, Value]> {
    return this.#map[Symbol.iterator]();
  }

  values(): Iterable<Value> {
    return this.#map.values();
  }
}
