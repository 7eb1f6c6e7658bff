/*
 * What errors of MySQL, MariaDB and TiDB mean, by their numbers. The driver names some wrongly (MySQL's 4031
 * as something of MariaDB's), and Prisma wraps them, so nothing here asks for a name where there is a number.
 */

const DUPLICATE = 1062;
const LOCK_WAIT_TIMEOUT = 1205;

/** Somebody else holds a lock: 1205 after a wait, 3572 at once (NOWAIT). */
const LOCKED = new Set([LOCK_WAIT_TIMEOUT, 3572]);
/**
 * The server ended a transaction that may succeed when it is run again: a deadlock; TiDB's write conflict,
 * retryable commit and changed schema.
 */
const CONFLICT = new Set([1213, 9007, 8022, 8028]);
/**
 * No connection was made: too many connections, of everybody or of this account; the host is blocked. Nothing
 * was run.
 */
const NO_CONNECTION = new Set([1040, 1203, 1129]);
/**
 * The connection ended under a statement: shutdown, a kill, lost while it was written or read, an idle
 * session that the server ended (1927 of MariaDB, 4031 of MySQL 8.0.24 and later, which arrives as an
 * ordinary error).
 */
const CONNECTION_ENDED = new Set([1053, 1158, 1159, 1160, 1161, 1184, 1927, 2006, 2013, 3168, 4031]);
/**
 * The server does not do now what is asked: read only, disk or table full, out of memory, statement
 * interrupted or too slow, TiDB's store away.
 */
const REFUSED_NOW = new Set([
  1021, 1037, 1041, 1114, 1223, 1290, 1317, 1792, 1836, 1969, 3024, 3100, 3101, 9001, 9002, 9003, 9005,
]);

/**
 * The number that the server gave an error, from the driver or from Prisma around it; undefined where no
 * server did.
 */
export function errnoOf(error: unknown): number | undefined {
  for (let cause = error; typeof cause === 'object' && cause !== null; ) {
    const { errno, originalCode, meta } = cause as {
      errno?: unknown;
      originalCode?: string;
      meta?: { driverAdapterError?: unknown };
    };
    if (typeof errno === 'number') return errno;
    if (originalCode !== undefined) return Number(originalCode);
    cause = meta?.driverAdapterError ?? (cause as Error).cause;
  }
  return undefined;
}

function isAmong(error: unknown, numbers: ReadonlySet<number>): boolean {
  const errno = errnoOf(error);
  return errno !== undefined && numbers.has(errno);
}

/** Whether somebody else's lock kept a statement from being run. */
export function isLocked(error: unknown): boolean {
  return isAmong(error, LOCKED);
}

/** Whether the server ended a transaction that may succeed when it is run again at once. */
export function isConflict(error: unknown): boolean {
  return isAmong(error, CONFLICT) || (error as { code?: string }).code === 'P2034';
}

/** Whether no connection to the database could be had, so that nothing of the statement was run. */
export function isDatabaseAway(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const { code, message } = cause as { code?: string; message: string };
    if (code === 'ER_GET_CONNECTION_TIMEOUT' || message.includes('failed to retrieve a connection')) return true;
  }
  return isAmong(error, NO_CONNECTION);
}

/**
 * Whether a connection broke under a transaction: if that was at its commit, nobody knows whether it took
 * place.
 */
export function isConnectionLost(error: unknown): boolean {
  if (isDatabaseAway(error)) return false;
  return (error as { fatal?: boolean }).fatal === true || isAmong(error, CONNECTION_ENDED);
}

/**
 * Whether the database, or somebody's lock in it, keeps something from being done now. Nothing was changed;
 * it may be tried again later.
 */
export function isUnavailable(error: unknown): boolean {
  return isDatabaseAway(error) || isLocked(error) || isConflict(error) || isAmong(error, REFUSED_NOW);
}

/**
 * Whether a write failed because a unique key has the value already; `key` narrows it to one index or column.
 */
export function isDuplicate(error: unknown, key?: string): boolean {
  if ((error as { code?: string }).code !== 'P2002' && errnoOf(error) !== DUPLICATE) return false;
  if (key === undefined) return true;
  const { message, meta } = error as { message?: string; meta?: unknown };
  return `${message ?? ''} ${JSON.stringify(meta ?? '')}`.includes(key);
}
