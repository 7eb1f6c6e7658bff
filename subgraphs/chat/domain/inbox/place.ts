import type { Link } from '../../../../kit/chain.ts';
import type { EphemeralEvent } from '../model.ts';
import type { Feed, Follower } from './feed.ts';
import type { Subscriber } from './subscriber.ts';

/** How far a subscriber is in one conversation. */
export class Place implements Follower, Link<Place> {
  next: Place | null = null;
  isQueued = false;
  readonly conversationId: string;
  readonly #subscriber: Subscriber;
  /** The last entry that was delivered. */
  seq: number;
  /** The last entry that may be: null while the viewer is a member. */
  readonly endSeq: number | null;
  /** Null where the viewer has left already, so that nothing new can come. */
  feed: Feed | null = null;
  /** Set where too much was missed: the head to say instead of a replay. */
  gapTo: number | null;

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
    this.#subscriber.happened(event);
  }
}
