import type { ConcurrencyLimiter } from '../../../kit/base/containers/concurrency-limiter.ts';
import { counter } from '../../../kit/observe/metrics.ts';
import type { LogEntry } from '../domain/log/kinds/index.ts';
import type { LogReader } from '../domain/ports.ts';
import type { FaultyLogs } from './faulty-logs.ts';

/** Entries of a page. Pages are aligned: page n holds the entries from 100 n + 1 to 100 n + 100. */
export const PAGE_SIZE = 100;
/** Limits of one statement: two full pages, or one entry of each of many conversations. */
const BATCH_ENTRIES = 200;
const BATCH_PAGES = 64;
/** Cache limit, in entries of its newer half. When that is full, the older half is dropped. */
const HALF = 6_400;
/** Pause before a failed read is retried, in ms. */
export const RETRY_MS = 1_000;

const pagesRead = counter(
  'beaver_chat_catch_up_pages_total',
  'Pages of logs that were read for subscribers that are behind.',
).of();

/** Returned for an entry that the log does not have, or whose row cannot be read. */
export const MISSING = Symbol('missing');

/** A reader that waits for a page. */
export interface PageReader {
  /** Whether its pages are read in statements of their own, because a statement with several failed. */
  isAlone: boolean;
  /** The page could not be read; `pageRead` follows after a pause. */
  pageDelayed(): void;
  /** The page may be there: look again. */
  pageRead(): void;
}

/** The entries after `after` up to and with `to`. */
class Page {
  readonly key: string;
  readonly conversationId: string;
  readonly after: number;
  readonly to: number;
  readonly isAlone: boolean;
  /** By `seq - after - 1`, with holes where the log has them. Null while the read is in flight. */
  entries: (LogEntry | undefined)[] | null = null;
  waiting: PageReader[] = [];

  constructor(key: string, conversationId: string, range: { after: number; to: number }, isAlone: boolean) {
    this.key = key;
    this.conversationId = conversationId;
    this.after = range.after;
    this.to = range.to;
    this.isAlone = isAlone;
  }

  get size(): number {
    return this.to - this.after;
  }

  has(seq: number): boolean {
    return seq > this.after && seq <= this.to;
  }
}

/**
 * Cache of pages of logs, for subscribers that are behind the tail of a feed. A page is read once for all
 * subscribers that pass it at about the same time: thousands that reconnect after a server died miss mostly
 * the same entries. Pages of different conversations are read in one statement. No subscriber holds a page,
 * so there are never more than a few.
 */
export interface Pages {
  /**
   * Returns entry `seq` of a log that goes up to `to`. Null where it must be read first: `reader` is called
   * then.
   */
  entry(conversationId: string, seq: number, to: number, reader: PageReader): LogEntry | typeof MISSING | null;
  /** Drops pages that were there before the last call. */
  rest(): void;
}

/** `seq` of the last entry of the page that has entry `seq`. */
export function pageEnd(seq: number, to: number): number {
  return Math.min(to, Math.ceil(seq / PAGE_SIZE) * PAGE_SIZE);
}

export function createPages(ports: {
  log: Pick<LogReader, 'entries'>;
  /** Limits concurrent statements. */
  reads: ConcurrencyLimiter;
  faultyLogs: FaultyLogs;
  report(error: unknown, message: string): void;
}): Pages {
  const { log, reads, faultyLogs, report } = ports;
  let recent = new Map<string, Page>();
  let older = new Map<string, Page>();
  let size = 0;
  /** Pages to read, in the order in which they were asked for. */
  let queue: Page[] = [];

  function rest(): void {
    older = recent;
    recent = new Map();
    size = 0;
  }

  function keep(page: Page): void {
    if (size >= HALF) rest();
    if (recent.get(page.key) !== page) size += page.size;
    recent.set(page.key, page);
  }

  /** Takes the pages of one statement from the queue. */
  function takeBatch(): Page[] {
    let entries = 0;
    let count = 0;
    for (const page of queue) {
      if (count > 0 && (page.isAlone || entries + page.size > BATCH_ENTRIES || count >= BATCH_PAGES)) break;
      entries += page.size;
      count += 1;
      if (page.isAlone) break;
    }
    const batch = queue.slice(0, count);
    queue = queue.slice(count);
    return batch;
  }

  async function readBatch(): Promise<void> {
    const batch = takeBatch();
    // An earlier batch has taken the page of this call.
    if (batch.length === 0) return;
    try {
      const found = await log.entries(batch);
      pagesRead.count += batch.length;
      batch.forEach((page, index) => {
        fill(page, found[index] as LogEntry[]);
      });
    } catch (error) {
      report(error, 'the chat log could not be read for an inbox; trying again');
      delay(batch);
    }
  }

  function fill(page: Page, entries: readonly LogEntry[]): void {
    const { after, conversationId } = page;
    page.entries = Array(page.size);
    for (const entry of entries) page.entries[entry.seq - after - 1] = entry;
    if (entries.length < page.size)
      faultyLogs.unreadable(conversationId, after + 1 + page.entries.findIndex((entry) => !entry));
    keep(page);
    for (const reader of page.waiting.splice(0)) reader.pageRead();
  }

  /** Retries failed pages after a pause, each in a statement of its own. */
  function delay(batch: readonly Page[]): void {
    for (const page of batch) {
      for (const pages of [recent, older]) if (pages.get(page.key) === page) pages.delete(page.key);
      for (const reader of page.waiting) {
        reader.isAlone = true;
        reader.pageDelayed();
      }
    }
    setTimeout(() => {
      for (const page of batch) for (const reader of page.waiting) reader.pageRead();
    }, RETRY_MS).unref();
  }

  return {
    entry(conversationId, seq, to, reader) {
      const block = Math.floor((seq - 1) / PAGE_SIZE);
      const key = `${conversationId} ${block}`;
      const known = recent.get(key) ?? older.get(key);
      if (known?.entries === null) {
        known.waiting.push(reader);
        return null;
      }
      if (known?.has(seq)) return known.entries[seq - known.after - 1] ?? MISSING;
      // The first reader's page starts at its own position. When another reader needs more of the page, all
      // of it is read.
      const range = { after: known ? block * PAGE_SIZE : seq - 1, to: pageEnd(seq, to) };
      const page = new Page(key, conversationId, range, reader.isAlone);
      reader.isAlone = false;
      page.waiting.push(reader);
      keep(page);
      queue.push(page);
      void reads.run(readBatch);
      return null;
    },
    rest,
  };
}
