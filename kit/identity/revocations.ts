import type { Etcd } from '../discovery/etcd.ts';
import type { Log } from '../observe/log.ts';
import { counter, gauge } from '../observe/metrics.ts';
import type { Bus } from '../redis/bus.ts';
import type { Redis } from '../redis/client.ts';

/**
 * Revoked sessions whose access tokens may still be valid. The tables of auth are the source of truth. Every
 * process learns of an end within a second, over two independent channels:
 *
 * - Redis: a hint over the bus, and a sorted set (member: session id, score: expiry of its last token in ms).
 *   Processes read the set at start, every few seconds, and after a lost connection.
 * - etcd: a key per session, which every process watches. It expires with the session's last token.
 *
 * So revocations hold while either Redis or etcd is down, hung or emptied, and for processes that start
 * meanwhile.
 */
export interface Revocations {
  isEnded(sessionId: string): boolean;
  /** Calls back once for each session that ends from now on. Returns a function to unsubscribe. */
  onEnded(callback: (sessionId: string) => void): () => void;
  close(): void;
}

/** An ended session. `until` is the expiry of its last access token, in ms since 1970. */
export interface End {
  sessionId: string;
  until: number;
}

/** How auth publishes revocations. */
export interface Announcements {
  /** Publishes ends. Resolves when Redis or etcd has stored them, or both failed. */
  announce(ends: readonly End[]): Promise<void>;
  /** Marks both stores as incomplete: they may have lost data. */
  doubt(): void;
  /** Whether a store may lack ends. */
  isIncomplete(): boolean;
  /** Writes ends to the incomplete stores. */
  complete(ends: readonly End[]): Promise<void>;
}

export interface RevocationsOptions {
  bus: Bus;
  redis: Redis;
  etcd: Etcd;
  namespace: string;
  log: Log;
}

const POLL_INTERVAL = 5_000;
const CHANNEL = 'ended-sessions';
/** The prefix of the keys in etcd. The value is `until`. */
const ENDED_PREFIX = 'ended-sessions/';

const learned = counter('beaver_sessions_ended_total', 'Ends of sessions that this process has learned of.');

export async function createRevocations(options: RevocationsOptions): Promise<Revocations & Announcements> {
  const { bus, redis, etcd, namespace, log } = options;
  const key = `${namespace}:${CHANNEL}`;
  const ended = new Map<string, number>();
  const callbacks = new Set<(sessionId: string) => void>();
  let readAt = performance.now();

  const learn = (sessionId: string, until: number) => {
    // Ignores what is not a time: comparisons with NaN are false.
    if (ended.has(sessionId) || !(until > Date.now())) return;
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
      readAt = performance.now();
    } catch (error) {
      log.warn({ err: error }, 'the ended sessions could not be read from Redis');
    }
  };

  const places = {
    async redis(ends: readonly End[]) {
      await redis
        .multi()
        .zadd(key, ...ends.flatMap(({ sessionId, until }) => [until, sessionId]))
        .zremrangebyscore(key, 0, Date.now())
        .exec();
    },
    async etcd(ends: readonly End[]) {
      const last = Math.max(0, ...ends.map(({ until }) => until - Date.now()));
      const entries = ends.map(({ sessionId, until }) => [`${ENDED_PREFIX}${sessionId}`, String(until)] as const);
      await etcd.putFor(Math.ceil(last / 1000) + 1, entries);
    },
  };
  type Place = keyof typeof places;
  /** Stores that may lack ends. */
  const lacking = new Set<Place>();

  async function write(place: Place, ends: readonly End[]): Promise<void> {
    try {
      if (ends.length > 0) await places[place](ends);
    } catch (error) {
      lacking.add(place);
      log.warn({ err: error, place }, 'ended sessions could not be written');
      throw error;
    }
  }

  gauge('beaver_ended_sessions', 'Sessions that have ended while their tokens would still be valid.', () => ended.size);
  gauge(
    'beaver_ended_sessions_age_seconds',
    'Time since the ended sessions were read from Redis: some seconds while Redis answers.',
    () => (performance.now() - readAt) / 1000,
  );
  const unsubscribe = await bus.subscribe(CHANNEL, (message) => {
    const { sessionId, until } = JSON.parse(message) as End;
    learn(sessionId, until);
  });
  const stopResets = bus.onReset(() => void read());
  const timer = setInterval(() => void read(), POLL_INTERVAL);
  timer.unref();
  const mirror = await etcd.mirror(ENDED_PREFIX);
  const learnKeys = (sessionIds: Iterable<string>) => {
    for (const sessionId of sessionIds) learn(sessionId, Number(mirror.entries.get(sessionId)));
  };
  const stopMirror = mirror.onChange(learnKeys);
  learnKeys(mirror.entries.keys());
  await read();

  return {
    isEnded: (sessionId) => (ended.get(sessionId) ?? 0) > Date.now(),
    async announce(ends) {
      for (const { sessionId, until } of ends) {
        learn(sessionId, until);
        bus.publish(CHANNEL, JSON.stringify({ sessionId, until }));
      }
      await Promise.any([write('redis', ends), write('etcd', ends)]).catch(() => undefined);
    },
    doubt() {
      lacking.add('redis').add('etcd');
    },
    isIncomplete: () => lacking.size > 0,
    async complete(ends) {
      const missing = [...lacking];
      lacking.clear();
      await Promise.allSettled(missing.map((place) => write(place, ends)));
    },
    onEnded(callback) {
      callbacks.add(callback);
      return () => callbacks.delete(callback);
    },
    close() {
      clearInterval(timer);
      stopResets();
      stopMirror();
      unsubscribe();
    },
  };
}
