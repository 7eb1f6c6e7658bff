import type { Database } from '../../../../kit/mysql/database.ts';
import type { ReachStore } from '../../domain/privacy/reach.ts';
import type { PrivacyStore } from '../../domain/privacy/settings.ts';

type Pair = readonly [first: string, second: string];

/** Conditions in one statement. MariaDB and MySQL plan it in a time that grows with their square. */
const CONDITIONS = 50;

/** What is between people, in MySQL: a few statements, however many pairs. */
export function createReachStore({ sql }: Database, settings: Pick<PrivacyStore, 'find'>): ReachStore {
  /** Those of the pairs of which a table has a row. `second` is its column of the second. */
  async function rowsOf(table: string, second: string, pairs: readonly Pair[]): Promise<Set<string>> {
    // Mostly one of the two is the same person in all of them: then it is one condition.
    const [byFirst, bySecond] = [groupBy(pairs, 0), groupBy(pairs, 1)];
    const [groups, one, many] =
      byFirst.length <= bySecond.length ? [byFirst, 'user_id', second] : [bySecond, second, 'user_id'];
    const found = new Set<string>();
    for (let at = 0; at < groups.length; at += CONDITIONS) {
      const some = groups.slice(at, at + CONDITIONS);
      const rows = await sql.query<{ userId: string; otherId: string }[]>(
        `SELECT user_id AS userId, ${second} AS otherId FROM ${table}
         WHERE ${some.map(() => `(${one} = ? AND ${many} IN (?))`).join(' OR ')}`,
        some.flat(),
      );
      for (const { userId, otherId } of rows) found.add(`${userId} ${otherId}`);
    }
    return found;
  }

  return {
    async facts(pairs) {
      if (pairs.length === 0) return [];
      const there = pairs.map(({ userId, otherId }): Pair => [userId, otherId]);
      const back = pairs.map(({ userId, otherId }): Pair => [otherId, userId]);
      const [friendships, blocks, blocksBack, known] = await Promise.all([
        rowsOf('user_friendships', 'friend_id', there),
        rowsOf('user_blocks', 'blocked_id', there),
        rowsOf('user_blocks', 'blocked_id', back),
        settings.find([...new Set(pairs.map(({ otherId }) => otherId))]),
      ]);
      return pairs.map(({ userId, otherId }) => {
        const own = known.get(otherId);
        if (!own) return null;
        const areFriends = friendships.has(`${userId} ${otherId}`);
        const [hasBlocked, isBlocked] = [blocks.has(`${userId} ${otherId}`), blocksBack.has(`${otherId} ${userId}`)];
        return { areFriends, hasBlocked, isBlocked, settings: own };
      });
    },
  };
}

/** Each of one side, with all of the other side that are in a pair with them. */
function groupBy(pairs: readonly Pair[], side: 0 | 1): [string, string[]][] {
  const groups = new Map<string, string[]>();
  for (const pair of pairs) {
    const group = groups.get(pair[side]);
    if (group) group.push(pair[1 - side] as string);
    else groups.set(pair[side], [pair[1 - side] as string]);
  }
  return [...groups];
}
