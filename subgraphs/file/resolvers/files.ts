import type { VariantName } from '../domain/types.ts';
import type { AvatarSize, Resolvers } from './types.generated.ts';

const PICTURES: Record<AvatarSize, VariantName> = { SMALL: 'avatar-128', LARGE: 'avatar-512' };

export const files: Resolvers = {
  Query: {
    file: (_, { id }, context) => context.files.own(id),
  },

  File: {
    __resolveReference: (reference, context) =>
      'nodeId' in reference
        ? context.files.referenced(reference.nodeId, null)
        : context.files.referenced(reference.id, reference.grant),
    nodeId: ({ id }) => id,
  },

  User: {
    // The user service says who exists; this one adds to whoever is asked for.
    __resolveReference: (reference) => reference,
    avatarUrl: ({ id, avatarFileId }, { size }, context) =>
      context.files.avatarUrl(id, avatarFileId, PICTURES[size ?? 'SMALL']),
  },
};
