import { LRUCache } from 'lru-cache';
import type { Log } from '../observe/log.ts';
import type { Redis } from './client.ts';

/**
 * Counters that expire, shared by all instances. They are in Redis and may be lost with it. While Redis is
 * away each process counts on by itself, from the last that it knows: an outage of Redis neither locks
 * anybody out nor gives anybody who guesses more than one round of attempts a process.
 */
export interface Counters {
  /**
   * Adds one; the count starts anew `seconds` after its first increment. Resolves to the new count and the
   * seconds left.
   */
  increment(key: string, seconds: number): Promise<Count>;
  /** The count and the seconds left, 0 and 0 where there is none. */
  read(key: string): Promise<Count>;
  clear(key: string): Promise<void>;
}

export interface Count {
  count: number;
  secondsLeft: number;
}

/** A count, and until when it lasts, in ms of the monotonic clock. */
interface Known {
  count: number;
  until: number;
}

const NOTHING: Known = { count: 0, until: 0 };

const INCREMENT = `
local count = redis.call('INCR', KEYS[1])
if count == 1 then redis.call('EXPIRE', KEYS[1], ARGV[1]) end
return {count, redis.call('TTL', KEYS[1])}`;

/** Counters that a process remembers. The one that was not used for the longest goes first. */
const MAX_KNOWN = 50_000;

export function createCounters(redis: Redis, namespace: string, log: Log): Counters {
  const full = (key: string) => `${namespace}:count:${key}`;
  /** The last that is known of each. */
  const known = new LRUCache<string, Known>({ max: MAX_KNOWN });

  function remember(key: string, last: Known): Count {
    const secondsLeft = Math.max(0, Math.ceil((last.until - performance.now()) / 1000));
    if (last.count === 0 || secondsLeft === 0) {
      known.delete(key);
      return { count: 0, secondsLeft: 0 };
    }
    known.set(key, last);
    return { count: last.count, secondsLeft };
  }

  /** What Redis answers, or where it is away what `alone` makes of what this process knows. */
  async function ask(key: string, work: () => Promise<Count>, alone: (last: Known) => Known): Promise<Count> {
    try {
      const { count, secondsLeft } = await work();
      remember(key, { count, until: performance.now() + secondsLeft * 1000 });
      return { count, secondsLeft };
    } catch (error) {
      log.warn({ err: error }, 'a counter could not be asked in Redis; this process counts alone');
      const last = known.get(key);
      return remember(key, alone(last && last.until > performance.now() ? last : NOTHING));
    }
  }

  return {
    increment: (key, seconds) =>
      ask(
        key,
        async () => {
          const [count, secondsLeft] = (await redis.eval(INCREMENT, 1, full(key), seconds)) as [number, number];
          return { count, secondsLeft };
        },
        ({ count, until }) => ({ count: count + 1, until: count === 0 ? performance.now() + seconds * 1000 : until }),
      ),
    read: (key) =>
      ask(
        key,
        async () => {
          const [count, secondsLeft] = await Promise.all([redis.get(full(key)), redis.ttl(full(key))]);
          return { count: Number(count ?? 0), secondsLeft: Math.max(0, secondsLeft) };
        },
        (last) => last,
      ),
    async clear(key) {
      known.delete(key);
      await redis.del(full(key)).catch((error) => log.warn({ err: error }, 'a counter could not be cleared in Redis'));
    },
  };
}
