import type { Database, TransactionClient, Written } from '../mysql/database.ts';
import type { Bus } from '../redis/bus.ts';

/** Something a person sees has changed. `subject` names it: `friend:user_…`. */
export interface Change {
  userId: string;
  subject: string;
}

/** The number of the last change of a person. */
export interface Head {
  userId: string;
  seq: number;
}

/**
 * The numbers of a person's feed: that of the last change, and the first that is not of a history that is
 * gone.
 */
export interface Span {
  head: number;
  first: number;
}

/** A change and its number, which orders the changes of one person. */
export interface Numbered {
  seq: number;
  subject: string;
}

/**
 * The changes of all people, in two tables of one service: `<service>_feed_heads` and
 * `<service>_feed_changes`. A subject has one row for each person, with the number of its last change. So
 * they are as many as the things a person has, and a replay gives each once.
 */
export interface Changes {
  /**
   * Numbers changes within a transaction. From then on it has the feeds of these people to itself, so the
   * numbers of one person follow the order of the commits. Whoever locks rows of several people does it in
   * the order of their ids, as this does.
   */
  record(transaction: TransactionClient, changes: readonly Change[]): Promise<Head[]>;
  /** Tells all instances, after the commit. A hint: whoever misses it finds the change with the next look. */
  announce(heads: readonly Head[]): void;
  /** Calls back with the number of the last change whenever a person has new ones. */
  listen(userId: string, callback: (seq: number) => void): Promise<() => void>;
  /** The numbers of people; nothing for whom nothing has happened to yet. */
  spans(userIds: readonly string[]): Promise<Map<string, Span>>;
  /** Changes of a person after a number, in their order. */
  after(userId: string, seq: number, limit: number): Promise<Numbered[]>;
}

export function createChanges(service: string, { sql }: Pick<Database, 'sql'>, bus: Bus): Changes {
  const [headTable, changeTable] = [`${service}_feed_heads`, `${service}_feed_changes`];
  const channel = (userId: string) => `${service}:feed:${userId}`;

  return {
    async record(transaction, changes) {
      const subjects = new Map<string, Set<string>>();
      for (const { userId, subject } of changes) subjects.set(userId, (subjects.get(userId) ?? new Set()).add(subject));
      const people = [...subjects].toSorted(([a], [b]) => (a < b ? -1 : 1));
      if (people.length === 0) return [];
      await transaction.$executeRawUnsafe(
        `INSERT INTO ${headTable} (user_id, head_seq) VALUES ${people.map(() => '(?, ?)').join(', ')}
         ON DUPLICATE KEY UPDATE head_seq = head_seq + VALUES(head_seq)`,
        ...people.flatMap(([userId, own]) => [userId, own.size]),
      );
      const rows = await transaction.$queryRawUnsafe<Head[]>(
        `SELECT user_id AS userId, head_seq AS seq FROM ${headTable} WHERE user_id IN (${people.map(() => '?').join(', ')})`,
        ...people.map(([userId]) => userId),
      );
      const heads = new Map(rows.map(({ userId, seq }) => [userId, seq]));
      const numbered = people.flatMap(([userId, own]) => {
        const first = (heads.get(userId) as number) - own.size + 1;
        return [...own].map((subject, index) => [userId, subject, first + index]);
      });
      await transaction.$executeRawUnsafe(
        `INSERT INTO ${changeTable} (user_id, subject, seq) VALUES ${numbered.map(() => '(?, ?, ?)').join(', ')}
         ON DUPLICATE KEY UPDATE seq = VALUES(seq)`,
        ...numbered.flat(),
      );
      return rows;
    },

    announce(heads) {
      for (const { userId, seq } of heads) bus.publish(channel(userId), String(seq));
    },

    listen: (userId, callback) => bus.subscribe(channel(userId), (message) => callback(Number(message))),

    async spans(userIds) {
      if (userIds.length === 0) return new Map();
      const rows = await sql.query<({ userId: string } & Span)[]>(
        `SELECT user_id AS userId, head_seq AS head, first_seq AS first FROM ${headTable} WHERE user_id IN (?)`,
        [userIds],
      );
      return new Map(rows.map(({ userId, head, first }) => [userId, { head, first }]));
    },

    after: (userId, seq, limit) =>
      sql.query<Numbered[]>(
        `SELECT seq, subject FROM ${changeTable} WHERE user_id = ? AND seq > ? ORDER BY seq LIMIT ?`,
        [userId, seq, limit],
      ),
  };
}

/** By how much numbers are raised after a restore: more than were given since any backup that is restored. */
const RAISE = 1_000_000;

/**
 * Has every feed go on with numbers that nobody has seen, after the database was put back. Whoever comes with
 * a number of before is told everything anew. @returns how many people have a feed
 */
export async function raiseFeeds(service: string, { transaction }: Pick<Database, 'transaction'>): Promise<number> {
  return transaction(async (inOne) => {
    const { affectedRows } = await inOne.query<Written>(
      `UPDATE ${service}_feed_heads SET first_seq = head_seq + ?, head_seq = head_seq * 2 + ?`,
      [RAISE, RAISE],
    );
    // Above every number of before, so no two are the same at any moment.
    await inOne.query(
      `UPDATE ${service}_feed_changes c JOIN ${service}_feed_heads h ON h.user_id = c.user_id
       SET c.seq = c.seq + h.first_seq`,
    );
    return affectedRows;
  });
}
