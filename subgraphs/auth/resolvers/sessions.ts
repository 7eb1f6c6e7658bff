import { isId } from '../../../kit/base/ids.ts';
import { requireViewer } from '../../../kit/identity/caller.ts';
import type { Context } from '../context.ts';
import type { SignedIn } from '../domain/sessions/ports.ts';
import type { Resolvers } from './types.generated.ts';

export const sessions: Resolvers = {
  Mutation: {
    refreshSession: async (_, { input }, context) =>
      signIn(context, await context.sessions.refresh(input, context.address)),

    renewConnection(_, { input }, context) {
      const { viewer, accessToken } = context.sessions.renew(context.viewer, input);
      context.viewer = viewer;
      context.signedIn = accessToken;
      return { expiresAt: new Date(viewer.expiresAt) };
    },

    async logOut(_, { input }, context) {
      return { session: await context.sessions.logOut(requireViewer(context), input) };
    },
  },

  User: {
    // Only the id goes on: whether there is such a user is not said here, and each field checks who asks.
    __resolveReference: ({ id }) => (isId('user', id) ? { id } : null),
    sessions: ({ id }, _, context) => context.sessions.list(requireViewer(context), id),
  },
};

/** The rest of the operation, here and in other services, is that of who has just signed in. */
export function signIn(context: Context, signedIn: SignedIn): SignedIn {
  const { tokens, user, session } = signedIn;
  const expiresAt = tokens.accessTokenExpiresAt.getTime();
  context.viewer = { userId: user.id, sessionId: session.id, scopes: [], expiresAt };
  context.signedIn = tokens.accessToken;
  return signedIn;
}
