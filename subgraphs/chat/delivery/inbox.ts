import { createBatches } from '../../../kit/base/containers/batches.ts';
import { createConcurrencyLimiter } from '../../../kit/base/containers/concurrency-limiter.ts';
import { Unauthenticated } from '../../../kit/base/errors.ts';
import { parseInput } from '../../../kit/base/input.ts';
import type { EventSource } from '../../../kit/graph/source.ts';
import { type Caller, requireViewer, type Viewer } from '../../../kit/identity/caller.ts';
import type { Log } from '../../../kit/observe/log.ts';
import { gauge } from '../../../kit/observe/metrics.ts';
import { NotAMember } from '../domain/errors.ts';
import { conversationEventsInput, inboxInput } from '../domain/input.ts';
import type { InboxEvent } from '../domain/log/inbox-event.ts';
import type { Reach } from '../domain/members/reach.ts';
import type { HintSource, LogReader } from '../domain/ports.ts';
import { createPages } from './catch-up-pages.ts';
import { createFaultyLogs } from './faulty-logs.ts';
import { createFeeds } from './feeds.ts';
import { Subscriber, type Surroundings } from './subscriber.ts';
import { NONE, UserInboxes } from './user-inboxes.ts';

/** Interval of the check of all followed heads, in ms: the longest delay by a lost hint. */
const LOOK_INTERVAL = 3_000;
/** Users whose memberships one statement reads. */
const BATCH = 100;
/**
 * Concurrent reads of the log: fewer than database connections, so that reconnecting clients leave some to
 * senders.
 */
const READS = 4;
/** Subscriptions that are opened at once: memory stays bounded however many clients come. */
const OPENS = 200;
/** Longest wait of a subscription to be opened, in ms: clients give up about then. */
const PATIENCE = 20_000;
/** Limits for reads of open subscriptions, which are never refused. */
const PATIENT = { waiting: Number.POSITIVE_INFINITY, patience: Number.POSITIVE_INFINITY, refusal: '' };

/** All subscriptions of this instance. */
export interface Inbox {
  /**
   * Subscribes to all conversations of the viewer. @throws Unauthenticated (also SESSION_ENDED),
   * InvalidInput, Overloaded
   */
  open(caller: Caller, positions: unknown): Promise<EventSource<InboxEvent>>;
  /**
   * Subscribes to one conversation. @throws Unauthenticated (also SESSION_ENDED), InvalidInput, NotAMember,
   * Overloaded
   */
  openConversation(caller: Caller, input: unknown): Promise<EventSource<InboxEvent>>;
  /** Present numbers, for the health page: they go down when clients leave. */
  counts(): { subscribers: number; viewers: number; feeds: number; opening: number };
  close(): void;
}

/** Ends of sessions; kit/identity/revocations.ts. */
export interface Sessions {
  isEnded(sessionId: string): boolean;
  onEnded(callback: (sessionId: string) => void): () => void;
}

export function createInbox(ports: {
  /** Reads the logs of conversations. */
  reader: LogReader;
  hints: HintSource;
  /** Who sees who types. */
  reach: Pick<Reach, 'may'>;
  sessions: Sessions;
  log: Log;
  /** Subscriptions that may wait to be opened. */
  maxQueued: number;
}): Inbox {
  const { hints, sessions, reader, reach } = ports;
  const report = (error: unknown, message: string) => ports.log.warn({ err: error }, message);
  const reads = createConcurrencyLimiter({ atOnce: READS, ...PATIENT });
  const faultyLogs = createFaultyLogs(ports.log);
  const log: LogReader = { ...reader, entries: (ranges) => reads.run(() => reader.entries(ranges)) };
  const feeds = createFeeds({ log, hints, faultyLogs, report });
  const pages = createPages({ log: reader, reads, faultyLogs, report });
  const memberships = createBatches((userIds) => log.followed(userIds), BATCH);
  const opens = createConcurrencyLimiter({
    atOnce: OPENS,
    waiting: ports.maxQueued,
    patience: PATIENCE,
    refusal: 'Too many subscribe at this moment. Subscribe again after a pause.',
  });
  const subscribers = new Set<Subscriber>();
  const usersInboxes = new Map<string, UserInboxes>();
  let looking = false;

  const around: Surroundings = {
    feeds,
    pages,
    log,
    report,
    maySee: (userId, event) => reach.may('SEE_TYPING', userId, event.userId),
    followed: async (userId) => ((await memberships.get(userId)) ?? NONE).conversations,
    left: (subscriber) => refresh(usersInboxes.get(subscriber.userId)),
    closed: leave,
  };

  function refresh(inboxes: UserInboxes | undefined): void {
    inboxes
      ?.refresh()
      .catch((error) =>
        report(error, 'the chat memberships of a viewer could not be read; trying again at the next look'),
      );
  }

  /** Finds what no hint announced: entries by the heads, memberships by their version. */
  async function look(): Promise<void> {
    pages.rest();
    if (looking || subscribers.size === 0) return;
    looking = true;
    try {
      await feeds.look();
      for (const [userId, version] of await log.versions([...usersInboxes.keys()])) {
        const inboxes = usersInboxes.get(userId);
        if (inboxes && inboxes.version !== version) refresh(inboxes);
      }
    } catch (error) {
      report(error, 'the heads of chat conversations could not be read; trying again');
    } finally {
      looking = false;
    }
  }

  function enter(subscriber: Subscriber): UserInboxes {
    const { userId } = subscriber;
    let inboxes = usersInboxes.get(userId);
    if (!inboxes) {
      inboxes = new UserInboxes(userId, hints, memberships, () => refresh(usersInboxes.get(userId)));
      usersInboxes.set(userId, inboxes);
    }
    inboxes.subscribers.add(subscriber);
    return inboxes;
  }

  function leave(subscriber: Subscriber): void {
    subscribers.delete(subscriber);
    const inboxes = usersInboxes.get(subscriber.userId);
    if (!inboxes?.subscribers.delete(subscriber) || inboxes.subscribers.size > 0) return;
    usersInboxes.delete(subscriber.userId);
    inboxes.close();
  }

  /** Makes a subscriber and starts it when its turn comes. */
  function admit(
    viewer: Viewer,
    options: { isSingle: boolean },
    start: (subscriber: Subscriber) => Promise<void>,
  ): Promise<Subscriber> {
    return opens.run(async () => {
      const subscriber = new Subscriber(viewer, around, options);
      subscribers.add(subscriber);
      try {
        await start(subscriber);
      } catch (error) {
        subscriber.close();
        throw error;
      }
      // The session may have ended before the subscriber was registered.
      if (sessions.isEnded(viewer.sessionId)) subscriber.end(new Unauthenticated('SESSION_ENDED'));
      return subscriber;
    });
  }

  const timer = setInterval(() => void look(), LOOK_INTERVAL);
  const stopResets = hints.onReset(() => void look());
  const stopSessions = sessions.onEnded((sessionId) => {
    for (const subscriber of subscribers) {
      if (subscriber.sessionId === sessionId) subscriber.end(new Unauthenticated('SESSION_ENDED'));
    }
  });

  const counts = () => ({
    subscribers: subscribers.size,
    viewers: usersInboxes.size,
    feeds: feeds.size,
    opening: opens.running + opens.waiting,
  });
  gauge(
    'beaver_inbox',
    'Subscriptions of inboxes, their viewers, the conversations they follow, and those that wait to be opened.',
    'what',
    counts,
  );

  return {
    async open(caller, given) {
      const viewer = requireViewer(caller);
      const { positions } = parseInput(inboxInput, { positions: given ?? [] });
      return admit(viewer, { isSingle: false }, async (subscriber) => {
        const inboxes = enter(subscriber);
        // Hints first, then the memberships: every later join is announced.
        await inboxes.listening;
        const { version, conversations } = (await memberships.get(viewer.userId)) ?? NONE;
        inboxes.version ??= version;
        await subscriber.start(conversations, positions);
      });
    },

    async openConversation(caller, input) {
      const viewer = requireViewer(caller);
      const { conversationId, seq } = parseInput(conversationEventsInput, input);
      return admit(viewer, { isSingle: true }, async (subscriber) => {
        const { conversations } = (await memberships.get(viewer.userId)) ?? NONE;
        const followed = conversations.find((conversation) => conversation.conversationId === conversationId);
        if (!followed || followed.leftSeq !== null) throw new NotAMember();
        await subscriber.start([followed], seq == null ? [] : [{ conversationId, seq }]);
      });
    },

    counts,

    close() {
      clearInterval(timer);
      stopResets();
      stopSessions();
      for (const subscriber of subscribers) subscriber.end(null);
    },
  };
}
