import type { HintSource, LogReader } from '../ports.ts';
import { createFeed, type Feed, type Follower } from './feed.ts';

/** The feeds of this instance: one for each conversation that somebody here follows, and none for any other. */
export interface Feeds {
  readonly size: number;
  /** Follows a conversation whose head was `headSeq` a moment ago. */
  follow(conversationId: string, headSeq: number, follower: Follower): Feed;
  unfollow(conversationId: string, follower: Follower): void;
  /** Looks at the heads of conversations, which finds what no hint told. */
  look(conversationIds?: readonly string[]): Promise<void>;
}

export function createFeeds(ports: {
  log: LogReader;
  hints: HintSource;
  report(error: unknown, message: string): void;
}): Feeds {
  const feeds = new Map<string, Feed>();
  return {
    get size() {
      return feeds.size;
    },
    follow(conversationId, headSeq, follower) {
      let feed = feeds.get(conversationId);
      if (!feed) {
        feed = createFeed(conversationId, headSeq, ports);
        feeds.set(conversationId, feed);
      }
      feed.followers.add(follower);
      feed.poke(headSeq);
      return feed;
    },
    unfollow(conversationId, follower) {
      const feed = feeds.get(conversationId);
      feed?.followers.delete(follower);
      if (feed?.followers.size !== 0) return;
      feeds.delete(conversationId);
      feed.close();
    },
    async look(conversationIds = [...feeds.keys()]) {
      for (const { conversationId, seq } of await ports.log.heads(conversationIds))
        feeds.get(conversationId)?.poke(seq);
    },
  };
}
