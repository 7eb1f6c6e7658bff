import { FriendRequest } from './friend-request.ts';
import { Mutation } from './mutation.ts';
import { Query } from './query.ts';
import type { Resolvers } from './types.generated.ts';
import { FriendEdge, User, UserEdge } from './user.ts';

export const resolvers: Resolvers = { Query, Mutation, User, UserEdge, FriendEdge, FriendRequest };
