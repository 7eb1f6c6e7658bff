import { forgetting } from './loaded.ts';
import type { Resolvers } from './types.generated.ts';

export const privacy: Resolvers = {
  Query: {
    mayReach: (_, { action, pairs }, context) => context.reach.answer(context, action, pairs),
  },

  Mutation: {
    async updatePrivacySettings(_, { input }, context) {
      const privacySettings = await context.privacy.update(context, input);
      return forgetting(context, { privacySettings });
    },
  },

  User: {
    privacySettings: async ({ id }, _, { loaders }) => (await loaders.privacySettings.load(id))?.settings ?? null,
  },
};
