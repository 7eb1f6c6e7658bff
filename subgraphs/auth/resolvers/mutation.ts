import { requireViewer } from '../../../kit/identity/caller.ts';
import type { Context } from '../context.ts';
import type { SignedIn } from '../domain/sessions/sessions.ts';
import type { MutationResolvers } from './types.generated.ts';

export const Mutation: MutationResolvers = {
  register: async (_, { input }, context) => signIn(context, await context.accounts.register(input, context.address)),
  logIn: async (_, { input }, context) => signIn(context, await context.accounts.logIn(input, context.address)),
  refreshSession: async (_, { input }, context) =>
    signIn(context, await context.sessions.refresh(input, context.address)),
  renewConnection: (_, { input }, context) => {
    const { viewer, accessToken } = context.sessions.renew(context.viewer, input);
    context.viewer = viewer;
    context.signedIn = accessToken;
    return { expiresAt: new Date(viewer.expiresAt) };
  },
  logOut: async (_, { input }, context) => {
    return { session: await context.sessions.logOut(requireViewer(context), input) };
  },
};

/** The rest of the operation, here and in other services, is that of who has just signed in. */
function signIn(context: Context, signedIn: SignedIn): SignedIn {
  const { tokens, user, session } = signedIn;
  const expiresAt = tokens.accessTokenExpiresAt.getTime();
  context.viewer = { userId: user.id, sessionId: session.id, scopes: [], expiresAt };
  context.signedIn = tokens.accessToken;
  return signedIn;
}
