/*
 * What chat publishes over the bus. These are hints: whoever gets one reads the truth from MySQL, and whoever misses one finds out by looking.
 */

/** An entry was committed to the log of a conversation. */
export interface ConversationMoved {
  conversationId: string;
  /** The entry's number; the head may be further by now. */
  headSeq: number;
}

/** Where `ConversationMoved` of one conversation is published. */
export function conversationChannel(conversationId: string): string {
  return `chat:conversation:${conversationId}`;
}

/** Where it is published, without a payload, that a user came into a conversation. */
export function userChannel(userId: string): string {
  return `chat:user:${userId}`;
}
