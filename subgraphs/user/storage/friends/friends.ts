import type { Page } from '../../../../kit/graph/connections.ts';
import type { Database, TransactionClient } from '../../../../kit/mysql/database.ts';
import type { FriendRequest, FriendRequestStatus, FriendStore, Pair } from '../../domain/friends/ports.ts';

/**
 * How long a change of a pair may wait for a connection and take, in ms: many may want the same two users at
 * once.
 */
const PATIENCE = 10_000;

/** Friend requests and friendships in MySQL. */
export function createFriendStore({ prisma, retrying }: Database): FriendStore {
  return {
    between: (userId, otherId, work) =>
      retrying(() =>
        prisma.$transaction(
          async (transaction) => {
            // Whoever changes what is between two users first locks both profiles, the smaller id first:
            // changes of a pair take turns and cannot deadlock.
            await transaction.$queryRaw`
              SELECT id FROM user_profiles WHERE id IN (${userId}, ${otherId}) ORDER BY id FOR UPDATE`;
            return work(pairIn(transaction, userId, otherId));
          },
          // What is read after the lock must be what its last holder committed, not a snapshot from before.
          { isolationLevel: 'ReadCommitted', maxWait: PATIENCE, timeout: PATIENCE },
        ),
      ),

    async findRequests(ids) {
      const rows = await prisma.userFriendRequest.findMany({ where: { id: { in: [...ids] } } });
      return rows.map(toRequest);
    },

    async pendingRequests(userId, direction, page) {
      const whose = direction === 'RECEIVED' ? { addresseeId: userId } : { senderId: userId };
      const { beyond, order, take } = newestFirst(page);
      const rows = await prisma.userFriendRequest.findMany({
        where: { ...whose, status: 'PENDING', id: beyond },
        orderBy: { id: order },
        take,
      });
      return rows.map(toRequest);
    },

    async friendships(userId, page) {
      const { beyond, order, take } = newestFirst(page);
      const rows = await prisma.userFriendship.findMany({
        where: { userId, friendshipId: beyond },
        orderBy: { friendshipId: order },
        take,
      });
      return rows.map(({ friendshipId, friendId, createdAt }) => ({ id: friendshipId, friendId, createdAt }));
    },

    async friendsAmong(userId, ids) {
      const rows = await prisma.userFriendship.findMany({ where: { userId, friendId: { in: [...ids] } } });
      return rows.map((row) => row.friendId);
    },

    async pendingAmong(userId, ids) {
      const pairs = ids.map((otherId) => pairOf(userId, otherId));
      const rows = await prisma.userFriendRequest.findMany({ where: { pendingPair: { in: pairs } } });
      return rows.map(toRequest);
    },
  };
}

function pairIn(transaction: TransactionClient, userId: string, otherId: string): Pair {
  const pendingPair = pairOf(userId, otherId);
  return {
    async areFriends() {
      const found = await transaction.userFriendship.findUnique({
        where: { userId_friendId: { userId, friendId: otherId } },
      });
      return found !== null;
    },
    async pendingRequest() {
      const row = await transaction.userFriendRequest.findUnique({ where: { pendingPair } });
      return row && toRequest(row);
    },
    async refusedAt(senderId) {
      const addresseeId = senderId === userId ? otherId : userId;
      const row = await transaction.userFriendRequest.findFirst({
        where: { senderId, addresseeId, status: 'REFUSED' },
        orderBy: { id: 'desc' },
        select: { decidedAt: true },
      });
      return row?.decidedAt ?? null;
    },
    async addRequest(request) {
      await transaction.userFriendRequest.create({ data: { ...request, pendingPair } });
    },
    async closeRequest({ id, status, decidedAt }) {
      await transaction.userFriendRequest.update({ where: { id }, data: { status, decidedAt, pendingPair: null } });
    },
    async addFriendship(friendshipId, createdAt) {
      await transaction.userFriendship.createMany({
        data: [
          { userId, friendId: otherId, friendshipId, createdAt },
          { userId: otherId, friendId: userId, friendshipId, createdAt },
        ],
      });
    },
  };
}

/** The value of the unique key that lets only one request between two people be pending. */
function pairOf(userId: string, otherId: string): string {
  return userId < otherId ? `${userId}:${otherId}` : `${otherId}:${userId}`;
}

/** How a page of a list is read whose ids sort by time and whose newest entry comes first. */
function newestFirst({ direction, from, limit }: Page<string>) {
  const forward = direction === 'forward';
  const beyond = from === null ? undefined : forward ? { lt: from } : { gt: from };
  return { beyond, order: forward ? ('desc' as const) : ('asc' as const), take: limit + 1 };
}

function toRequest(row: Omit<FriendRequest, 'status'> & { status: string }): FriendRequest {
  const { id, senderId, addresseeId, message, createdAt, decidedAt } = row;
  return { id, senderId, addresseeId, message, status: row.status as FriendRequestStatus, createdAt, decidedAt };
}
