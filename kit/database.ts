import { PrismaMariaDb } from '@prisma/adapter-mariadb';
import { createPool, type Pool, type PoolConnection } from 'mariadb';
import { PrismaClient } from '../prisma/generated/client.ts';
import type { MysqlConfig } from './config.ts';
import { counter, gauge, histogram } from './metrics.ts';
import { isTracing, type SpanOptions, traced } from './tracing.ts';

export type { Pool, PoolConnection } from 'mariadb';
export type { PrismaClient } from '../prisma/generated/client.ts';
export { Prisma } from '../prisma/generated/client.ts';

/**
 * The two ways to MySQL. Prisma is for ordinary reads and writes. `sql` is the driver below it, for the few paths that every message takes and everything that shows a person, where
 * Prisma costs up to ten times as much (measured; see bench/). A service touches only tables that begin with its own name.
 */
export interface Database {
  prisma: PrismaClient;
  sql: Pool;
  /**
   * Runs `work` in one transaction of the driver, READ COMMITTED: whoever decides on rows reads them `FOR UPDATE`. It is run again, from the start, after a deadlock or a lock wait that took too long, which is
   * how InnoDB says "try again"; so `work` must not do anything outside the transaction. Statements may be sent without waiting for those before them: where MySQL ends the transaction at one, nothing of the
   * later ones is kept.
   */
  transaction<T>(work: (connection: PoolConnection) => Promise<T>): Promise<T>;
  /** The same promise for a transaction of Prisma: runs `work`, which makes and awaits the transaction, again where InnoDB says so. */
  retrying<T>(work: () => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

const ATTEMPTS = 4;

/**
 * Seconds for which MySQL waits for the next statement of a transaction, before it rolls it back. A host or a network that dies says nothing, and its locks
 * would keep everybody from what they are on for the eight hours that a connection may be idle.
 */
const SILENCE = 5;
/**
 * A transaction begins with its first statement. Without `autocommit = 0` a statement that was sent after one at which InnoDB gave up would be a transaction of its own, and kept; so it belongs to the next one,
 * which is rolled back.
 */
const BEGIN = `SET SESSION wait_timeout = ${SILENCE}, autocommit = 0`;
const END = 'SET SESSION wait_timeout = DEFAULT, autocommit = 1';
/** Without the locks on gaps between rows that the default isolation takes, by which strangers to each other end in deadlocks. */
const ISOLATION = 'SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED';

const transactions = histogram(
  'beaver_mysql_transaction_duration_seconds',
  'Transactions of the driver, with the wait for a connection.',
  ['outcome'],
);
const retries = counter('beaver_mysql_retries_total', 'Transactions that InnoDB has ended and that were run again.');

export function openDatabase(config: MysqlConfig): Database {
  const options = {
    host: config.host,
    port: config.port,
    user: config.user,
    password: config.password,
    database: config.database,
    connectionLimit: 8,
    // Well below what the gateway waits for an answer: a database that is away is then said to be, and not the service.
    acquireTimeout: 3_000,
    connectTimeout: 3_000,
    // While MySQL is away the driver tries twice a second, but only for so long: then it pauses, a little longer each time, and after some minutes MySQL would be back for 10 s before anybody
    // looked (measured). So this is some weeks.
    initializationTimeout: 2_000_000_000,
    timezone: 'Z',
    charset: 'utf8mb4',
    bigIntAsNumber: true,
    insertIdAsNumber: true,
    // The driver would put the values of a failed statement, what people write and who they are, into its error and so into the log.
    logParam: false,
  };
  const pool = createPool({ ...options, initSql: ISOLATION });
  const sql = isTracing() ? withSpans(pool) : pool;
  gauge('beaver_mysql_connections', "Connections of the driver's pool.", 'state', () => ({
    active: sql.activeConnections(),
    idle: sql.idleConnections(),
  }));
  gauge('beaver_mysql_waiting', 'Statements and transactions that wait for a connection.', () => sql.taskQueueSize());
  const client = new PrismaClient({ adapter: new PrismaMariaDb(options) });
  const prisma = isTracing() ? withPrismaSpans(client) : client;
  return {
    prisma,
    sql,
    transaction: (work) => traced('transaction', SQL_SPAN, () => retrying(() => inTransaction(sql, work))),
    retrying,
    async close() {
      await prisma.$disconnect();
      await sql.end();
    },
  };
}

async function inTransaction<T>(sql: Pool, work: (connection: PoolConnection) => Promise<T>): Promise<T> {
  const startedAt = performance.now();
  let outcome = 'rolled back';
  try {
    const result = await onConnection(sql, work);
    outcome = 'committed';
    return result;
  } finally {
    transactions.of(outcome).observe((performance.now() - startedAt) / 1000);
  }
}

async function onConnection<T>(sql: Pool, work: (connection: PoolConnection) => Promise<T>): Promise<T> {
  const own = await sql.getConnection();
  const connection = isTracing() ? withSpans(own) : own;
  let result: T;
  try {
    // What `work` sends goes out with it. Should it fail, nothing more may be sent over this connection: it would be kept.
    const begun = connection.query(BEGIN).catch((error: unknown) => {
      connection.destroy();
      throw error;
    });
    [result] = await Promise.all([work(connection), begun]);
  } catch (error) {
    await giveBack(connection, connection.rollback());
    throw error;
  }
  const committed = connection.commit();
  // Nobody waits for the connection to be as it was.
  void giveBack(connection, committed);
  await committed;
  return result;
}

/** Makes the connection an ordinary one again when its transaction has ended; where that fails it is given up, and MySQL rolls back what it holds. */
async function giveBack(connection: PoolConnection, ended: Promise<void>): Promise<void> {
  try {
    await ended;
    await connection.query(END);
    await connection.release();
  } catch {
    connection.destroy();
  }
}

const SQL_SPAN: SpanOptions = { kind: 'client', attributes: { 'db.system.name': 'mysql' } };
/** What sends a statement. */
const STATEMENTS = new Set<string | symbol>(['query', 'execute', 'batch']);

/** The same pool or connection, with a span for each statement. Of its text only what it does and to which table: values are not for traces. */
function withSpans<Target extends Pool | PoolConnection>(target: Target): Target {
  return new Proxy(target, {
    get(_, name) {
      const value = Reflect.get(target, name);
      if (typeof value !== 'function') return value;
      if (!STATEMENTS.has(name)) return value.bind(target);
      return (...parameters: unknown[]) =>
        traced(`SQL ${summaryOf(parameters[0])}`, SQL_SPAN, () => value.apply(target, parameters));
    },
  });
}

/** What a statement does and to which table, as `SELECT fruits`. */
function summaryOf(statement: unknown): string {
  const text = typeof statement === 'string' ? statement : String((statement as { sql?: string }).sql);
  const [, verb = 'statement'] = /^\s*(\w+)/.exec(text) ?? [];
  const [, table] = /\b(?:FROM|INTO|UPDATE)\s+`?(\w+)/i.exec(text) ?? [];
  return table ? `${verb.toUpperCase()} ${table}` : verb.toUpperCase();
}

function withPrismaSpans(client: PrismaClient): PrismaClient {
  return client.$extends({
    query: {
      $allOperations: ({ model, operation, args, query }) =>
        traced(`Prisma ${model ? `${model}.` : ''}${operation}`, SQL_SPAN, () => query(args)),
    },
  }) as unknown as PrismaClient;
}

async function retrying<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (attempt >= ATTEMPTS || !isTransient(error)) throw error;
      retries.add();
    }
  }
}

/** Whether InnoDB ended a transaction that may succeed when it is run again: a deadlock, from the driver or Prisma, or a lock that took too long. */
export function isTransient(error: unknown): boolean {
  const code = (error as { code?: string }).code;
  return code === 'ER_LOCK_DEADLOCK' || code === 'ER_LOCK_WAIT_TIMEOUT' || code === 'P2034';
}

/**
 * Whether the error says that no connection to MySQL could be had, so that nothing of the statement was run. From Prisma, which wraps it, or the driver.
 */
export function isDatabaseAway(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const { code, message } = cause as { code?: string; message: string };
    if (code === 'ER_GET_CONNECTION_TIMEOUT' || message.includes('pool timeout: failed to retrieve a connection'))
      return true;
  }
  return false;
}

/** Whether a connection of the driver broke under a transaction: if that was at its commit, nobody knows whether it took place. */
export function isConnectionLost(error: unknown): boolean {
  return (error as { fatal?: boolean }).fatal === true && !isDatabaseAway(error);
}

/** Whether a write failed because a unique key has the value already; `key` narrows it to one index or column. From Prisma or the driver. */
export function isDuplicate(error: unknown, key?: string): boolean {
  const { code, message } = error as { code?: string; message?: string };
  if (code !== 'P2002' && code !== 'ER_DUP_ENTRY') return false;
  if (key === undefined) return true;
  return `${message ?? ''} ${JSON.stringify((error as { meta?: unknown }).meta ?? '')}`.includes(key);
}
