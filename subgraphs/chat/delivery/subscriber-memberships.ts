import type { Position } from '../domain/model.ts';
import type { Followed, LogReader } from '../domain/ports.ts';

/** The subscriber, as its memberships need it. */
export interface MembershipsOwner {
  readonly userId: string;
  readonly ended: { error: unknown } | null;
  isFollowing(conversationId: string): boolean;
  /** Follows a conversation from the entry after `seq`. */
  follow(conversation: Followed, seq: number): void;
}

/**
 * Decides which conversations a subscriber follows, and from which entry, as its viewer joins and leaves.
 * Reads of the memberships are concurrent with the log, so each is compared with what was delivered.
 */
export class SubscriberMemberships {
  readonly #owner: MembershipsOwner;
  readonly #log: Pick<LogReader, 'joinedAfter'>;
  /** The entry by which each conversation was left. An older read must not bring the conversation back. */
  #left: Map<string, number> | null = null;
  /** The newest read that arrived before the start. */
  #early: readonly Followed[] | null = null;
  isStarted = false;

  constructor(owner: MembershipsOwner, log: Pick<LogReader, 'joinedAfter'>) {
    this.#owner = owner;
    this.#log = log;
  }

  /** Follows all conversations, after the given positions. Returns the positions from which it starts. */
  start(followed: readonly Followed[], positions: readonly Position[]): Position[] {
    const given = new Map(positions.map(({ conversationId, seq }) => [conversationId, seq]));
    const started: Position[] = [];
    for (const conversation of followed) {
      const { conversationId, joinedSeq, leftSeq, headSeq } = conversation;
      const endSeq = leftSeq ?? headSeq;
      const seq = Math.min(Math.max(given.get(conversationId) ?? endSeq, joinedSeq - 1), endSeq);
      this.left(conversationId, leftSeq ?? conversation.outBeforeSeq ?? 0);
      if (seq === leftSeq) continue;
      started.push({ conversationId, seq });
      this.#owner.follow(conversation, seq);
    }
    this.isStarted = true;
    return started;
  }

  /** Applies a read that arrived before the start. */
  async updateEarly(): Promise<void> {
    if (this.#early) await this.update(this.#early);
    this.#early = null;
  }

  /** Follows the conversations of a newer read that are new, from the entry that made the viewer a member. */
  async update(followed: readonly Followed[]): Promise<void> {
    if (!this.isStarted) this.#early = followed;
    else for (const conversation of followed) await this.#updateOne(conversation);
  }

  async #updateOne(conversation: Followed): Promise<void> {
    const { conversationId, leftSeq, outBeforeSeq } = conversation;
    const isKnown = (seq: number) => this.#owner.isFollowing(conversationId) || seq <= this.#lastLeft(conversationId);
    if (this.#owner.ended || leftSeq !== null || isKnown(conversation.joinedSeq)) return;
    let { joinedSeq } = conversation;
    const lastLeft = this.#lastLeft(conversationId);
    if (outBeforeSeq !== null && outBeforeSeq > lastLeft) {
      // The viewer joined and left between two reads. The entries of that membership are theirs to see too.
      joinedSeq = (await this.#log.joinedAfter(conversationId, this.#owner.userId, lastLeft)) ?? joinedSeq;
      if (this.#owner.ended || isKnown(joinedSeq)) return;
    }
    this.#owner.follow(conversation, joinedSeq - 1);
  }

  /** Records the entry by which the viewer left a conversation. */
  left(conversationId: string, seq: number): void {
    if (seq <= this.#lastLeft(conversationId)) return;
    this.#left ??= new Map();
    this.#left.set(conversationId, seq);
  }

  #lastLeft(conversationId: string): number {
    return this.#left?.get(conversationId) ?? 0;
  }

  clear(): void {
    this.#left = null;
    this.#early = null;
  }
}
