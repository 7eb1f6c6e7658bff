import { IntrusiveQueue } from '../../../kit/base/containers/intrusive-queue.ts';
import { PAGE_SIZE } from './catch-up-pages.ts';
import type { SubscriberPosition } from './subscriber-position.ts';

/**
 * Round robin of a subscriber's conversations that may have something to deliver. A conversation that has to
 * be read from the log waits until there is room: at most about a page of entries is in flight, of one
 * conversation or of many. A conversation whose entries are in memory never waits for the read of another.
 */
export class Turns {
  readonly #ready = new IntrusiveQueue<SubscriberPosition>();
  /** Conversations that wait for room. */
  readonly #behind = new IntrusiveQueue<SubscriberPosition>();
  /** Entries whose read is in flight. */
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

  /** The conversation whose turn it is. Those that wait for room come when no other has anything. */
  next(): SubscriberPosition | null {
    if (!this.#ready.first && this.hasRoom) {
      const position = this.#behind.shift();
      if (position) this.#ready.push(position);
    }
    return this.#ready.first;
  }

  /** Removes the conversation whose turn it is: it has nothing more. */
  shift(): void {
    this.#ready.shift();
  }

  /**
   * Puts the conversation whose turn it is at the end: one that is far behind or busy does not delay the
   * others.
   */
  goLast(): void {
    const position = this.#ready.shift();
    if (position) this.#ready.push(position);
  }

  /** Lets the conversation whose turn it is wait for room. */
  wait(): void {
    const position = this.#ready.shift();
    if (position) this.#behind.push(position);
  }

  /** Takes room for a read of so many entries. */
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
