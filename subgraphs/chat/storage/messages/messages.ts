import type { Database, SqlValue } from '../../../../kit/mysql/database.ts';
import type { Message } from '../../domain/model.ts';
import type { MessageStore } from '../../domain/ports.ts';
import { rangeOf } from '../log/pages.ts';
import { MESSAGE_COLUMNS, type MessageRow, toMessage } from '../log/rows.ts';

/** Reads messages, with the driver: history and the inbox come this way. */
export function createMessageStore({ sql }: Database): MessageStore {
  async function select(rest: string, parameters: SqlValue[]): Promise<Message[]> {
    const rows = await sql.query<MessageRow[]>(
      `SELECT ${MESSAGE_COLUMNS} FROM chat_messages m WHERE ${rest}`,
      parameters,
    );
    return rows.map(toMessage);
  }

  return {
    byIds: async (ids) => (ids.length === 0 ? [] : select('m.id IN (?)', [ids])),

    // Each as a condition of its own: a list of pairs is not read by the index everywhere.
    at: (places) =>
      select(
        places.map(() => '(m.conversation_id = ? AND m.seq = ?)').join(' OR '),
        places.flatMap(({ conversationId, seq }) => [conversationId, seq]),
      ),

    async byClientId(conversationId, senderId, clientMessageId) {
      const found = await select('m.conversation_id = ? AND m.sender_id = ? AND m.client_message_id = ?', [
        conversationId,
        senderId,
        clientMessageId,
      ]);
      return found[0] ?? null;
    },

    async page(conversationId, range, page) {
      const { fromSeq, toSeq, order } = rangeOf(range, page);
      return select(`m.conversation_id = ? AND m.seq >= ? AND m.seq <= ? ORDER BY m.seq ${order} LIMIT ?`, [
        conversationId,
        fromSeq,
        toSeq,
        page.limit + 1,
      ]);
    },
  };
}
