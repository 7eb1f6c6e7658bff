import type { FileResolvers } from './types.generated.ts';

export const File: FileResolvers = {
  __resolveReference: (reference, { files }) =>
    files.referenced(reference.id, 'grant' in reference ? reference.grant : null),
};
