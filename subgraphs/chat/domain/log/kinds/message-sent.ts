import type { EntryOf, LogKind } from './kind.ts';

/** The message has the `seq` of this entry. The log holds no text, so a message can really be removed. */
export const MESSAGE_SENT = {
  name: 'MESSAGE_SENT',
  type: 'MessageSent',
  hasMessage: true,
} as const satisfies LogKind;

export type MessageSent = EntryOf<typeof MESSAGE_SENT>;
