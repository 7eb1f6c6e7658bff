import { type IdType, isId } from '../../../kit/base/ids.ts';
import { cursorOf } from '../../../kit/graph/connections.ts';
import type { ConversationPlace, MemberPlace, MessagePlace } from '../domain/ports.ts';

/**
 * The cursors of this service's lists. Each is tagged with its list, so that one of another list is refused
 * by name.
 */

/** The largest number of milliseconds that is a time. */
const LAST_TIME = 8.64e15;

export const conversationCursor = cursorOf<ConversationPlace>(
  'conversations',
  ([activity, id]) => Number.isInteger(activity) && Math.abs(activity as number) <= LAST_TIME && isIdOf('conv', id),
);

export const memberCursor = cursorOf<MemberPlace>('members', ([userId]) => isIdOf('user', userId));

export const messageCursor = cursorOf<MessagePlace>('messages', ([seq]) => Number.isSafeInteger(seq));

function isIdOf(type: IdType, part: unknown): boolean {
  return typeof part === 'string' && isId(type, part);
}
