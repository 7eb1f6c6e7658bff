import type { InboxEvent, LogEntry, Position } from '../model.ts';
import type { Followed, LogReader } from '../ports.ts';
import type { Feed, Follower } from './feed.ts';
import type { Feeds } from './feeds.ts';

/** Where more entries than this lie between a position and the head, nothing is replayed (PROTOCOL.md). */
const GAP_LIMIT = 1_000;
/** Entries that are read from the log at once for a subscriber who is behind the tail of a feed. */
const PAGE_SIZE = 100;
/** How long to wait after the log could not be read, in ms. */
const PAUSE = 1_000;

/** How far a subscriber is in one conversation. */
interface Place {
  /** The last entry that was delivered. */
  seq: number;
  /** The last entry that may be: null while the viewer is a member. */
  endSeq: number | null;
  /** Null where the viewer has left already, so that nothing new can come. */
  feed: Feed | null;
  /** Set where too much was missed: the head to say instead of a replay. */
  gapTo: number | null;
}

/**
 * One subscription to the inbox, as the iterator that GraphQL pulls events from. All it has is a place in each conversation, and at most one page of entries: it
 * takes the entry after its place, from the feed or from the log, whenever the reader asks for one. So it needs no queue however slow the reader is, each
 * entry comes once and in order, and there is no seam between replay and live.
 *
 * It is written by hand because the `return()` of an async generator waits behind a pending `next()`, which for a quiet inbox may be for ever.
 */
export class Subscriber implements AsyncIterableIterator<InboxEvent>, Follower {
  readonly userId: string;
  readonly sessionId: string;
  readonly #feeds: Feeds;
  readonly #log: LogReader;
  readonly #onClose: (subscriber: Subscriber) => void;
  readonly #report: (error: unknown, message: string) => void;
  readonly #places = new Map<string, Place>();
  /** Conversations that were left, with the entry that said so: an older look at the memberships must not bring one back. */
  readonly #left = new Map<string, number>();
  /** Conversations that may have something to deliver, in turn. */
  readonly #ready = new Set<string>();
  #page: LogEntry[] = [];
  #started: Position[] | null = null;
  /** The newest look at the memberships that came before the start. */
  #early: readonly Followed[] | null = null;
  #isStarted = false;
  #waiting: { resolve(result: IteratorResult<InboxEvent>): void; reject(error: unknown): void }[] = [];
  #delivering = false;
  #retry: NodeJS.Timeout | null = null;
  #end: { error: unknown } | null = null;
  #onLeft: () => void;

  constructor(
    viewer: { userId: string; sessionId: string },
    ports: {
      feeds: Feeds;
      log: LogReader;
      onClose(subscriber: Subscriber): void;
      onLeft(): void;
      report(error: unknown, message: string): void;
    },
  ) {
    this.userId = viewer.userId;
    this.sessionId = viewer.sessionId;
    this.#feeds = ports.feeds;
    this.#log = ports.log;
    this.#onClose = ports.onClose;
    this.#onLeft = ports.onLeft;
    this.#report = ports.report;
  }

  /** Begins after the positions given, in every conversation of the viewer. Resolves when hints of all of them are heard. */
  async start(followed: readonly Followed[], positions: readonly Position[]): Promise<void> {
    if (this.#end) return;
    const given = new Map(positions.map(({ conversationId, seq }) => [conversationId, seq]));
    const started: Position[] = [];
    const listening: Promise<unknown>[] = [];
    for (const conversation of followed) {
      const { conversationId, joinedSeq, leftSeq, headSeq } = conversation;
      const endSeq = leftSeq ?? headSeq;
      const seq = Math.min(Math.max(given.get(conversationId) ?? endSeq, joinedSeq - 1), endSeq);
      this.#left.set(conversationId, leftSeq ?? conversation.outBeforeSeq ?? 0);
      if (seq === leftSeq) continue;
      started.push({ conversationId, seq });
      const place = this.#enter(conversation, seq);
      if (place.feed) listening.push(place.feed.listening);
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
    if (this.#end || leftSeq !== null || isKnown(conversation.joinedSeq)) return;
    let { joinedSeq } = conversation;
    const lastLeft = this.#lastLeft(conversationId);
    if (outBeforeSeq !== null && outBeforeSeq > lastLeft) {
      // They came and went before this subscriber was there; what happened in between is theirs to see.
      joinedSeq = (await this.#log.joinedAfter(conversationId, this.userId, lastLeft)) ?? joinedSeq;
      if (this.#end || isKnown(joinedSeq)) return;
    }
    this.#enter(conversation, joinedSeq - 1);
  }

  #lastLeft(conversationId: string): number {
    return this.#left.get(conversationId) ?? 0;
  }

  #enter({ conversationId, leftSeq, headSeq }: Followed, seq: number): Place {
    const endSeq = leftSeq ?? headSeq;
    const place: Place = {
      seq,
      endSeq: leftSeq,
      feed: leftSeq === null ? this.#feeds.follow(conversationId, headSeq, this) : null,
      gapTo: endSeq - seq > GAP_LIMIT ? endSeq : null,
    };
    this.#places.set(conversationId, place);
    this.moved(conversationId);
    return place;
  }

  #leave(conversationId: string): void {
    const place = this.#places.get(conversationId);
    if (!place) return;
    this.#places.delete(conversationId);
    this.#ready.delete(conversationId);
    this.#left.set(conversationId, Math.max(place.seq, this.#lastLeft(conversationId)));
    this.#page = [];
    if (place.feed) this.#feeds.unfollow(conversationId, this);
    // Somebody may have brought the viewer back while this subscriber was still on its way here.
    this.#onLeft();
  }

  moved(conversationId: string): void {
    this.#ready.add(conversationId);
    void this.#deliver();
  }

  next(): Promise<IteratorResult<InboxEvent>> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      if (this.#end) this.#finish();
      else void this.#deliver();
    });
  }

  return(): Promise<IteratorResult<InboxEvent>> {
    this.close();
    return Promise.resolve({ value: undefined, done: true });
  }

  throw(error: unknown): Promise<IteratorResult<InboxEvent>> {
    this.close();
    return Promise.reject(error);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** Ends it and frees everything at once, also while a `next()` is pending, which gets `error` where there is one. */
  close(error: unknown = null): void {
    if (this.#end) return;
    this.#end = { error };
    if (this.#retry) clearTimeout(this.#retry);
    for (const [conversationId, { feed }] of this.#places) if (feed) this.#feeds.unfollow(conversationId, this);
    this.#places.clear();
    this.#ready.clear();
    this.#left.clear();
    this.#page = [];
    this.#onClose(this);
    this.#finish();
  }

  /** The error goes to the first who asks; after it, the end is an ordinary one. */
  #finish(): void {
    for (const { resolve, reject } of this.#waiting.splice(0)) {
      const error = this.#end?.error;
      this.#end = { error: null };
      if (error) reject(error);
      else resolve({ value: undefined, done: true });
    }
  }

  async #deliver(): Promise<void> {
    if (this.#delivering || this.#retry) return;
    this.#delivering = true;
    try {
      while (this.#waiting.length > 0 && !this.#end) {
        const event = await this.#take();
        if (this.#end) break;
        if (event) this.#waiting.shift()?.resolve({ value: event, done: false });
        // Asked after the await, because a conversation may have moved during it.
        else if (this.#ready.size === 0) break;
      }
    } catch (error) {
      this.#report(error, 'the chat log could not be read for an inbox; trying again');
      if (!this.#end) this.#retry = setTimeout(() => this.#again(), PAUSE);
    } finally {
      this.#delivering = false;
    }
  }

  #again(): void {
    this.#retry = null;
    void this.#deliver();
  }

  /** The next event, or null where there is none now. */
  async #take(): Promise<InboxEvent | null> {
    if (this.#started) {
      const positions = this.#started;
      this.#started = null;
      return { kind: 'INBOX_STARTED', positions };
    }
    for (;;) {
      // What was read is used up first; then the conversations take turns.
      const conversationId = this.#page[0]?.conversationId ?? this.#ready.values().next().value;
      if (conversationId === undefined) return null;
      // Taken off before it is looked at: if it moves meanwhile, that puts it back.
      this.#ready.delete(conversationId);
      const place = this.#places.get(conversationId);
      if (!place) continue;
      const event = await this.#takeFrom(conversationId, place).catch((error) => {
        this.#ready.add(conversationId);
        this.#page = [];
        throw error;
      });
      if (this.#end) return null;
      if (!event) continue;
      if (this.#places.has(conversationId)) this.#ready.add(conversationId);
      return event;
    }
  }

  async #takeFrom(conversationId: string, place: Place): Promise<InboxEvent | null> {
    if (place.gapTo !== null) {
      const headSeq = place.gapTo;
      place.gapTo = null;
      place.seq = headSeq;
      if (place.endSeq !== null) this.#leave(conversationId);
      return { kind: 'GAP_TOO_LARGE', conversationId, headSeq };
    }
    const to = place.endSeq ?? place.feed?.headSeq ?? 0;
    if (place.seq >= to) return null;
    // A page that was begun is used to its end: it is always of the conversation whose turn it is.
    const entry =
      this.#page.shift() ?? place.feed?.entry(place.seq + 1) ?? (await this.#read(conversationId, place.seq, to));
    if (this.#end) return null;
    if (entry?.seq !== place.seq + 1) throw new Error(`entry ${place.seq + 1} of ${conversationId} is not in the log`);
    place.seq = entry.seq;
    const isOut = entry.kind === 'MEMBER_LEFT' && entry.subjectId === this.userId;
    if (isOut || place.seq === place.endSeq) this.#leave(conversationId);
    return entry;
  }

  /** The entry after `seq`, the first of a new page. */
  async #read(conversationId: string, seq: number, to: number): Promise<LogEntry | undefined> {
    this.#page = await this.#log.entries(conversationId, seq, to, PAGE_SIZE);
    return this.#page.shift();
  }
}
