import { isViewer } from '../../../kit/identity/caller.ts';
import type { MessageResolvers } from './types.generated.ts';

/** Its parent is a message that the viewer may see. */
export const Message: MessageResolvers = {
  __resolveReference: ({ id }, { loaders }) => loaders.message.load(id),

  conversation: ({ conversationId }, _, { loaders }) => loaders.conversation.load(conversationId),

  sender: ({ senderId }) => ({ id: senderId }),

  clientMessageId: ({ senderId, clientMessageId }, _, context) =>
    isViewer(context, senderId) ? clientMessageId : null,

  text: ({ content }) => (content.kind === 'TEXT' ? content.text : null),

  image: ({ content }) => (content.kind === 'IMAGE' ? content : null),
};
