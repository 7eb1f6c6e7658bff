import type { Database } from '../../../../kit/mysql/database.ts';
import type { ReachStore } from '../../domain/privacy/reach.ts';
import type { PrivacyStore } from '../../domain/privacy/settings.ts';

/** What is between people, in MySQL: three statements, however many pairs. */
export function createReachStore({ sql }: Database, settings: Pick<PrivacyStore, 'find'>): ReachStore {
  /** Those of the pairs of which a table has a row. `other` is its column of the second. */
  async function rowsOf(table: string, other: string, pairs: readonly (readonly string[])[]): Promise<Set<string>> {
    // Each as a condition of its own: a list of pairs is not read by the index everywhere.
    const rows = await sql.query<{ userId: string; otherId: string }[]>(
      `SELECT user_id AS userId, ${other} AS otherId FROM ${table}
       WHERE ${pairs.map(() => `(user_id = ? AND ${other} = ?)`).join(' OR ')}`,
      pairs.flat(),
    );
    return new Set(rows.map(({ userId, otherId }) => `${userId} ${otherId}`));
  }

  return {
    async facts(pairs) {
      if (pairs.length === 0) return [];
      const there = pairs.map(({ userId, otherId }) => [userId, otherId]);
      const back = pairs.map(({ userId, otherId }) => [otherId, userId]);
      const [friendships, blocks, known] = await Promise.all([
        rowsOf('user_friendships', 'friend_id', there),
        rowsOf('user_blocks', 'blocked_id', [...there, ...back]),
        settings.find([...new Set(pairs.map(({ otherId }) => otherId))]),
      ]);
      return pairs.map(({ userId, otherId }) => {
        const own = known.get(otherId);
        if (!own) return null;
        const areFriends = friendships.has(`${userId} ${otherId}`);
        const [hasBlocked, isBlocked] = [blocks.has(`${userId} ${otherId}`), blocks.has(`${otherId} ${userId}`)];
        return { areFriends, hasBlocked, isBlocked, settings: own };
      });
    },
  };
}
