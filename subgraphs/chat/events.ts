import type { EntryBase } from './domain/log/kinds/kind.ts';
import type { Message, TypingChanged } from './domain/model.ts';

/*
 * What chat publishes over the bus. These are hints: whoever misses one finds out by looking at MySQL, which
 * is the truth.
 */

/**
 * What is published on the channel of a conversation: that its log moved, or something that is not in its
 * log.
 */
export type ConversationPublication = ConversationMoved | TypingChanged;

/** Entries were committed to the log of a conversation. */
export interface ConversationMoved {
  kind: 'MOVED';
  /** The number of the last of them; the head may be further by now. */
  headSeq: number;
  /** They themselves, without a gap, so that nobody has to read them; left out where they are large. */
  entries?: PublishedEntry[];
}

/** An entry as JSON carries it, with the fields of its kind: times are text. */
export type PublishedEntry = Omit<EntryBase, 'happenedAt'> & {
  kind: string;
  happenedAt: string;
  message?: Omit<Message, 'sentAt'> & { sentAt: string };
};

/** Where `ConversationPublication`s of one conversation are published. */
export function conversationChannel(conversationId: string): string {
  return `chat:conversation:${conversationId}`;
}

/** Where it is published, without a payload, that a user came into a conversation. */
export function userChannel(userId: string): string {
  return `chat:user:${userId}`;
}
