import { Resume } from '../../../kit/base/errors.ts';
import { type EventSource, iterateSource } from '../../../kit/graph/source.ts';
import type { EphemeralEvent, InboxEvent, LogEntry, Position } from '../domain/model.ts';
import type { Followed, LogReader } from '../domain/ports.ts';
import { MISSING, PAGE_SIZE, type Pages, pageEnd, RETRY_MS } from './catch-up-pages.ts';
import type { Feeds } from './feeds.ts';
import { Place } from './place.ts';
import { Turns } from './turns.ts';

/** Where more entries than this lie between a position and the head, nothing is replayed (PROTOCOL.md). */
const GAP_LIMIT = 1_000;
/** The most ephemeral events that wait for one reader. */
const EPHEMERAL = 32;

/** What all subscribers of an instance share. */
export interface Surroundings {
  feeds: Feeds;
  pages: Pages;
  log: LogReader;
  /** Every conversation that a user is or was in, as it is now. */
  followed(userId: string): Promise<readonly Followed[]>;
  report(error: unknown, message: string): void;
  /** The viewer was seen to leave a conversation. */
  left(subscriber: Subscriber): void;
  closed(subscriber: Subscriber): void;
}

/**
 * One subscription: all that it has is a place in each conversation. It takes the entry after its place, from the feed or from a page of the log, whenever its reader can
 * take another. So it needs no queue however slow the reader is, each entry comes once and in order, and there is no seam between replay and live.
 * There are as many as people are connected: hence no closures, and nothing is made before it's needed.
 */
export class Subscriber implements EventSource<InboxEvent> {
  readonly userId: string;
  readonly sessionId: string;
  onReady: () => void = ignore;
  readonly #around: Surroundings;
  /** Whether it ends when the viewer is out of its one conversation. */
  readonly #isSingle: boolean;
  readonly #places = new Map<string, Place>();
  readonly #turns = new Turns();
  /** Conversations that were left, with the entry that said so: an older look at the memberships must not bring one back. */
  #left: Map<string, number> | null = null;
  /** By conversation and user, so that a newer one takes the place of an older. */
  #ephemeral: Map<string, EphemeralEvent> | null = null;
  #started: Position[] | null = null;
  #isStarted = false;
  /** The newest look at the memberships that came before the start. */
  #early: readonly Followed[] | null = null;
  #ended: { error: unknown } | null = null;

  constructor(viewer: { userId: string; sessionId: string }, around: Surroundings, options: { isSingle: boolean }) {
    this.userId = viewer.userId;
    this.sessionId = viewer.sessionId;
    this.#around = around;
    this.#isSingle = options.isSingle;
  }

  get ended(): { error: unknown } | null {
    return this.#ended;
  }

  /** Begins after the positions given, in every conversation of the viewer. Resolves when hints of all of them are heard. */
  async start(followed: readonly Followed[], positions: readonly Position[]): Promise<void> {
    if (this.#ended) return;
    const given = new Map(positions.map(({ conversationId, seq }) => [conversationId, seq]));
    const started: Position[] = [];
    const listening: Promise<unknown>[] = [];
    for (const conversation of followed) {
      const { conversationId, joinedSeq, leftSeq, headSeq } = conversation;
      const endSeq = leftSeq ?? headSeq;
      const seq = Math.min(Math.max(given.get(conversationId) ?? endSeq, joinedSeq - 1), endSeq);
      this.#setLeft(conversationId, leftSeq ?? conversation.outBeforeSeq ?? 0);
      if (seq === leftSeq) continue;
      started.push({ conversationId, seq });
      const { feed } = this.#enter(conversation, seq);
      if (feed) listening.push(feed.listening);
    }
    this.#started = started;
    this.#isStarted = true;
    await Promise.allSettled(listening);
    if (this.#early) await this.update(this.#early);
    this.#early = null;
  }

  /** The viewer's conversations are these now: begins to follow those that are new, from the entry that made them a member. */
  async update(followed: readonly Followed[]): Promise<void> {
    if (!this.#isStarted) this.#early = followed;
    else for (const conversation of followed) await this.#updateOne(conversation);
  }

  async #updateOne(conversation: Followed): Promise<void> {
    const { conversationId, leftSeq, outBeforeSeq } = conversation;
    const isKnown = (seq: number) => this.#places.has(conversationId) || seq <= this.#lastLeft(conversationId);
    if (this.#ended || leftSeq !== null || isKnown(conversation.joinedSeq)) return;
    let { joinedSeq } = conversation;
    const lastLeft = this.#lastLeft(conversationId);
    if (outBeforeSeq !== null && outBeforeSeq > lastLeft) {
      // They came and went before this subscriber was there; what happened in between is theirs to see.
      joinedSeq = (await this.#around.log.joinedAfter(conversationId, this.userId, lastLeft)) ?? joinedSeq;
      if (this.#ended || isKnown(joinedSeq)) return;
    }
    this.#enter(conversation, joinedSeq - 1);
  }

  #lastLeft(conversationId: string): number {
    return this.#left?.get(conversationId) ?? 0;
  }

  #setLeft(conversationId: string, seq: number): void {
    if (seq <= this.#lastLeft(conversationId)) return;
    this.#left ??= new Map();
    this.#left.set(conversationId, seq);
  }

  #enter({ conversationId, leftSeq, headSeq }: Followed, seq: number): Place {
    const endSeq = leftSeq ?? headSeq;
    const gapTo = endSeq - seq > GAP_LIMIT ? endSeq : null;
    const place = new Place(this, conversationId, { seq, endSeq: leftSeq, gapTo });
    if (leftSeq === null) place.feed = this.#around.feeds.follow(conversationId, headSeq, place);
    this.#places.set(conversationId, place);
    this.moved(place);
    return place;
  }

  #leave(place: Place): void {
    const { conversationId, feed } = place;
    this.#places.delete(conversationId);
    // It is the one that is taken from.
    this.#turns.shift();
    this.#setLeft(conversationId, place.seq);
    if (feed) this.#around.feeds.unfollow(feed, place);
    // Its reader, who is taking the last event now, finds it ended when asking for another.
    if (this.#isSingle) this.#end(null);
    // Somebody may have brought the viewer back while this subscriber was still on its way here.
    else this.#around.left(this);
  }

  /** A conversation has gone on. */
  moved(place: Place): void {
    // Who types was typing before this: it must not be delivered after it.
    this.#ephemeral = null;
    if (place.isWaiting) return;
    this.#turns.push(place);
    this.onReady();
  }

  /** Keeps it where the reader has taken everything that came before. */
  happened(event: EphemeralEvent, place: Place): void {
    const isBehind = !this.#turns.isEmpty || this.#started !== null || !this.#isStarted;
    if (isBehind || place.isWaiting || place.isQueued || event.userId === this.userId) return;
    this.#ephemeral ??= new Map();
    const key = `${event.conversationId} ${event.userId}`;
    if (this.#ephemeral.size >= EPHEMERAL && !this.#ephemeral.has(key)) return;
    this.#ephemeral.set(key, event);
    this.onReady();
  }

  /** The log of a conversation is not the one that was delivered: only a new start says where the viewer is. */
  wentBack(): void {
    this.end(new Resume());
  }

  /** Other conversations are read while this one waits for the next attempt. */
  pageDelayed(place: Place): void {
    this.#turns.endRead(place);
    if (!this.#ended) this.onReady();
  }

  pageRead(place: Place): void {
    this.pageDelayed(place);
    this.#goOn(place);
  }

  /** A conversation has waited for what was read. */
  #goOn(place: Place): void {
    place.isWaiting = false;
    if (this.#places.get(place.conversationId) === place) this.moved(place);
  }

  take(): InboxEvent | null {
    if (this.#ended) return null;
    if (this.#started) {
      const positions = this.#started;
      this.#started = null;
      return { kind: 'INBOX_STARTED', positions };
    }
    for (let place = this.#turns.next(); place; place = this.#turns.next()) {
      const event = this.#takeFrom(place);
      if (event) return event;
      if (place.isWaiting || place.seq >= place.to) this.#turns.shift();
      else this.#turns.wait();
    }
    return this.#ephemeral && this.#takeEphemeral();
  }

  /** The next event of the conversation whose turn it is; null where there is none, or none yet. */
  #takeFrom(place: Place): InboxEvent | null {
    const { conversationId, feed, endSeq, to } = place;
    if (place.gapTo !== null) {
      const headSeq = place.gapTo;
      place.gapTo = null;
      place.seq = headSeq;
      if (endSeq !== null) this.#leave(place);
      return { kind: 'GAP_TOO_LARGE', conversationId, headSeq };
    }
    const seq = place.seq + 1;
    if (seq > to) return null;
    const entry = feed?.entry(seq) ?? this.#fromPage(place, seq, to);
    if (!entry) return null;
    place.seq = seq;
    const isOut = entry.kind === 'MEMBER_LEFT' && entry.subjectId === this.userId;
    if (isOut || seq === endSeq) this.#leave(place);
    else if (seq === to) this.#turns.shift();
    else if (seq % PAGE_SIZE === 0) this.#turns.goLast();
    return entry;
  }

  #fromPage(place: Place, seq: number, to: number): LogEntry | null {
    if (!this.#turns.hasRoom) return null;
    const entry = this.#around.pages.entry(place.conversationId, seq, to, place);
    if (entry === null) {
      place.isWaiting = true;
      this.#turns.beginRead(place, pageEnd(seq, to) - seq + 1);
      return null;
    }
    if (entry !== MISSING) return entry;
    place.isWaiting = true;
    void this.#skip(place, to);
    return null;
  }

  /**
   * Has GapTooLarge said for a conversation whose log has no readable entry after the place. Among what is
   * passed over may be the entry by which the viewer is out, so what
   * they may see is read anew.
   */
  async #skip(place: Place, to: number): Promise<void> {
    const { conversationId } = place;
    try {
      const followed = await this.#around.followed(this.userId);
      if (this.#ended) return;
      const found = followed.find((conversation) => conversation.conversationId === conversationId);
      // Nothing is missing: the log ends before that.
      if (!found || found.headSeq < to) {
        this.wentBack();
        return;
      }
      const { joinedSeq, leftSeq, headSeq } = found;
      place.endSeq = leftSeq;
      if (joinedSeq - 1 > place.seq) place.seq = joinedSeq - 1;
      else place.gapTo = leftSeq ?? headSeq;
      this.#goOn(place);
    } catch (error) {
      this.#around.report(error, 'the chat memberships of a viewer could not be read; trying again');
      setTimeout(() => this.#goOn(place), RETRY_MS).unref();
    }
  }

  #takeEphemeral(): EphemeralEvent | null {
    for (const [key, event] of this.#ephemeral ?? []) {
      this.#ephemeral?.delete(key);
      // Only to who is in the conversation still.
      if (this.#places.has(event.conversationId)) return event;
    }
    this.#ephemeral = null;
    return null;
  }

  /** Ends it from this side: nothing is delivered any more. */
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
    for (const place of this.#places.values()) if (place.feed) this.#around.feeds.unfollow(place.feed, place);
    this.#places.clear();
    this.#turns.clear();
    this.#left = null;
    this.#early = null;
    this.#ephemeral = null;
    this.#around.closed(this);
  }

  [Symbol.asyncIterator](): AsyncIterableIterator<InboxEvent> {
    return iterateSource(this);
  }
}

function ignore(): void {}
