import type { LogEntry } from '../model.ts';
import type { HintSource, LogReader } from '../ports.ts';

/** How many entries a feed keeps for those who follow it closely. Who is further behind reads the log. */
const TAIL_SIZE = 128;

/** Someone who wants to know when a conversation has moved. */
export interface Follower {
  moved(conversationId: string): void;
}

/**
 * The newest part of one conversation's log, shared by everybody on this instance who follows it. A hint makes it read what is new, once, however
 * many hints come meanwhile; its followers then take entries by number. It never delivers anything itself, so nothing can be delivered
 * twice or left out here: a wrong or lost hint costs time only.
 */
export interface Feed {
  /** The highest seq known to be committed. */
  readonly headSeq: number;
  readonly followers: Set<Follower>;
  /** Resolves when hints are heard. */
  readonly listening: Promise<unknown>;
  /** The entry, if the feed still has it. */
  entry(seq: number): LogEntry | undefined;
  /** Somebody says that the log goes up to here. */
  poke(headSeq: number): void;
  close(): void;
}

export function createFeed(
  conversationId: string,
  headSeq: number,
  ports: { log: LogReader; hints: HintSource; report(error: unknown, message: string): void },
): Feed {
  const { log, hints, report } = ports;
  const followers = new Set<Follower>();
  let head = headSeq;
  let wanted = headSeq;
  let tail: LogEntry[] = [];
  let reading = false;
  let closed = false;

  async function read(): Promise<void> {
    reading = true;
    try {
      while (head < wanted && !closed) {
        const to = wanted;
        const after = Math.max(head, to - TAIL_SIZE);
        const entries = await log.entries(conversationId, after, to, TAIL_SIZE);
        // A head that was announced is committed, so its entries are there to be read; if not, the next look at the heads tries again.
        if (entries.length !== to - after) break;
        tail = after === head ? [...tail, ...entries].slice(-TAIL_SIZE) : entries;
        head = to;
        for (const follower of followers) follower.moved(conversationId);
      }
    } catch (error) {
      report(error, 'the chat log could not be read; trying again at the next look at the heads');
    } finally {
      reading = false;
      wanted = head;
    }
  }

  function poke(seq: number): void {
    wanted = Math.max(wanted, seq);
    if (head < wanted && !reading && !closed) void read();
  }

  const listening = hints.onMoved(conversationId, poke);
  listening.catch((error) => report(error, 'the hints of a conversation are not heard'));
  return {
    get headSeq() {
      return head;
    },
    followers,
    listening,
    entry: (seq) => tail[seq - (head - tail.length) - 1],
    poke,
    close() {
      closed = true;
      void listening.then(
        (stop) => stop(),
        () => {},
      );
    },
  };
}
