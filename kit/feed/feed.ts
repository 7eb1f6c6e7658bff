import { createConcurrencyLimiter } from '../base/containers/concurrency-limiter.ts';
import { Unauthenticated } from '../base/errors.ts';
import { pause } from '../base/pause.ts';
import type { EventSource } from '../graph/source.ts';
import type { Viewer } from '../identity/caller.ts';
import type { Revocations } from '../identity/revocations.ts';
import type { Log } from '../observe/log.ts';
import { gauge } from '../observe/metrics.ts';
import type { Bus } from '../redis/bus.ts';
import type { Changes, Numbered, Span } from './changes.ts';
import { type FeedEvent, FeedSubscriber } from './subscriber.ts';

export type { FeedEvent } from './subscriber.ts';

/** Changes that one read gives. */
const PAGE_SIZE = 100;
/** Interval of the look at all heads, in ms: the longest delay by a lost hint. */
const LOOK_INTERVAL = 3_000;
/** People whose heads one statement reads. */
const LOOK_SIZE = 1_000;
/** Pause before a failed read is repeated, in ms. */
const RETRY_MS = 1_000;
/** Concurrent reads: fewer than database connections, so that reconnecting clients leave some to others. */
const READS = 4;
const PATIENT = { waiting: Number.POSITIVE_INFINITY, patience: Number.POSITIVE_INFINITY, refusal: '' };
/** The feed of somebody to whom nothing has happened yet. */
const NOTHING: Span = { head: 0, first: 0 };
/** Subscriptions that are opened at once, those that may wait, and the longest wait, in ms. */
const OPENS = { atOnce: 200, waiting: 20_000, patience: 20_000 };

/**
 * The account feed: what happens to a person rather than to a conversation, for all their devices
 * (PROTOCOL.md, "The account feed"). Every change is numbered in the transaction that makes it. A subscriber
 * gets each changed thing once, in the order of the last changes, and then live.
 */
export interface Feed {
  /**
   * Subscribes to the changes of the viewer after a number; null for those from now on. @throws
   * Unauthenticated (SESSION_ENDED), Overloaded
   */
  open(viewer: Viewer, after: number | null): Promise<EventSource<FeedEvent>>;
  counts(): { subscribers: number; people: number };
  close(): void;
}

/** Subscribers of one person on this instance, and how many they will be when all have been opened. */
interface Person {
  subscribers: Set<FeedSubscriber>;
  places: number;
  listening: Promise<() => void>;
}

export function createFeed(ports: {
  changes: Changes;
  bus: Pick<Bus, 'onReset'>;
  sessions: Pick<Revocations, 'isEnded' | 'onEnded'>;
  log: Log;
}): Feed {
  const { changes, sessions, log } = ports;
  const people = new Map<string, Person>();
  const opens = createConcurrencyLimiter({
    ...OPENS,
    refusal: 'Too many subscribe at this moment. Subscribe again after a pause.',
  });
  const reads = createConcurrencyLimiter({ atOnce: READS, ...PATIENT });
  let isLooking = false;
  let isClosed = false;

  async function read(userId: string, seq: number): Promise<Numbered[]> {
    for (;;) {
      try {
        return await reads.run(() => changes.after(userId, seq, PAGE_SIZE));
      } catch (error) {
        if (isClosed) return [];
        log.warn({ err: error }, 'the feed of a person could not be read; trying again');
        await pause(RETRY_MS);
      }
    }
  }

  function enter(userId: string): Person {
    let person = people.get(userId);
    if (!person) {
      const subscribers = new Set<FeedSubscriber>();
      const moved = (seq: number) => {
        for (const subscriber of subscribers) subscriber.moved(seq);
      };
      person = { subscribers, places: 0, listening: changes.listen(userId, moved) };
      people.set(userId, person);
    }
    person.places += 1;
    return person;
  }

  function leave(userId: string, person: Person): void {
    person.places -= 1;
    if (person.places > 0) return;
    people.delete(userId);
    person.listening.then(
      (stop) => stop(),
      () => {},
    );
  }

  /** Finds what no hint announced. */
  async function look(): Promise<void> {
    if (isLooking || people.size === 0) return;
    isLooking = true;
    try {
      const ids = [...people.keys()];
      for (let at = 0; at < ids.length; at += LOOK_SIZE) {
        const some = ids.slice(at, at + LOOK_SIZE);
        // What is delivered while the heads are read may be newer than they are.
        const before = some.flatMap((userId) =>
          [...(people.get(userId)?.subscribers ?? [])].map((subscriber) => ({
            userId,
            subscriber,
            seq: subscriber.seq,
          })),
        );
        const spans = await changes.spans(some);
        for (const { userId, subscriber, seq } of before) subscriber.saw(spans.get(userId) ?? NOTHING, seq);
      }
    } catch (error) {
      log.warn({ err: error }, 'the heads of feeds could not be read; trying again');
    } finally {
      isLooking = false;
    }
  }

  const timer = setInterval(() => void look(), LOOK_INTERVAL);
  const stopResets = ports.bus.onReset(() => void look());
  const everybody = () => [...people.values()].flatMap(({ subscribers }) => [...subscribers]);
  const stopSessions = sessions.onEnded((sessionId) => {
    for (const subscriber of everybody())
      if (subscriber.sessionId === sessionId) subscriber.end(new Unauthenticated('SESSION_ENDED'));
  });
  const counts = () => ({ subscribers: everybody().length, people: people.size });
  gauge('beaver_feed', 'Subscriptions of account feeds, and the people they are of.', 'what', counts);

  return {
    open: ({ userId, sessionId }, after) =>
      opens.run(async () => {
        const person = enter(userId);
        try {
          // Hints first, then the head: every later change is announced.
          await person.listening;
          const span = (await changes.spans([userId])).get(userId) ?? NOTHING;
          const closed = (one: FeedSubscriber) => {
            person.subscribers.delete(one);
            leave(userId, person);
          };
          const reader = { after: (seq: number) => read(userId, seq), closed };
          const subscriber = new FeedSubscriber(sessionId, reader, after, span);
          person.subscribers.add(subscriber);
          if (sessions.isEnded(sessionId)) subscriber.end(new Unauthenticated('SESSION_ENDED'));
          return subscriber;
        } catch (error) {
          leave(userId, person);
          throw error;
        }
      }),

    counts,

    close() {
      isClosed = true;
      clearInterval(timer);
      stopResets();
      stopSessions();
      for (const subscriber of everybody()) subscriber.end(null);
    },
  };
}
