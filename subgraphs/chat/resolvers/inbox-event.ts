import type { InboxEvent as InboxEventParent } from '../domain/model.ts';
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

export const MemberJoined: MemberJoinedResolvers = {
  ...ConversationCreated,
  user: ({ subjectId }) => (subjectId === null ? null : { id: subjectId }),
};

export const MemberLeft: MemberLeftResolvers = {
  actor: ({ actorId }) => ({ id: actorId }),
  user: ({ subjectId }) => (subjectId === null ? null : { id: subjectId }),
};

export const TypingChanged: TypingChangedResolvers = {
  user: ({ userId }) => ({ id: userId }),
};
