import type { Context } from '../context.ts';
import { entryTypeOf, type LogEntry } from '../domain/log/kinds/index.ts';
import type { EntryBase } from '../domain/log/kinds/kind.ts';
import { connectBySeq, logCursor } from './cursors.ts';
import type { Resolvers } from './types.generated.ts';

const actor = ({ actorId }: EntryBase) => ({ id: actorId });
const conversation = ({ conversationId }: EntryBase, _: unknown, { loaders }: Context) =>
  loaders.conversation.load(conversationId);
const user = ({ userId }: { userId: string }) => ({ id: userId });

export const log: Resolvers = {
  Conversation: {
    async log(parent, args, { conversationLog }) {
      const connection = await connectBySeq(args, logCursor, {
        page: (page) => conversationLog.page(parent, page),
        seqAt: (time) => conversationLog.seqAt(parent, time),
      });
      return { ...connection, asOf: { conversationId: parent.id, seq: parent.headSeq } };
    },
  },

  LogEvent: { __resolveType: (entry) => entryTypeOf(entry as LogEntry) as 'MessageSent' },

  ConversationCreated: { actor, conversation },
  MemberJoined: { actor, conversation, user },
  MemberLeft: { actor, user },
};
