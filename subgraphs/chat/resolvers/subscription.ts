import { type Context, createLoaders } from '../context.ts';
import type { InboxEvent } from '../domain/model.ts';
import type { SubscriptionResolvers } from './types.generated.ts';

export const Subscription: SubscriptionResolvers = {
  inbox: {
    subscribe: async (_, { positions }, context) => context.inbox.open(context, positions),

    resolve(event: InboxEvent, _: object, context: Context) {
      context.loaders = createLoaders(context, context);
      return event;
    },
  },
};
