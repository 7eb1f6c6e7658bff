import type { EntryOf, LogKind } from './kind.ts';

/** Always the first entry. */
export const CONVERSATION_CREATED = {
  name: 'CONVERSATION_CREATED',
  type: 'ConversationCreated',
} as const satisfies LogKind;

export type ConversationCreated = EntryOf<typeof CONVERSATION_CREATED>;
