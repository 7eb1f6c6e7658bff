import type { PoolConnection } from '../../../kit/database.ts';
import type { LogEntry } from '../domain/model.ts';

/*
 * The numbering. Whoever writes to logs first locks the rows of their conversations, in the order of the ids, and holds them until the commit: so entries are
 * committed in the order of their numbers, a transaction that is rolled back leaves no gap, and two that lock several conversations don't wait for each other.
 */

/** A conversation that is locked by this transaction. */
export interface LockedRow {
  id: string;
  kind: 'DIRECT' | 'GROUP';
  head_seq: number;
  message_count: number;
  /** When its next entries happen: now, but never before the last one. */
  at: Date;
}

/** Locks conversations until the transaction ends. Those that there are, by their ids. */
export async function lock(
  connection: PoolConnection,
  conversationIds: readonly string[],
): Promise<Map<string, LockedRow>> {
  // By the primary key, whatever the optimizer thinks of a small table: what it looks at is locked.
  const rows = await connection.query<(Omit<LockedRow, 'at'> & { now: Date; last_activity_at: Date })[]>(
    `SELECT id, kind, head_seq, message_count, last_activity_at, UTC_TIMESTAMP(3) AS now
     FROM chat_conversations FORCE INDEX (PRIMARY) WHERE id IN (?) ORDER BY id FOR UPDATE`,
    [conversationIds],
  );
  return new Map(
    rows.map(({ now, last_activity_at, ...row }) => {
      // The statement's time is from before it waited for the lock.
      const at = new Date(Math.max(now.getTime(), last_activity_at.getTime()));
      return [row.id, { ...row, at }];
    }),
  );
}

/** Writes entries, at least one; the caller holds the locks and moves the heads. */
export async function insertEntries(connection: PoolConnection, entries: readonly LogEntry[]): Promise<void> {
  await insertRows(
    connection,
    'INSERT INTO chat_log (conversation_id, seq, kind, actor_id, message_seq, subject_id, created_at)',
    entries.map(({ conversationId, seq, kind, actorId, message, subjectId, happenedAt }) => [
      conversationId,
      seq,
      kind,
      actorId,
      message?.seq ?? null,
      subjectId,
      happenedAt,
    ]),
  );
}

/** One statement for all rows, which are lists of values. (The driver's `batch` is one for each row on any server but MariaDB.) */
export async function insertRows(
  connection: PoolConnection,
  insert: string,
  rows: readonly (readonly unknown[])[],
): Promise<void> {
  await connection.query(`${insert} VALUES ${rows.map(() => '(?)').join(', ')}`, rows);
}
