// `npm run backup -- <folder>`: writes the database and the stored files into a new folder, while the system
// runs. docs/backup.md is about it.
import {
  createWriteStream,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { createConnection } from 'mariadb';
import { type MysqlConfig, readMysqlConfig } from '../../kit/base/config.ts';
import { StartupError } from '../../kit/base/errors.ts';
import { driverOptions } from '../../kit/mysql/options.ts';
import { dump, inspect } from './client.ts';
import { copyFiles, DUMP, FILE_LIST, FILES, MANIFEST, type Manifest, measure } from './contents.ts';
import { readStore, runCommand } from './program.ts';

const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8'));

/** The migrations that the database has had. @throws StartupError where it has no tables of ours */
async function appliedMigrations(config: MysqlConfig): Promise<string[]> {
  const connection = await createConnection({ ...driverOptions(config), connectTimeout: 60_000 });
  try {
    const rows: { name: string }[] = await connection.query(
      'SELECT migration_name AS name FROM _prisma_migrations WHERE finished_at IS NOT NULL ORDER BY migration_name',
    );
    return rows.map(({ name }) => name);
  } catch (error) {
    if ((error as { errno?: number }).errno !== 1146) throw error;
    throw new StartupError(`The database ${config.database} has no tables of Beaver: check MYSQL_DATABASE.`);
  } finally {
    await connection.end();
  }
}

/** The folder, made, and empty. @throws StartupError */
function takeFolder(folder: string): void {
  if (existsSync(folder) && readdirSync(folder).length > 0)
    throw new StartupError(`${folder} is not empty: a backup gets a folder of its own.`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
}

await runCommand('backup', async ([folder]) => {
  const [config, store] = [readMysqlConfig(), readStore()];
  const [server, migrations] = [await inspect(config), await appliedMigrations(config)];
  takeFolder(folder as string);
  const at = (path: string) => join(folder as string, path);
  const startedAt = new Date().toISOString();

  // The database first: a file is stored before its row, so that every file of the snapshot is there to copy.
  const packed = measure();
  const gzip = createGzip();
  const written = pipeline(gzip, packed.stream, createWriteStream(at(DUMP), { mode: 0o600 }));
  await dump(config, server, gzip);
  await written;

  const lines = await copyFiles(store, folder as string);
  mkdirSync(at(FILES), { recursive: true, mode: 0o700 });
  const list = measure();
  list.stream.resume().end(lines.join(''));
  writeFileSync(at(FILE_LIST), lines.join(''), { mode: 0o600 });
  const manifest: Manifest = {
    ...{ format: 1, version, startedAt, endedAt: new Date().toISOString(), server: server.version, migrations },
    files: lines.length,
    contents: { [DUMP]: packed.result(), [FILE_LIST]: list.result() },
  };
  // Last, and at once: a folder with a manifest is a whole backup.
  writeFileSync(at(`${MANIFEST}.part`), `${JSON.stringify(manifest, null, 2)}\n`, { mode: 0o600 });
  renameSync(at(`${MANIFEST}.part`), at(MANIFEST));
  const megabytes = Math.ceil((manifest.contents[DUMP]?.bytes ?? 0) / 1e6);
  console.log(`${folder}: the database as of ${startedAt} (${megabytes} MB packed), and ${lines.length} files.`);
});
