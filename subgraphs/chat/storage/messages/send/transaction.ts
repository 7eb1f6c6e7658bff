import { newId } from '../../../../../kit/base/ids.ts';
import { type Transaction, toTime } from '../../../../../kit/mysql/database.ts';
import type { MessageSent } from '../../../domain/log/kinds/message-sent.ts';
import type { Message } from '../../../domain/model.ts';
import type { MessageDraft } from '../../../domain/ports.ts';
import { insertEntries, insertInto, lock, update } from '../../log/log.ts';
import { MESSAGE_COLUMNS, type MessageRow, toContentColumn, toMessage } from '../../log/rows.ts';

/** What a transaction made of a group of drafts. */
export interface Written {
  /**
   * The message of each draft; none for a draft that is refused, because its sender is not in its
   * conversation.
   */
  messages: Map<MessageDraft, Message>;
  /** What was added to each log, in order. */
  added: Map<string, MessageSent[]>;
}

/**
 * Writes a group of drafts, in as few statements as one draft takes. Drafts of the same sender, conversation
 * and `clientMessageId` are one message. With `areNew` none is likely to have been sent before: then nobody
 * looks, and one that was breaks a unique key. Without `waits` it fails at once where somebody has locked a
 * conversation.
 */
export async function write(
  transaction: Transaction,
  drafts: readonly MessageDraft[],
  { areNew, waits }: { areNew: boolean; waits: boolean },
): Promise<Written> {
  const conversationIds = [...new Set(drafts.map((draft) => draft.conversationId))];
  const [conversations, members, messages] = await Promise.all([
    lock(transaction, conversationIds, waits),
    findMembers(transaction, drafts),
    areNew ? new Map<string, Message>() : findSent(transaction, drafts),
  ]);

  const written: Written = { messages: new Map(), added: new Map() };
  for (const draft of drafts) {
    const { conversationId, senderId, clientMessageId, content } = draft;
    let message = messages.get(draftKey(draft));
    const conversation = conversations.get(conversationId);
    if (!message && conversation && members.has(memberKey(draft))) {
      conversation.head_seq += 1;
      conversation.message_count += 1;
      const { head_seq: seq, message_count: ordinal, at: sentAt } = conversation;
      message = { id: newId('msg'), conversationId, seq, ordinal, senderId, clientMessageId, content, sentAt };
      messages.set(draftKey(draft), message);
      const entries = written.added.get(conversationId);
      if (entries) entries.push(toEntry(message));
      else written.added.set(conversationId, [toEntry(message)]);
    }
    if (message) written.messages.set(draft, message);
  }
  if (written.added.size > 0) await insert(transaction, [...written.added.values()].flat());
  return written;
}

const insertMessages = insertInto('chat_messages', [
  'conversation_id',
  'seq',
  'id',
  'sender_id',
  'client_message_id',
  'ordinal',
  'kind',
  'content',
  'created_at',
]);

const movePositions = update('chat_memberships', ['conversation_id', 'user_id'], ['read_seq', 'read_ordinal'], {
  role: "''",
  status: "''",
  joined_seq: '0',
  joined_at: "'2000-01-01'",
});

const moveHeads = update(
  'chat_conversations',
  ['id'],
  ['head_seq', 'message_count', 'last_message_seq', 'last_activity_at'],
  { kind: "''", creator_id: "''", created_at: "'2000-01-01'" },
);

async function insert(transaction: Transaction, entries: MessageSent[]): Promise<void> {
  const messages = entries.map(({ message }) => message as Message & Pick<MessageDraft, 'content'>);
  // The last of each sender, and of each conversation, as they are in order.
  const positions = new Map(messages.map((message) => [memberKey(message), message]));
  const heads = new Map(messages.map((message) => [message.conversationId, message]));
  await Promise.all([
    insertMessages(
      transaction,
      messages.map((m) => [
        m.conversationId,
        m.seq,
        m.id,
        m.senderId,
        m.clientMessageId,
        m.ordinal,
        m.content.kind,
        toContentColumn(m.content),
        toTime(m.sentAt),
      ]),
    ),
    insertEntries(transaction, entries),
    movePositions(
      transaction,
      [...positions.values()].map((m) => [m.conversationId, m.senderId, m.seq, m.ordinal]),
    ),
    moveHeads(
      transaction,
      [...heads.values()].map((m) => [m.conversationId, m.seq, m.ordinal, m.seq, toTime(m.sentAt)]),
    ),
  ]);
}

/**
 * Who of the senders is in the conversation they send to. Read with locks: it is as of now, and not of when
 * the transaction began.
 */
async function findMembers(transaction: Transaction, drafts: readonly MessageDraft[]): Promise<Set<string>> {
  const senders = new Map(drafts.map((draft) => [memberKey(draft), [draft.conversationId, draft.senderId]]));
  const rows = await transaction.query<{ conversation_id: string; user_id: string }[]>(
    `SELECT conversation_id, user_id FROM chat_memberships FORCE INDEX (PRIMARY)
     WHERE (conversation_id, user_id) IN (${Array(senders.size).fill('(?)').join(', ')}) AND status = 'NORMAL' FOR UPDATE`,
    [...senders.values()],
  );
  return new Set(rows.map((row) => memberKey({ conversationId: row.conversation_id, senderId: row.user_id })));
}

/** Those that were sent before, by their keys. */
async function findSent(transaction: Transaction, drafts: readonly MessageDraft[]): Promise<Map<string, Message>> {
  const same = '(m.conversation_id = ? AND m.sender_id = ? AND m.client_message_id = ?)';
  const rows = await transaction.query<MessageRow[]>(
    `SELECT ${MESSAGE_COLUMNS} FROM chat_messages m FORCE INDEX (chat_messages_client_message) WHERE ${drafts.map(() => same).join(' OR ')} FOR UPDATE`,
    drafts.flatMap(({ conversationId, senderId, clientMessageId }) => [conversationId, senderId, clientMessageId]),
  );
  return new Map(rows.map(toMessage).map((message) => [draftKey(message), message]));
}

function draftKey({ conversationId, senderId, clientMessageId }: Omit<MessageDraft, 'content'>): string {
  return `${conversationId} ${senderId} ${clientMessageId}`;
}

function memberKey({ conversationId, senderId }: Pick<MessageDraft, 'conversationId' | 'senderId'>): string {
  return `${conversationId} ${senderId}`;
}

function toEntry(message: Message): MessageSent {
  const { conversationId, seq, senderId: actorId, sentAt: happenedAt } = message;
  return { kind: 'MESSAGE_SENT', conversationId, seq, happenedAt, actorId, message };
}
