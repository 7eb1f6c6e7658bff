import { setTimeout as sleep } from 'node:timers/promises';
import type { LogEntry } from '../model.ts';
import type { LogReader } from '../ports.ts';

/** Entries that are read from the log at once: those of one block of so many numbers. */
export const PAGE_SIZE = 100;
/** After so many pages the older half is let go of. */
const HALF = 64;
/** How long to wait after the log could not be read, in ms. */
const PAUSE = 1_000;

/** Someone who waits for a page. */
export interface PageReader {
  pageRead(): void;
}

interface Page {
  /** The seq before its first entry. */
  after: number;
  /** Null while it is read. */
  entries: LogEntry[] | null;
  waiting: PageReader[];
}

/**
 * Parts of logs for those who are behind the tail of a feed, read once for all who come through the same place at about the same time: when thousands come again
 * after a server died, most of them miss the same entries. Nobody owns a page, so there are never more than a few.
 */
export interface Pages {
  /** Entry `seq` of a log that goes up to `to`. Null where it must be read first: `reader` is then told. */
  entry(conversationId: string, seq: number, to: number, reader: PageReader): LogEntry | null;
  /** Lets go of what has been here for two rests. */
  rest(): void;
}

export function createPages(log: LogReader, report: (error: unknown, message: string) => void): Pages {
  let recent = new Map<string, Page>();
  let older = new Map<string, Page>();

  function rest(): void {
    older = recent;
    recent = new Map();
  }

  function keep(key: string, page: Page): void {
    if (recent.size >= HALF) rest();
    recent.set(key, page);
  }

  async function read(key: string, page: Page, conversationId: string, to: number): Promise<void> {
    try {
      const entries = await log.entries(conversationId, page.after, to, PAGE_SIZE);
      if (entries.length !== to - page.after) throw new Error(`the log of ${conversationId} has a gap before ${to}`);
      page.entries = entries;
      keep(key, page);
    } catch (error) {
      report(error, 'the chat log could not be read for an inbox; trying again');
      await sleep(PAUSE, undefined, { ref: false });
      for (const pages of [recent, older]) if (pages.get(key) === page) pages.delete(key);
    }
    for (const reader of page.waiting.splice(0)) reader.pageRead();
  }

  return {
    entry(conversationId, seq, to, reader) {
      const block = Math.floor((seq - 1) / PAGE_SIZE);
      const key = `${conversationId} ${block}`;
      const known = recent.get(key) ?? older.get(key);
      const entry = known?.entries?.[seq - known.after - 1];
      if (entry) return entry;
      if (known?.entries === null) known.waiting.push(reader);
      else {
        // The first who comes reads from their own place on; where somebody else needs more of the block, all of it is read.
        const after = known ? block * PAGE_SIZE : seq - 1;
        const page: Page = { after, entries: null, waiting: [reader] };
        keep(key, page);
        void read(key, page, conversationId, Math.min(to, (block + 1) * PAGE_SIZE));
      }
      return null;
    },
    rest,
  };
}
