import { unreadCount } from '../domain/conversations/conversations.ts';
import type { Resolvers } from './types.generated.ts';

export const reading: Resolvers = {
  Query: {
    unreadTotal(_, __, context) {
      return context.conversations.unreadTotal(context);
    },
  },

  Mutation: {
    async markRead(_, { input }, context) {
      return { conversation: await context.conversations.markRead(context, input) };
    },
  },

  Conversation: {
    unreadCount: (parent) => unreadCount(parent),
  },
};
