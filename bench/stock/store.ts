import { createPool, type PoolConnection } from 'mariadb';
import type { MysqlConfig } from '../../kit/base/config.ts';
import { newId } from '../../kit/base/ids.ts';

export interface StockMessage {
  id: string;
  conversationId: string;
  seq: number;
  senderId: string;
  clientMessageId: string;
  text: string;
  sentAt: Date;
}

export type Appended = { message: StockMessage; isNew: boolean } | null;

/** The most connections; measured: more or fewer make it no faster. */
const CONNECTIONS = 16;

/**
 * The same tables and the same promises as the project's: numbered without a gap, idempotent, committed
 * before the answer. One transaction a message.
 */
export function openStore(mysql: MysqlConfig) {
  const pool = createPool({ ...mysql, connectionLimit: CONNECTIONS, timezone: 'Z', bigIntAsNumber: true });

  async function write(
    connection: PoolConnection,
    draft: { conversationId: string; senderId: string; clientMessageId: string; text: string },
  ): Promise<StockMessage | null> {
    const { conversationId, senderId, clientMessageId, text } = draft;
    const [conversation] = await connection.execute<{ head_seq: number; message_count: number; now: Date }[]>(
      'SELECT head_seq, message_count, GREATEST(UTC_TIMESTAMP(3), last_activity_at) AS now FROM chat_conversations WHERE id = ? FOR UPDATE',
      [conversationId],
    );
    if (!conversation) return null;
    const seq = conversation.head_seq + 1;
    const ordinal = conversation.message_count + 1;
    const { affectedRows } = await connection.execute<{ affectedRows: number }>(
      "UPDATE chat_memberships SET read_seq = ?, read_ordinal = ? WHERE conversation_id = ? AND user_id = ? AND status = 'NORMAL'",
      [seq, ordinal, conversationId, senderId],
    );
    if (affectedRows === 0) return null;
    const id = newId('msg');
    const at = conversation.now;
    await connection.execute(
      "INSERT INTO chat_messages (conversation_id, seq, id, sender_id, client_message_id, ordinal, kind, content, created_at) VALUES (?, ?, ?, ?, ?, ?, 'TEXT', ?, ?)",
      [conversationId, seq, id, senderId, clientMessageId, ordinal, JSON.stringify({ text }), at],
    );
    await connection.execute(
      "INSERT INTO chat_log (conversation_id, seq, kind, actor_id, message_seq, payload, created_at) VALUES (?, ?, 'MESSAGE_SENT', ?, ?, NULL, ?)",
      [conversationId, seq, senderId, seq, at],
    );
    await connection.execute(
      'UPDATE chat_conversations SET head_seq = ?, message_count = ?, last_message_seq = ?, last_activity_at = ? WHERE id = ?',
      [seq, ordinal, seq, at, conversationId],
    );
    return { id, conversationId, seq, senderId, clientMessageId, text, sentAt: at };
  }

  return {
    /** Null where the sender is no member. */
    async append(draft: Parameters<typeof write>[1]): Promise<Appended> {
      const connection = await pool.getConnection();
      try {
        await connection.beginTransaction();
        const message = await write(connection, draft);
        if (message) await connection.commit();
        else await connection.rollback();
        return message && { message, isNew: true };
      } catch (error) {
        await connection.rollback();
        if ((error as { code?: string }).code !== 'ER_DUP_ENTRY') throw error;
        const [row] = await connection.execute<{ id: string; seq: number; content: string; created_at: Date }[]>(
          'SELECT id, seq, content, created_at FROM chat_messages WHERE conversation_id = ? AND sender_id = ? AND client_message_id = ?',
          [draft.conversationId, draft.senderId, draft.clientMessageId],
        );
        if (!row) throw error;
        const { text } = typeof row.content === 'string' ? JSON.parse(row.content) : row.content;
        return { message: { ...draft, id: row.id, seq: row.seq, text, sentAt: row.created_at }, isNew: false };
      } finally {
        await connection.release();
      }
    },

    heads: (userId: string): Promise<{ conversationId: string; seq: number }[]> =>
      pool.query(
        `SELECT m.conversation_id AS conversationId, c.head_seq AS seq
         FROM chat_memberships m JOIN chat_conversations c ON c.id = m.conversation_id WHERE m.user_id = ? AND m.status = 'NORMAL'`,
        [userId],
      ),
  };
}
