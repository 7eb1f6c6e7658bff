import { fromTime } from '../../../../kit/mysql/database.ts';
import { type LogEntry, readEntry } from '../../domain/log/kinds/index.ts';
import type { EntryBase } from '../../domain/log/kinds/kind.ts';
import { kindOf, readContent, type SentContent } from '../../domain/messages/kinds/index.ts';
import type {
  Conversation,
  ConversationKind,
  MemberRole,
  MemberStatus,
  Message,
  ViewerConversation,
} from '../../domain/model.ts';

/** Rows as the driver gives them, and what they are. */

export interface ConversationRow {
  id: string;
  kind: ConversationKind;
  title: string | null;
  direct_key: string | null;
  head_seq: number;
  message_count: number;
  member_count: number;
  last_message_seq: number | null;
  last_activity_at: string;
}

export interface MembershipRow {
  conversation_id: string;
  user_id: string;
  role: MemberRole;
  status: MemberStatus;
  joined_seq: number;
  left_seq: number | null;
  read_seq: number;
  read_ordinal: number;
  joined_at: string;
}

export const CONVERSATION_COLUMNS =
  'c.id, c.kind, c.title, c.direct_key, c.head_seq, c.message_count, c.member_count, c.last_message_seq, c.last_activity_at';

export const MEMBERSHIP_COLUMNS =
  'm.conversation_id, m.user_id, m.role, m.status, m.joined_seq, m.left_seq, m.read_seq, m.read_ordinal, m.joined_at';

function toConversation(row: ConversationRow): Conversation {
  return {
    id: row.id,
    kind: row.kind,
    title: row.title,
    directKey: row.direct_key,
    headSeq: row.head_seq,
    messageCount: row.message_count,
    memberCount: row.member_count,
    lastMessageSeq: row.last_message_seq,
    lastActivityAt: fromTime(row.last_activity_at),
  };
}

export function toMembership(row: MembershipRow) {
  return {
    conversationId: row.conversation_id,
    userId: row.user_id,
    role: row.role,
    status: row.status,
    joinedSeq: row.joined_seq,
    leftSeq: row.left_seq,
    readSeq: row.read_seq,
    readOrdinal: row.read_ordinal,
    joinedAt: fromTime(row.joined_at),
  };
}

export function toViewerConversation(row: ConversationRow & MembershipRow): ViewerConversation {
  return { ...toConversation(row), membership: toMembership(row) };
}

export interface MessageRow {
  conversation_id: string;
  seq: number;
  id: string;
  sender_id: string;
  client_message_id: string;
  ordinal: number;
  kind: string;
  content: unknown;
  created_at: string;
}

export const MESSAGE_COLUMNS =
  'm.conversation_id, m.seq, m.id, m.sender_id, m.client_message_id, m.ordinal, m.kind, m.content, m.created_at';

/** MySQL's JSON comes parsed; MariaDB's, which is text, only where the driver knows that it is JSON. */
function parsed(json: unknown): unknown {
  return typeof json === 'string' ? JSON.parse(json) : json;
}

export function toMessage(row: MessageRow): Message {
  return {
    id: row.id,
    conversationId: row.conversation_id,
    seq: row.seq,
    ordinal: row.ordinal,
    senderId: row.sender_id,
    clientMessageId: row.client_message_id,
    content: readContent(row.kind, parsed(row.content)),
    sentAt: fromTime(row.created_at),
  };
}

/** What stands in the column `content`: the kind has a column of its own. */
export function toContentColumn(content: SentContent): string {
  return JSON.stringify(kindOf(content).store(content));
}

/** A log row joined with the message it is about; columns of the message are null where it is about none. */
export interface EntryRow {
  conversation_id: string;
  seq: number;
  kind: string;
  actor_id: string;
  payload: unknown;
  created_at: string;
  message_seq: number;
  message_id: string | null;
  sender_id: string;
  client_message_id: string;
  ordinal: number;
  message_kind: string;
  content: unknown;
  sent_at: string;
}

/** What every entry has. */
export function toBase(row: EntryRow): EntryBase {
  return {
    conversationId: row.conversation_id,
    seq: row.seq,
    happenedAt: fromTime(row.created_at),
    actorId: row.actor_id,
  };
}

/**
 * The entry of a row, or null where the row cannot be read as one. One such row must not keep its neighbours
 * from being read.
 */
export function toEntry(row: EntryRow): LogEntry | null {
  try {
    return readRow(row);
  } catch {
    return null;
  }
}

function readRow(row: EntryRow): LogEntry | null {
  const message =
    row.message_id === null
      ? null
      : toMessage({
          ...row,
          seq: row.message_seq,
          id: row.message_id,
          kind: row.message_kind,
          created_at: row.sent_at,
        });
  return readEntry(row.kind, toBase(row), { payload: parsed(row.payload), message });
}
