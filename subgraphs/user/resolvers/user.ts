import { readPage, toConnection } from '../../../kit/graph/connections.ts';
import { idCursor } from './cursors.ts';
import type { FriendEdgeResolvers, UserEdgeResolvers, UserResolvers } from './types.generated.ts';

const friendCursor = idCursor('friends');

export const User: UserResolvers = {
  __resolveReference: ({ id }, { loaders }) => loaders.profile.load(id),

  async friends(user, args, context) {
    const page = readPage(args, friendCursor);
    const friendships = await context.friends.friendships(context, user.id, page);
    return friendships && toConnection(friendships, page, friendCursor, (friendship) => friendship.id);
  },

  friendship: async (user, _, { loaders }) => (await loaders.friendship.load(user.id))?.state ?? null,
};

export const UserEdge: UserEdgeResolvers = {
  node: (edge, _, { loaders }) => loaders.profile.load(edge.node.userId),
};

export const FriendEdge: FriendEdgeResolvers = {
  node: (edge, _, { loaders }) => loaders.profile.load(edge.node.friendId),
  friendsSince: (edge) => edge.node.createdAt,
};
