import type { Pool } from 'mariadb';
import { newId } from '../kit/base/ids.ts';

/*
 * Conversations and entries written straight into the tables of the chat service: for so many that sending
 * them would take minutes, and for what no operation of this version writes. Nobody is told of them.
 */

/** Rows in one statement. */
const CHUNK = 1_000;

/** The next entry of a log: the text of a message, that somebody left, or a kind with its payload. */
export type SeedEntry = string | { left: string } | { kind: string; payload?: object; out?: string };

export interface LogRow {
  conversationId: string;
  seq: number;
  kind: string;
  actorId: string;
  payload?: object;
  message?: { id?: string; ordinal: number; kind?: string; content: object };
}

/** Groups of these members, the first of whom is the owner; their ids. */
export async function seedGroups(mysql: Pool, groups: readonly (readonly string[])[]): Promise<string[]> {
  const now = new Date();
  const made = groups.map((members) => ({ id: newId('conv'), members, creatorId: members[0] as string }));
  await inBatches(
    mysql,
    `INSERT INTO chat_conversations
       (id, kind, title, creator_id, head_seq, message_count, member_count, last_activity_at, created_at)
     VALUES (?, 'GROUP', 'Beavers', ?, 1, 0, ?, ?, ?)`,
    made.map(({ id, creatorId, members }) => [id, creatorId, members.length, now, now]),
  );
  await insertLog(
    mysql,
    made.map(({ id, creatorId }) => ({ conversationId: id, seq: 1, kind: 'CONVERSATION_CREATED', actorId: creatorId })),
  );
  await inBatches(
    mysql,
    `INSERT INTO chat_memberships
       (conversation_id, user_id, role, status, joined_seq, left_seq, read_seq, read_ordinal, joined_at)
     VALUES (?, ?, ?, 'NORMAL', 1, NULL, 1, 0, ?)`,
    made.flatMap(({ id, members, creatorId }) =>
      members.map((userId) => [id, userId, userId === creatorId ? 'OWNER' : 'MEMBER', now]),
    ),
  );
  await inBatches(
    mysql,
    'INSERT INTO chat_inboxes (user_id, version) VALUES (?, 1) ON DUPLICATE KEY UPDATE version = version + 1',
    [...new Set(groups.flat())].map((userId) => [userId]),
  );
  return made.map(({ id }) => id);
}

/** Writes the next entries of a conversation's log, and its head; the numbers that they have. */
export async function seedEntries(
  mysql: Pool,
  { conversationId, actorId }: { conversationId: string; actorId: string },
  entries: readonly SeedEntry[],
): Promise<number[]> {
  const [{ head_seq: head, message_count: count, last_message_seq: last }] = await mysql.query(
    'SELECT head_seq, message_count, last_message_seq FROM chat_conversations WHERE id = ?',
    [conversationId],
  );
  let ordinal = Number(count);
  const rows = entries.map((entry, index): LogRow => {
    const row = { conversationId, seq: Number(head) + 1 + index, actorId };
    if (typeof entry === 'string') {
      ordinal += 1;
      return { ...row, kind: 'MESSAGE_SENT', message: { ordinal, content: { text: entry } } };
    }
    if ('left' in entry) return { ...row, kind: 'MEMBER_LEFT', actorId: entry.left, payload: { userId: entry.left } };
    return { ...row, kind: entry.kind, ...(entry.payload ? { payload: entry.payload } : {}) };
  });
  await insertLog(mysql, rows);
  for (const [index, entry] of entries.entries()) {
    const out = typeof entry === 'string' ? undefined : 'left' in entry ? entry.left : entry.out;
    if (out === undefined) continue;
    const status = typeof entry === 'object' && 'left' in entry ? 'LEFT' : 'KICKED';
    await mysql.query(
      'UPDATE chat_memberships SET status = ?, left_seq = ? WHERE conversation_id = ? AND user_id = ?',
      [status, rows[index]?.seq, conversationId, out],
    );
  }
  await mysql.query(
    'UPDATE chat_conversations SET head_seq = ?, message_count = ?, last_message_seq = ? WHERE id = ?',
    [rows.at(-1)?.seq ?? head, ordinal, rows.findLast(({ message }) => message)?.seq ?? last, conversationId],
  );
  return rows.map(({ seq }) => seq);
}

/** Writes so many messages, with the texts `1`, `2` …; the numbers that they have. */
export function seedMessages(
  mysql: Pool,
  place: { conversationId: string; actorId: string },
  count: number,
): Promise<number[]> {
  return seedEntries(
    mysql,
    place,
    Array.from({ length: count }, (_, index) => `${index + 1}`),
  );
}

/** Writes rows of logs and the messages among them, and touches nothing else. */
export async function insertLog(mysql: Pool, rows: readonly LogRow[]): Promise<void> {
  const now = new Date();
  await inBatches(
    mysql,
    `INSERT INTO chat_log (conversation_id, seq, kind, actor_id, message_seq, payload, created_at)
     VALUES (?, ?, ?, ?, ?, ?, ?)`,
    rows.map(({ conversationId, seq, kind, actorId, payload, message }) => [
      conversationId,
      seq,
      kind,
      actorId,
      message ? seq : null,
      payload ? JSON.stringify(payload) : null,
      now,
    ]),
  );
  await inBatches(
    mysql,
    `INSERT INTO chat_messages
       (conversation_id, seq, id, sender_id, client_message_id, ordinal, kind, content, created_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    rows.flatMap(({ conversationId, seq, actorId, message }) => {
      if (!message) return [];
      const { id = newId('msg'), ordinal, kind = 'TEXT', content } = message;
      return [[conversationId, seq, id, actorId, id, ordinal, kind, JSON.stringify(content), now]];
    }),
  );
}

/** Runs a statement for each of many rows. */
export async function inBatches(mysql: Pool, statement: string, rows: readonly unknown[][]): Promise<void> {
  for (let at = 0; at < rows.length; at += CHUNK) await mysql.batch(statement, rows.slice(at, at + CHUNK));
}
