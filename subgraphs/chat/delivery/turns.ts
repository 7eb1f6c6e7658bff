import { Chain } from '../../../kit/base/containers/intrusive-queue.ts';
import { PAGE_SIZE } from './catch-up-pages.ts';
import type { Place } from './place.ts';

/**
 * The conversations of a subscriber that may have something to deliver, in turn. One that has to be read from
 * the log waits until there is room: at most about a page of
 * entries is read at a time, of one conversation or of many. A conversation whose entries are in memory never
 * waits for another's read.
 */
export class Turns {
  readonly #ready = new Chain<Place>();
  /** Those that wait for room. */
  readonly #behind = new Chain<Place>();
  /** Entries that are being read. */
  #reading = 0;

  get isEmpty(): boolean {
    return this.#ready.first === null;
  }

  get hasRoom(): boolean {
    return this.#reading < PAGE_SIZE;
  }

  push(place: Place): void {
    this.#ready.push(place);
  }

  /** Whose turn it is. One that waits for room comes when no other has anything. */
  next(): Place | null {
    if (!this.#ready.first && this.hasRoom) {
      const place = this.#behind.shift();
      if (place) this.#ready.push(place);
    }
    return this.#ready.first;
  }

  /** The one whose turn it is has nothing more. */
  shift(): void {
    this.#ready.shift();
  }

  /** It comes again after all others: one that is far behind or busy does not keep them waiting. */
  goLast(): void {
    const place = this.#ready.shift();
    if (place) this.#ready.push(place);
  }

  /** It has to wait for room. */
  wait(): void {
    const place = this.#ready.shift();
    if (place) this.#behind.push(place);
  }

  /** So many entries are read for it. */
  beginRead(place: Place, entries: number): void {
    place.reading = entries;
    this.#reading += entries;
  }

  endRead(place: Place): void {
    this.#reading -= place.reading;
    place.reading = 0;
  }

  clear(): void {
    this.#ready.clear();
    this.#behind.clear();
  }
}
