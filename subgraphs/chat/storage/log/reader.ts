import type { Database } from '../../../../kit/mysql/database.ts';
import { type LogEntry, namesThatMove } from '../../domain/log/kinds/index.ts';
import type { Followed, LogRange, LogReader, UserFollowed } from '../../domain/ports.ts';
import { type EntryRow, toEntry } from './rows.ts';

/** The most ids in one statement. */
const CHUNK = 1_000;

/**
 * The columns of an `EntryRow`. STRAIGHT_JOIN and the index keep the plan where tables are small: the ranges
 * first, by the primary key.
 */
export const ENTRIES = `SELECT STRAIGHT_JOIN l.conversation_id, l.seq, l.kind, l.actor_id, l.payload, l.created_at, l.message_seq,
    m.id AS message_id, m.sender_id, m.client_message_id, m.ordinal, m.kind AS message_kind, m.content, m.created_at AS sent_at
  FROM chat_log l FORCE INDEX (PRIMARY) LEFT JOIN chat_messages m ON m.conversation_id = l.conversation_id AND m.seq = l.message_seq
  WHERE `;
const RANGE = '(l.conversation_id = ? AND l.seq > ? AND l.seq <= ?)';
const ENTRIES_ORDER = ' ORDER BY l.conversation_id, l.seq';

// One statement, so that the version and the memberships are of the same moment.
const FOLLOWED = `SELECT m.user_id, COALESCE(i.version, 0) AS version, m.conversation_id AS conversationId, m.joined_seq AS joinedSeq, c.head_seq AS headSeq,
    IF(m.status = 'NORMAL', NULL, m.left_seq) AS leftSeq, IF(m.status = 'NORMAL', m.left_seq, NULL) AS outBeforeSeq
  FROM chat_memberships m JOIN chat_conversations c ON c.id = m.conversation_id LEFT JOIN chat_inboxes i ON i.user_id = m.user_id
  WHERE m.user_id IN (?)`;

const JOINS = namesThatMove('IN');
const LEAVES = namesThatMove('OUT');

interface FollowedRow extends Followed {
  user_id: string;
  version: number;
}

const statements = new Map<number, string>();

/**
 * A prepared statement and its values. The number of ranges is a power of two, so that there are few texts:
 * the last range fills it up, which adds no rows.
 */
function entriesOf(ranges: readonly LogRange[]): [statement: string, values: (string | number)[]] {
  const count = 2 ** Math.ceil(Math.log2(ranges.length));
  let statement = statements.get(count);
  if (!statement) {
    statement = ENTRIES + Array(count).fill(RANGE).join(' OR ') + ENTRIES_ORDER;
    statements.set(count, statement);
  }
  const values = Array.from({ length: count }, (_, index) => {
    const { conversationId, after, to } = ranges[Math.min(index, ranges.length - 1)] as LogRange;
    return [conversationId, after, to];
  });
  return [statement, values.flat()];
}

/** Reads what the inbox needs, with the driver: every message that is delivered comes this way. */
export function createLogReader({ sql }: Database): LogReader {
  /** One statement for each thousand ids, one after the other: this runs in the background. */
  async function chunked<Row>(statement: string, ids: readonly string[]): Promise<Row[]> {
    const rows: Row[] = [];
    for (let i = 0; i < ids.length; i += CHUNK) {
      rows.push(...(await sql.query<Row[]>(statement, [ids.slice(i, i + CHUNK)])));
    }
    return rows;
  }

  return {
    async entries(ranges) {
      const found = new Map<string, LogEntry[]>();
      for (const row of await sql.execute<EntryRow[]>(...entriesOf(ranges))) {
        const entry = toEntry(row);
        if (!entry) continue;
        const entries = found.get(entry.conversationId);
        if (entries) entries.push(entry);
        else found.set(entry.conversationId, [entry]);
      }
      return ranges.map(({ conversationId, after, to }) =>
        (found.get(conversationId) ?? []).filter(({ seq }) => seq > after && seq <= to),
      );
    },

    async heads(ids) {
      const statement = 'SELECT id, head_seq FROM chat_conversations WHERE id IN (?)';
      const rows = await chunked<{ id: string; head_seq: number }>(statement, ids);
      return new Map(rows.map(({ id, head_seq }) => [id, head_seq]));
    },

    async versions(userIds) {
      const statement = 'SELECT user_id, version FROM chat_inboxes WHERE user_id IN (?)';
      const rows = await chunked<{ user_id: string; version: number }>(statement, userIds);
      return new Map(rows.map(({ user_id, version }) => [user_id, version]));
    },

    async followed(userIds) {
      const users = new Map<string, UserFollowed>();
      for (const row of await chunked<FollowedRow>(FOLLOWED, userIds)) {
        const { user_id, version, ...conversation } = row;
        const user = users.get(user_id);
        if (user) user.conversations.push(conversation);
        else users.set(user_id, { version, conversations: [conversation] });
      }
      return users;
    },

    async joinedAfter(conversationId, userId, seq) {
      const [row] = await sql.query<{ seq: number; kind: string }[]>(
        `SELECT seq, kind FROM chat_log WHERE conversation_id = ? AND seq > ? AND kind IN (?)
         AND JSON_UNQUOTE(JSON_EXTRACT(payload, '$.userId')) = ? ORDER BY seq LIMIT 1`,
        [conversationId, seq, [...JOINS, ...LEAVES], userId],
      );
      // Who left without having joined was there when the conversation was made.
      if (row && LEAVES.includes(row.kind)) return 1;
      return row?.seq ?? null;
    },
  };
}
