import { readPage, toConnection } from '../../../kit/graph/connections.ts';
import { requireViewer } from '../../../kit/identity/caller.ts';
import { idCursor } from './cursors.ts';
import { forgetting } from './loaded.ts';
import type { Resolvers } from './types.generated.ts';

const cursor = idCursor('blocked users', 'block');

export const blocks: Resolvers = {
  Query: {
    async blockedUsers(_, args, context) {
      requireViewer(context);
      const page = readPage(args, cursor);
      return toConnection(await context.blocks.list(context, page), page, cursor, (block) => block.id);
    },
  },

  Mutation: {
    async blockUser(_, { input }, context) {
      const userId = await context.blocks.block(context, input);
      return { user: await forgetting(context, context.loaders).profile.load(userId) };
    },

    async unblockUser(_, { input }, context) {
      const userId = await context.blocks.unblock(context, input);
      return { user: await forgetting(context, context.loaders).profile.load(userId) };
    },
  },

  User: {
    isBlocked: async (user, _, { loaders }) => (await loaders.relation.load(user.id))?.isBlocked ?? null,
  },

  BlockedUserEdge: {
    node: (edge, _, { loaders }) => loaders.profile.load(edge.node.blockedId),
    blockedAt: (edge) => edge.node.createdAt,
  },
};
