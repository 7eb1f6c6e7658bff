import type { EntryOf, LogKind } from './kind.ts';

/** Takes the number of an entry that was lost; storage/log/fsck/mend.ts writes it. */
export const ENTRY_LOST = {
  name: 'ENTRY_LOST',
  type: 'EntryLost',
} as const satisfies LogKind;

export type EntryLost = EntryOf<typeof ENTRY_LOST>;
