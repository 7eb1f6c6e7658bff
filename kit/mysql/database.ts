import { PrismaMariaDb } from '@prisma/adapter-mariadb';
import { createPool, type Pool, type PoolConnection } from 'mariadb';
import { PrismaClient } from '../../prisma/client.ts';
import type { MysqlConfig } from '../base/config.ts';
import { counter, gauge, histogram } from '../observe/metrics.ts';
import type { SpanOptions } from '../observe/span.ts';
import { isTracing, traced } from '../observe/tracing.ts';
import { isConflict, isLocked } from './errors.ts';
import { driverOptions, POOL_CONNECTIONS } from './options.ts';
import { type Statements, Transaction } from './transaction.ts';

export type { PrismaClient, TransactionClient } from '../../prisma/client.ts';
export { Prisma } from '../../prisma/client.ts';
export { isConnectionLost, isDatabaseAway, isDuplicate, isLocked, isUnavailable } from './errors.ts';
export { fromTime, toTime } from './times.ts';
export type { SqlValue, Statements, Transaction, Written } from './transaction.ts';

/**
 * The two ways to MySQL. Prisma is for ordinary reads and writes. `sql` is the driver below it, for the few
 * paths that every message takes and everything that shows a person, where Prisma costs up to ten times as
 * much (measured; see bench/). A service touches only tables that begin with its own name.
 */
export interface Database {
  prisma: PrismaClient;
  sql: Statements;
  /**
   * Runs `work` in one transaction of the driver, READ COMMITTED: whoever decides on rows reads them `FOR
   * UPDATE`. Runs it again, from the start, after a deadlock and while rows that it needs are locked, so
   * `work` must not do anything outside the transaction.
   * @throws what `work` throws, or what the first statement that failed did; nothing is kept then. An error
   *   for which `isConnectionLost` holds may have come after the commit.
   */
  transaction<T>(work: (transaction: Transaction) => Promise<T>, options?: TransactionOptions): Promise<T>;
  /**
   * The same promise for a transaction of Prisma: runs `work`, which makes and awaits the transaction, again
   * where InnoDB says so.
   */
  retrying<T>(work: () => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

export interface TransactionOptions {
  /**
   * For how long it is run again because somebody else has locked what it needs, in ms; LOCK_PATIENCE_MS,
   * unless said. With 0, once.
   */
  lockPatienceMs?: number;
}

/** How often a transaction is run at most because of conflicts with others. */
const ATTEMPTS = 4;
/** Below what the gateway waits for an answer: an answer that says what is wrong is better than none. */
const LOCK_PATIENCE_MS = 7_000;

/**
 * Seconds for which MySQL waits for the next statement of a transaction, before it rolls it back. A host or a
 * network that dies says nothing, and its locks would keep everybody from what they are on for the eight
 * hours that a connection may be idle.
 */
const SILENCE_S = 5;
/**
 * Seconds for which a statement waits for a lock: in a transaction, which is run again, and elsewhere. The
 * server's own 50 is longer than anybody waits for an answer.
 */
const LOCK_WAIT_S = { transaction: 1, statement: 5 };
/**
 * Begins a transaction, with its first statement. Under `autocommit = 0` a statement after one at which
 * InnoDB gave up belongs to the next transaction, which is rolled back, and not to one of its own.
 */
const BEGIN = `SET SESSION wait_timeout = ${SILENCE_S}, innodb_lock_wait_timeout = ${LOCK_WAIT_S.transaction}, autocommit = 0`;
const END = `SET SESSION wait_timeout = DEFAULT, innodb_lock_wait_timeout = ${LOCK_WAIT_S.statement}, autocommit = 1`;
const LOCK_WAIT = `SET SESSION innodb_lock_wait_timeout = ${LOCK_WAIT_S.statement}`;
/**
 * Without the locks on gaps between rows that the default isolation takes, by which strangers to each other
 * end in deadlocks.
 */
const ISOLATION = 'SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED';

const transactions = histogram(
  'beaver_mysql_transaction_duration_seconds',
  'Transactions of the driver, with the wait for a connection.',
  ['outcome'],
);
const retries = counter('beaver_mysql_retries_total', 'Transactions that InnoDB has ended and that were run again.');

export function openDatabase(config: MysqlConfig): Database {
  const options = {
    ...driverOptions(config),
    connectionLimit: POOL_CONNECTIONS,
    // Well below what the gateway waits for an answer: a database that is away is then said to be, and not
    // the service.
    acquireTimeout: 3_000,
    // While MySQL is away the driver tries twice a second, but only for so long: then it pauses, a little
    // longer each time, and after some minutes MySQL would be back for 10 s before anybody looked (measured).
    // So this is some weeks.
    initializationTimeout: 2_000_000_000,
  };
  const pool = createPool({ ...options, initSql: [ISOLATION, LOCK_WAIT] });
  const sql = isTracing() ? withSpans(pool) : pool;
  gauge('beaver_mysql_connections', "Connections of the driver's pool.", 'state', () => ({
    active: pool.activeConnections(),
    idle: pool.idleConnections(),
  }));
  gauge('beaver_mysql_waiting', 'Statements and transactions that wait for a connection.', () => pool.taskQueueSize());
  const client = new PrismaClient({ adapter: new PrismaMariaDb({ ...options, initSql: LOCK_WAIT }) });
  const prisma = isTracing() ? withPrismaSpans(client) : client;
  return {
    prisma,
    sql: {
      query: (statement, values) => sql.query(statement, values),
      execute: (statement, values) => sql.execute(statement, values),
    },
    transaction: (work, { lockPatienceMs = LOCK_PATIENCE_MS } = {}) =>
      traced('transaction', SQL_SPAN, () => retrying(() => inTransaction(pool, work), lockPatienceMs)),
    retrying: (work) => retrying(work, LOCK_PATIENCE_MS),
    async close() {
      await prisma.$disconnect();
      await pool.end();
    },
  };
}

type Work<T> = (transaction: Transaction) => Promise<T>;

async function inTransaction<T>(pool: Pool, work: Work<T>): Promise<T> {
  const startedAt = performance.now();
  let outcome = 'rolled back';
  try {
    const result = await onConnection(pool, work);
    outcome = 'committed';
    return result;
  } finally {
    transactions.of(outcome).observe((performance.now() - startedAt) / 1000);
  }
}

async function onConnection<T>(pool: Pool, work: Work<T>): Promise<T> {
  const own = await pool.getConnection();
  const connection = isTracing() ? withSpans(own) : own;
  // What `work` sends goes out with it.
  const begun = connection.query(BEGIN).then(
    () => null,
    (error: unknown) => ({ error }),
  );
  const transaction = new Transaction(connection);
  const done = await Promise.allSettled([work(transaction)]);
  const [failedStatement, failedBegin] = [await transaction.end(), await begun];
  if (failedBegin) {
    connection.destroy();
    throw failedBegin.error;
  }
  const [outcome] = done;
  if (outcome.status === 'rejected' || failedStatement) {
    await giveBack(connection, connection.query('ROLLBACK'));
    throw outcome.status === 'rejected' ? outcome.reason : failedStatement?.error;
  }
  const committed = connection.query('COMMIT');
  // Nobody waits for the connection to be as it was.
  void giveBack(connection, committed);
  await committed;
  return outcome.value;
}

/**
 * Makes the connection an ordinary one again when its transaction has ended; where that fails it is given up,
 * and MySQL rolls back what it holds.
 */
async function giveBack(connection: PoolConnection, ended: Promise<unknown>): Promise<void> {
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

/**
 * The same pool or connection, with a span for each statement. Of its text only what it does and to which
 * table: values are not for traces.
 */
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

/** Runs `work` again after conflicts, and for `lockPatienceMs` while what it needs is locked. */
async function retrying<T>(work: () => Promise<T>, lockPatienceMs: number): Promise<T> {
  const startedAt = performance.now();
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      const mayTryAgain = isLocked(error)
        ? performance.now() - startedAt < lockPatienceMs
        : isConflict(error) && attempt < ATTEMPTS;
      if (!mayTryAgain) throw error;
      retries.add();
    }
  }
}
