/** What can be in one queue. */
export interface Link<Self> {
  /** The one after it; set by the queue alone. */
  next: Self | null;
  isQueued: boolean;
}

/**
 * A queue in the order of arrival, in which each is once at most. It allocates nothing: there are very many,
 * and most of them are empty.
 */
export class IntrusiveQueue<Item extends Link<Item>> {
  first: Item | null = null;
  #last: Item | null = null;

  /** Does nothing where the item is queued already. */
  push(item: Item): void {
    if (item.isQueued) return;
    item.isQueued = true;
    if (this.#last) this.#last.next = item;
    else this.first = item;
    this.#last = item;
  }

  shift(): Item | null {
    const item = this.first;
    if (!item) return null;
    this.first = item.next;
    if (!this.first) this.#last = null;
    item.next = null;
    item.isQueued = false;
    return item;
  }

  clear(): void {
    this.first = null;
    this.#last = null;
  }
}
