import { lookupId } from '../../../kit/base/input.ts';
import { readPage, toConnection } from '../../../kit/graph/connections.ts';
import { requireSignedIn, requireViewer } from '../../../kit/identity/caller.ts';
import { searchCursor } from './cursors.ts';
import { forgetting } from './loaded.ts';
import type { Resolvers } from './types.generated.ts';

export const profiles: Resolvers = {
  Query: {
    viewer: (_, __, context) => context.loaders.profile.load(requireViewer(context).userId),

    user(_, { id }, context) {
      requireSignedIn(context);
      return context.loaders.profile.load(lookupId('user', id));
    },

    async searchUsers(_, { text, ...args }, context) {
      requireViewer(context);
      const page = readPage(args, searchCursor);
      const found = await context.profiles.search(context, text, page);
      return toConnection(found, page, searchCursor, (hit) => hit);
    },
  },

  Mutation: {
    async updateProfile(_, { input }, context) {
      const user = await context.profiles.update(context, input);
      return { user: forgetting(context, user) };
    },

    async createProfile(_, { input }, context) {
      const user = await context.profiles.create(context, input);
      return { user: forgetting(context, user) };
    },
  },

  User: {
    __resolveReference: ({ id }, { loaders }) => loaders.profile.load(id),
  },

  UserEdge: {
    node: (edge, _, { loaders }) => loaders.profile.load(edge.node.userId),
  },
};
