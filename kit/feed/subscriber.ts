import { Resume } from '../base/errors.ts';
import { type EventSource, iterateSource } from '../graph/source.ts';
import type { Numbered, Span } from './changes.ts';

/** The first event of a subscription, then changes in the order of `seq`. */
export type FeedEvent = { kind: 'STARTED'; seq: number; isReset: boolean } | ({ kind: 'CHANGED' } & Numbered);

/** The feed, as its subscribers need it. */
export interface FeedReader {
  /** The next changes after a number. Repeats a failed read after a pause. */
  after(seq: number): Promise<Numbered[]>;
  closed(subscriber: FeedSubscriber): void;
}

/**
 * One subscription to the changes of a person. It holds one page at most, and reads the next when its reader
 * has taken that: a slow reader costs no memory, and what changes twice meanwhile is told once.
 */
export class FeedSubscriber implements EventSource<FeedEvent> {
  onReady: () => void = ignore;
  ended: { error: unknown } | null = null;
  readonly sessionId: string;
  readonly #reader: FeedReader;
  #started: FeedEvent | null;
  /** `seq` of the last change that was delivered, and of the last one that there is. */
  #seq: number;
  #head: number;
  #page: Numbered[] = [];
  #isReading = false;

  /** `after`: the last change that the client has; null to begin at the head. */
  constructor(sessionId: string, reader: FeedReader, after: number | null, { head, first }: Span) {
    // A number that was never given is of a history that is gone: the database was put back.
    const isReset = after !== null && (after > head || after < first);
    this.sessionId = sessionId;
    this.#reader = reader;
    this.#seq = isReset ? 0 : (after ?? head);
    this.#head = head;
    this.#started = { kind: 'STARTED', seq: this.#seq, isReset };
  }

  /** There are changes up to this number; those of a page may be newer than the last look. */
  moved(head: number): void {
    if (this.ended || head <= this.#head) return;
    this.#head = head;
    this.onReady();
  }

  /** `seq` of the last change that was delivered. */
  get seq(): number {
    return this.#seq;
  }

  /** What a look found, which holds what was delivered before that look. */
  saw({ head, first }: Span, seqBefore: number): void {
    if (head < seqBefore || (seqBefore > 0 && seqBefore < first)) this.end(new Resume());
    else this.moved(head);
  }

  take(): FeedEvent | null {
    if (this.ended) return null;
    if (this.#started) {
      const event = this.#started;
      this.#started = null;
      return event;
    }
    const change = this.#page.shift();
    if (!change) {
      if (this.#seq < this.#head && !this.#isReading) void this.#read();
      return null;
    }
    this.#seq = change.seq;
    return { kind: 'CHANGED', ...change };
  }

  async #read(): Promise<void> {
    this.#isReading = true;
    const page = await this.#reader.after(this.#seq);
    this.#isReading = false;
    if (this.ended) return;
    this.#page = page;
    this.#head = Math.max(this.#head, page.at(-1)?.seq ?? 0);
    // The last number always has its change, so a head without one has gone back.
    if (page.length === 0) this.#head = this.#seq;
    this.onReady();
  }

  /** Ends it from the server's side. */
  end(error: unknown): void {
    if (this.ended) return;
    this.#end(error);
    this.onReady();
  }

  close(): void {
    if (this.ended) return;
    this.#end(null);
    this.onReady = ignore;
  }

  #end(error: unknown): void {
    this.ended = { error };
    this.#page = [];
    this.#reader.closed(this);
  }

  [Symbol.asyncIterator](): AsyncIterableIterator<FeedEvent> {
    return iterateSource(this);
  }
}

function ignore(): void {}
