import type { Batches } from '../../../kit/base/containers/batches.ts';
import type { HintSource, UserFollowed } from '../domain/ports.ts';
import type { Subscriber } from './subscriber.ts';

/** Inboxes of one user on this instance, which join new conversations together. */
export class UserInboxes {
  readonly userId: string;
  readonly subscribers = new Set<Subscriber>();
  /** Resolves when hints of new conversations are subscribed to. */
  readonly listening: Promise<() => void>;
  /** How often the user has joined conversations, as of the last read; null before the first. */
  version: number | null = null;
  #isStale = false;
  #isRefreshing = false;
  readonly #memberships: Batches<UserFollowed>;

  constructor(userId: string, hints: HintSource, memberships: Batches<UserFollowed>, onJoined: () => void) {
    this.userId = userId;
    this.#memberships = memberships;
    this.listening = hints.onJoined(userId, onJoined);
  }

  /**
   * Reads the memberships again; a call meanwhile makes it read once more. After a failure the version stays
   * the old one.
   */
  async refresh(): Promise<void> {
    this.#isStale = true;
    if (this.#isRefreshing) return;
    this.#isRefreshing = true;
    try {
      while (this.#isStale && this.subscribers.size > 0) {
        this.#isStale = false;
        const { version, conversations } = (await this.#memberships.get(this.userId)) ?? NONE;
        for (const subscriber of this.subscribers) await subscriber.update(conversations);
        this.version = version;
      }
    } finally {
      this.#isRefreshing = false;
    }
  }

  close(): void {
    this.listening.then(
      (stop) => stop(),
      () => {},
    );
  }
}

/** Memberships of a user who never was in a conversation. */
export const NONE: UserFollowed = { version: 0, conversations: [] };
