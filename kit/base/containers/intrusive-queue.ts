/** An item of a queue; it can be in one queue at a time. */
export interface Link<Self> {
  /** The next item; set by the queue alone. */
  next: Self | null;
  isQueued: boolean;
}

/**
 * A queue in the order of arrival that holds each item once at most. It allocates nothing: there are very
 * many queues, and most are empty.
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
