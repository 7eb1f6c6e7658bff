import type { MembershipResolvers } from './types.generated.ts';

export const Membership: MembershipResolvers = {
  user: ({ userId }) => ({ id: userId }),
};
