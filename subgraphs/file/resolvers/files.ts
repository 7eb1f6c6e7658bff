import { lookupId } from '../../../kit/base/input.ts';
import type { VariantName } from '../domain/types.ts';
import type { AvatarSize, Resolvers } from './types.generated.ts';

const PICTURES: Record<AvatarSize, VariantName> = { SMALL: 'avatar-128', LARGE: 'avatar-512' };

export const files: Resolvers = {
  Query: {
    file: (_, { id }, context) => context.files.own(lookupId('file', id)),
  },

  File: {
    __resolveReference: (reference, context) =>
      context.files.referenced(reference.id, 'grant' in reference ? reference.grant : null),
  },

  User: {
    // The user service says who exists; this one adds to whoever is asked for.
    __resolveReference: (reference) => reference,
    avatarUrl: ({ id, avatarFileId }, { size }, context) =>
      context.files.avatarUrl(id, avatarFileId, PICTURES[size ?? 'SMALL']),
  },
};
