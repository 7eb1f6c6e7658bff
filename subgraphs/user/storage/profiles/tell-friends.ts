import { z } from 'zod';
import type { Changes, Head } from '../../../../kit/feed/changes.ts';
import type { Database } from '../../../../kit/mysql/database.ts';
import type { NewWork } from '../../../../kit/work/table.ts';
import type { WorkHandler } from '../../../../kit/work/worker.ts';
import { subject } from '../../domain/contacts/subjects.ts';

/** Friends whose feeds one transaction changes. */
const BATCH = 500;

export const TELL_FRIENDS = 'tell-friends';

/** `after`: the last friend who was told. */
const payload = z.object({ userId: z.string(), after: z.string() });

/** The work of telling friends about one change of a profile, which has a number in its owner's feed. */
export function tellFriends(userId: string, own: readonly Head[]): NewWork {
  return { job: TELL_FRIENDS, key: `${userId}:${own[0]?.seq}`, payload: { userId, after: '' } };
}

/**
 * Tells the friends of a user that the profile has changed, some hundreds in a transaction, in the order of
 * their ids. The transaction moves the work on, so each friend's feed has the change once.
 */
export function createFriendsTeller(
  { prisma, retrying }: Database,
  feed: Changes,
): WorkHandler<z.output<typeof payload>> {
  return {
    payload,
    async run(work) {
      const { userId } = work.payload;
      for (let { after } = work.payload; ; ) {
        work.signal.throwIfAborted();
        const friends = await prisma.userFriendship.findMany({
          where: { userId, friendId: { gt: after } },
          orderBy: { friendId: 'asc' },
          take: BATCH,
          select: { friendId: true },
        });
        const last = friends.at(-1);
        if (!last) return;
        after = last.friendId;
        const changes = friends.map(({ friendId }) => ({ userId: friendId, subject: subject('profile', userId) }));
        const heads = await retrying(() =>
          prisma.$transaction(
            async (transaction) => {
              await work.advance(transaction, { userId, after });
              return feed.record(transaction, changes);
            },
            { isolationLevel: 'ReadCommitted' },
          ),
        );
        feed.announce(heads);
        if (friends.length < BATCH) return;
      }
    },
  };
}
