import { lookupId } from '../../../kit/base/input.ts';
import { readPage, toConnection } from '../../../kit/graph/connections.ts';
import { requireViewer } from '../../../kit/identity/caller.ts';
import { conversationCursor } from './cursors.ts';
import type { Resolvers } from './types.generated.ts';

export const conversations: Resolvers = {
  Query: {
    conversation(_, { id }, context) {
      requireViewer(context);
      return context.loaders.conversation.load(lookupId('conv', id));
    },

    async conversations(_, args, context) {
      requireViewer(context);
      const page = readPage(args, conversationCursor);
      const rows = await context.conversations.list(context, page);
      return toConnection(rows, page, conversationCursor, (row) => [row.lastActivityAt.getTime(), row.id]);
    },
  },

  Mutation: {
    async openDirectConversation(_, { input }, context) {
      return { conversation: await context.conversations.openDirect(context, input) };
    },

    async createGroup(_, { input }, context) {
      return { conversation: await context.conversations.createGroup(context, input) };
    },
  },

  // Its parent was read for the viewer: nobody else has one.
  Conversation: {
    __resolveReference: (reference, { loaders }) =>
      loaders.conversation.load('nodeId' in reference ? reference.nodeId : reference.id),
    nodeId: ({ id }) => id,
  },

  User: {
    __resolveReference: ({ id }) => ({ id }),

    directConversation: ({ id }, _, { loaders }) => loaders.direct.load(id),
  },
};
