import { Unauthenticated, Unavailable } from '../../../../kit/base/errors.ts';
import { inBatches } from '../../../../kit/base/loaders.ts';
import { pause } from '../../../../kit/base/pause.ts';
import type { Viewer } from '../../../../kit/identity/caller.ts';
import type { Revocations } from '../../../../kit/identity/revocations.ts';
import type { Log } from '../../../../kit/observe/log.ts';
import type { DeviceStore, LastSeenStore, PresenceHint, PresenceHints, PresencePolicy } from './ports.ts';
import { OFFLINE, presentOf } from './state.ts';
import { Watched, Watcher } from './watchers.ts';

/** How long after a failure people are read again, in ms. */
const RETRY = 1_000;
/** People who are read, and pairs that are asked about, at once. */
const CHUNK = 500;

/** Whom the subscriptions of this instance watch. */
export interface Watching {
  /** A subscription that watches nobody yet. Where `work` fails it ends; `ended` is called in any case. */
  open(viewer: Viewer, work: (watcher: Watcher) => Promise<void>, ended?: (watcher: Watcher) => void): Watcher;
  /** Has it watch people. Settles when it is known of each how they are, and what may be seen of it. */
  add(watcher: Watcher, userIds: readonly string[]): Promise<void>;
  /** Has it hear of somebody who is not told of. */
  listen(watcher: Watcher, userId: string): Promise<unknown>;
  remove(watcher: Watcher, userId: string): void;
  /** How many people are watched. */
  count(): number;
  close(): void;
}

export function createWatching(ports: {
  devices: Pick<DeviceStore, 'find'>;
  lastSeen: Pick<LastSeenStore, 'find'>;
  hints: PresenceHints;
  policy: PresencePolicy;
  sessions: Pick<Revocations, 'isEnded' | 'onEnded'>;
  /** Who may see somebody has changed, or whom they may see. */
  onAudience(userId: string): void;
  log: Log;
}): Watching {
  const { devices, lastSeen, hints, policy, sessions, onAudience, log } = ports;
  const people = new Map<string, Watched>();
  const watchers = new Set<Watcher>();

  const failed = (error: unknown) => log.warn({ err: error }, 'the presence of somebody could not be read');

  /** How people are now, unless something newer was heard meanwhile. */
  async function read(some: readonly Watched[]): Promise<void> {
    const versions = some.map(({ version }) => version);
    const found = (await devices.find(some.map(({ userId }) => userId))).map(presentOf);
    const gone = some.filter((_, at) => found[at]?.state === 'OFFLINE').map(({ userId }) => userId);
    const times = gone.length > 0 ? await lastSeen.find(gone) : new Map<string, Date>();
    for (const [at, watched] of some.entries())
      if (watched.version === versions[at]) watched.is(found[at] ?? OFFLINE, times.get(watched.userId) ?? null);
  }

  const readSoon = inBatches(CHUNK, read);

  function hear(watched: Watched, hint: PresenceHint): void {
    if (hint === 'AUDIENCE') {
      void judge([watched]).catch(failed);
      onAudience(watched.userId);
      return;
    }
    // Hints of two instances may overtake each other.
    if (hint.version <= watched.version) return;
    watched.version = hint.version;
    watched.is(
      { state: hint.state, devices: hint.devices },
      hint.lastSeenAt === null ? null : new Date(hint.lastSeenAt),
    );
  }

  /** Asks again what those who watch some people may see of them. */
  async function judge(some: Iterable<Watched>): Promise<void> {
    await look([...some].flatMap(({ userId, watchers: all }) => [...all].map((watcher) => ({ watcher, userId }))));
  }

  async function look(pairs: readonly { watcher: Watcher; userId: string }[]): Promise<void> {
    for (let from = 0; from < pairs.length; from += CHUNK) {
      const some = pairs.slice(from, from + CHUNK);
      const sights = await policy.sights(
        some.map(({ watcher, userId }) => ({ userId: watcher.viewer.userId, otherId: userId })),
      );
      for (const [at, { watcher, userId }] of some.entries()) {
        const sight = sights[at];
        if (sight && watcher.watched.has(userId)) watcher.sees(userId, sight);
      }
    }
  }

  async function begin(watched: Watched): Promise<() => void> {
    const { userId } = watched;
    // First heard, then read: no change falls in between.
    const stop = await hints.subscribe(userId, (hint) => hear(watched, hint));
    // Redis may be away for a while. Nobody waits for the presence of others but who watches them.
    while (watched.watchers.size > 0) {
      try {
        await readSoon(watched);
        break;
      } catch (error) {
        failed(error);
        await pause(RETRY);
      }
    }
    return stop;
  }

  function enter(watcher: Watcher, userId: string): Watched {
    let watched = people.get(userId);
    if (!watched) {
      watched = new Watched(userId, begin);
      people.set(userId, watched);
    }
    watched.watchers.add(watcher);
    watcher.watched.set(userId, watched);
    return watched;
  }

  function leave(watcher: Watcher, userId: string): void {
    const watched = people.get(userId);
    if (!watched?.watchers.delete(watcher) || watched.watchers.size > 0) return;
    people.delete(userId);
    watched.ready.then(
      (stop) => stop(),
      () => {},
    );
  }

  function closed(watcher: Watcher): void {
    watchers.delete(watcher);
    for (const userId of watcher.watched.keys()) leave(watcher, userId);
    watcher.watched.clear();
  }

  function open(viewer: Viewer, work: (watcher: Watcher) => Promise<void>, ended = (_: Watcher) => {}): Watcher {
    const watcher = new Watcher(viewer, (one) => {
      closed(one);
      ended(one);
    });
    watchers.add(watcher);
    if (sessions.isEnded(viewer.sessionId)) watcher.end(new Unauthenticated('SESSION_ENDED'));
    else
      void work(watcher).catch((error) => {
        failed(error);
        watcher.end(new Unavailable('the presence of people', error));
      });
    return watcher;
  }

  const stopResets = hints.onReset(() => {
    void read([...people.values()]).catch(failed);
    void judge(people.values()).catch(failed);
  });
  const stopSessions = sessions.onEnded((sessionId) => {
    for (const watcher of [...watchers])
      if (watcher.viewer.sessionId === sessionId) watcher.end(new Unauthenticated('SESSION_ENDED'));
  });

  return {
    open,
    async add(watcher, userIds) {
      const entered = userIds.map((userId) => enter(watcher, userId));
      await Promise.all([
        look(userIds.map((userId) => ({ watcher, userId }))),
        Promise.all(entered.map(({ ready }) => ready)),
      ]);
    },
    listen: (watcher, userId) => enter(watcher, userId).ready,
    remove(watcher, userId) {
      leave(watcher, userId);
      watcher.forget(userId);
    },
    count: () => people.size,
    close() {
      stopResets();
      stopSessions();
      for (const watcher of [...watchers]) watcher.end(null);
    },
  };
}
