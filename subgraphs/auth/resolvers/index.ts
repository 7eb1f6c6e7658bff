import { mergeResolvers } from '../../../kit/graph/resolvers.ts';
import { accounts } from './accounts.ts';
import { sessions } from './sessions.ts';
import type { Resolvers } from './types.generated.ts';

export const resolvers: Resolvers = mergeResolvers<Resolvers>(accounts, sessions);
