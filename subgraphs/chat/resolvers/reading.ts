import { unreadCount } from '../domain/conversations/conversations.ts';
import type { Resolvers } from './types.generated.ts';

export const reading: Resolvers = {
  Mutation: {
    async markRead(_, { input }, context) {
      return { conversation: await context.conversations.markRead(context, input) };
    },
  },

  Conversation: {
    unreadCount: (parent) => unreadCount(parent),
  },
};
