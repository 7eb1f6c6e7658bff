import type { Database } from '../../../../kit/mysql/database.ts';
import { toTime } from '../../../../kit/mysql/times.ts';
import type { LastSeenStore } from '../../domain/presence/ports.ts';

/** Rows of one statement. */
const CHUNK = 1_000;

export function createLastSeenStore({ prisma, sql }: Database): LastSeenStore {
  return {
    async find(userIds) {
      const rows = await prisma.userLastSeen.findMany({ where: { userId: { in: [...userIds] } } });
      return new Map(rows.map(({ userId, lastSeenAt }) => [userId, lastSeenAt]));
    },

    async save(times) {
      // In the order of the key: instances that write at once do not lock each other out.
      const rows = [...times].toSorted(([one], [other]) => (one < other ? -1 : 1));
      for (let at = 0; at < rows.length; at += CHUNK) {
        const some = rows.slice(at, at + CHUNK);
        await sql.query(
          `INSERT INTO user_last_seen (user_id, last_seen_at) VALUES ${some.map(() => '(?, ?)').join(', ')}
           ON DUPLICATE KEY UPDATE last_seen_at = GREATEST(last_seen_at, VALUES(last_seen_at))`,
          some.flatMap(([userId, seenAt]) => [userId, toTime(seenAt)]),
        );
      }
    },
  };
}
