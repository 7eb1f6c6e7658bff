import { readPage, toConnection } from '../../../kit/graph/connections.ts';
import { requireViewer } from '../../../kit/identity/caller.ts';
import { idCursor } from './cursors.ts';
import { forgetting } from './loaded.ts';
import type { Resolvers } from './types.generated.ts';

const friendCursor = idCursor('friends', 'friend');

export const friends: Resolvers = {
  Query: {
    async friendRequests(_, { direction, ...args }, context) {
      requireViewer(context);
      const cursor = idCursor(`friend requests ${direction}`, 'friendreq');
      const page = readPage(args, cursor);
      const requests = await context.friends.requests(context, direction, page);
      return toConnection(requests, page, cursor, (request) => request.id);
    },

    areFriends: (_, { userId, otherId }, context) => context.friends.areFriends(context, userId, otherId),

    friendsAmong: (_, { userId, ids }, context) => context.friends.friendsAmong(context, userId, ids),
  },

  Mutation: {
    async sendFriendRequest(_, { input }, context) {
      const request = await context.friends.send(context, input);
      return { request: forgetting(context, request) };
    },

    async acceptFriendRequest(_, { input }, context) {
      const request = await context.friends.accept(context, input);
      return { request: forgetting(context, request) };
    },

    async refuseFriendRequest(_, { input }, context) {
      const request = await context.friends.refuse(context, input);
      return { request: forgetting(context, request) };
    },
  },

  User: {
    async friends(user, args, context) {
      const page = readPage(args, friendCursor);
      const friendships = await context.friends.friendships(context, user.id, page);
      return friendships && toConnection(friendships, page, friendCursor, (friendship) => friendship.id);
    },

    friendship: async (user, _, { loaders }) => (await loaders.friendship.load(user.id))?.state ?? null,
  },

  FriendEdge: {
    node: (edge, _, { loaders }) => loaders.profile.load(edge.node.friendId),
    friendsSince: (edge) => edge.node.createdAt,
  },

  FriendRequest: {
    sender: (request, _, { loaders }) => loaders.profile.load(request.senderId),
    addressee: (request, _, { loaders }) => loaders.profile.load(request.addresseeId),
  },
};
