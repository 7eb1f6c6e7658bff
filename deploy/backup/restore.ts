// `npm run restore -- <folder>`: brings a backup into an empty database and file store. `--replace` does so
// where there are tables already, which it removes first. docs/backup.md is about it.
import { spawnSync } from 'node:child_process';
import { createReadStream, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { type MysqlConfig, readMysqlConfig } from '../../kit/base/config.ts';
import { StartupError } from '../../kit/base/errors.ts';
import { migrate } from '../../prisma/migrate.ts';
import { dropTables, inspect, load, type Server } from './client.ts';
import { copyFilesBack, DUMP, type Manifest, readManifest, verify } from './contents.ts';
import { readStore, runCommand } from './program.ts';

const ROOT = join(import.meta.dirname, '../..');

/** @throws StartupError where this release does not know the tables of the backup */
function checkRelease({ migrations, version }: Manifest): void {
  const known = readdirSync(join(ROOT, 'prisma/migrations'));
  const newer = migrations.filter((name) => !known.includes(name));
  if (newer.length > 0)
    throw new StartupError(
      `The backup is of a newer release (${version}), with migrations that this one does not have: ${newer.join(', ')}. Restore it with that release.`,
    );
}

/** @throws StartupError where something would be lost, and nobody has agreed to that */
function checkTarget(
  config: MysqlConfig,
  { tables, connections }: Server,
  startedAt: string,
  mayReplace: boolean,
): void {
  if (tables.length === 0 || mayReplace) return;
  const users = connections === 0 ? '' : `, and ${connections} connections use it now`;
  throw new StartupError(
    `The database ${config.database} at ${config.host} has ${tables.length} tables already${users}. With --replace they are removed, and what was written since ${startedAt} is lost. Stop the gateways before that; take a backup first if in doubt.`,
  );
}

/**
 * Programs of services that follow a restore: each has what is numbered go on with numbers that nobody has
 * seen.
 */
const FOLLOW_UP = [
  { program: ['subgraphs/user/restored.ts'], failure: 'the account feeds still have their old numbers' },
  { program: ['subgraphs/chat/fsck.ts', '--restored'], failure: 'fsck has found what it could not mend' },
];

/** Mends what the backup cut in two, and raises numbers. */
function raiseNumbers(): void {
  for (const { program, failure } of FOLLOW_UP) {
    const [path, ...options] = program as [string, ...string[]];
    const { status } = spawnSync(process.execPath, [join(ROOT, path), ...options], { stdio: 'inherit' });
    if (status !== 0) throw new Error(`The data is restored, but ${failure}: see above.`);
  }
}

await runCommand(
  'restore',
  async ([folder], { replace = false }) => {
    const [backup, config, store] = [folder as string, readMysqlConfig(), readStore()];
    const manifest = readManifest(backup);
    checkRelease(manifest);
    const server = await inspect(config);
    checkTarget(config, server, manifest.startedAt, replace);
    console.log('Comparing the backup with its checksums …');
    await verify(backup, manifest);
    console.log(`Loading the database as of ${manifest.startedAt} …`);
    await dropTables(config, server.tables);
    const gunzip = createGunzip();
    const read = pipeline(createReadStream(join(backup, DUMP)), gunzip);
    await Promise.all([load(config, server, gunzip), read]);
    const applied = await migrate(config);
    if (applied.length > 0) console.log(`Applied ${applied.length} migrations of this release.`);
    console.log(`Copied ${await copyFilesBack(backup, store)} files.`);
    raiseNumbers();
    console.log('Restored. Restart auth, chat, user and file, then start the gateways.');
  },
  ['replace'],
);
