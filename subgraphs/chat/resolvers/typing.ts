import type { Resolvers } from './types.generated.ts';

export const typing: Resolvers = {
  Mutation: {
    async setTyping(_, { input }, context) {
      return { conversationId: await context.typing.set(context, input) };
    },
  },

  TypingChanged: {
    user: ({ userId }) => ({ id: userId }),
  },
};
