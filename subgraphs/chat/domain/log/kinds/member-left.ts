import { z } from 'zod';
import { type EntryOf, type LogKind, userId } from './kind.ts';

/** The user is out, by themselves or by the actor. */
export const MEMBER_LEFT = {
  name: 'MEMBER_LEFT',
  type: 'MemberLeft',
  payload: z.object({ userId }),
  moves: 'OUT',
} as const satisfies LogKind;

export type MemberLeft = EntryOf<typeof MEMBER_LEFT>;
