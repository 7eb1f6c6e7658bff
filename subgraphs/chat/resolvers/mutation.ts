import type { MutationResolvers } from './types.generated.ts';

export const Mutation: MutationResolvers = {
  async openDirectConversation(_, { input }, context) {
    return { conversation: await context.conversations.openDirect(context, input) };
  },

  async createGroup(_, { input }, context) {
    return { conversation: await context.conversations.createGroup(context, input) };
  },

  async addGroupMembers(_, { input }, context) {
    return { conversation: await context.conversations.addMembers(context, input) };
  },

  async leaveGroup(_, { input }, context) {
    return { conversationId: await context.conversations.leave(context, input) };
  },

  async sendMessage(_, { input }, context) {
    return { sentMessage: await context.messages.send(context, input) };
  },

  async markRead(_, { input }, context) {
    return { conversation: await context.conversations.markRead(context, input) };
  },

  async setTyping(_, { input }, context) {
    return { conversationId: await context.typing.set(context, input) };
  },
};
