import type { InboxEvent as InboxEventParent, LogEntry } from '../domain/model.ts';
import type {
  ConversationCreatedResolvers,
  EphemeralEventResolvers,
  InboxEventResolvers,
  LogEventResolvers,
  MemberJoinedResolvers,
  MemberLeftResolvers,
  MessageSentResolvers,
  TypingChangedResolvers,
} from './types.generated.ts';

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

export const InboxEvent: InboxEventResolvers = { __resolveType: (event) => TYPES[(event as InboxEventParent).kind] };

export const LogEvent: LogEventResolvers = { __resolveType: ({ kind }) => TYPES[kind] };

export const EphemeralEvent: EphemeralEventResolvers = { __resolveType: ({ kind }) => TYPES[kind] };

export const ConversationCreated: ConversationCreatedResolvers = {
  actor: ({ actorId }) => ({ id: actorId }),
  conversation: ({ conversationId }, _, { loaders }) => loaders.conversation.load(conversationId),
};

export const MessageSent: MessageSentResolvers = {
  message: ({ message, seq }) => {
    if (!message) throw new Error(`The message of entry ${seq} is not there.`);
    return message;
  },
};

/** The user whom an entry is about. */
function subjectOf({ subjectId, seq }: LogEntry): string {
  if (subjectId === null) throw new Error(`Entry ${seq} says of nobody that they came or left.`);
  return subjectId;
}

export const MemberJoined: MemberJoinedResolvers = {
  ...ConversationCreated,
  userId: subjectOf,
  user: (entry) => ({ id: subjectOf(entry) }),
};

export const MemberLeft: MemberLeftResolvers = {
  actor: ({ actorId }) => ({ id: actorId }),
  userId: subjectOf,
  user: (entry) => ({ id: subjectOf(entry) }),
};

export const TypingChanged: TypingChangedResolvers = {
  user: ({ userId }) => ({ id: userId }),
};
