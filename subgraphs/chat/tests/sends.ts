import type { SharedStack } from '../../../testing/stack.ts';
import { waitFor } from '../../../testing/wait.ts';
import { readLog } from './people.ts';

/** Runs with conversations locked by somebody else: what is sent to them waits until it is over. */
export async function holding<T>(stack: SharedStack, conversationIds: string[], work: () => Promise<T>): Promise<T> {
  const connection = await stack.mysql.getConnection();
  try {
    await connection.beginTransaction();
    // One by one: with `IN`, all rows of a small table would be read, and so locked.
    for (const id of conversationIds)
      await connection.query('SELECT id FROM chat_conversations WHERE id = ? FOR UPDATE', [id]);
    return await work();
  } finally {
    await connection.rollback();
    await connection.release();
  }
}

/** Waits until the send path of an instance is as wanted. */
export function sendingOf(
  stack: SharedStack,
  instance: number,
  isWanted: (counts: { waiting: number; running: number }) => boolean,
): Promise<unknown> {
  return waitFor(
    async () => {
      const response = await fetch(`${stack.services('chat')[instance]?.url}/health`);
      const { checks } = (await response.json()) as { checks: { sending: { waiting: number; running: number } } };
      if (!isWanted(checks.sending)) throw new Error(JSON.stringify(checks.sending));
      return true;
    },
    { what: `what is sent by instance ${instance}` },
  );
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
