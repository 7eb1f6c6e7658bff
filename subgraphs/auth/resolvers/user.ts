import { isId } from '../../../kit/base/ids.ts';
import { requireViewer } from '../../../kit/identity/caller.ts';
import type { UserResolvers } from './types.generated.ts';

export const User: UserResolvers = {
  // Only the id goes on: whether there is such a user is not said here, and each field checks who asks.
  __resolveReference: ({ id }) => (isId(id) ? { id } : null),
  sessions: ({ id }, _, context) => context.sessions.list(requireViewer(context), id),
};
