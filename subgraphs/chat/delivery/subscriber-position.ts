import type { Link } from '../../../kit/base/containers/intrusive-queue.ts';
import type { EphemeralEvent } from '../domain/model.ts';
import type { PageReader } from './catch-up-pages.ts';
import type { Feed, Follower } from './feed.ts';

/** The subscriber, as its positions need it. */
export interface PositionOwner {
  /** The conversation has new entries. */
  moved(position: SubscriberPosition): void;
  happened(event: EphemeralEvent, position: SubscriberPosition): void;
  /** The log differs from what was delivered: the database was put back. */
  wentBack(): void;
  /** A page could not be read; `pageRead` follows after a pause. */
  pageDelayed(position: SubscriberPosition): void;
  pageRead(position: SubscriberPosition): void;
}

/** The position of a subscriber in one conversation. */
export class SubscriberPosition implements Follower, PageReader, Link<SubscriberPosition> {
  next: SubscriberPosition | null = null;
  isQueued = false;
  readonly conversationId: string;
  readonly #owner: PositionOwner;
  /** `seq` of the last delivered entry. */
  seq: number;
  /** `seq` of the last entry that the viewer may see; null while they are a member. */
  endSeq: number | null;
  /** Null when the viewer has left: nothing new can arrive. */
  feed: Feed | null = null;
  /** Set when too much was missed, or cannot be read: the head to announce instead of a replay. */
  gapTo: number | null;
  /** `seq` of the entry of an unknown kind for which the viewer's membership was read last. */
  checkedSeq = 0;
  /** Whether a read is in flight, and how many entries of the subscriber's room it takes. */
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

  /** `seq` of the last entry that can be delivered now. */
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
