import { createBatches } from '../../../../kit/batches.ts';
import { Feed, type FeedPorts, type Follower } from './feed.ts';

/** Heads that are read in one statement. */
const BATCH = 1_000;

/** The feeds of this instance: one for each conversation that somebody here follows, and none for any other. */
export interface Feeds {
  readonly size: number;
  /** Follows a conversation whose head was `headSeq` a moment ago. */
  follow(conversationId: string, headSeq: number, follower: Follower): Feed;
  unfollow(feed: Feed, follower: Follower): void;
  /** Looks at the heads of all conversations, which finds what no hint told. */
  look(): Promise<void>;
}

export function createFeeds(ports: Omit<FeedPorts, 'head'>): Feeds {
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
      feed.moved(headSeq);
      return feed;
    },
    unfollow(feed, follower) {
      feed.followers.delete(follower);
      if (feed.followers.size !== 0) return;
      feeds.delete(feed.conversationId);
      feed.close();
    },
    async look() {
      for (const feed of feeds.values()) feed.rest();
      for (const [conversationId, headSeq] of await ports.log.heads([...feeds.keys()])) {
        feeds.get(conversationId)?.moved(headSeq);
      }
    },
  };
}
