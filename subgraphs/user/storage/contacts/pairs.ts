import type { Change, Changes } from '../../../../kit/feed/changes.ts';
import type { Database, TransactionClient } from '../../../../kit/mysql/database.ts';
import type { WorkQueue } from '../../../../kit/work/queue.ts';
import type { NewWork } from '../../../../kit/work/table.ts';
import type { Pair, PairStore } from '../../domain/contacts/pair.ts';
import type { PresenceHints } from '../../domain/presence/ports.ts';
import { verdictOf } from '../../domain/privacy/reach.ts';
import { DEFAULTS } from '../../domain/privacy/settings.ts';
import { pairOf, toRequest } from '../friends/rows.ts';
import { toSettings } from '../privacy/rows.ts';
import { notify } from '../push/delivery.ts';

/**
 * How long a change of a pair may wait for a connection and take, in ms: many may want the same two users at
 * once.
 */
const PATIENCE = 10_000;

/** What is between two users, in MySQL. */
export function createPairStore(
  { prisma, retrying }: Database,
  feed: Changes,
  queue: WorkQueue,
  hints: Pick<PresenceHints, 'publish'>,
): PairStore {
  return {
    async between(userId, otherId, work) {
      const { result, heads } = await retrying(() =>
        prisma.$transaction(
          async (transaction) => {
            // Whoever changes what is between two users first locks both profiles, the smaller id first:
            // changes of a pair take turns and cannot deadlock.
            await transaction.$queryRaw`
              SELECT id FROM user_profiles WHERE id IN (${userId}, ${otherId}) ORDER BY id FOR UPDATE`;
            const changes: Change[] = [];
            const pushes: NewWork[] = [];
            const done = await work(pairIn(transaction, [userId, otherId], changes, pushes));
            await queue.enqueue(transaction, pushes);
            return { result: done, heads: await feed.record(transaction, changes) };
          },
          // What is read after the lock must be what its last holder committed, not a snapshot from before.
          { isolationLevel: 'ReadCommitted', maxWait: PATIENCE, timeout: PATIENCE },
        ),
      );
      feed.announce(heads);
      // Who sees whose presence depends on what is between them.
      if (heads.length > 0) for (const one of [userId, otherId]) hints.publish(one, 'AUDIENCE');
      queue.wake();
      return result;
    },
  };
}

function pairIn(
  transaction: TransactionClient,
  [userId, otherId]: [string, string],
  changes: Change[],
  pushes: NewWork[],
): Pair {
  const pendingPair = pairOf(userId, otherId);
  const other = (one: string) => (one === userId ? otherId : userId);
  const eachOther = {
    OR: [
      { userId, friendId: otherId },
      { userId: otherId, friendId: userId },
    ],
  };
  const blockBy = (one: string) => ({ userId: one, blockedId: other(one) });
  let blocks: Promise<{ userId: string }[]> | null = null;
  async function areFriends(): Promise<boolean> {
    const found = await transaction.userFriendship.findUnique({
      where: { userId_friendId: { userId, friendId: otherId } },
    });
    return found !== null;
  }
  async function hasBlocked(whose: string): Promise<boolean> {
    // Both ways at once: most who ask for one ask for the other.
    blocks ??= transaction.userBlock.findMany({ where: { OR: [blockBy(userId), blockBy(otherId)] } });
    return (await blocks).some((block) => block.userId === whose);
  }
  return {
    areFriends,
    async pendingRequest() {
      const row = await transaction.userFriendRequest.findUnique({ where: { pendingPair } });
      return row && toRequest(row);
    },
    async refusedAt(senderId) {
      const row = await transaction.userFriendRequest.findFirst({
        where: { senderId, addresseeId: other(senderId), status: 'REFUSED' },
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
    async ignoreRequest(id) {
      await transaction.userFriendRequest.update({ where: { id }, data: { isIgnored: true } });
    },
    async addFriendship(friendshipId, createdAt) {
      await transaction.userFriendship.createMany({
        data: [
          { userId, friendId: otherId, friendshipId, createdAt },
          { userId: otherId, friendId: userId, friendshipId, createdAt },
        ],
      });
    },
    async removeFriendship() {
      const { count } = await transaction.userFriendship.deleteMany({ where: eachOther });
      return count > 0;
    },
    async changeFriendship(whose, data) {
      // An update of nothing counts no row.
      if (Object.keys(data).length === 0) return areFriends();
      const where = { userId: whose, friendId: other(whose) };
      const { count } = await transaction.userFriendship.updateMany({ where, data });
      return count > 0;
    },
    hasBlocked,
    async verdict(action, whose) {
      const chosen = await transaction.userPrivacySettings.findUnique({ where: { userId: other(whose) } });
      return verdictOf(action, {
        areFriends: await areFriends(),
        hasBlocked: await hasBlocked(whose),
        isBlocked: await hasBlocked(other(whose)),
        settings: chosen ? toSettings(chosen) : DEFAULTS,
      });
    },
    async addBlock(whose, blockId) {
      blocks = null;
      await transaction.userBlock.create({
        data: { userId: whose, blockedId: other(whose), blockId, createdAt: new Date() },
      });
    },
    async removeBlock(whose) {
      blocks = null;
      const { count } = await transaction.userBlock.deleteMany({ where: blockBy(whose) });
      return count > 0;
    },
    tell(whom, subject) {
      changes.push({ userId: whom, subject });
    },
    notify(whom, of) {
      pushes.push(notify(whom, of));
    },
  };
}
