import type { Link } from '../../../kit/base/containers/intrusive-queue.ts';
import type { EphemeralEvent } from '../domain/model.ts';
import type { PageReader } from './catch-up-pages.ts';
import type { Feed, Follower } from './feed.ts';

/** The subscriber of a position, as the position needs it. */
export interface PositionOwner {
  /** The conversation has new entries. */
  moved(position: SubscriberPosition): void;
  happened(event: EphemeralEvent, position: SubscriberPosition): void;
  /** The log is not the one that was delivered. */
  wentBack(): void;
  /** The page could not be read; `pageRead` follows after a pause. */
  pageDelayed(position: SubscriberPosition): void;
  pageRead(position: SubscriberPosition): void;
}

/** How far a subscriber is in one conversation. */
export class SubscriberPosition implements Follower, PageReader, Link<SubscriberPosition> {
  next: SubscriberPosition | null = null;
  isQueued = false;
  readonly conversationId: string;
  readonly #owner: PositionOwner;
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
    owner: PositionOwner,
    conversationId: string,
    range: { seq: number; endSeq: number | null; gapTo: number | null },
  ) {
    this.#owner = owner;
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
    this.#owner.moved(this);
  }

  happened(event: EphemeralEvent): void {
    this.#owner.happened(event, this);
  }

  wentBack(): void {
    this.#owner.wentBack();
  }

  pageDelayed(): void {
    this.#owner.pageDelayed(this);
  }

  pageRead(): void {
    this.#owner.pageRead(this);
  }
}
