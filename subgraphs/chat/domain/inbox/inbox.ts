import { Unauthenticated } from '../../../../kit/errors.ts';
import { parseInput } from '../../../../kit/input.ts';
import { type Caller, requireViewer } from '../../../../kit/viewer.ts';
import { inboxInput } from '../input.ts';
import type { InboxEvent } from '../model.ts';
import type { HintSource, LogReader } from '../ports.ts';
import { createFeeds } from './feeds.ts';
import { Subscriber } from './subscriber.ts';

/** How often the heads of all conversations that are followed here are looked at, in ms: what a lost hint costs at most. */
const LOOK_INTERVAL = 3_000;

/** Everybody's subscriptions on this instance. */
export interface Inbox {
  /** @throws Unauthenticated (also SESSION_ENDED), InvalidInput */
  open(caller: Caller, positions: unknown): Promise<AsyncIterableIterator<InboxEvent>>;
  /** What there is now, for the health page: it must go down when clients leave. */
  counts(): { subscribers: number; viewers: number; feeds: number };
  close(): void;
}

/** Whether and when sessions end; kit/revocations.ts. */
export interface Sessions {
  isEnded(sessionId: string): boolean;
  onEnded(callback: (sessionId: string) => void): () => void;
}

/** The subscribers of one user, who come into new conversations together. */
interface Presence {
  subscribers: Set<Subscriber>;
  /** How often the user came into conversations, as of the last look. */
  version: number;
  refreshing: Promise<void> | null;
  isStale: boolean;
  listening: Promise<() => void>;
}

export function createInbox(ports: {
  log: LogReader;
  hints: HintSource;
  sessions: Sessions;
  report(error: unknown, message: string): void;
}): Inbox {
  const { log, hints, sessions, report } = ports;
  const feeds = createFeeds(ports);
  const presences = new Map<string, Presence>();
  let looking = false;

  /** Looks at the user's memberships again; calls that come while it looks make it look once more. */
  function refresh(userId: string): void {
    const presence = presences.get(userId);
    if (!presence) return;
    presence.isStale = true;
    presence.refreshing ??= refreshNow(userId, presence).finally(() => {
      presence.refreshing = null;
    });
  }

  async function refreshNow(userId: string, presence: Presence): Promise<void> {
    try {
      while (presence.isStale && presences.get(userId) === presence) {
        presence.isStale = false;
        // The version first: what changes after it was read shows in the next look.
        const version = (await log.versions([userId])).get(userId) ?? 0;
        const followed = await log.followed(userId);
        for (const subscriber of presence.subscribers) await subscriber.update(followed);
        presence.version = version;
      }
    } catch (error) {
      // The version is still the old one, so the next look comes back to it.
      report(error, 'the chat memberships of a viewer could not be read; trying again at the next look');
    }
  }

  /** Finds what no hint told: entries by the heads, memberships by their version. */
  async function look(): Promise<void> {
    if (looking || presences.size === 0) return;
    looking = true;
    try {
      await feeds.look();
      for (const [userId, version] of await log.versions([...presences.keys()])) {
        const presence = presences.get(userId);
        if (presence && presence.version !== version) refresh(userId);
      }
    } catch (error) {
      report(error, 'the heads of chat conversations could not be read; trying again');
    } finally {
      looking = false;
    }
  }

  function enter(subscriber: Subscriber): Presence {
    const { userId } = subscriber;
    let presence = presences.get(userId);
    if (!presence) {
      const listening = hints.onJoined(userId, () => refresh(userId));
      presence = { subscribers: new Set(), version: -1, refreshing: null, isStale: false, listening };
      presences.set(userId, presence);
    }
    presence.subscribers.add(subscriber);
    return presence;
  }

  function leave(subscriber: Subscriber): void {
    const presence = presences.get(subscriber.userId);
    presence?.subscribers.delete(subscriber);
    if (presence?.subscribers.size !== 0) return;
    presences.delete(subscriber.userId);
    void presence.listening.then(
      (stop) => stop(),
      () => {},
    );
  }

  function* subscribers(): Iterable<Subscriber> {
    for (const presence of presences.values()) yield* [...presence.subscribers];
  }

  const timer = setInterval(() => void look(), LOOK_INTERVAL);
  const stopResets = hints.onReset(() => void look());
  const stopSessions = sessions.onEnded((sessionId) => {
    for (const subscriber of subscribers()) {
      if (subscriber.sessionId === sessionId) subscriber.close(new Unauthenticated('SESSION_ENDED'));
    }
  });

  return {
    async open(caller, given) {
      const viewer = requireViewer(caller);
      const { positions } = parseInput(inboxInput, { positions: given ?? [] });
      const onLeft = () => refresh(viewer.userId);
      const subscriber = new Subscriber(viewer, { feeds, log, report, onLeft, onClose: leave });
      const presence = enter(subscriber);
      try {
        await presence.listening;
        const version = (await log.versions([viewer.userId])).get(viewer.userId) ?? 0;
        const followed = await log.followed(viewer.userId);
        if (presence.version < 0) presence.version = version;
        await subscriber.start(followed, positions);
        // Entries that were committed after the heads were read and before the hints were heard.
        await feeds.look(
          followed.filter(({ leftSeq }) => leftSeq === null).map(({ conversationId }) => conversationId),
        );
      } catch (error) {
        subscriber.close();
        throw error;
      }
      // A session that ended while this was on its way was not found among the subscribers.
      if (sessions.isEnded(viewer.sessionId)) subscriber.close(new Unauthenticated('SESSION_ENDED'));
      return subscriber;
    },
    counts() {
      return { subscribers: [...subscribers()].length, viewers: presences.size, feeds: feeds.size };
    },
    close() {
      clearInterval(timer);
      stopResets();
      stopSessions();
      for (const subscriber of subscribers()) subscriber.close();
    },
  };
}
