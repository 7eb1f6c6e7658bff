import { IntrusiveQueue } from '../../../kit/base/containers/intrusive-queue.ts';
import { PAGE_SIZE } from './catch-up-pages.ts';
import type { SubscriberPosition } from './subscriber-position.ts';

/**
 * The conversations of a subscriber that may have something to deliver, in turn. One that has to be read from
 * the log waits until there is room: at most about a page of
 * entries is read at a time, of one conversation or of many. A conversation whose entries are in memory never
 * waits for another's read.
 */
export class Turns {
  readonly #ready = new IntrusiveQueue<SubscriberPosition>();
  /** Those that wait for room. */
  readonly #behind = new IntrusiveQueue<SubscriberPosition>();
  /** Entries that are being read. */
  #reading = 0;

  get isEmpty(): boolean {
    return this.#ready.first === null;
  }

  get hasRoom(): boolean {
    return this.#reading < PAGE_SIZE;
  }

  push(position: SubscriberPosition): void {
    this.#ready.push(position);
  }

  /** Whose turn it is. One that waits for room comes when no other has anything. */
  next(): SubscriberPosition | null {
    if (!this.#ready.first && this.hasRoom) {
      const position = this.#behind.shift();
      if (position) this.#ready.push(position);
    }
    return this.#ready.first;
  }

  /** The one whose turn it is has nothing more. */
  shift(): void {
    this.#ready.shift();
  }

  /** It comes again after all others: one that is far behind or busy does not keep them waiting. */
  goLast(): void {
    const position = this.#ready.shift();
    if (position) this.#ready.push(position);
  }

  /** It has to wait for room. */
  wait(): void {
    const position = this.#ready.shift();
    if (position) this.#behind.push(position);
  }

  /** So many entries are read for it. */
  beginRead(position: SubscriberPosition, entries: number): void {
    position.reading = entries;
    this.#reading += entries;
  }

  endRead(position: SubscriberPosition): void {
    this.#reading -= position.reading;
    position.reading = 0;
  }

  clear(): void {
    this.#ready.clear();
    this.#behind.clear();
  }
}
