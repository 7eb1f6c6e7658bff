import type { QueryResolvers } from './types.generated.ts';

export const Query: QueryResolvers = {
  file: (_, { id }, { files }) => files.own(id),
};
