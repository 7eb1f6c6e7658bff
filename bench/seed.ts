import type { Pool } from 'mariadb';
import { newId } from '../kit/ids.ts';

/** Rows in one statement. */
const CHUNK = 1_000;

/** Groups of these members, straight into the tables of a chat service: friendships and limits on members are not what is measured. */
export async function seedGroups(mysql: Pool, groups: string[][]): Promise<string[]> {
  const now = new Date();
  const made = groups.map((members) => ({ id: newId(), members, creatorId: members[0] as string }));
  await inBatches(
    mysql,
    `INSERT INTO chat_conversations
       (id, kind, title, direct_key, creator_id, client_group_id, head_seq, message_count, last_message_seq, last_activity_at, created_at)
     VALUES (?, 'GROUP', 'Bench', NULL, ?, NULL, 1, 0, NULL, ?, ?)`,
    made.map(({ id, creatorId }) => [id, creatorId, now, now]),
  );
  await inBatches(
    mysql,
    "INSERT INTO chat_log (conversation_id, seq, kind, actor_id, message_seq, subject_id, created_at) VALUES (?, 1, 'CONVERSATION_CREATED', ?, NULL, NULL, ?)",
    made.map(({ id, creatorId }) => [id, creatorId, now]),
  );
  await inBatches(
    mysql,
    `INSERT INTO chat_memberships (conversation_id, user_id, role, status, joined_seq, left_seq, read_seq, read_ordinal, joined_at)
     VALUES (?, ?, ?, 'NORMAL', 1, NULL, 1, 0, ?)`,
    made.flatMap(({ id, members, creatorId }) =>
      members.map((userId) => [id, userId, userId === creatorId ? 'OWNER' : 'MEMBER', now]),
    ),
  );
  const users = new Set(groups.flat());
  await inBatches(
    mysql,
    'INSERT INTO chat_inboxes (user_id, version) VALUES (?, 1) ON DUPLICATE KEY UPDATE version = version + 1',
    [...users].map((userId) => [userId]),
  );
  return made.map(({ id }) => id);
}

async function inBatches(mysql: Pool, statement: string, rows: unknown[][]): Promise<void> {
  for (let at = 0; at < rows.length; at += CHUNK) await mysql.batch(statement, rows.slice(at, at + CHUNK));
}

/**
 * What the log of these conversations holds: so many messages, in logs whose numbers begin at 1 and have no gap, and whose head is the last.
 * @throws where it is not so
 */
export async function verifyLogs(mysql: Pool, conversations: string[], messages: number): Promise<void> {
  const [log] = await mysql.query<{ faults: number; entries: number }[]>(
    `SELECT CAST(SUM(c.head_seq <> l.entries OR l.last <> l.entries OR l.first <> 1) AS SIGNED) AS faults, CAST(SUM(l.entries) AS SIGNED) AS entries
     FROM chat_conversations c JOIN
       (SELECT conversation_id, COUNT(*) AS entries, MIN(seq) AS first, MAX(seq) AS last FROM chat_log WHERE conversation_id IN (?) GROUP BY conversation_id) l
     ON l.conversation_id = c.id`,
    [conversations],
  );
  const [rows] = await mysql.query<{ count: number }[]>(
    'SELECT COUNT(*) AS count FROM chat_messages WHERE conversation_id IN (?)',
    [conversations],
  );
  const entries = Number(log?.entries) - conversations.length;
  if (Number(log?.faults) === 0 && entries === messages && Number(rows?.count) === messages) return;
  throw new Error(
    `acknowledged ${messages}, but there are ${rows?.count} messages and ${entries} entries, and ${log?.faults} logs with gaps`,
  );
}
