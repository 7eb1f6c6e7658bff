import { Mutation } from './mutation.ts';
import type { Resolvers } from './types.generated.ts';
import { User } from './user.ts';

export const resolvers: Resolvers = { Mutation, User };
