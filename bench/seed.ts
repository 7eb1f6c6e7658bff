import type { Pool } from 'mariadb';
import { newId } from '../kit/base/ids.ts';

/** Rows in one statement. */
const CHUNK = 1_000;

/**
 * Groups of these members, straight into the tables of a chat service: friendships and limits on members are
 * not what is measured.
 */
export async function seedGroups(mysql: Pool, groups: string[][]): Promise<string[]> {
  const now = new Date();
  const made = groups.map((members) => ({ id: newId('conv'), members, creatorId: members[0] as string }));
  await inBatches(
    mysql,
    `INSERT INTO chat_conversations
       (id, kind, title, direct_key, creator_id, client_group_id, head_seq, message_count, last_message_seq, last_activity_at, created_at)
     VALUES (?, 'GROUP', 'Bench', NULL, ?, NULL, 1, 0, NULL, ?, ?)`,
    made.map(({ id, creatorId }) => [id, creatorId, now, now]),
  );
  await inBatches(
    mysql,
    "INSERT INTO chat_log (conversation_id, seq, kind, actor_id, message_seq, payload, created_at) VALUES (?, 1, 'CONVERSATION_CREATED', ?, NULL, NULL, ?)",
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

const GIVEN = [
  'Ada',
  'Bo',
  'Chen',
  'Dora',
  'Emil',
  'Fatima',
  'Goran',
  'Hui',
  'Ines',
  'Jun',
  'Kofi',
  'Lena',
  '明',
  '雪',
];
const FAMILY = [
  'Abel',
  'Brandt',
  'Costa',
  'Diallo',
  'Eriksen',
  'Fischer',
  'García',
  'Huang',
  'Ito',
  'Jensen',
  '王',
  '李',
];

/**
 * People with profiles and avatars, straight into the tables of a user and a file service. Returns their ids.
 */
export async function seedPeople(mysql: Pool, count: number): Promise<string[]> {
  const now = new Date();
  const made = Array.from({ length: count }, (_, index) => {
    const name = `${pick(GIVEN, index)} ${pick(FAMILY, Math.floor(index / GIVEN.length))}`;
    return { userId: newId('user'), name, fileId: newId('file') };
  });
  await inBatches(
    mysql,
    'INSERT INTO user_profiles (id, user_name, name, bio, avatar_file_id, created_at) VALUES (?, ?, ?, ?, ?, ?)',
    made.map(({ userId, name, fileId }, index) => [userId, `bench_${index}`, name, 'Builds dams.', fileId, now]),
  );
  await seedImages(
    mysql,
    made.map(({ userId, fileId }) => ({ fileId, ownerId: userId, purpose: 'AVATAR' })),
  );
  return made.map(({ userId }) => userId);
}

/** What a file service knows of images; there are no bytes. */
async function seedImages(mysql: Pool, images: { fileId: string; ownerId: string; purpose: string }[]): Promise<void> {
  const now = new Date();
  await inBatches(
    mysql,
    `INSERT INTO file_records (id, owner_id, purpose, name, content_type, size, sha256, width, height, created_at, completed_at)
     VALUES (?, ?, ?, 'picture.jpg', 'image/jpeg', 81234, ?, 800, 600, ?, ?)`,
    images.map(({ fileId, ownerId, purpose }) => [fileId, ownerId, purpose, '0'.repeat(64), now, now]),
  );
}

/** Every so many-th message is an image. */
const IMAGES = 10;

/** Messages of all members in turn, at the end of conversations that hold none; one in ten is an image. */
export async function seedMessages(
  mysql: Pool,
  conversations: { id: string; members: string[] }[],
  count: number,
): Promise<void> {
  const now = new Date();
  const made = conversations.flatMap(({ id, members }) =>
    Array.from({ length: count }, (_, index) => {
      const fileId = index % IMAGES === IMAGES - 1 ? newId('file') : null;
      const text = `${pick(TEXTS, index)} (${index + 1})`;
      const content = fileId ? { fileId, caption: text } : { text };
      return { id, seq: index + 2, messageId: newId('msg'), senderId: pick(members, index), fileId, content };
    }),
  );
  await inBatches(
    mysql,
    'INSERT INTO chat_log (conversation_id, seq, kind, actor_id, message_seq, payload, created_at) VALUES (?, ?, ?, ?, ?, NULL, ?)',
    made.map(({ id, seq, senderId }) => [id, seq, 'MESSAGE_SENT', senderId, seq, now]),
  );
  await inBatches(
    mysql,
    `INSERT INTO chat_messages (conversation_id, seq, id, sender_id, client_message_id, ordinal, kind, content, created_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    made.map(({ id, seq, messageId, senderId, fileId, content }) => {
      const kind = fileId ? 'IMAGE' : 'TEXT';
      return [id, seq, messageId, senderId, messageId, seq - 1, kind, JSON.stringify(content), now];
    }),
  );
  const images = made.flatMap(({ fileId, senderId }) =>
    fileId ? [{ fileId, ownerId: senderId, purpose: 'MESSAGE' }] : [],
  );
  await seedImages(mysql, images);
  await mysql.query(
    'UPDATE chat_conversations SET head_seq = ?, message_count = ?, last_message_seq = ? WHERE id IN (?)',
    [count + 1, count, count + 1, conversations.map(({ id }) => id)],
  );
}

/** About as long as what people write, in the scripts that they write in. */
const TEXTS = [
  'Shall we meet at the dam at six? I bring the wood.',
  '好的，我六点到。',
  'The water is higher than yesterday, but the left side holds.',
  'Ok',
  'Could somebody look at the second lodge before the weekend? The roof let in rain again, and the young ones sleep there.',
];

function pick<T>(values: readonly T[], index: number): T {
  return values[index % values.length] as T;
}

async function inBatches(mysql: Pool, statement: string, rows: unknown[][]): Promise<void> {
  for (let at = 0; at < rows.length; at += CHUNK) await mysql.batch(statement, rows.slice(at, at + CHUNK));
}

/**
 * What the log of these conversations holds: so many messages, in logs whose numbers begin at 1 and have no
 * gap, and whose head is the last.
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
