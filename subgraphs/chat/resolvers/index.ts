import { Conversation } from './conversation.ts';
import { ImageContent } from './image-content.ts';
import {
  ConversationCreated,
  EphemeralEvent,
  InboxEvent,
  LogEvent,
  MemberJoined,
  MemberLeft,
  MessageSent,
  TypingChanged,
} from './inbox-event.ts';
import { Membership } from './membership.ts';
import { Message } from './message.ts';
import { Mutation } from './mutation.ts';
import { Query } from './query.ts';
import { Subscription } from './subscription.ts';
import type { Resolvers } from './types.generated.ts';
import { User } from './user.ts';

export const resolvers: Resolvers = {
  Query,
  Mutation,
  Subscription,
  Conversation,
  Membership,
  Message,
  ImageContent,
  User,
  InboxEvent,
  LogEvent,
  EphemeralEvent,
  ConversationCreated,
  MessageSent,
  MemberJoined,
  MemberLeft,
  TypingChanged,
};
