import { type Database, isDuplicate, type PoolConnection } from '../../../kit/database.ts';
import { newId } from '../../../kit/ids.ts';
import type { Log } from '../../../kit/log.ts';
import type { LogKind, Message } from '../domain/model.ts';
import type { MessageDraft, MessageLog, MessageStore } from '../domain/ports.ts';
import { NotAMember } from '../errors.ts';
import { toContentColumn } from './rows.ts';

/*
 * The numbering. Whoever writes to a log first locks the row of its conversation and holds it until the commit: so entries are committed in the order of
 * their numbers, and a transaction that is rolled back leaves no gap.
 */

/** A conversation that is locked by this transaction. */
export interface LockedRow {
  kind: 'DIRECT' | 'GROUP';
  head_seq: number;
  message_count: number;
  /** When the next entry happens: now, but never before the last one. */
  at: Date;
}

/** Locks a conversation until the transaction ends; null where there is none. */
export async function lock(connection: PoolConnection, conversationId: string): Promise<LockedRow | null> {
  const [row] = await connection.execute<(Omit<LockedRow, 'at'> & { now: Date; last_activity_at: Date })[]>(
    'SELECT kind, head_seq, message_count, last_activity_at, UTC_TIMESTAMP(3) AS now FROM chat_conversations WHERE id = ? FOR UPDATE',
    [conversationId],
  );
  if (!row) return null;
  const { kind, head_seq, message_count, now, last_activity_at } = row;
  // The statement's time is from before it waited for the lock.
  return { kind, head_seq, message_count, at: new Date(Math.max(now.getTime(), last_activity_at.getTime())) };
}

/** Writes one entry; the caller holds the lock and moves the head. */
export async function insertEntry(
  connection: PoolConnection,
  entry: {
    conversationId: string;
    seq: number;
    kind: LogKind;
    actorId: string;
    messageSeq?: number;
    subjectId?: string;
    at: Date;
  },
): Promise<void> {
  const { conversationId, seq, kind, actorId, messageSeq = null, subjectId = null, at } = entry;
  await connection.execute(
    'INSERT INTO chat_log (conversation_id, seq, kind, actor_id, message_seq, subject_id, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)',
    [conversationId, seq, kind, actorId, messageSeq, subjectId, at],
  );
}

export function createMessageLog(database: Database, messages: MessageStore, log: Log): MessageLog {
  return {
    async append(draft) {
      try {
        const message = await database.transaction((connection) => write(connection, draft));
        log.debug({ conversationId: message.conversationId, seq: message.seq, messageId: message.id }, 'message sent');
        return message;
      } catch (error) {
        if (!(error instanceof NotAMember) && !isDuplicate(error, 'chat_messages_client_message')) throw error;
        // Sent before; also by one who is no member any more, whose retry must not look as if it had never arrived.
        const sent = await messages.byClientId(draft.conversationId, draft.senderId, draft.clientMessageId);
        if (!sent) throw error;
        return sent;
      }
    },
  };
}

async function write(connection: PoolConnection, draft: MessageDraft): Promise<Message> {
  const { conversationId, senderId, clientMessageId, content } = draft;
  const conversation = await lock(connection, conversationId);
  if (!conversation) throw new NotAMember();
  const { at } = conversation;
  const seq = conversation.head_seq + 1;
  const ordinal = conversation.message_count + 1;
  const { affectedRows } = await connection.execute<{ affectedRows: number }>(
    "UPDATE chat_memberships SET read_seq = ?, read_ordinal = ? WHERE conversation_id = ? AND user_id = ? AND status = 'NORMAL'",
    [seq, ordinal, conversationId, senderId],
  );
  if (affectedRows === 0) throw new NotAMember();
  const id = newId();
  await connection.execute(
    'INSERT INTO chat_messages (conversation_id, seq, id, sender_id, client_message_id, ordinal, kind, content, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
    [conversationId, seq, id, senderId, clientMessageId, ordinal, content.kind, toContentColumn(content), at],
  );
  await insertEntry(connection, { conversationId, seq, kind: 'MESSAGE_SENT', actorId: senderId, messageSeq: seq, at });
  await connection.execute(
    'UPDATE chat_conversations SET head_seq = ?, message_count = ?, last_message_seq = ?, last_activity_at = ? WHERE id = ?',
    [seq, ordinal, seq, at, conversationId],
  );
  return { id, conversationId, seq, ordinal, senderId, clientMessageId, content, sentAt: at };
}
