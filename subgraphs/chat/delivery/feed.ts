import type { EphemeralEvent, LogEntry } from '../domain/model.ts';
import type { ConversationListener, HintSource, LogReader } from '../domain/ports.ts';
import type { FaultyLogs } from './faulty-logs.ts';

/**
 * The most entries that a feed keeps for those who follow it closely. Who is further behind reads pages of
 * the log.
 */
const TAIL_SIZE = 512;

/** Someone who follows a conversation. */
export interface Follower {
  /** The feed's head is higher than before. */
  moved(): void;
  /** Something that is in no log happened now. */
  happened(event: EphemeralEvent): void;
  /** The log is another one than that which was delivered: it ends before what was, or has other entries. */
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
 * The newest part of one conversation's log, shared by everybody on this instance who follows it. Entries
 * come with the hints, or are read where a hint brought none or does not continue what is here. Its followers
 * then take entries by number, all of them the same object. It never delivers anything itself, so nothing can
 * be delivered twice or left out here: a wrong or lost hint costs time only.
 */
export class Feed implements ConversationListener {
  readonly conversationId: string;
  readonly followers = new Set<Follower>();
  /** Resolves when hints are heard. */
  readonly listening: Promise<() => void>;
  readonly #ports: FeedPorts;
  #head: number;
  /** How far the log is said to go. */
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

  /** The highest seq known to be committed, up to which entries can be had. */
  get headSeq(): number {
    return this.#head;
  }

  /** The entry, if it is new enough. */
  entry(seq: number): LogEntry | undefined {
    return this.#tail[seq - (this.#head - this.#tail.length) - 1];
  }

  /** Somebody says that the log goes up to here. */
  moved(headSeq: number, entries: readonly LogEntry[] = []): void {
    if (this.#isClosed) return;
    this.#compare(entries);
    this.#append(entries);
    this.#wanted = Math.max(this.#wanted, headSeq);
    if (this.#head < this.#wanted && !this.#isReading) void this.#read();
  }

  /** The head as it was read, after the last `rest`. */
  looked(headSeq: number): void {
    if (headSeq < this.#restedAt) this.#goBack();
    else if (headSeq > this.#head) this.moved(headSeq);
  }

  happened(event: EphemeralEvent): void {
    // While entries are on their way everybody is behind, and nobody who is behind gets it.
    if (this.#head < this.#wanted) return;
    for (const follower of this.followers) follower.happened(event);
  }

  /**
   * Lets go of what came before the last rest: a quiet feed keeps nothing, and nobody gets what was made of
   * an entry long ago.
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

  /** Finds what was committed after the head was read and before hints were heard. */
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
   * Notices new entries with numbers that were given before: those of a log that went back. A hint that is
   * merely late brings what the tail has.
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

  /** Takes those of the entries that continue the tail, if they do. */
  #append(entries: readonly LogEntry[]): void {
    const fresh = entries.filter(({ seq }) => seq > this.#head);
    if (fresh.length === 0 || !fresh.every(({ seq }, index) => seq === this.#head + 1 + index)) return;
    this.#tail.push(...fresh);
    this.#head += fresh.length;
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
          // A head that was announced is committed, so what cannot be read of it is missing, unless the head
          // went back.
          if (await this.#check()) return;
          this.#ports.faultyLogs.unreadable(conversationId, firstMissing(entries, after));
          this.#beginAnew(endOf(entries, to), to);
        } else {
          // So much is new that the tail begins anew; what lies between is read in pages by those who want
          // it.
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
   * Goes on from `headSeq`, with the entries up to there that follow each other. Followers read what lies
   * before in pages.
   */
  #beginAnew(tail: LogEntry[], headSeq: number): void {
    this.#tail = tail;
    this.#head = headSeq;
    for (const follower of this.followers) follower.moved();
  }

  /** Looks whether the log still goes up to the head; true where it does not. */
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
   * What was delivered is not what the log says. The followers begin anew, which no follower's position
   * allows here; the feed ends with them.
   */
  #goBack(): void {
    if (this.#isClosed) return;
    this.#ports.faultyLogs.wentBack(this.conversationId);
    for (const follower of [...this.followers]) follower.wentBack();
  }
}

function isSame(one: LogEntry, other: LogEntry): boolean {
  return one.happenedAt.getTime() === other.happenedAt.getTime() && one.message?.id === other.message?.id;
}

/** The first seq after `after` that is not among the entries. */
function firstMissing(entries: readonly LogEntry[], after: number): number {
  const index = entries.findIndex(({ seq }, at) => seq !== after + 1 + at);
  return after + 1 + (index === -1 ? entries.length : index);
}

/** The last of the entries that follow each other up to `to`. */
function endOf(entries: readonly LogEntry[], to: number): LogEntry[] {
  let from = entries.length;
  while (from > 0 && entries[from - 1]?.seq === to - (entries.length - from)) from -= 1;
  return entries.slice(from);
}
