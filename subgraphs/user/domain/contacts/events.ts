import { Resume } from '../../../../kit/base/errors.ts';
import type { FeedEvent } from '../../../../kit/feed/feed.ts';
import { type EventSource, iterateSource } from '../../../../kit/graph/source.ts';
import type { SeenPresence } from '../presence/watchers.ts';

/** What somebody is told of their contacts: numbered changes, and how it is at the moment. */
export type ContactEvent = FeedEvent | SeenPresence;

/**
 * The account feed with the presence of friends between its changes. It ends with the feed; where presence
 * fails the client comes again.
 */
export class ContactSource implements EventSource<ContactEvent> {
  readonly #feed: EventSource<FeedEvent>;
  readonly #presence: EventSource<SeenPresence>;

  constructor(feed: EventSource<FeedEvent>, presence: EventSource<SeenPresence>) {
    this.#feed = feed;
    this.#presence = presence;
  }

  set onReady(callback: () => void) {
    this.#feed.onReady = callback;
    this.#presence.onReady = callback;
  }

  get ended(): { error: unknown } | null {
    if (this.#feed.ended) return this.#feed.ended;
    const { ended } = this.#presence;
    return ended && { error: ended.error === null ? null : new Resume() };
  }

  take(): ContactEvent | null {
    return this.#feed.take() ?? this.#presence.take();
  }

  close(): void {
    this.#feed.close();
    this.#presence.close();
  }

  [Symbol.asyncIterator](): AsyncIterableIterator<ContactEvent> {
    return iterateSource(this);
  }
}
