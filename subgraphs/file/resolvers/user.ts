import type { VariantName } from '../domain/types.ts';
import type { AvatarSize, UserResolvers } from './types.generated.ts';

const PICTURES: Record<AvatarSize, VariantName> = { SMALL: 'avatar-128', LARGE: 'avatar-512' };

export const User: UserResolvers = {
  // The user service says who exists; this one adds to whoever is asked for.
  __resolveReference: (reference) => reference,
  avatarUrl: ({ id, avatarFileId }, { size }, { files }) =>
    files.avatarUrl(id, avatarFileId, PICTURES[size ?? 'SMALL']),
};
