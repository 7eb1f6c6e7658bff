import { z } from 'zod';
import { clientId, faultOfId, id, label, optional } from '../../../kit/base/input.ts';
import { contentInput } from './messages/kinds/index.ts';
import type { Position } from './model.ts';

/** The most positions that an inbox takes. */
export const MAX_POSITIONS = 10_000;

const CONVERSATION_ID = 'The conversation id';
const NEGATIVE_SEQ = 'A seq is 0 or more.';
const conversationId = id('conv', CONVERSATION_ID);
const seq = z.number().int().min(0, NEGATIVE_SEQ);

function userIds(min: number, max: number) {
  return z
    .array(id('user', 'A member id'))
    .min(min, `Name at least ${min} ${min === 1 ? 'user' : 'users'}.`)
    .max(max, `Name at most ${max} users.`)
    .refine((ids) => new Set(ids).size === ids.length, 'Name each user once.');
}

export const openDirectInput = z.object({ userId: id('user', 'The user id') });

export const createGroupInput = z.object({
  clientGroupId: optional(clientId('The clientGroupId')),
  title: label('The title', 100),
  memberIds: userIds(2, 500),
});

export const addMembersInput = z.object({ conversationId, memberIds: userIds(1, 100) });

export const leaveGroupInput = z.object({ conversationId });

export const sendMessageInput = z.object({
  conversationId,
  clientMessageId: clientId('The clientMessageId'),
  content: contentInput,
});

export const markReadInput = z.object({ conversationId, seq });

export const setTypingInput = z.object({ conversationId, isTyping: z.boolean() });

export const conversationEventsInput = z.object({ conversationId, seq: seq.nullish() });

/**
 * GraphQL has checked the shape of positions. zod takes 13 ms for 10,000 objects, in one turn of the event
 * loop, and this loop 2 ms.
 */
export const inboxInput = z.object({
  positions: z.custom<Position[]>(Array.isArray).superRefine((positions, context) => {
    const refuse = (message: string, path: (string | number)[] = []) =>
      void context.addIssue({ code: 'custom', message, path });
    if (positions.length > MAX_POSITIONS) return refuse(`Give at most ${MAX_POSITIONS} positions.`);
    const seen = new Set<string>();
    for (const [index, { conversationId, seq }] of positions.entries()) {
      const fault = faultOfId('conv', conversationId, CONVERSATION_ID);
      if (fault) refuse(fault, [index, 'conversationId']);
      if (seq < 0) refuse(NEGATIVE_SEQ, [index, 'seq']);
      seen.add(conversationId);
    }
    if (seen.size < positions.length) refuse('Give one position for each conversation.');
  }),
});
