import type { InboxEvent } from '../domain/model.ts';
import type { SubscriptionResolvers } from './types.generated.ts';

/** The event is the answer. */
const resolve = (event: InboxEvent) => event;

export const Subscription: SubscriptionResolvers = {
  inbox: {
    subscribe: async (_, { positions }, context) => context.inbox.open(context, positions),
    resolve,
  },

  conversationEvents: {
    subscribe: async (_, args, context) => context.inbox.openConversation(context, args),
    resolve,
  },
};
