import type { EphemeralEvent, LogEntry } from '../model.ts';
import type { ConversationListener, HintSource, LogReader } from '../ports.ts';

/** The most entries that a feed keeps for those who follow it closely. Who is further behind reads pages of the log. */
const TAIL_SIZE = 512;

/** Someone who follows a conversation. */
export interface Follower {
  /** The feed's head is higher than before. */
  moved(): void;
  /** Something that is in no log happened now. */
  happened(event: EphemeralEvent): void;
}

/** What all feeds of an instance share. */
export interface FeedPorts {
  log: LogReader;
  hints: HintSource;
  /** The head of a conversation, read in batches. */
  head(conversationId: string): Promise<number | undefined>;
  report(error: unknown, message: string): void;
}

/**
 * The newest part of one conversation's log, shared by everybody on this instance who follows it. Entries come with the hints, or are read where a hint brought none or
 * does not continue what is here. Its followers then take entries by number, all of them the same object. It never delivers anything itself, so nothing can be delivered
 * twice or left out here: a wrong or lost hint costs time only.
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
    this.#append(entries);
    this.#wanted = Math.max(this.#wanted, headSeq);
    if (this.#head < this.#wanted && !this.#isReading) void this.#read();
  }

  happened(event: EphemeralEvent): void {
    // While entries are on their way everybody is behind, and nobody who is behind gets it.
    if (this.#head < this.#wanted) return;
    for (const follower of this.followers) follower.happened(event);
  }

  /** Lets go of what came before the last rest: a quiet feed keeps nothing, and nobody gets what was made of an entry long ago. */
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
      if (!this.#isClosed) this.moved((await this.#ports.head(this.conversationId)) ?? 0);
    } catch (error) {
      this.#ports.report(error, 'a chat conversation is not followed; trying again at the next look at the heads');
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
    this.#isReading = true;
    try {
      while (this.#head < this.#wanted && !this.#isClosed) {
        const to = this.#wanted;
        const after = Math.max(this.#head, to - TAIL_SIZE);
        const entries = await this.#ports.log.entries(this.conversationId, after, to, TAIL_SIZE);
        // A head that was announced is committed, so its entries are there to be read; if not, the next look at the heads tries again.
        if (entries.length !== to - after) break;
        if (after > this.#head) {
          // So much is new that the tail begins anew; what lies between is read in pages by those who want it.
          this.#tail = [];
          this.#head = after;
        }
        this.#append(entries);
      }
    } catch (error) {
      this.#ports.report(error, 'the chat log could not be read; trying again at the next look at the heads');
    } finally {
      this.#isReading = false;
      this.#wanted = this.#head;
    }
  }
}
