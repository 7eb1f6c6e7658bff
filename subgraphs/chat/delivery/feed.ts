import { histogram } from '../../../kit/observe/metrics.ts';
import { type LogEntry, messageOf } from '../domain/log/kinds/index.ts';
import type { EphemeralEvent } from '../domain/model.ts';
import type { ConversationListener, HintSource, LogReader } from '../domain/ports.ts';
import type { FaultyLogs } from './faulty-logs.ts';

/** Entries that a feed keeps for close followers. Subscribers further behind read pages of the log. */
const TAIL_SIZE = 512;

const lag = histogram(
  'beaver_chat_delivery_lag_seconds',
  "From the time of an entry, by the database's clock, until this instance has it for its subscribers.",
).of();

/** A follower of a conversation. */
export interface Follower {
  /** The head of the feed has moved. */
  moved(): void;
  /** An event happened that no log holds. */
  happened(event: EphemeralEvent): void;
  /** The log differs from what was delivered: it ends earlier, or has other entries. */
  wentBack(): void;
}

/** What all feeds of an instance share. */
export interface FeedPorts {
  log: Pick<LogReader, 'entries'>;
  hints: HintSource;
  /** The head of a conversation, read in batches. */
  head(conversationId: string): Promise<number | undefined>;
  faultyLogs: FaultyLogs;
  report(error: unknown, message: string): void;
}

/**
 * Tail of one conversation's log, shared by all subscribers of this instance that follow it. Entries arrive
 * with hints, or are read where a hint has none or leaves a gap. Followers take entries by number, all of
 * them the same object. A feed delivers nothing itself, so nothing can be doubled or left out here: a wrong
 * or lost hint costs time only.
 */
export class Feed implements ConversationListener {
  readonly conversationId: string;
  readonly followers = new Set<Follower>();
  /** Resolves when hints are subscribed to. */
  readonly listening: Promise<() => void>;
  readonly #ports: FeedPorts;
  #head: number;
  /** The head that hints have announced. */
  #wanted: number;
  #tail: LogEntry[] = [];
  /** The head at the last `rest`. */
  #restedAt: number;
  #isReading = false;
  #isChecking = false;
  #isClosed = false;

  constructor(conversationId: string, headSeq: number, ports: FeedPorts) {
    this.conversationId = conversationId;
    this.#head = headSeq;
    this.#wanted = headSeq;
    this.#restedAt = headSeq;
    this.#ports = ports;
    this.listening = ports.hints.onConversation(conversationId, this);
    void this.#lookOnce();
  }

  /** The highest `seq` known to be committed, up to which entries are available. */
  get headSeq(): number {
    return this.#head;
  }

  /** The entry, if the tail has it. */
  entry(seq: number): LogEntry | undefined {
    return this.#tail[seq - (this.#head - this.#tail.length) - 1];
  }

  /** Takes a hint: the log goes up to `headSeq`. */
  moved(headSeq: number, entries: readonly LogEntry[] = []): void {
    if (this.#isClosed) return;
    this.#compare(entries);
    this.#append(entries);
    this.#wanted = Math.max(this.#wanted, headSeq);
    if (this.#head < this.#wanted && !this.#isReading) void this.#read();
  }

  /** Compares the head that was read after the last `rest`. */
  looked(headSeq: number): void {
    if (headSeq < this.#restedAt) this.#goBack();
    else if (headSeq > this.#head) this.moved(headSeq);
  }

  happened(event: EphemeralEvent): void {
    // While entries are in flight all followers are behind, and those get no ephemeral events.
    if (this.#head < this.#wanted) return;
    for (const follower of this.followers) follower.happened(event);
  }

  /**
   * Drops entries from before the last rest: a quiet feed keeps nothing, and answers of old entries are not
   * shared.
   */
  rest(): void {
    this.#tail.splice(0, this.#tail.length - (this.#head - this.#restedAt));
    this.#restedAt = this.#head;
  }

  close(): void {
    this.#isClosed = true;
    this.listening.then(
      (stop) => stop(),
      () => {},
    );
  }

  /** Finds entries that were committed after the head was read and before hints were subscribed to. */
  async #lookOnce(): Promise<void> {
    try {
      await this.listening;
      const headSeq = this.#isClosed ? undefined : await this.#ports.head(this.conversationId);
      if (headSeq !== undefined && headSeq > this.#head) this.moved(headSeq);
    } catch (error) {
      this.#ports.report(error, 'a chat conversation is not followed; trying again at the next look at the heads');
    }
  }

  /**
   * Detects new entries under numbers that exist already: those of a log that went back. A late hint brings
   * what the tail has.
   */
  #compare(entries: readonly LogEntry[]): void {
    for (const entry of entries) {
      if (entry.seq > this.#head) return;
      const known = this.entry(entry.seq);
      if (known && !isSame(known, entry)) this.#goBack();
      else if (!known && !this.#isChecking)
        this.#check().catch((error) =>
          this.#ports.report(error, 'the head of a chat conversation could not be read; trying again at the next look'),
        );
    }
  }

  /** Appends the entries that continue the tail, if they do. */
  #append(entries: readonly LogEntry[]): void {
    const fresh = entries.filter(({ seq }) => seq > this.#head);
    if (fresh.length === 0 || !fresh.every(({ seq }, index) => seq === this.#head + 1 + index)) return;
    this.#tail.push(...fresh);
    this.#head += fresh.length;
    const now = Date.now();
    for (const { happenedAt } of fresh) lag.observe(Math.max(0, now - happenedAt.getTime()) / 1000);
    if (this.#tail.length > TAIL_SIZE * 2) this.#tail.splice(0, this.#tail.length - TAIL_SIZE);
    for (const follower of this.followers) follower.moved();
  }

  async #read(): Promise<void> {
    const { conversationId } = this;
    this.#isReading = true;
    try {
      while (this.#head < this.#wanted && !this.#isClosed) {
        const to = this.#wanted;
        const after = Math.max(this.#head, to - TAIL_SIZE);
        const [entries = []] = await this.#ports.log.entries([{ conversationId, after, to }]);
        if (entries.length !== to - after) {
          // An announced head is committed, so unreadable entries are missing, unless the head went back.
          if (await this.#check()) return;
          this.#ports.faultyLogs.unreadable(conversationId, firstMissing(entries, after));
          this.#beginAnew(endOf(entries, to), to);
        } else {
          // So much is new that the tail restarts; followers that want the entries between read them in
          // pages.
          if (after > this.#head) this.#beginAnew([], after);
          this.#append(entries);
        }
      }
    } catch (error) {
      this.#ports.report(error, 'the chat log could not be read; trying again at the next look at the heads');
    } finally {
      this.#isReading = false;
      this.#wanted = this.#head;
    }
  }

  /**
   * Restarts the tail at `headSeq`, with the contiguous entries up to there. Followers read earlier ones in
   * pages.
   */
  #beginAnew(tail: LogEntry[], headSeq: number): void {
    this.#tail = tail;
    this.#head = headSeq;
    for (const follower of this.followers) follower.moved();
  }

  /** Checks whether the log still goes up to the head; true where it does not. */
  async #check(): Promise<boolean> {
    this.#isChecking = true;
    const known = Math.max(this.#head, this.#wanted);
    try {
      const headSeq = (await this.#ports.head(this.conversationId)) ?? 0;
      if (headSeq < known) this.#goBack();
      return headSeq < known;
    } finally {
      this.#isChecking = false;
    }
  }

  /**
   * Ends all followers: what was delivered differs from the log. They reconnect and begin anew; the feed ends
   * with the last of them.
   */
  #goBack(): void {
    if (this.#isClosed) return;
    this.#ports.faultyLogs.wentBack(this.conversationId);
    for (const follower of [...this.followers]) follower.wentBack();
  }
}

function isSame(one: LogEntry, other: LogEntry): boolean {
  return one.happenedAt.getTime() === other.happenedAt.getTime() && messageOf(one)?.id === messageOf(other)?.id;
}

/** The first `seq` after `after` that is missing. */
function firstMissing(entries: readonly LogEntry[], after: number): number {
  const index = entries.findIndex(({ seq }, at) => seq !== after + 1 + at);
  return after + 1 + (index === -1 ? entries.length : index);
}

/** The contiguous entries at the end, up to `to`. */
function endOf(entries: readonly LogEntry[], to: number): LogEntry[] {
  let from = entries.length;
  while (from > 0 && entries[from - 1]?.seq === to - (entries.length - from)) from -= 1;
  return entries.slice(from);
}
