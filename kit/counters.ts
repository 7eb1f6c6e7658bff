import type { Log } from './log.ts';
import type { Redis } from './redis.ts';

/**
 * Counters that expire, shared by all instances. They are in Redis and may be lost; while Redis is away they count nothing, so that an outage of
 * Redis locks nobody out.
 */
export interface Counters {
  /** Adds one; the count starts anew `seconds` after its first increment. Resolves to the new count and the seconds left. */
  increment(key: string, seconds: number): Promise<{ count: number; secondsLeft: number }>;
  /** The count and the seconds left, 0 and 0 where there is none. */
  read(key: string): Promise<{ count: number; secondsLeft: number }>;
  clear(key: string): Promise<void>;
}

const INCREMENT = `
local count = redis.call('INCR', KEYS[1])
if count == 1 then redis.call('EXPIRE', KEYS[1], ARGV[1]) end
return {count, redis.call('TTL', KEYS[1])}`;

export function createCounters(redis: Redis, namespace: string, log: Log): Counters {
  const full = (key: string) => `${namespace}:count:${key}`;
  const nothing = { count: 0, secondsLeft: 0 };
  const guarded = async <T>(work: () => Promise<T>, otherwise: T): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      log.warn({ err: error }, 'a counter could not be used');
      return otherwise;
    }
  };
  return {
    increment: (key, seconds) =>
      guarded(async () => {
        const [count, secondsLeft] = (await redis.eval(INCREMENT, 1, full(key), seconds)) as [number, number];
        return { count, secondsLeft };
      }, nothing),
    read: (key) =>
      guarded(async () => {
        const [count, secondsLeft] = await Promise.all([redis.get(full(key)), redis.ttl(full(key))]);
        return { count: Number(count ?? 0), secondsLeft: Math.max(0, secondsLeft) };
      }, nothing),
    clear: (key) => guarded(async () => void (await redis.del(full(key))), undefined),
  };
}
