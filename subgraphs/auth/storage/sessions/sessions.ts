import { type Database, toTime, type Written } from '../../../../kit/mysql/database.ts';
import type { EndStore } from '../../domain/sessions/ends.ts';
import type { SessionStore, Successor } from '../../domain/sessions/ports.ts';

/** Rows that one statement deletes, so that it holds its locks for a short time. */
const DELETE_BATCH = 1_000;
const SURPLUS_BATCH = 100;

/** auth_sessions. Statements whose effect decides who wins are SQL: one statement, one row, its count. */
export function createSessionStore({ prisma, sql }: Database): SessionStore & EndStore {
  return {
    async insert(session) {
      await prisma.authSession.create({ data: session, select: { id: true } });
    },
    find: (id) => prisma.authSession.findUnique({ where: { id } }),
    findByFamily: (familyHash) => prisma.authSession.findUnique({ where: { familyHash } }),
    async rotate(current, { refreshHash, salt }, lastUsedAt, expiresAt) {
      const { affectedRows } = await sql.query<Written>(
        `UPDATE auth_sessions SET refresh_hash = ?, previous_hash = ?, successor_salt = ?, rotated_at = UTC_TIMESTAMP(3),
            last_used_at = ?, expires_at = ?
          WHERE family_hash = ? AND refresh_hash = ? AND ended_at IS NULL AND expires_at > ?`,
        [
          ...[refreshHash, current.refreshHash, salt, toTime(lastUsedAt), toTime(expiresAt)],
          ...[current.familyHash, current.refreshHash, toTime(lastUsedAt)],
        ],
      );
      return affectedRows === 1;
    },
    async move(id, addressTag) {
      await sql.query('UPDATE auth_sessions SET address_tag = ? WHERE id = ?', [addressTag, id]);
    },
    async successor(current, seconds) {
      // By the clock of the database, which is the same for all instances.
      const [row] = await sql.query<Successor[]>(
        `SELECT refresh_hash AS refreshHash, successor_salt AS salt FROM auth_sessions
          WHERE family_hash = ? AND previous_hash = ? AND ended_at IS NULL AND rotated_at > UTC_TIMESTAMP(3) - INTERVAL ? SECOND`,
        [current.familyHash, current.refreshHash, seconds],
      );
      return row ?? null;
    },
    async end(id, at) {
      await sql.query('UPDATE auth_sessions SET ended_at = ? WHERE id = ? AND ended_at IS NULL', [toTime(at), id]);
    },
    list: (accountId, limit, now) =>
      prisma.authSession.findMany({
        where: { accountId, endedAt: null, expiresAt: { gt: now } },
        orderBy: { id: 'desc' },
        take: limit,
      }),
    surplus: (accountId, limit, now) =>
      prisma.authSession.findMany({
        where: { accountId, endedAt: null, expiresAt: { gt: now } },
        orderBy: [{ lastUsedAt: 'desc' }, { id: 'desc' }],
        skip: limit,
        take: SURPLUS_BATCH,
      }),
    async endedSince(time) {
      const rows = await prisma.authSession.findMany({
        where: { endedAt: { gte: time } },
        select: { id: true, endedAt: true },
      });
      return rows.map(({ id, endedAt }) => ({ id, endedAt: endedAt as Date }));
    },
    async deleteOver(time) {
      let deleted = 0;
      for (const column of ['ended_at', 'expires_at']) {
        for (;;) {
          const text = `DELETE FROM auth_sessions WHERE ${column} < ? LIMIT ${DELETE_BATCH}`;
          const { affectedRows } = await sql.query<Written>(text, [toTime(time)]);
          deleted += affectedRows;
          if (affectedRows < DELETE_BATCH) break;
        }
      }
      return deleted;
    },
  };
}
