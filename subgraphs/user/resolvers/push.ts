import { forgetting } from './loaded.ts';
import type { Resolvers } from './types.generated.ts';

export const push: Resolvers = {
  Query: {
    webPushKey: (_, __, context) => context.push.webPushKey(context),
  },

  Mutation: {
    async registerPushDevice(_, { input }, context) {
      return { device: forgetting(context, await context.push.register(context, input)) };
    },

    async removePushDevice(_, { input }, context) {
      return { deviceId: forgetting(context, await context.push.remove(context, input)) };
    },
  },

  User: {
    pushDevices: (user, _, context) => context.push.list(context, user.id),
  },

  PushDevice: {
    isThisSession: (device, _, { viewer }) => device.sessionId === viewer?.sessionId,
  },
};
