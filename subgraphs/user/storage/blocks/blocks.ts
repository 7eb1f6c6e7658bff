import type { Database } from '../../../../kit/mysql/database.ts';
import type { BlockStore } from '../../domain/blocks/blocks.ts';
import { newestFirst } from '../pages.ts';

/** Who has blocked whom, in MySQL. */
export function createBlockStore({ prisma }: Database): BlockStore {
  return {
    async list(userId, page) {
      const { beyond, order, take } = newestFirst(page);
      const rows = await prisma.userBlock.findMany({
        where: { userId, blockId: beyond },
        orderBy: { blockId: order },
        take,
      });
      return rows.map(({ blockId, blockedId, createdAt }) => ({ id: blockId, blockedId, createdAt }));
    },

    async blockedAmong(userId, ids) {
      const rows = await prisma.userBlock.findMany({ where: { userId, blockedId: { in: [...ids] } } });
      return rows.map(({ blockedId }) => blockedId);
    },
  };
}
