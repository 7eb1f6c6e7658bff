import { z } from 'zod';
import type { Message } from '../../model.ts';

/** What every entry has, whatever its kind. */
export interface EntryBase {
  conversationId: string;
  seq: number;
  happenedAt: Date;
  /** Who did it; empty where that is lost. */
  actorId: string;
}

/** Everything that the service knows about one kind of entry. */
export interface LogKind {
  /** Its name in the column `kind`. */
  name: string;
  /** Its type in the schema. */
  type: string;
  /** Its own fields, which are the column `payload`; the column is empty for a kind without any. */
  payload?: z.ZodObject;
  /** Whether an entry is about a message, which is read with it by the column `message_seq`. */
  hasMessage?: boolean;
  /** Whether the `userId` of its payload is in or out of the conversation from this entry on. */
  moves?: 'IN' | 'OUT';
}

/** The entries of a kind. */
export type EntryOf<Kind extends LogKind> = EntryBase & { kind: Kind['name'] } & (Kind extends {
    payload: infer Payload extends z.ZodObject;
  }
    ? z.output<Payload>
    : unknown) &
  (Kind extends { hasMessage: true } ? { message: Message } : unknown);

/** A user, as a payload names one. */
export const userId = z.string().min(1);
