import { InvalidInput } from '../../../kit/base/errors.ts';
import { type IdType, typeOf } from '../../../kit/base/ids.ts';
import { requireViewer } from '../../../kit/identity/caller.ts';
import type { Context } from '../context.ts';
import type { NodeParent } from './parents.ts';
import type { Resolvers } from './types.generated.ts';

/** The most ids of one `nodes`. */
const MAX_IDS = 100;

/** Entities of other services, by the type of their ids. Each is a reference, which its owner resolves. */
const REFERENCES: Partial<Record<IdType, 'Conversation' | 'Message' | 'File'>> = {
  conv: 'Conversation',
  msg: 'Message',
  file: 'File',
};

async function find(id: string, { loaders }: Context): Promise<NodeParent | null> {
  const type = typeOf(id);
  if (type === 'user') {
    const profile = await loaders.profile.load(id);
    return profile && { __typename: 'User', ...profile };
  }
  if (type === 'friendreq') {
    const request = await loaders.friendRequest.load(id);
    return request && { __typename: 'FriendRequest', ...request };
  }
  const __typename = type && REFERENCES[type];
  return __typename ? { __typename, nodeId: id } : null;
}

export const nodes: Resolvers = {
  Query: {
    node(_, { id }, context) {
      requireViewer(context);
      return find(id, context);
    },

    async nodes(_, { ids }, context) {
      requireViewer(context);
      if (ids.length < 1 || ids.length > MAX_IDS) throw new InvalidInput('ids', `Name 1 to ${MAX_IDS} ids.`);
      return Promise.all(ids.map((id) => find(id, context)));
    },
  },

  Node: {
    __resolveType: ({ __typename }) => __typename,
  },
};
