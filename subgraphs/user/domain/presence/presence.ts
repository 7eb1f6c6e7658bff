import { z } from 'zod';
import { InvalidInput, Unavailable } from '../../../../kit/base/errors.ts';
import { isId } from '../../../../kit/base/ids.ts';
import { parseInput } from '../../../../kit/base/input.ts';
import type { EventSource } from '../../../../kit/graph/source.ts';
import { type Caller, requireViewer, type Viewer } from '../../../../kit/identity/caller.ts';
import type { Revocations } from '../../../../kit/identity/revocations.ts';
import type { Log } from '../../../../kit/observe/log.ts';
import type { Connections } from './connections.ts';
import type { DeviceStore, FriendIds, LastSeenStore, PresenceHints, PresencePolicy } from './ports.ts';
import { type DeviceKind, presentOf } from './state.ts';
import type { SeenPresence, Watcher } from './watchers.ts';
import { createWatching } from './watching.ts';

/** People whom one subscription to the presence of chosen people watches. */
const MAX_WATCHED = 500;

const away = z.object({ isAway: z.boolean() });

/** Who is connected, as others may see it. Nothing of it is kept but when somebody was last connected. */
export interface Presence {
  /** What the viewer may see of each user; nothing of those of whom they may see nothing. */
  find(caller: Caller, userIds: readonly string[]): Promise<SeenPresence[]>;
  /**
   * Says whether the viewer is away from the device of their session. @throws Unauthenticated, InvalidInput,
   * Unavailable
   */
  setAway(caller: Caller, input: unknown): Promise<boolean>;
  /**
   * Has the viewer be connected with a device for as long as the source is open, which tells of their
   * friends: first of those who are connected, then of every change.
   */
  join(viewer: Viewer, kind: DeviceKind): EventSource<SeenPresence>;
  /** Tells of chosen people: first of each, then of every change. @throws Unauthenticated, InvalidInput */
  watch(caller: Caller, userIds: readonly string[]): EventSource<SeenPresence>;
  counts(): { connections: number; watched: number };
  close(): Promise<void>;
}

export function createPresence(ports: {
  connections: Connections;
  devices: Pick<DeviceStore, 'find'>;
  lastSeen: Pick<LastSeenStore, 'find'>;
  hints: PresenceHints;
  policy: PresencePolicy;
  friends: FriendIds;
  sessions: Pick<Revocations, 'isEnded' | 'onEnded'>;
  log: Log;
}): Presence {
  const { connections, devices, lastSeen, hints, policy, friends, sessions, log } = ports;
  /** Those who are told of all their friends, by their viewer. */
  const joined = new Map<string, Set<Watcher>>();

  const failed = (error: unknown) => log.warn({ err: error }, 'the presence of somebody could not be read');
  const watching = createWatching({
    ...{ devices, lastSeen, hints, policy, sessions, log },
    onAudience(userId) {
      for (const watcher of joined.get(userId) ?? []) void befriend(watcher).catch(failed);
    },
  });

  /** Has a watcher watch all friends of its viewer, and nobody else but the viewer. */
  async function befriend(watcher: Watcher): Promise<void> {
    const { userId: viewerId } = watcher.viewer;
    const wanted = new Set(await friends.friendIds(viewerId));
    if (watcher.ended) return;
    for (const userId of watcher.watched.keys()) {
      if (wanted.has(userId) || userId === viewerId) continue;
      watching.remove(watcher, userId);
    }
    const added = [...wanted].filter((userId) => !watcher.watched.has(userId));
    await watching.add(watcher, added);
    for (const userId of added) if (watcher.watched.get(userId)?.isOffline === false) watcher.changed(userId);
  }

  return {
    async find({ viewer }, userIds) {
      if (!viewer) return [];
      const sights = await policy.sights(userIds.map((otherId) => ({ userId: viewer.userId, otherId })));
      const ids = userIds.filter((_, at) => sights[at]?.presence || sights[at]?.lastSeen);
      if (ids.length === 0) return [];
      const [found, times] = await Promise.all([
        devices.find(ids).catch((error) => {
          failed(error);
          return null;
        }),
        lastSeen.find(ids),
      ]);
      const seen = new Map(userIds.map((userId, at) => [userId, sights[at]]));
      return ids.map((userId, at) => {
        const sight = seen.get(userId);
        const present = found && presentOf(found[at] ?? []);
        const isGone = !present || present.state === 'OFFLINE';
        return {
          ...{ kind: 'PRESENCE', userId, present: sight?.presence ? present : null },
          lastSeenAt: (sight?.lastSeen && isGone && times.get(userId)) || null,
        };
      });
    },

    async setAway(caller, input) {
      const viewer = requireViewer(caller);
      const { isAway } = parseInput(away, input);
      try {
        await connections.setAway(viewer, isAway);
      } catch (error) {
        throw new Unavailable('the presence of people', error);
      }
      return isAway;
    },

    join(viewer, kind) {
      const disconnect = connections.open(viewer, kind);
      const { userId } = viewer;
      const own = joined.get(userId) ?? new Set();
      return watching.open(
        viewer,
        async (one) => {
          own.add(one);
          joined.set(userId, own);
          // Watched only to hear who their friends are: of themself the viewer is told nothing.
          await watching.listen(one, userId);
          await befriend(one);
        },
        (one) => {
          disconnect();
          own.delete(one);
          if (own.size === 0) joined.delete(userId);
        },
      );
    },

    watch(caller, userIds) {
      const viewer = requireViewer(caller);
      if (userIds.length > MAX_WATCHED) throw new InvalidInput('userIds', `Name at most ${MAX_WATCHED} users.`);
      const wrong = userIds.findIndex((userId) => !isId('user', userId));
      if (wrong >= 0) throw new InvalidInput(`userIds.${wrong}`, 'Every id is the id of a user.');
      const ids = [...new Set(userIds)];
      return watching.open(viewer, async (watcher) => {
        await watching.add(watcher, ids);
        for (const userId of ids) watcher.show(userId);
      });
    },

    counts: () => ({ connections: connections.count(), watched: watching.count() }),

    async close() {
      watching.close();
      await connections.close();
    },
  };
}
