import { randomBytes } from 'node:crypto';
import { type Connection, createConnection } from 'mariadb';
import { type MysqlConfig, readBaseConfig } from '../../kit/base/config.ts';
import { driverOptions } from '../../kit/mysql/options.ts';
import type { Table } from './models.ts';

/** A database of this test's own on the server that the environment names; `drop` removes it. */
export async function createScratchDatabase(): Promise<{
  config: MysqlConfig;
  sql: Connection;
  drop(): Promise<void>;
}> {
  const { mysql } = readBaseConfig();
  const database = `${mysql.database}_${randomBytes(6).toString('hex')}`;
  const sql = await createConnection(driverOptions(mysql));
  await sql.query(`CREATE DATABASE ${database} CHARACTER SET utf8mb4`);
  await sql.query(`USE ${database}`);
  return {
    config: { ...mysql, database },
    sql,
    drop: async () => {
      await sql.query(`DROP DATABASE ${database}`);
      await sql.end();
    },
  };
}

/** The tables of a database, in the words that `readModels` uses for the models. */
export async function readTables(sql: Connection, database: string): Promise<Record<string, Table>> {
  const tables: Record<string, Table> = {};
  const rows = (query: string): Promise<Record<string, string>[]> => sql.query(query, [database]);
  for (const row of await rows(
    `SELECT table_name AS t, column_name AS c, column_type AS type, is_nullable AS nullable, column_default AS def,
            extra AS extra
       FROM information_schema.columns WHERE table_schema = ? AND table_name <> '_prisma_migrations' ORDER BY ordinal_position`,
  )) {
    const table = tables[row.t ?? ''] ?? { columns: {}, keys: [] };
    tables[row.t ?? ''] = table;
    // MariaDB says the word NULL where MySQL has none.
    const hasDefault = row.def !== null && row.def !== 'NULL';
    const suffix = row.extra?.includes('auto_increment') ? ' AUTO_INCREMENT' : hasDefault ? ' DEFAULT' : '';
    table.columns[row.c ?? ''] =
      `${plainType(row.type ?? '')} ${row.nullable === 'YES' ? 'NULL' : 'NOT NULL'}${suffix}`;
  }
  for (const row of await rows(
    `SELECT table_name AS t, index_name AS name, MIN(non_unique) AS loose, GROUP_CONCAT(column_name ORDER BY seq_in_index SEPARATOR ', ') AS c
       FROM information_schema.statistics WHERE table_schema = ? GROUP BY table_name, index_name`,
  )) {
    const kind = row.name === 'PRIMARY' ? 'PRIMARY' : `${Number(row.loose) === 1 ? 'INDEX' : 'UNIQUE'} ${row.name}`;
    tables[row.t ?? '']?.keys.push(`${kind} (${row.c})`);
  }
  for (const row of await rows(
    `SELECT table_name AS t, constraint_name AS name, referenced_table_name AS target,
            GROUP_CONCAT(column_name ORDER BY ordinal_position SEPARATOR ', ') AS c,
            GROUP_CONCAT(referenced_column_name ORDER BY ordinal_position SEPARATOR ', ') AS others
       FROM information_schema.key_column_usage
      WHERE table_schema = ? AND referenced_table_name IS NOT NULL GROUP BY table_name, constraint_name, referenced_table_name`,
  )) {
    tables[row.t ?? '']?.keys.push(`FOREIGN ${row.name} (${row.c}) -> ${row.target} (${row.others})`);
  }
  for (const table of Object.values(tables)) table.keys.sort();
  return tables;
}

/** MariaDB still tells a display width that means nothing, and stores JSON as text. */
function plainType(type: string): string {
  if (type === 'tinyint(1)') return type;
  return type.replace(/^((?:tiny|small|medium|big)?int)\(\d+\)/, '$1').replace(/^longtext$/, 'json');
}
