import type { SeenPresence } from '../domain/presence/watchers.ts';
import type { Resolvers } from './types.generated.ts';

/** Null where the viewer sees nothing of it. */
const presenceOf = (seen: SeenPresence | null) => (seen?.present || seen?.lastSeenAt ? seen : null);

export const presence: Resolvers = {
  Subscription: {
    presenceEvents: {
      subscribe: (_, { userIds }, context) => context.presence.watch(context, userIds),
      // The event is the answer.
      resolve: (event: SeenPresence) => event,
    },
  },

  Mutation: {
    setAway: async (_, { input }, context) => ({ isAway: await context.presence.setAway(context, input) }),
  },

  User: {
    presence: async (user, _, { loaders }) => presenceOf(await loaders.presence.load(user.id)),
  },

  Presence: {
    state: ({ present }) => present?.state ?? null,
    devices: ({ present }) => [...(present?.devices ?? [])],
  },
  PresenceChanged: { seq: () => null, presence: presenceOf },
  UserPresence: { presence: presenceOf },
};
