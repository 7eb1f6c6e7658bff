import { mergeResolvers } from '../../../kit/graph/resolvers.ts';
import { files } from './files.ts';
import type { Resolvers } from './types.generated.ts';
import { uploads } from './uploads.ts';

export const resolvers: Resolvers = mergeResolvers<Resolvers>(uploads, files);
