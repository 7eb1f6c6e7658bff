import { createHash, randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Connection, createConnection } from 'mariadb';
import { type MysqlConfig, readMysqlConfig } from '../kit/base/config.ts';
import { StartupError } from '../kit/base/errors.ts';
import { driverOptions } from '../kit/mysql/options.ts';
import { waitForMysql } from '../kit/service/readiness.ts';

/*
 * Applies prisma/migrations as `prisma migrate deploy` would, and keeps the same records, so that Prisma can
 * take over at any time. Prisma's own needs an engine that has to be downloaded; this needs the driver alone.
 */

/**
 * Prisma's name for it, so that the two programs exclude each other too. It holds for the whole server, not
 * for one database.
 */
const LOCK = 'prisma_migrate';
/** Seconds to wait for another instance that migrates. */
const LOCK_TIMEOUT = 300;

/** The definition that Prisma uses. */
const TABLE = `CREATE TABLE IF NOT EXISTS _prisma_migrations (
  id VARCHAR(36) PRIMARY KEY NOT NULL,
  checksum VARCHAR(64) NOT NULL,
  finished_at DATETIME(3),
  migration_name VARCHAR(255) NOT NULL,
  logs TEXT,
  rolled_back_at DATETIME(3),
  started_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
  applied_steps_count INTEGER UNSIGNED NOT NULL DEFAULT 0
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci`;

interface Migration {
  name: string;
  sql: string;
}

interface Applied {
  migration_name: string;
  checksum: string;
  finished_at: Date | null;
}

export interface MigrateOptions {
  /** Where the migrations are; the project's own, unless said. */
  directory?: string;
  /** Told the name of each migration before it's applied. */
  onApply?: (name: string) => void;
}

/**
 * Applies every migration that isn't applied yet, in the order of their names. Many processes may call it at
 * once: one works, the rest wait for it and find nothing to do. Migrations that only the database knows (a
 * newer release applied them) are left alone.
 * @returns the names of those it applied
 * @throws StartupError when a migration fails, one failed earlier, or one was changed after it was applied
 */
export async function migrate(config: MysqlConfig, options: MigrateOptions = {}): Promise<string[]> {
  const migrations = readMigrations(options.directory ?? join(import.meta.dirname, 'migrations'));
  const connection = await createConnection({
    ...driverOptions(config),
    multipleStatements: true,
    // The driver's own limit is one second, which a busy machine takes.
    connectTimeout: 60_000,
  });
  try {
    await lock(connection);
    await connection.query(TABLE);
    const applied: Applied[] = await connection.query(
      'SELECT migration_name, checksum, finished_at FROM _prisma_migrations WHERE rolled_back_at IS NULL ORDER BY started_at',
    );
    const pending = migrations.filter((migration) => !isApplied(migration, applied));
    for (const migration of pending) {
      options.onApply?.(migration.name);
      await apply(connection, migration);
    }
    return pending.map(({ name }) => name);
  } finally {
    // Ending the connection gives the lock back.
    await connection.end();
  }
}

function readMigrations(directory: string): Migration[] {
  return readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(directory, entry.name, 'migration.sql')))
    .map(({ name }) => ({ name, sql: readFileSync(join(directory, name, 'migration.sql'), 'utf8') }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function lock(connection: Connection): Promise<void> {
  const [row] = await connection.query('SELECT GET_LOCK(?, ?) AS got', [LOCK, LOCK_TIMEOUT]);
  if (Number(row.got) !== 1) {
    throw new StartupError(
      `Another process has been migrating a database of this server for ${LOCK_TIMEOUT} s. Start again when it is done.`,
    );
  }
}

function isApplied(migration: Migration, applied: Applied[]): boolean {
  const rows = applied.filter((row) => row.migration_name === migration.name);
  if (rows.some((row) => row.finished_at === null)) {
    throw new StartupError(
      `Migration ${migration.name} failed earlier and may be applied in part; the column "logs" of _prisma_migrations says why. ` +
        'Undo what it did by hand and set rolled_back_at of its row to apply it again, or finish it by hand and set finished_at.',
    );
  }
  if (rows.some((row) => !checksums(migration.sql).includes(row.checksum))) {
    throw new StartupError(
      `Migration ${migration.name} was changed after it was applied to this database. ` +
        'Put its file back as it was, and write a new migration for the change.',
    );
  }
  return rows.length > 0;
}

/**
 * The file's checksum, and what it would be with the other line endings, which version control may have
 * changed: Prisma takes both too.
 */
function checksums(sql: string): string[] {
  const lf = sql.replaceAll('\r\n', '\n');
  return [sql, lf, lf.replaceAll('\n', '\r\n')].map(checksum);
}

function checksum(sql: string): string {
  return createHash('sha256').update(sql).digest('hex');
}

/**
 * The row is written before the migration is, so that one that is cut off is seen by whoever comes next:
 * MySQL can't roll back a CREATE TABLE.
 */
async function apply(connection: Connection, { name, sql }: Migration): Promise<void> {
  const id = randomUUID();
  await connection.query(
    'INSERT INTO _prisma_migrations (id, checksum, migration_name, started_at, applied_steps_count) VALUES (?, ?, ?, UTC_TIMESTAMP(3), 0)',
    [id, checksum(sql), name],
  );
  try {
    await connection.query(sql);
  } catch (error) {
    const { sqlMessage, message } = error as { sqlMessage?: string; message: string };
    const reason = sqlMessage ?? message;
    await connection.query('UPDATE _prisma_migrations SET logs = ? WHERE id = ?', [reason, id]);
    throw new StartupError(`Migration ${name} failed: ${reason}`);
  }
  await connection.query(
    'UPDATE _prisma_migrations SET finished_at = UTC_TIMESTAMP(3), applied_steps_count = applied_steps_count + 1 WHERE id = ?',
    [id],
  );
}

if (import.meta.main) {
  try {
    const mysql = readMysqlConfig();
    await waitForMysql(mysql, { warn: console.error, info: console.error });
    const applied = await migrate(mysql, { onApply: (name) => console.log(`Applying ${name}`) });
    console.log(applied.length === 0 ? 'The database is up to date.' : `Applied ${applied.length}.`);
  } catch (error) {
    if (!(error instanceof StartupError)) throw error;
    console.error(error.message);
    process.exit(1);
  }
}
