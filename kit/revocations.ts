import type { Bus } from './bus.ts';
import type { Log } from './log.ts';
import { counter, gauge } from './metrics.ts';
import type { Redis } from './redis.ts';

/**
 * The sessions that were ended while access tokens of theirs may still be valid. auth's tables are the truth; this is how every process learns of an
 * end within a second: a hint over the bus, and a sorted set in Redis (member: session id, score: when the last token expires, in ms) that is read at
 * start, every few seconds, and after a lost connection. auth fills the set again should Redis have lost it.
 */
export interface Revocations {
  isEnded(sessionId: string): boolean;
  /**
   * Tells everybody. `until`: when the last access token of the session expires, in ms since 1970. Resolves to whether it stands in Redis: where it
   * doesn't, those who did not hear the hint don't know, and it has to be announced again.
   */
  announce(sessions: { sessionId: string; until: number }[]): Promise<boolean>;
  /** Calls back once for each session that ends from now on; returns a function that ends it. */
  onEnded(callback: (sessionId: string) => void): () => void;
  close(): void;
}

const POLL_INTERVAL = 5_000;

const learned = counter('beaver_sessions_ended_total', 'Ends of sessions that this process has learned of.');

export async function createRevocations(bus: Bus, redis: Redis, namespace: string, log: Log): Promise<Revocations> {
  const key = `${namespace}:ended-sessions`;
  const channel = 'ended-sessions';
  const ended = new Map<string, number>();
  const callbacks = new Set<(sessionId: string) => void>();

  const learn = (sessionId: string, until: number) => {
    if (ended.has(sessionId) || until <= Date.now()) return;
    ended.set(sessionId, until);
    learned.add();
    for (const callback of callbacks) callback(sessionId);
  };
  const read = async () => {
    const now = Date.now();
    for (const [sessionId, until] of ended) if (until <= now) ended.delete(sessionId);
    try {
      const flat = await redis.zrangebyscore(key, now, '+inf', 'WITHSCORES');
      for (let i = 0; i < flat.length; i += 2) learn(flat[i] as string, Number(flat[i + 1]));
    } catch (error) {
      log.warn({ err: error }, 'the ended sessions could not be read');
    }
  };

  gauge('beaver_ended_sessions', 'Sessions that have ended while their tokens would still be valid.', () => ended.size);
  const unsubscribe = await bus.subscribe(channel, (message) => {
    const { sessionId, until } = JSON.parse(message) as { sessionId: string; until: number };
    learn(sessionId, until);
  });
  const stopResets = bus.onReset(() => void read());
  const timer = setInterval(() => void read(), POLL_INTERVAL);
  timer.unref();
  await read();

  return {
    isEnded: (sessionId) => (ended.get(sessionId) ?? 0) > Date.now(),
    async announce(sessions) {
      for (const { sessionId, until } of sessions) {
        learn(sessionId, until);
        bus.publish(channel, JSON.stringify({ sessionId, until }));
      }
      if (sessions.length === 0) return true;
      try {
        await redis
          .multi()
          .zadd(key, ...sessions.flatMap(({ sessionId, until }) => [until, sessionId]))
          .zremrangebyscore(key, 0, Date.now())
          .exec();
        return true;
      } catch (error) {
        log.warn({ err: error }, 'ended sessions were not written to Redis');
        return false;
      }
    },
    onEnded(callback) {
      callbacks.add(callback);
      return () => callbacks.delete(callback);
    },
    close() {
      clearInterval(timer);
      stopResets();
      unsubscribe();
    },
  };
}
