import { LRUCache } from 'lru-cache';

/** What one sender may send to one conversation: so many at once, and so many a second after that. */
export interface SendRateSize {
  burst: number;
  perSecond: number;
}

/**
 * Bounds the messages of one sender to one conversation, in this instance: a member must not flood the
 * others. A token bucket each, in memory, because a send must not wait for anything else.
 */
export interface SendRate {
  /** Counts a message. Returns 0, or the seconds until the next can be sent. */
  take(senderId: string, conversationId: string): number;
}

interface Bucket {
  left: number;
  /** In ms. */
  at: number;
}

/** Buckets that are kept. The one that was not used for the longest goes first: it is full again by then. */
const MAX_BUCKETS = 50_000;

export function createSendRate({ burst, perSecond }: SendRateSize, now = () => performance.now()): SendRate {
  const buckets = new LRUCache<string, Bucket>({ max: MAX_BUCKETS });
  return {
    take(senderId, conversationId) {
      const key = `${senderId} ${conversationId}`;
      const at = now();
      const known = buckets.get(key) ?? { left: burst, at };
      const left = Math.min(burst, known.left + ((at - known.at) / 1000) * perSecond);
      buckets.set(key, { left: left >= 1 ? left - 1 : left, at });
      return left >= 1 ? 0 : Math.max(1, Math.ceil((1 - left) / perSecond));
    },
  };
}
