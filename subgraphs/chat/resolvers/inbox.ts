import type { InboxEvent, LogEntry } from '../domain/model.ts';
import type { ConversationCreatedResolvers, Resolvers } from './types.generated.ts';

const TYPES = {
  INBOX_STARTED: 'InboxStarted',
  GAP_TOO_LARGE: 'GapTooLarge',
  CONVERSATION_CREATED: 'ConversationCreated',
  MESSAGE_SENT: 'MessageSent',
  MEMBER_JOINED: 'MemberJoined',
  MEMBER_LEFT: 'MemberLeft',
  ENTRY_LOST: 'EntryLost',
  TYPING_CHANGED: 'TypingChanged',
} as const;

/** The event is the answer. */
const resolve = (event: InboxEvent) => event;

/** The user whom an entry is about. */
function subjectOf({ subjectId, seq }: LogEntry): string {
  if (subjectId === null) throw new Error(`Entry ${seq} says of nobody that they came or left.`);
  return subjectId;
}

const actor: ConversationCreatedResolvers['actor'] = ({ actorId }) => ({ id: actorId });
const conversation: ConversationCreatedResolvers['conversation'] = ({ conversationId }, _, { loaders }) =>
  loaders.conversation.load(conversationId);
const subject = { userId: subjectOf, user: (entry: LogEntry) => ({ id: subjectOf(entry) }) };

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

  InboxEvent: { __resolveType: (event) => TYPES[(event as InboxEvent).kind] },
  LogEvent: { __resolveType: ({ kind }) => TYPES[kind] },
  EphemeralEvent: { __resolveType: ({ kind }) => TYPES[kind] },

  ConversationCreated: { actor, conversation },
  MemberJoined: { actor, conversation, ...subject },
  MemberLeft: { actor, ...subject },
  MessageSent: {
    message({ message, seq }) {
      if (!message) throw new Error(`The message of entry ${seq} is not there.`);
      return message;
    },
  },
};
