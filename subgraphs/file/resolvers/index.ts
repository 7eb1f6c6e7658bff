import { GraphQLUpload } from '../../../kit/http/uploads.ts';
import { File } from './file.ts';
import { Mutation } from './mutation.ts';
import { Query } from './query.ts';
import type { Resolvers } from './types.generated.ts';
import { User } from './user.ts';

export const resolvers = { Upload: GraphQLUpload, Query, Mutation, File, User } satisfies Partial<Resolvers>;
