import { z } from 'zod';
import { clientId, id, label, optional } from '../../../kit/base/input.ts';
import { contentInput } from './messages/kinds/index.ts';

/** The most positions that an inbox takes. */
export const MAX_POSITIONS = 10_000;

const conversationId = id('conv', 'The conversation id');
const seq = z.number().int().min(0, 'A seq is 0 or more.');

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

export const inboxInput = z.object({
  positions: z
    .array(z.object({ conversationId, seq }))
    .max(MAX_POSITIONS, `Give at most ${MAX_POSITIONS} positions.`)
    .refine(
      (positions) => new Set(positions.map((position) => position.conversationId)).size === positions.length,
      'Give one position for each conversation.',
    ),
});
