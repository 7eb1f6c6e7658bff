import { fromTime, type SqlValue, type Transaction, toTime } from '../../../../kit/mysql/database.ts';
import { counter } from '../../../../kit/observe/metrics.ts';
import { type KnownEntry, messageOf, payloadOf } from '../../domain/log/kinds/index.ts';

/*
 * The numbering. Whoever writes to logs first locks the rows of their conversations, in the order of the ids,
 * and holds them until the commit: so entries are committed in the order of their numbers, a transaction that
 * is rolled back leaves no gap, and two that lock several conversations don't wait for each other.
 */

/** A conversation that is locked by this transaction. */
export interface LockedRow {
  id: string;
  kind: 'DIRECT' | 'GROUP';
  head_seq: number;
  message_count: number;
  /** When its next entries happen: now, but not before the last one (`timeOfNext`). */
  at: Date;
}

/**
 * Locks conversations until the transaction ends. Those that there are, by their ids. Unless it `waits`, it
 * fails where somebody else has locked one.
 */
export async function lock(
  transaction: Transaction,
  conversationIds: readonly string[],
  waits = true,
): Promise<Map<string, LockedRow>> {
  // Each by a look-up of its own. Of a small table `IN` would read all rows, whatever index is forced, and
  // wait at those that others have locked.
  const ids = [...conversationIds].sort();
  const rows = await transaction.query<(Omit<LockedRow, 'at'> & { now: string; last_activity_at: string })[]>(
    `SELECT c.id, c.kind, c.head_seq, c.message_count, c.last_activity_at, UTC_TIMESTAMP(3) AS now
     FROM (${ids.map(() => 'SELECT CONVERT(? USING ascii) AS id').join(' UNION ALL ')}) k
     STRAIGHT_JOIN chat_conversations c ON c.id = k.id FOR UPDATE${waits ? '' : ' NOWAIT'}`,
    ids,
  );
  return new Map(
    rows.map(({ now, last_activity_at, ...row }) => {
      // The statement's time is from before it waited for the lock.
      const at = timeOfNext(fromTime(now), fromTime(last_activity_at));
      return [row.id, { ...row, at }];
    }),
  );
}

/**
 * How far ahead of the database's clock the time of a last entry may be and still be taken for right, in ms.
 * Beyond it the time was written by a database whose clock was wrong, or by a process that took the time of
 * its own zone for UTC; it must not be the time of all that follows.
 */
const TRUSTED_AHEAD_MS = 5 * 60_000;

const distrusted = counter(
  'beaver_chat_times_distrusted_total',
  'Entries that were numbered after one whose time lies more than five minutes ahead of the database.',
);

/** Now, but not before the last entry. */
function timeOfNext(now: Date, last: Date): Date {
  const ahead = last.getTime() - now.getTime();
  if (ahead > TRUSTED_AHEAD_MS) distrusted.add();
  return ahead > 0 && ahead <= TRUSTED_AHEAD_MS ? last : now;
}

/** The most rows of one statement: beyond that a row costs no less. */
const MOST_ROWS = 64;

/** Writes rows, each a list of values in the order of the columns. */
export type WriteRows = (transaction: Transaction, rows: readonly (readonly SqlValue[])[]) => Promise<void>;

/**
 * Inserts rows by prepared statements of 64, 32, 16, 8, 4, 2 and 1 of them: so there are few texts, and MySQL
 * parses each once a connection. That costs MySQL a quarter less than text with the values in it, and this
 * process half (measured). The driver's `batch` is one statement for each row on any server but MariaDB, and
 * dearer there too.
 */
export function insertInto(table: string, columns: readonly string[]): WriteRows {
  return writeRows(table, columns, {}, '');
}

/**
 * Updates rows that this transaction has locked, each to values of its own: by an insert that finds them
 * there, which is the one way to do that in few statements on MySQL, MariaDB and TiDB alike. A row is its
 * `key` and its new values; `others` are the columns that a row cannot be without, with something that is
 * allowed there and never written.
 */
export function update(
  table: string,
  key: readonly string[],
  columns: readonly string[],
  others: Record<string, string>,
): WriteRows {
  const set = columns.map((column) => `${column} = VALUES(${column})`);
  return writeRows(table, [...key, ...columns], others, ` ON DUPLICATE KEY UPDATE ${set.join(', ')}`);
}

export function writeRows(
  table: string,
  columns: readonly string[],
  constants: Record<string, string>,
  otherwise: string,
): WriteRows {
  const insert = `INSERT INTO ${table} (${[...columns, ...Object.keys(constants)].join(', ')}) VALUES `;
  const row = `(${[...columns.map(() => '?'), ...Object.values(constants)].join(', ')})`;
  // The same string each time: what looks it up has its hash.
  const statements = new Map<number, string>();
  for (let size = 1; size <= MOST_ROWS; size *= 2) {
    statements.set(size, `${insert}${Array(size).fill(row).join(', ')}${otherwise}`);
  }
  return async (transaction, rows) => {
    const sent: Promise<unknown>[] = [];
    for (let at = 0; at < rows.length; ) {
      const size = Math.min(MOST_ROWS, 2 ** Math.floor(Math.log2(rows.length - at)));
      sent.push(transaction.execute(statements.get(size) as string, rows.slice(at, at + size).flat()));
      at += size;
    }
    await Promise.all(sent);
  };
}

const insertLog = insertInto('chat_log', [
  'conversation_id',
  'seq',
  'kind',
  'actor_id',
  'message_seq',
  'payload',
  'created_at',
]);

/** Writes entries; the caller holds the locks and moves the heads. */
export async function insertEntries(transaction: Transaction, entries: readonly KnownEntry[]): Promise<void> {
  await insertLog(
    transaction,
    entries.map((entry) => {
      const { conversationId, seq, kind, actorId, happenedAt } = entry;
      const payload = payloadOf(entry);
      return [
        conversationId,
        seq,
        kind,
        actorId,
        messageOf(entry)?.seq ?? null,
        payload && JSON.stringify(payload),
        toTime(happenedAt),
      ];
    }),
  );
}
