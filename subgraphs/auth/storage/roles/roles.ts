import { type Database, isDuplicate } from '../../../../kit/mysql/database.ts';
import type { RoleStore } from '../../domain/roles/roles.ts';

/** auth_roles. */
export function createRoleStore({ prisma }: Pick<Database, 'prisma'>): RoleStore {
  return {
    async list(accountId) {
      const rows = await prisma.authRole.findMany({ where: { accountId }, select: { role: true } });
      return rows.map(({ role }) => role);
    },
    async grant(accountId, role, grantedAt) {
      try {
        await prisma.authRole.create({ data: { accountId, role, grantedAt }, select: { role: true } });
        return true;
      } catch (error) {
        if (isDuplicate(error)) return false;
        throw error;
      }
    },
    async revoke(accountId, role) {
      const { count } = await prisma.authRole.deleteMany({ where: { accountId, role } });
      return count > 0;
    },
  };
}
