import { z } from 'zod';
import { type EntryOf, type LogKind, userId } from './kind.ts';

/** The actor added the user. */
export const MEMBER_JOINED = {
  name: 'MEMBER_JOINED',
  type: 'MemberJoined',
  payload: z.object({ userId }),
  moves: 'IN',
} as const satisfies LogKind;

export type MemberJoined = EntryOf<typeof MEMBER_JOINED>;
