import type { MessageContent } from './messages/kinds/index.ts';

/**
 * The things of this service, as its rules see them. Numbers of entries are `seq`, as PROTOCOL.md uses the
 * word.
 */

export type ConversationKind = 'DIRECT' | 'GROUP';
export type MemberRole = 'OWNER' | 'ADMIN' | 'MEMBER';
export type MemberStatus = 'NORMAL' | 'LEFT' | 'KICKED';

export interface Conversation {
  id: string;
  kind: ConversationKind;
  /** Null for a direct one. */
  title: string | null;
  /** The two user ids of a direct one, in order; null for a group. */
  directKey: string | null;
  headSeq: number;
  /** How many messages were sent in it, which is the ordinal of the last. */
  messageCount: number;
  /** How many are in it now. */
  memberCount: number;
  lastMessageSeq: number | null;
  lastActivityAt: Date;
}

export interface Membership {
  conversationId: string;
  userId: string;
  role: MemberRole;
  status: MemberStatus;
  /** The entry that made them a member: they see it and what follows. */
  joinedSeq: number;
  /** The entry by which they were last out, also when they are in again; null where they never were. */
  leftSeq: number | null;
  readSeq: number;
  /** How many messages lie at or before `readSeq`. */
  readOrdinal: number;
  joinedAt: Date;
}

/** A conversation with the membership of the one who looks at it: nobody else gets to see one. */
export interface ViewerConversation extends Conversation {
  membership: Membership;
}

export interface Message {
  id: string;
  conversationId: string;
  seq: number;
  /** Its number among the messages of the conversation. */
  ordinal: number;
  senderId: string;
  clientMessageId: string;
  content: MessageContent;
  sentAt: Date;
}

/** "The client has everything of this conversation up to and with this entry." */
export interface Position {
  conversationId: string;
  seq: number;
}

/** The entries of a conversation between two numbers, both included. */
export interface SeqRange {
  fromSeq: number;
  toSeq: number;
}

/** Somebody began or stopped typing. */
export interface TypingChanged {
  kind: 'TYPING_CHANGED';
  conversationId: string;
  userId: string;
  isTyping: boolean;
}

/** What is so at the moment and stands in no log: it may be lost, and is never delivered later. */
export type EphemeralEvent = TypingChanged;
