import type { Context } from '../context.ts';
import type { MutationResolvers } from './types.generated.ts';

export const Mutation: MutationResolvers = {
  async updateProfile(_, { input }, context) {
    const user = await context.profiles.update(context, input);
    return { user: forgetting(context, user) };
  },

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

  async createProfile(_, { input }, context) {
    const user = await context.profiles.create(context, input);
    return { user: forgetting(context, user) };
  },
};

/** Gives `result` back. What an earlier mutation of the same operation has loaded may no longer be true after this one. */
function forgetting<T>({ loaders }: Context, result: T): T {
  loaders.profile.clearAll();
  loaders.friendship.clearAll();
  return result;
}
