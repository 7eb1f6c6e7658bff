import { readPage, toConnection } from '../../../kit/graph/connections.ts';
import { requireViewer } from '../../../kit/identity/caller.ts';
import { idCursor, searchCursor } from './cursors.ts';
import type { QueryResolvers } from './types.generated.ts';

export const Query: QueryResolvers = {
  viewer: (_, __, context) => context.loaders.profile.load(requireViewer(context).userId),

  user: (_, { id }, { loaders }) => loaders.profile.load(id),

  async searchUsers(_, { text, ...args }, context) {
    requireViewer(context);
    const page = readPage(args, searchCursor);
    const found = await context.profiles.search(context, text, page);
    return toConnection(found, page, searchCursor, (hit) => hit);
  },

  async friendRequests(_, { direction, ...args }, context) {
    requireViewer(context);
    const cursor = idCursor(`friend requests ${direction}`);
    const page = readPage(args, cursor);
    const requests = await context.friends.requests(context, direction, page);
    return toConnection(requests, page, cursor, (request) => request.id);
  },

  areFriends: (_, { userId, otherId }, context) => context.friends.areFriends(context, userId, otherId),

  friendsAmong: (_, { userId, ids }, context) => context.friends.friendsAmong(context, userId, ids),
};
