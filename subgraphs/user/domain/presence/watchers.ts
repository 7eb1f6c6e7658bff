import { type EventSource, iterateSource } from '../../../../kit/graph/source.ts';
import type { Viewer } from '../../../../kit/identity/caller.ts';
import type { Sight } from './ports.ts';
import { isSame, OFFLINE, type Present } from './state.ts';

/** What a viewer sees of the presence of somebody. */
export interface SeenPresence {
  kind: 'PRESENCE';
  userId: string;
  /** Null where the viewer may not see it, or nobody knows it. */
  present: Present | null;
  /** When they were last connected. Null for whoever is, and where the viewer may not see it. */
  lastSeenAt: Date | null;
}

/** Of a person of whom a viewer sees nothing. */
function nothingOf(userId: string): SeenPresence {
  return { kind: 'PRESENCE', userId, present: null, lastSeenAt: null };
}

/** The presence of a person, as an instance knows it that watches them. */
export class Watched {
  readonly userId: string;
  readonly watchers = new Set<Watcher>();
  /** Of the last change that was heard of; 0 where none was. */
  version = 0;
  /** Settles when the presence is known and every later change is heard, with what ends that. */
  readonly ready: Promise<() => void>;
  #present: Present = OFFLINE;
  #lastSeenAt: Date | null = null;
  /** One object for all who see the same: they share what is made of it. */
  #seen = new Map<string, SeenPresence>();

  constructor(userId: string, begin: (watched: Watched) => Promise<() => void>) {
    this.userId = userId;
    this.ready = begin(this);
  }

  get isOffline(): boolean {
    return this.#present.state === 'OFFLINE';
  }

  /** It is so from now on; those who watch are told where that is new. */
  is(present: Present, lastSeenAt: Date | null): void {
    const isNew = !isSame(present, this.#present) || lastSeenAt?.getTime() !== this.#lastSeenAt?.getTime();
    this.#present = present;
    this.#lastSeenAt = lastSeenAt;
    if (!isNew) return;
    this.#seen = new Map();
    for (const watcher of this.watchers) watcher.changed(this.userId);
  }

  seenWith({ presence, lastSeen }: Sight): SeenPresence {
    const key = `${presence} ${lastSeen}`;
    let seen = this.#seen.get(key);
    if (!seen) {
      const present = presence ? this.#present : null;
      seen = { ...nothingOf(this.userId), present, lastSeenAt: lastSeen ? this.#lastSeenAt : null };
      this.#seen.set(key, seen);
    }
    return seen;
  }
}

/**
 * What one subscription is told of the presence of people: each in their present state, once, however often
 * they came and went before the reader took it.
 */
export class Watcher implements EventSource<SeenPresence> {
  onReady: () => void = () => {};
  ended: { error: unknown } | null = null;
  readonly viewer: Viewer;
  readonly watched = new Map<string, Watched>();
  readonly #sights = new Map<string, Sight>();
  readonly #pending = new Set<string>();
  readonly #onClose: (watcher: Watcher) => void;

  constructor(viewer: Viewer, onClose: (watcher: Watcher) => void) {
    this.viewer = viewer;
    this.#onClose = onClose;
  }

  /** What the viewer may see of somebody, from now on. */
  sees(userId: string, sight: Sight): void {
    const before = this.#sights.get(userId);
    this.#sights.set(userId, sight);
    if (before && (before.presence !== sight.presence || before.lastSeen !== sight.lastSeen)) this.#push(userId);
  }

  /** The person has come, gone, or is away. */
  changed(userId: string): void {
    const sight = this.#sights.get(userId);
    if (sight?.presence || sight?.lastSeen) this.#push(userId);
  }

  /** Tells of the person as they are now, whether or not anything has changed. */
  show(userId: string): void {
    this.#push(userId);
  }

  forget(userId: string): void {
    this.watched.delete(userId);
    this.#sights.delete(userId);
    this.#push(userId);
  }

  #push(userId: string): void {
    if (this.ended) return;
    this.#pending.add(userId);
    this.onReady();
  }

  take(): SeenPresence | null {
    const [userId] = this.#pending;
    if (userId === undefined || this.ended) return null;
    this.#pending.delete(userId);
    const [watched, sight] = [this.watched.get(userId), this.#sights.get(userId)];
    return watched && sight ? watched.seenWith(sight) : nothingOf(userId);
  }

  end(error: unknown): void {
    if (this.ended) return;
    this.ended = { error };
    this.#onClose(this);
    this.onReady();
  }

  close(): void {
    this.onReady = () => {};
    if (this.ended) return;
    this.ended = { error: null };
    this.#onClose(this);
  }

  [Symbol.asyncIterator](): AsyncIterableIterator<SeenPresence> {
    return iterateSource(this);
  }
}
