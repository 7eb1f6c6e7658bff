import type { FriendRequestResolvers } from './types.generated.ts';

export const FriendRequest: FriendRequestResolvers = {
  sender: (request, _, { loaders }) => loaders.profile.load(request.senderId),
  addressee: (request, _, { loaders }) => loaders.profile.load(request.addresseeId),
};
