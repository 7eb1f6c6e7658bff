import { readPage, toConnection } from '../../../kit/graph/connections.ts';
import { otherMemberId } from '../domain/conversations/conversations.ts';
import { memberCursor } from './cursors.ts';
import { forgetting } from './loaded.ts';
import type { Resolvers } from './types.generated.ts';

export const members: Resolvers = {
  Mutation: {
    async addGroupMembers(_, { input }, context) {
      const conversation = await context.conversations.addMembers(context, input);
      return forgetting(context, { conversation });
    },

    async leaveGroup(_, { input }, context) {
      const conversationId = await context.conversations.leave(context, input);
      return forgetting(context, { conversationId });
    },
  },

  Conversation: {
    otherMemberId: (parent) => otherMemberId(parent, parent.membership.userId),

    otherMember(parent) {
      const id = otherMemberId(parent, parent.membership.userId);
      return id === null ? null : { id };
    },

    async members(parent, args, context) {
      const page = readPage(args, memberCursor);
      const rows = await context.conversations.members(parent, page);
      return toConnection(rows, page, memberCursor, ({ userId }) => [userId]);
    },

    viewerMembership: ({ membership }) => membership,
  },

  Membership: {
    user: ({ userId }) => ({ id: userId }),
    readSeq: (member, _, context) => context.conversations.readSeq(context, member),
  },
};
