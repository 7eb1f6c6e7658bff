import type { ImageContentResolvers } from './types.generated.ts';

/** Whoever sees the message may read its file: the grant tells the file service so. */
export const ImageContent: ImageContentResolvers = {
  file: ({ fileId }, _, { grantFile }) => ({ id: fileId, grant: grantFile(fileId) }),
};
