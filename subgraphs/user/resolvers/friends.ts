import { readPage, toConnection } from '../../../kit/graph/connections.ts';
import { requireViewer } from '../../../kit/identity/caller.ts';
import { maySeeIgnored } from '../domain/policies.ts';
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
      const requests = await context.friendRequests.list(context, direction, page);
      return toConnection(requests, page, cursor, (request) => request.id);
    },
  },

  Mutation: {
    async sendFriendRequest(_, { input }, context) {
      const request = await context.friendRequests.send(context, input);
      return { request: forgetting(context, request) };
    },

    async acceptFriendRequest(_, { input }, context) {
      const request = await context.friendRequests.accept(context, input);
      return { request: forgetting(context, request) };
    },

    async refuseFriendRequest(_, { input }, context) {
      const request = await context.friendRequests.refuse(context, input);
      return { request: forgetting(context, request) };
    },

    async ignoreFriendRequest(_, { input }, context) {
      const request = await context.friendRequests.ignore(context, input);
      return { request: forgetting(context, request) };
    },

    async cancelFriendRequest(_, { input }, context) {
      const request = await context.friendRequests.cancel(context, input);
      return { request: forgetting(context, request) };
    },

    async removeFriend(_, { input }, context) {
      const userId = await context.friends.remove(context, input);
      return { user: await forgetting(context, context.loaders).profile.load(userId) };
    },

    async updateFriend(_, { input }, context) {
      const userId = await context.friends.update(context, input);
      return { user: await forgetting(context, context.loaders).profile.load(userId) };
    },
  },

  User: {
    async friends(user, { isStarred, ...args }, context) {
      const page = readPage(args, friendCursor);
      const friendships = await context.friends.list(context, user.id, { isStarred }, page);
      return friendships && toConnection(friendships, page, friendCursor, (friendship) => friendship.id);
    },

    friendship: async (user, _, { loaders }) => (await loaders.relation.load(user.id))?.state ?? null,

    remark: async (user, _, { loaders }) => (await loaders.relation.load(user.id))?.friendship?.remark ?? null,
  },

  FriendEdge: {
    node: (edge, _, { loaders }) => loaders.profile.load(edge.node.friendId),
    friendsSince: (edge) => edge.node.createdAt,
    remark: (edge) => edge.node.remark,
    isStarred: (edge) => edge.node.isStarred,
  },

  FriendRequest: {
    sender: (request, _, { loaders }) => loaders.profile.load(request.senderId),
    addressee: (request, _, { loaders }) => loaders.profile.load(request.addresseeId),
    isIgnored: (request, _, context) => (maySeeIgnored(context, request) ? request.isIgnored : null),
  },
};
