import type { InboxEvent } from '../domain/log/inbox-event.ts';
import { entryTypeOf, type LogEntry } from '../domain/log/kinds/index.ts';
import type { Resolvers } from './types.generated.ts';

/** The types of events that are not in the log. */
const TYPES: Record<string, string> = {
  INBOX_STARTED: 'InboxStarted',
  GAP_TOO_LARGE: 'GapTooLarge',
  TYPING_CHANGED: 'TypingChanged',
};

/** The event is the answer. */
const resolve = (event: InboxEvent) => event;

export const inbox: Resolvers = {
  Subscription: {
    inbox: {
      subscribe: async (_, { positions }, context) => context.inbox.open(context, positions),
      resolve,
    },

    conversationEvents: {
      subscribe: async (_, args, context) => context.inbox.openConversation(context, args),
      resolve,
    },
  },

  InboxEvent: {
    __resolveType: (event) => (TYPES[(event as InboxEvent).kind] ?? entryTypeOf(event as LogEntry)) as 'MessageSent',
  },
  EphemeralEvent: { __resolveType: ({ kind }) => TYPES[kind] as 'TypingChanged' },
};
