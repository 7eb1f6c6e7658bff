import { readPage, toConnection } from '../../../kit/graph/connections.ts';
import { otherMemberId, unreadCount } from '../domain/conversations/conversations.ts';
import { memberCursor, messageCursor } from './cursors.ts';
import type { ConversationResolvers } from './types.generated.ts';

/** Its parent was read for the viewer: nobody else has one. */
export const Conversation: ConversationResolvers = {
  __resolveReference: ({ id }, { loaders }) => loaders.conversation.load(id),

  otherMemberId: (parent) => otherMemberId(parent, parent.membership.userId),

  otherMember(parent) {
    const id = otherMemberId(parent, parent.membership.userId);
    return id === null ? null : { id };
  },

  async members(parent, args, { conversations }) {
    const page = readPage(args, memberCursor);
    return toConnection(await conversations.members(parent, page), page, memberCursor, ({ userId }) => [userId]);
  },

  async messages(parent, args, { messages }) {
    const page = readPage(args, messageCursor);
    return toConnection(await messages.page(parent, page), page, messageCursor, ({ seq }) => [seq]);
  },

  lastMessage({ id, lastMessageSeq, membership }, _, { loaders }) {
    if (lastMessageSeq === null || lastMessageSeq < membership.joinedSeq) return null;
    return loaders.messageAt.load({ conversationId: id, seq: lastMessageSeq });
  },

  unreadCount: (parent) => unreadCount(parent),

  viewerMembership: ({ membership }) => membership,
};
