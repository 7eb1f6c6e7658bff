import { readPage, toConnection } from '../../../kit/graph/connections.ts';
import { requireViewer } from '../../../kit/identity/caller.ts';
import { conversationCursor } from './cursors.ts';
import type { QueryResolvers } from './types.generated.ts';

export const Query: QueryResolvers = {
  conversation(_, { id }, context) {
    requireViewer(context);
    return context.loaders.conversation.load(id);
  },

  async conversations(_, args, context) {
    requireViewer(context);
    const page = readPage(args, conversationCursor);
    const rows = await context.conversations.list(context, page);
    return toConnection(rows, page, conversationCursor, (row) => [row.lastActivityAt.getTime(), row.id]);
  },
};
