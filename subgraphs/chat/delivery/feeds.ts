import { createBatches } from '../../../kit/base/containers/batches.ts';
import type { LogReader } from '../domain/ports.ts';
import { Feed, type FeedPorts, type Follower } from './feed.ts';

/** Heads that one statement reads. */
const BATCH = 1_000;

/** Feeds of this instance: one for each conversation that a subscriber here follows. */
export interface Feeds {
  readonly size: number;
  /** Follows a conversation whose head was `headSeq` a moment ago. */
  follow(conversationId: string, headSeq: number, follower: Follower): Feed;
  unfollow(feed: Feed, follower: Follower): void;
  /** Compares the heads of all conversations, which finds what no hint announced. */
  look(): Promise<void>;
}

export function createFeeds(
  ports: Omit<FeedPorts, 'head' | 'log'> & { log: Pick<LogReader, 'entries' | 'heads'> },
): Feeds {
  const feeds = new Map<string, Feed>();
  const heads = createBatches((ids) => ports.log.heads(ids), BATCH);
  const shared: FeedPorts = { ...ports, head: (conversationId) => heads.get(conversationId) };
  return {
    get size() {
      return feeds.size;
    },
    follow(conversationId, headSeq, follower) {
      let feed = feeds.get(conversationId);
      if (!feed) {
        feed = new Feed(conversationId, headSeq, shared);
        feeds.set(conversationId, feed);
      }
      feed.followers.add(follower);
      if (headSeq > feed.headSeq) feed.moved(headSeq);
      return feed;
    },
    unfollow(feed, follower) {
      feed.followers.delete(follower);
      if (feed.followers.size !== 0) return;
      feeds.delete(feed.conversationId);
      feed.close();
    },
    async look() {
      const followed = [...feeds.values()];
      for (const feed of followed) feed.rest();
      const heads = await ports.log.heads(followed.map(({ conversationId }) => conversationId));
      // A conversation that is gone has lost its log.
      for (const feed of followed) feed.looked(heads.get(feed.conversationId) ?? 0);
    },
  };
}
