import { Resume } from '../../../kit/base/errors.ts';
import { type EventSource, iterateSource } from '../../../kit/graph/source.ts';
import type { InboxEvent } from '../domain/log/inbox-event.ts';
import { type LogEntry, outBy } from '../domain/log/kinds/index.ts';
import type { EphemeralEvent, Position } from '../domain/model.ts';
import type { Followed, LogReader } from '../domain/ports.ts';
import { MISSING, PAGE_SIZE, type Pages, pageEnd, RETRY_MS } from './catch-up-pages.ts';
import type { Feeds } from './feeds.ts';
import { type MembershipsOwner, SubscriberMemberships } from './subscriber-memberships.ts';
import { type PositionOwner, SubscriberPosition } from './subscriber-position.ts';
import { Turns } from './turns.ts';

/** Entries between a position and the head above which nothing is replayed (PROTOCOL.md). */
const GAP_LIMIT = 1_000;
/** Ephemeral events that wait for one subscriber. */
const EPHEMERAL = 32;

/** Ports that all subscribers of an instance share. */
export interface Surroundings {
  feeds: Feeds;
  pages: Pages;
  log: LogReader;
  /** Reads every conversation that a user is or was in. */
  followed(userId: string): Promise<readonly Followed[]>;
  report(error: unknown, message: string): void;
  /** Whether a user may see an ephemeral event of another. */
  maySee(userId: string, event: EphemeralEvent): Promise<boolean> | boolean;
  /** The viewer has left a conversation. */
  left(subscriber: Subscriber): void;
  closed(subscriber: Subscriber): void;
}

/**
 * One subscription: a position in each conversation. It takes the entry after a position, from the feed or
 * from a page of the log, whenever its reader can take another. So it needs no queue however slow the reader
 * is, each entry is delivered once and in order, and there is no seam between replay and live. There are as
 * many as connected people: hence no closures, and nothing is allocated before it is needed.
 */
export class Subscriber implements EventSource<InboxEvent>, PositionOwner, MembershipsOwner {
  readonly userId: string;
  readonly sessionId: string;
  onReady: () => void = ignore;
  readonly #around: Surroundings;
  /** Whether it ends when the viewer leaves its one conversation. */
  readonly #isSingle: boolean;
  readonly #positions = new Map<string, SubscriberPosition>();
  readonly #turns = new Turns();
  readonly #memberships: SubscriberMemberships;
  /** By conversation and user: a newer event replaces an older one. */
  #ephemeral: Map<string, EphemeralEvent> | null = null;
  #started: Position[] | null = null;
  #ended: { error: unknown } | null = null;

  constructor(viewer: { userId: string; sessionId: string }, around: Surroundings, options: { isSingle: boolean }) {
    this.userId = viewer.userId;
    this.sessionId = viewer.sessionId;
    this.#around = around;
    this.#isSingle = options.isSingle;
    this.#memberships = new SubscriberMemberships(this, around.log);
  }

  get ended(): { error: unknown } | null {
    return this.#ended;
  }

  /**
   * Starts after the given positions, in every conversation of the viewer. Resolves when hints of all of them
   * are subscribed to.
   */
  async start(followed: readonly Followed[], positions: readonly Position[]): Promise<void> {
    if (this.#ended) return;
    this.#started = this.#memberships.start(followed, positions);
    await Promise.allSettled([...this.#positions.values()].map(({ feed }) => feed?.listening));
    await this.#memberships.updateEarly();
  }

  /** Follows the conversations that are new in a later read of the viewer's memberships. */
  update(followed: readonly Followed[]): Promise<void> {
    return this.#memberships.update(followed);
  }

  isFollowing(conversationId: string): boolean {
    return this.#positions.has(conversationId);
  }

  follow({ conversationId, leftSeq, headSeq }: Followed, seq: number): void {
    const endSeq = leftSeq ?? headSeq;
    const gapTo = endSeq - seq > GAP_LIMIT ? endSeq : null;
    const position = new SubscriberPosition(this, conversationId, { seq, endSeq: leftSeq, gapTo });
    if (leftSeq === null) position.feed = this.#around.feeds.follow(conversationId, headSeq, position);
    this.#positions.set(conversationId, position);
    this.moved(position);
  }

  #leave(position: SubscriberPosition): void {
    const { conversationId, feed } = position;
    this.#positions.delete(conversationId);
    // It is this position's turn.
    this.#turns.shift();
    this.#memberships.left(conversationId, position.seq);
    if (feed) this.#around.feeds.unfollow(feed, position);
    // The reader is taking the last event now, and finds the end when it asks for another.
    if (this.#isSingle) this.#end(null);
    // The viewer may have joined again while this subscriber was behind.
    else this.#around.left(this);
  }

  /** The conversation has new entries, or a read that it waited for. */
  moved(position: SubscriberPosition): void {
    // The typing happened before this entry: it must not be delivered after it.
    this.#ephemeral = null;
    if (position.isWaiting) return;
    this.#turns.push(position);
    this.onReady();
  }

  /** Keeps an ephemeral event if the viewer may see it and has taken everything that came before. */
  happened(event: EphemeralEvent, position: SubscriberPosition): void {
    const isBehind = !this.#turns.isEmpty || this.#started !== null || !this.#memberships.isStarted;
    if (isBehind || position.isWaiting || position.isQueued || event.userId === this.userId || this.#ended) return;
    const maySee = this.#around.maySee(this.userId, event);
    if (maySee instanceof Promise) {
      const { seq } = position;
      // Not after an entry that came later.
      void maySee.then((isSeen) => isSeen && seq === position.seq && this.happened(event, position));
      return;
    }
    if (!maySee) return;
    this.#ephemeral ??= new Map();
    const key = `${event.conversationId} ${event.userId}`;
    if (this.#ephemeral.size >= EPHEMERAL && !this.#ephemeral.has(key)) return;
    this.#ephemeral.set(key, event);
    this.onReady();
  }

  /**
   * Ends with RESUME: the log differs from what was delivered, and only a new start finds the viewer's
   * positions.
   */
  wentBack(): void {
    this.end(new Resume());
  }

  /** Frees the room of a failed read: other conversations are read until its retry. */
  pageDelayed(position: SubscriberPosition): void {
    this.#turns.endRead(position);
    if (!this.#ended) this.onReady();
  }

  pageRead(position: SubscriberPosition): void {
    this.pageDelayed(position);
    this.#goOn(position);
  }

  /** Ends the wait of a conversation for a read. */
  #goOn(position: SubscriberPosition): void {
    position.isWaiting = false;
    if (this.#positions.get(position.conversationId) === position) this.moved(position);
  }

  take(): InboxEvent | null {
    if (this.#ended) return null;
    if (this.#started) {
      const positions = this.#started;
      this.#started = null;
      return { kind: 'INBOX_STARTED', positions };
    }
    for (let position = this.#turns.next(); position; position = this.#turns.next()) {
      const event = this.#takeFrom(position);
      if (event) return event;
      if (position.isWaiting || position.seq >= position.to) this.#turns.shift();
      else this.#turns.wait();
    }
    return this.#ephemeral && this.#takeEphemeral();
  }

  /** Returns the next event of the conversation whose turn it is; null where there is none, or none yet. */
  #takeFrom(position: SubscriberPosition): InboxEvent | null {
    const { conversationId, feed, endSeq, to } = position;
    if (position.gapTo !== null) {
      const headSeq = position.gapTo;
      position.gapTo = null;
      position.seq = headSeq;
      if (endSeq !== null) this.#leave(position);
      return { kind: 'GAP_TOO_LARGE', conversationId, headSeq };
    }
    const seq = position.seq + 1;
    if (seq > to) return null;
    const entry = feed?.entry(seq) ?? this.#fromPage(position, seq, to);
    if (!entry) return null;
    if (entry.kind === 'UNKNOWN' && position.checkedSeq < seq) {
      position.isWaiting = true;
      void this.#recheck(position, seq);
      return null;
    }
    position.seq = seq;
    if (outBy(entry) === this.userId || seq === endSeq) this.#leave(position);
    else if (seq === to) this.#turns.shift();
    else if (seq % PAGE_SIZE === 0) this.#turns.goLast();
    return entry;
  }

  #fromPage(position: SubscriberPosition, seq: number, to: number): LogEntry | null {
    if (!this.#turns.hasRoom) return null;
    const entry = this.#around.pages.entry(position.conversationId, seq, to, position);
    if (entry === null) {
      position.isWaiting = true;
      this.#turns.beginRead(position, pageEnd(seq, to) - seq + 1);
      return null;
    }
    if (entry !== MISSING) return entry;
    position.isWaiting = true;
    void this.#skip(position, to);
    return null;
  }

  /**
   * Announces GapTooLarge for a conversation whose log has no readable entry after the position. The skipped
   * entries may hold the one by which the viewer left, so the memberships are read again first.
   */
  #skip(position: SubscriberPosition, to: number): Promise<void> {
    return this.#readMembership(position, to, ({ joinedSeq, leftSeq, headSeq }) => {
      position.endSeq = leftSeq;
      if (joinedSeq - 1 > position.seq) position.seq = joinedSeq - 1;
      else position.gapTo = leftSeq ?? headSeq;
    });
  }

  /** Entry `seq` is of a kind that only a newer version knows: the viewer may be out by it. */
  #recheck(position: SubscriberPosition, seq: number): Promise<void> {
    return this.#readMembership(position, seq, ({ joinedSeq, leftSeq, outBeforeSeq }) => {
      position.checkedSeq = seq;
      position.endSeq = leftSeq ?? (joinedSeq > seq ? outBeforeSeq : null);
    });
  }

  /** Reads anew what the viewer may see of a conversation, and goes on. */
  async #readMembership(
    position: SubscriberPosition,
    to: number,
    apply: (membership: Followed) => void,
  ): Promise<void> {
    const { conversationId } = position;
    try {
      const followed = await this.#around.followed(this.userId);
      if (this.#ended) return;
      const found = followed.find((conversation) => conversation.conversationId === conversationId);
      // The log ends earlier: nothing is missing, it went back.
      if (!found || found.headSeq < to) {
        this.wentBack();
        return;
      }
      apply(found);
      this.#goOn(position);
    } catch (error) {
      this.#around.report(error, 'the chat memberships of a viewer could not be read; trying again');
      setTimeout(() => this.#goOn(position), RETRY_MS).unref();
    }
  }

  #takeEphemeral(): EphemeralEvent | null {
    for (const [key, event] of this.#ephemeral ?? []) {
      this.#ephemeral?.delete(key);
      // Only while the viewer is in the conversation.
      if (this.#positions.has(event.conversationId)) return event;
    }
    this.#ephemeral = null;
    return null;
  }

  /** Ends it from the server's side: nothing more is delivered. */
  end(error: unknown): void {
    if (this.#ended) return;
    this.#end(error);
    this.onReady();
  }

  close(): void {
    if (this.#ended) return;
    this.#end(null);
    this.onReady = ignore;
  }

  #end(error: unknown): void {
    this.#ended = { error };
    for (const position of this.#positions.values())
      if (position.feed) this.#around.feeds.unfollow(position.feed, position);
    this.#positions.clear();
    this.#turns.clear();
    this.#memberships.clear();
    this.#ephemeral = null;
    this.#around.closed(this);
  }

  [Symbol.asyncIterator](): AsyncIterableIterator<InboxEvent> {
    return iterateSource(this);
  }
}

function ignore(): void {}
