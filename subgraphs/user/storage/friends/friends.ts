import type { Database } from '../../../../kit/mysql/database.ts';
import type { FriendStore } from '../../domain/friends/ports.ts';
import { newestFirst } from '../pages.ts';
import { pairOf, toFriendship, toRequest } from './rows.ts';

/** Friend requests and friendships in MySQL. */
export function createFriendStore({ prisma, sql }: Database): FriendStore {
  return {
    async findRequests(ids) {
      const rows = await prisma.userFriendRequest.findMany({ where: { id: { in: [...ids] } } });
      return rows.map(toRequest);
    },

    async pendingRequests(userId, direction, page) {
      const whose = direction === 'RECEIVED' ? { addresseeId: userId, isIgnored: false } : { senderId: userId };
      const { beyond, order, take } = newestFirst(page);
      const rows = await prisma.userFriendRequest.findMany({
        where: { ...whose, status: 'PENDING', id: beyond },
        orderBy: { id: order },
        take,
      });
      return rows.map(toRequest);
    },

    async friendships(userId, { isStarred }, page) {
      const { beyond, order, take } = newestFirst(page);
      const rows = await prisma.userFriendship.findMany({
        where: { userId, friendshipId: beyond, ...(isStarred == null ? {} : { isStarred }) },
        orderBy: { friendshipId: order },
        take,
      });
      return rows.map(toFriendship);
    },

    async friendIds(userId) {
      const statement = 'SELECT friend_id AS id FROM user_friendships WHERE user_id = ?';
      return (await sql.query<{ id: string }[]>(statement, [userId])).map(({ id }) => id);
    },

    async friendshipsWith(userId, ids) {
      const rows = await prisma.userFriendship.findMany({ where: { userId, friendId: { in: [...ids] } } });
      return rows.map(toFriendship);
    },

    async pendingAmong(userId, ids) {
      const pairs = ids.map((otherId) => pairOf(userId, otherId));
      const rows = await prisma.userFriendRequest.findMany({ where: { pendingPair: { in: pairs } } });
      return rows.map(toRequest);
    },
  };
}
