import { InvalidInput } from '../../../kit/base/errors.ts';
import { lookupId } from '../../../kit/base/input.ts';
import { readPage, toConnection } from '../../../kit/graph/connections.ts';
import { selects } from '../../../kit/graph/selection.ts';
import { requireViewer } from '../../../kit/identity/caller.ts';
import type { Position, ViewerConversation } from '../domain/model.ts';
import { conversationCursor } from './cursors.ts';
import { forgetting } from './loaded.ts';
import type { QueryConversationsArgs, Resolvers } from './types.generated.ts';

/** The ids of a look-up, each once; null for a list. @throws InvalidInput */
function readIds(args: QueryConversationsArgs, limit: number): string[] | null {
  if (args.ids == null) return null;
  const { after, last, before, kind, isUnread } = args;
  if (after || last != null || before || kind != null || isUnread != null) {
    throw new InvalidInput('ids', 'Use ids with first alone.');
  }
  if (args.ids.length > limit) throw new InvalidInput('ids', 'Give at most as many ids as first asks for.');
  return [...new Set(args.ids)];
}

function isConversation(loaded: ViewerConversation | Error | null): loaded is ViewerConversation {
  if (loaded instanceof Error) throw loaded;
  return loaded !== null;
}

/** Of a conversation that is shown, its head as it was read; of the others that before the list was read. */
function asOf(heads: readonly Position[], shown: readonly { node: ViewerConversation }[]): Position[] {
  const seqs = new Map(heads.map(({ conversationId, seq }) => [conversationId, seq]));
  for (const { node } of shown) seqs.set(node.id, node.headSeq);
  return [...seqs].map(([conversationId, seq]) => ({ conversationId, seq }));
}

export const conversations: Resolvers = {
  Query: {
    conversation(_, { id }, context) {
      requireViewer(context);
      return context.loaders.conversation.load(lookupId('conv', id));
    },

    async conversations(_, args, context, info) {
      requireViewer(context);
      const page = readPage(args, conversationCursor);
      const ids = readIds(args, page.limit);
      // Before the list: whatever comes after one of these is in the list, or in an inbox that begins there.
      const heads = selects(info, 'asOf') ? await context.conversations.heads(context) : [];
      const filter = { kind: args.kind ?? null, isUnread: args.isUnread ?? null };
      const rows = ids
        ? (await context.loaders.conversation.loadMany(ids)).filter(isConversation)
        : await context.conversations.list(context, page, filter);
      const connection = toConnection(rows, page, conversationCursor, (row) => [row.lastActivityAt.getTime(), row.id]);
      return { ...connection, asOf: asOf(heads, connection.edges) };
    },
  },

  Mutation: {
    async openDirectConversation(_, { input }, context) {
      const conversation = await context.conversations.openDirect(context, input);
      return forgetting(context, { conversation });
    },

    async createGroup(_, { input }, context) {
      const conversation = await context.conversations.createGroup(context, input);
      return forgetting(context, { conversation });
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
