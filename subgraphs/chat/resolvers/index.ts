import { mergeResolvers } from '../../../kit/graph/resolvers.ts';
import { conversations } from './conversations.ts';
import { inbox } from './inbox.ts';
import { log } from './log.ts';
import { members } from './members.ts';
import { messages } from './messages.ts';
import { reading } from './reading.ts';
import type { Resolvers } from './types.generated.ts';
import { typing } from './typing.ts';

export const resolvers: Resolvers = mergeResolvers<Resolvers>(
  conversations,
  members,
  messages,
  reading,
  typing,
  log,
  inbox,
);
