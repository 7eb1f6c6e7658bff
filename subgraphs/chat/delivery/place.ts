import type { Link } from '../../../kit/base/containers/intrusive-queue.ts';
import type { EphemeralEvent } from '../domain/model.ts';
import type { PageReader } from './catch-up-pages.ts';
import type { Feed, Follower } from './feed.ts';
import type { Subscriber } from './subscriber.ts';

/** How far a subscriber is in one conversation. */
export class Place implements Follower, PageReader, Link<Place> {
  next: Place | null = null;
  isQueued = false;
  readonly conversationId: string;
  readonly #subscriber: Subscriber;
  /** The last entry that was delivered. */
  seq: number;
  /** The last entry that may be: null while the viewer is a member. */
  endSeq: number | null;
  /** Null where the viewer has left already, so that nothing new can come. */
  feed: Feed | null = null;
  /** Set where too much was missed or cannot be read: the head to say instead of a replay. */
  gapTo: number | null;
  /** Whether it waits for a read, and for how many entries of the subscriber's share. */
  isWaiting = false;
  reading = 0;
  isAlone = false;

  constructor(
    subscriber: Subscriber,
    conversationId: string,
    range: { seq: number; endSeq: number | null; gapTo: number | null },
  ) {
    this.#subscriber = subscriber;
    this.conversationId = conversationId;
    this.seq = range.seq;
    this.endSeq = range.endSeq;
    this.gapTo = range.gapTo;
  }

  /** The last entry that can be delivered now. */
  get to(): number {
    return this.endSeq ?? this.feed?.headSeq ?? this.seq;
  }

  moved(): void {
    this.#subscriber.moved(this);
  }

  happened(event: EphemeralEvent): void {
    this.#subscriber.happened(event, this);
  }

  wentBack(): void {
    this.#subscriber.wentBack();
  }

  pageDelayed(): void {
    this.#subscriber.pageDelayed(this);
  }

  pageRead(): void {
    this.#subscriber.pageRead(this);
  }
}
