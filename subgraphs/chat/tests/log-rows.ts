import type { SharedStack } from '../../../testing/stack.ts';

/** What is in a conversation's log in the database: the truth that answers and events are compared with. */
export async function readLog(stack: SharedStack, conversationId: string) {
  const rows = await stack.mysql.query(
    `SELECT l.seq, l.kind, m.id, m.ordinal FROM chat_log l
     LEFT JOIN chat_messages m ON m.conversation_id = l.conversation_id AND m.seq = l.message_seq
     WHERE l.conversation_id = ? ORDER BY l.seq`,
    [conversationId],
  );
  return rows as { seq: number; kind: string; id: string | null; ordinal: number | null }[];
}

/** How many rows the tables of chat have: to see that nothing was written. */
export async function countRows(stack: SharedStack): Promise<unknown> {
  const tables = ['chat_conversations', 'chat_memberships', 'chat_log', 'chat_messages', 'chat_inboxes'];
  const counts = tables.map((table) => `(SELECT COUNT(*) FROM ${table})`).join(', ');
  return (await stack.mysql.query({ sql: `SELECT ${counts}`, rowsAsArray: true }))[0];
}

const upTo = (last: number) => Array.from({ length: last }, (_, i) => i + 1);

/**
 * Numbers without a gap, ordinals that count the messages, a head that fits, and positions of the senders at
 * their last message.
 */
export async function expectWholeLog(stack: SharedStack, conversationId: string): Promise<void> {
  const log = await readLog(stack, conversationId);
  expect(log.map(({ seq }) => seq)).toEqual(upTo(log.length));
  const messages = log.filter(({ id }) => id !== null);
  expect(messages.map(({ ordinal }) => ordinal)).toEqual(upTo(messages.length));
  const [head] = await stack.mysql.query(
    'SELECT head_seq, message_count, last_message_seq FROM chat_conversations WHERE id = ?',
    [conversationId],
  );
  const last = messages.at(-1)?.seq ?? null;
  expect(head).toEqual({ head_seq: log.length, message_count: messages.length, last_message_seq: last });
  const positions = await stack.mysql.query(
    `SELECT m.read_seq, m.read_ordinal, MAX(x.seq) AS seq, MAX(x.ordinal) AS ordinal FROM chat_memberships m
     JOIN chat_messages x ON x.conversation_id = m.conversation_id AND x.sender_id = m.user_id
     WHERE m.conversation_id = ? GROUP BY m.user_id, m.read_seq, m.read_ordinal`,
    [conversationId],
  );
  for (const { read_seq, read_ordinal, seq, ordinal } of positions) {
    expect([read_seq, read_ordinal]).toEqual([seq, ordinal]);
  }
}

/** The texts of a conversation's messages, as the database has them. */
export async function messagesIn(stack: SharedStack, conversationId: string): Promise<{ seq: number; text: string }[]> {
  return stack.mysql.query(
    `SELECT seq, JSON_UNQUOTE(JSON_EXTRACT(content, '$.text')) AS text FROM chat_messages WHERE conversation_id = ? ORDER BY seq`,
    [conversationId],
  );
}
