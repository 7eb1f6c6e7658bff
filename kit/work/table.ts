import { newUuid } from '../base/ids.ts';
import type { Database, SqlValue, Statements, Transaction, TransactionClient, Written } from '../mysql/database.ts';
import { toTime } from '../mysql/times.ts';

/*
 * The statements on a table of due work, `<service>_work`. All times are of the database's clock, so that no
 * host's clock decides about a lease. No SKIP LOCKED, which TiDB lacks: candidates are read without a lock
 * and then claimed by their ids. Every statement that writes locks a row by its primary key first, so workers
 * and callers never end in a deadlock.
 */

/** Bytes of a payload: it names what is to be done, and the rest is read when it is done. */
const MAX_PAYLOAD_BYTES = 8_192;
const NOW = 'UTC_TIMESTAMP(3)';
const IN_MS = `${NOW} + INTERVAL ? MICROSECOND`;
const IS_FREE = `dead_at IS NULL AND due_at <= ${NOW} AND lease_until <= ${NOW}`;
/** Rows that a count reads at most: beyond that the number only has to be large. */
const MAX_COUNTED = 10_000;

/** Work that is to be done after a commit. */
export interface NewWork {
  /** The name of its kind, as in `tell-friends`. */
  job: string;
  /** The same key of one job again changes nothing, until it is done. At most 128 characters of ASCII. */
  key: string;
  /** JSON of at most 8 KiB. */
  payload: unknown;
  /** Not before this time; at once, unless said. */
  dueAt?: Date;
}

/** A piece of work under a lease. */
export interface Lease {
  id: number;
  /**
   * A name of its own for every claim: whoever lost the lease is fenced off, also from their own next one.
   */
  owner: string;
}

export interface ClaimedWork extends Lease {
  job: string;
  key: string;
  payload: unknown;
  /** 1 for the first. */
  attempt: number;
}

/** Work that is given up until an operator has it tried again. */
export interface DeadWork {
  id: number;
  job: string;
  key: string;
  attempts: number;
  lastError: string | null;
  deadAt: string;
}

export interface WorkCounts {
  /** Due, and nobody is at it; counted up to 10,000. */
  due: number;
  /** For how long the oldest of them has been due. */
  oldestSeconds: number;
  dead: number;
}

/** What a caller's transaction is: the driver's, or Prisma's. */
export type AnyTransaction = Pick<Transaction, 'query'> | Pick<TransactionClient, '$executeRawUnsafe'>;

/** The work was claimed by somebody else meanwhile: nothing of this transaction may be kept. */
export class LeaseLost extends Error {
  override name = 'LeaseLost';
}

export type WorkTable = ReturnType<typeof createWorkTable>;

export function createWorkTable(service: string, { sql, retrying }: Pick<Database, 'sql' | 'retrying'>) {
  const table = `${service}_work`;
  const update = (statement: string, values: readonly SqlValue[]) =>
    retrying(() => sql.query<Written>(statement, values)).then(({ affectedRows }) => affectedRows);

  return {
    /** Adds work in the caller's transaction: it is there when that is committed, and only then. */
    async add(transaction: AnyTransaction, work: readonly NewWork[]): Promise<void> {
      if (work.length === 0) return;
      const values = work.flatMap(({ job, key, payload, dueAt }) => [
        job,
        key,
        encode(payload),
        ...(dueAt ? [toTime(dueAt)] : []),
      ]);
      const rows = work.map(({ dueAt }) => `(?, ?, ?, ${dueAt ? '?' : NOW}, ${NOW}, 0, ${NOW})`);
      await write(
        transaction,
        `INSERT INTO ${table} (job, job_key, payload, due_at, lease_until, attempts, created_at)
         VALUES ${rows.join(', ')} ON DUPLICATE KEY UPDATE job = VALUES(job)`,
        values,
      );
    },

    /** Claims some of what is due, the oldest first. `isFull`: there may be more. */
    async claim(
      jobs: readonly string[],
      limit: number,
      leaseMs: number,
    ): Promise<{ claimed: ClaimedWork[]; isFull: boolean }> {
      const candidates = await sql.query<{ id: number }[]>(
        `SELECT id FROM ${table} WHERE ${IS_FREE} AND job IN (?) ORDER BY due_at LIMIT ?`,
        [jobs, limit],
      );
      if (candidates.length === 0) return { claimed: [], isFull: false };
      const isFull = candidates.length === limit;
      const ids = candidates.map(({ id }) => id);
      const owner = newUuid();
      const count = await update(
        `UPDATE ${table} SET lease_owner = ?, lease_until = ${IN_MS}, attempts = attempts + 1
         WHERE id IN (?) AND ${IS_FREE}`,
        [owner, leaseMs * 1_000, ids],
      );
      if (count === 0) return { claimed: [], isFull };
      // After the claim: whoever had it before may have moved its payload on.
      const rows = await sql.query<(Omit<ClaimedWork, 'owner'> & { attempts: number })[]>(
        `SELECT id, job, job_key AS \`key\`, payload, attempts FROM ${table} WHERE id IN (?) AND lease_owner = ?`,
        [ids, owner],
      );
      const claimed = rows.map(({ id, job, key, payload, attempts }) => ({
        ...{ id, job, key, owner, attempt: attempts },
        // MariaDB gives JSON as text.
        payload: typeof payload === 'string' ? JSON.parse(payload) : payload,
      }));
      return { claimed, isFull };
    },

    /** Prolongs leases. @returns the ids of those that are still held */
    async renew(leases: readonly Lease[], leaseMs: number): Promise<Set<number>> {
      const { ids, owners } = split(leases);
      const held = `id IN (?) AND lease_owner IN (?)`;
      await update(`UPDATE ${table} SET lease_until = ${IN_MS} WHERE ${held}`, [leaseMs * 1_000, ids, owners]);
      const rows = await sql.query<{ id: number }[]>(`SELECT id FROM ${table} WHERE ${held}`, [ids, owners]);
      return new Set(rows.map(({ id }) => id));
    },

    /** Ends work in the caller's transaction. @throws LeaseLost */
    async complete(transaction: AnyTransaction, { id, owner }: Lease): Promise<void> {
      const count = await write(transaction, `DELETE FROM ${table} WHERE id = ? AND lease_owner = ?`, [id, owner]);
      if (count === 0) throw new LeaseLost();
    },

    /** Ends work of which the lease is still held. */
    async completeAll(leases: readonly Lease[]): Promise<void> {
      const { ids, owners } = split(leases);
      await update(`DELETE FROM ${table} WHERE id IN (?) AND lease_owner IN (?)`, [ids, owners]);
    },

    /** Moves work on in the caller's transaction: the next attempt begins there. @throws LeaseLost */
    async advance(transaction: AnyTransaction, { id, owner }: Lease, payload: unknown, leaseMs: number): Promise<void> {
      const count = await write(
        transaction,
        `UPDATE ${table} SET payload = ?, attempts = 1, lease_until = ${IN_MS} WHERE id = ? AND lease_owner = ?`,
        [encode(payload), leaseMs * 1_000, id, owner],
      );
      if (count === 0) throw new LeaseLost();
    },

    /** Has work tried again after a pause, or gives it up. */
    async fail({ id, owner }: Lease, lastError: string, pauseMs: number, isDead: boolean): Promise<void> {
      await update(
        `UPDATE ${table} SET due_at = ${IN_MS}, lease_until = ${NOW}, lease_owner = NULL, last_error = ?,
           dead_at = ${isDead ? NOW : 'NULL'} WHERE id = ? AND lease_owner = ?`,
        [Math.round(pauseMs * 1_000), lastError, id, owner],
      );
    },

    /** Gives back what was not done, as if it had not been claimed. */
    async release(leases: readonly Lease[]): Promise<void> {
      const { ids, owners } = split(leases);
      await update(
        `UPDATE ${table} SET lease_until = ${NOW}, lease_owner = NULL, attempts = attempts - 1
         WHERE id IN (?) AND lease_owner IN (?)`,
        [ids, owners],
      );
    },

    counts: () => countWork(service, sql),

    /** The work that is dead, newest first. */
    dead: (limit: number) =>
      sql.query<DeadWork[]>(
        `SELECT id, job, job_key AS \`key\`, attempts, last_error AS lastError, dead_at AS deadAt
         FROM ${table} WHERE dead_at IS NOT NULL ORDER BY dead_at DESC, id DESC LIMIT ?`,
        [limit],
      ),

    /** Has dead work tried again, as new: one piece, or all of a job. @returns how many */
    revive: (which: { id: number } | { job: string }) =>
      update(
        `UPDATE ${table} SET dead_at = NULL, attempts = 0, due_at = ${NOW}, lease_until = ${NOW}, lease_owner = NULL
         WHERE dead_at IS NOT NULL AND ${'id' in which ? 'id' : 'job'} = ?`,
        ['id' in which ? which.id : which.job],
      ),
  };
}

/** How much work of a service is due, and how much is dead. */
export async function countWork(service: string, sql: Pick<Statements, 'query'>): Promise<WorkCounts> {
  const table = `${service}_work`;
  const [due] = await sql.query<{ count: number; age: number | string | null }[]>(
    `SELECT COUNT(*) AS count, TIMESTAMPDIFF(SECOND, MIN(due_at), ${NOW}) AS age
     FROM (SELECT due_at FROM ${table} WHERE ${IS_FREE} ORDER BY due_at LIMIT ${MAX_COUNTED}) some`,
  );
  const [dead] = await sql.query<{ count: number }[]>(
    `SELECT COUNT(*) AS count FROM ${table} WHERE dead_at IS NOT NULL`,
  );
  return { due: due?.count ?? 0, oldestSeconds: Number(due?.age ?? 0), dead: dead?.count ?? 0 };
}

async function write(
  transaction: AnyTransaction,
  statement: string,
  values: readonly (string | number)[],
): Promise<number> {
  if ('$executeRawUnsafe' in transaction) return transaction.$executeRawUnsafe(statement, ...values);
  return (await transaction.query<Written>(statement, values)).affectedRows;
}

function encode(payload: unknown): string {
  const text = JSON.stringify(payload);
  if (Buffer.byteLength(text) > MAX_PAYLOAD_BYTES)
    throw new Error(`The payload of work may have ${MAX_PAYLOAD_BYTES} bytes.`);
  return text;
}

function split(leases: readonly Lease[]): { ids: number[]; owners: string[] } {
  return { ids: leases.map(({ id }) => id), owners: [...new Set(leases.map(({ owner }) => owner))] };
}
