import type { Pool } from 'mariadb';
import { newId } from '../kit/base/ids.ts';
import { inBatches, insertLog } from '../testing/seed.ts';

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
  const made = conversations.flatMap(({ id, members }) =>
    Array.from({ length: count }, (_, index) => {
      const fileId = index % IMAGES === IMAGES - 1 ? newId('file') : null;
      const text = `${pick(TEXTS, index)} (${index + 1})`;
      const content = fileId ? { fileId, caption: text } : { text };
      return { id, seq: index + 2, messageId: newId('msg'), senderId: pick(members, index), fileId, content };
    }),
  );
  await insertLog(
    mysql,
    made.map(({ id, seq, messageId, senderId, fileId, content }) => ({
      conversationId: id,
      seq,
      kind: 'MESSAGE_SENT',
      actorId: senderId,
      message: { id: messageId, ordinal: seq - 1, kind: fileId ? 'IMAGE' : 'TEXT', content },
    })),
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
