import { unreadCount } from '../domain/conversations/conversations.ts';
import { forgetting } from './loaded.ts';
import type { Resolvers } from './types.generated.ts';

export const reading: Resolvers = {
  Query: {
    unreadTotal(_, __, context) {
      return context.conversations.unreadTotal(context);
    },
  },

  Mutation: {
    async markRead(_, { input }, context) {
      const conversation = await context.conversations.markRead(context, input);
      return forgetting(context, { conversation });
    },
  },

  Conversation: {
    unreadCount: (parent) => unreadCount(parent),
  },
};
