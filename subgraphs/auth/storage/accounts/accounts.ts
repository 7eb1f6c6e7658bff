import { type Database, isDuplicate } from '../../../../kit/mysql/database.ts';
import type { AccountStore } from '../../domain/accounts/accounts.ts';
import type { PendingProfiles } from '../../domain/accounts/profiles.ts';

/** auth_accounts. */
export function createAccountStore({ prisma, retrying }: Database): AccountStore {
  return {
    async register(account, session) {
      try {
        await retrying(() =>
          prisma.$transaction([
            prisma.authAccount.create({ data: account }),
            prisma.authSession.create({ data: session }),
          ]),
        );
        return 'created';
      } catch (error) {
        if (!isDuplicate(error)) throw error;
        // Read instead of taken from the message: every database words it differently, and the text holds
        // what the user typed.
        const { userName } = account;
        const same = await prisma.authAccount.findUnique({ where: { userName }, select: { id: true } });
        return same ? 'userNameTaken' : 'emailTaken';
      }
    },
    findByUserName: (userName) => prisma.authAccount.findUnique({ where: { userName } }),
    findByEmail: (email) => prisma.authAccount.findUnique({ where: { email } }),
    async hasSessionFrom(accountId, addressTag) {
      const found = await prisma.authSession.findFirst({ where: { accountId, addressTag }, select: { id: true } });
      return found !== null;
    },
  };
}

/** The accounts of auth_accounts that have no profile yet. */
export function createPendingProfiles({ prisma }: Database): PendingProfiles {
  return {
    list: (before, after, limit) =>
      prisma.authAccount.findMany({
        where: { profileCreatedAt: null, id: { gt: after }, createdAt: { lt: before } },
        orderBy: { id: 'asc' },
        take: limit,
        select: { id: true, userName: true },
      }),
    async done(id, profileCreatedAt) {
      await prisma.authAccount.update({ where: { id }, data: { profileCreatedAt }, select: { id: true } });
    },
  };
}
