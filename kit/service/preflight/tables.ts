import { readdirSync } from 'node:fs';
import type { MysqlConfig } from '../../base/config.ts';
import { type Fault, passing, TIMEOUT } from './fault.ts';
import { type MysqlError, mysqlFault, onMysql } from './mysql.ts';

/** Null where the database has the tables of this release. */
export async function examineTables(c: MysqlConfig, timeout = TIMEOUT): Promise<Fault | null> {
  try {
    const applied = await onMysql(c, timeout, async (connection) => {
      const rows: { name: string }[] = await connection.query(
        'SELECT migration_name AS name FROM _prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL',
      );
      return new Set(rows.map(({ name }) => name));
    });
    const missing = migrationNames().filter((name) => !applied.has(name));
    return missing.length === 0 ? null : noTables(c);
  } catch (error) {
    const { code } = error as MysqlError;
    return code === 'ER_NO_SUCH_TABLE' ? noTables(c) : mysqlFault(c, error as MysqlError);
  }
}

function migrationNames(): string[] {
  const folder = new URL('../../../prisma/migrations/', import.meta.url);
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? entry.name : []));
}

function noTables(c: MysqlConfig): Fault {
  return passing(
    `Database ${c.database} has no tables, or those of an older release: run \`npm run migrate\` (in the image: \`node prisma/migrate.ts\`).`,
    'node prisma/migrate.ts',
  );
}
