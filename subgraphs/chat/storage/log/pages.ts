import type { Page } from '../../../../kit/graph/connections.ts';
import { type Database, fromTime } from '../../../../kit/mysql/database.ts';
import type { SeqRange } from '../../domain/model.ts';
import type { LogPages, SeqPlace } from '../../domain/ports.ts';
import { ENTRIES } from './reader.ts';
import { type EntryRow, toBase, toEntry } from './rows.ts';

/** The part of a range that a page reads, and the order in which it does. */
export function rangeOf(range: SeqRange, { direction, from }: Page<SeqPlace>) {
  const [seq] = from ?? [];
  const { fromSeq, toSeq } = range;
  if (direction === 'forward') {
    return { fromSeq: seq === undefined ? fromSeq : Math.max(fromSeq, seq + 1), toSeq, order: 'ASC' };
  }
  return { fromSeq, toSeq: seq === undefined ? toSeq : Math.min(toSeq, seq - 1), order: 'DESC' };
}

/** Reads the log in ranges of its primary key: the millionth page costs what the first does. */
export function createLogPages({ sql }: Database): LogPages {
  return {
    async page(conversationId, range, page) {
      const { fromSeq, toSeq, order } = rangeOf(range, page);
      const rows = await sql.query<EntryRow[]>(
        `${ENTRIES} l.conversation_id = ? AND l.seq >= ? AND l.seq <= ? ORDER BY l.seq ${order} LIMIT ?`,
        [conversationId, fromSeq, toSeq, page.limit + 1],
      );
      return rows.map((row) => toEntry(row) ?? { ...toBase(row), kind: 'ENTRY_LOST' });
    },

    // Times do not go back as numbers go up. So the number is found by halving the range, with some twenty
    // look-ups by the primary key for a million entries, and the log needs no index of times.
    async seqAt(conversationId, { fromSeq, toSeq }, time) {
      let [low, high] = [fromSeq, toSeq + 1];
      while (low < high) {
        const middle = Math.floor((low + high) / 2);
        const [row] = await sql.execute<{ seq: number; created_at: string }[]>(
          'SELECT seq, created_at FROM chat_log WHERE conversation_id = ? AND seq >= ? AND seq < ? ORDER BY seq LIMIT 1',
          [conversationId, middle, high],
        );
        // A log may have holes, as after a restore.
        if (row && fromTime(row.created_at) < time) low = row.seq + 1;
        else high = middle;
      }
      return low;
    },
  };
}
