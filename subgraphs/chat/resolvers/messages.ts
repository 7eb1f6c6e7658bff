import { isViewer, requireViewer } from '../../../kit/identity/caller.ts';
import { viewOf } from '../domain/messages/kinds/index.ts';
import { connectBySeq, messageCursor } from './cursors.ts';
import { forgetting } from './loaded.ts';
import type { Resolvers } from './types.generated.ts';

export const messages: Resolvers = {
  Query: {
    message(_, { id }, context) {
      requireViewer(context);
      return context.loaders.message.load(id);
    },
  },

  Mutation: {
    async sendMessage(_, { input }, context) {
      const sentMessage = await context.messages.send(context, input);
      return forgetting(context, { sentMessage });
    },
  },

  Conversation: {
    async messages(parent, args, { messages, conversationLog }) {
      const connection = await connectBySeq(args, messageCursor, {
        page: (page) => messages.page(parent, page),
        seqAt: (time) => conversationLog.seqAt(parent, time),
      });
      return { ...connection, asOf: { conversationId: parent.id, seq: parent.headSeq } };
    },

    lastMessage({ id, lastMessageSeq, membership }, _, { loaders }) {
      if (lastMessageSeq === null || lastMessageSeq < membership.joinedSeq) return null;
      return loaders.messageAt.load({ conversationId: id, seq: lastMessageSeq });
    },
  },

  // Its parent is a message that the viewer may see.
  Message: {
    __resolveReference: (reference, { loaders }) =>
      loaders.message.load('nodeId' in reference ? reference.nodeId : reference.id),
    nodeId: ({ id }) => id,

    conversation: ({ conversationId }, _, { loaders }) => loaders.conversation.load(conversationId),

    sender: ({ senderId }) => ({ id: senderId }),

    clientMessageId: ({ senderId, clientMessageId }, _, context) =>
      isViewer(context, senderId) ? clientMessageId : null,

    preview: ({ content }) => viewOf(content).preview(content),
  },

  MessageContent: { __resolveType: (content) => viewOf(content).type as 'TextContent' },

  UnknownContent: { preview: (content) => viewOf(content).preview(content) },

  // Whoever sees the message may read its file: the grant tells the file service so.
  ImageContent: {
    file: ({ fileId }, _, { grantFile }) => ({ id: fileId, grant: grantFile(fileId) }),
  },
};
