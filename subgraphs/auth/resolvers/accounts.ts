import { signIn } from './sessions.ts';
import type { Resolvers } from './types.generated.ts';

export const accounts: Resolvers = {
  Mutation: {
    register: async (_, { input }, context) => signIn(context, await context.accounts.register(input, context.address)),
    logIn: async (_, { input }, context) => signIn(context, await context.accounts.logIn(input, context.address)),
  },
};
