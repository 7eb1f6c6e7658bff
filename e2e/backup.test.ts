import { spawn, spawnSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { newUuid } from '../kit/base/ids.ts';
import { canUseApt, installPackageWithApt } from '../launch/base/apt.ts';
import { findProgram } from '../launch/base/programs.ts';
import { PROGRAMS } from '../launch/workspace.ts';
import { type Person, registered } from '../testing/people.ts';
import { photographFile } from '../testing/photographs.ts';
import { collect, openSocket } from '../testing/socket.ts';
import { onServer, type Stack, startStack } from '../testing/stack.ts';
import { waitFor } from '../testing/wait.ts';
import { INBOX, SEND } from './operations.ts';

const ROOT = join(import.meta.dirname, '..');

let stack: Stack;
let folder: string;
let ada: Person;
let bo: Person;
let conversationId: string;
/** Where a backup of the running system is, and the texts that had been acknowledged when it began. */
let backup: string;
const acknowledged: string[] = [];
let before: string[];
let fileUrl: string;
const databases: string[] = [];

interface Result {
  code: number | null;
  output: string;
}

/** Runs a program as an operator does. */
async function run(program: string, parameters: string[], environment: Record<string, string> = {}): Promise<Result> {
  const env = { ...stack.environment, ...environment };
  const child = spawn(process.execPath, [join(ROOT, program), ...parameters], { env, cwd: ROOT });
  const code = new Promise<number | null>((resolve) => child.on('close', resolve));
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { code: await code, output: stdout + stderr };
}
const makeBackup = (...parameters: string[]) => run('deploy/backup/backup.ts', parameters);
const restore = (parameters: string[], environment?: Record<string, string>) =>
  run('deploy/backup/restore.ts', parameters, environment);

/** Another system that has nothing yet: an empty database and an empty store. */
async function emptySystem(): Promise<Record<string, string>> {
  const name = `${stack.config.mysql.database}_${databases.length}`;
  databases.push(name);
  await onServer(stack.config, `CREATE DATABASE ${name} CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci`);
  return { MYSQL_DATABASE: name, FILE_STORE_DIR: join(folder, name) };
}

async function send(sender: Person, message: string): Promise<void> {
  const input = { conversationId, clientMessageId: newUuid(), content: { text: { text: message } } };
  const { sendMessage } = await sender.gateway.data(SEND, { input });
  if (sendMessage.__typename !== 'SendMessagePayload') throw new Error(JSON.stringify(sendMessage));
  acknowledged.push(message);
}

const textsIn = async (database: string): Promise<string[]> =>
  (
    await stack.mysql.query(
      `SELECT JSON_UNQUOTE(JSON_EXTRACT(content, '$.text')) AS text FROM ${database}.chat_messages ORDER BY seq`,
    )
  ).map((row: { text: string }) => row.text);
/** Tables that a restore leaves as they were; of a name that is wrong MySQL says null. */
const COMPARED = ['auth_accounts', 'user_profiles', 'chat_messages', 'chat_memberships', 'file_records'];
const checksums = async (database: string) =>
  stack.mysql.query(`CHECKSUM TABLE ${COMPARED.map((table) => `${database}.${table}`).join(', ')}`);
const filesOf = (store: string) =>
  (readdirSync(join(store, 'stored'), { recursive: true }) as string[]).filter((path) =>
    statSync(join(store, 'stored', path)).isFile(),
  );

beforeAll(async () => {
  // Base services of the tests come without the program that dumps.
  if (!findProgram('mariadb-dump') && !findProgram('mysqldump') && canUseApt())
    await installPackageWithApt('default-mysql-client', PROGRAMS);
  folder = mkdtempSync(join(tmpdir(), 'beaver-backup-'));
  backup = join(folder, 'last-night');
  stack = await startStack({ auth: 1, user: 1, chat: 1, file: 1, gateway: 1 });
  ({ ada, bo } = await registered(stack, ['ada', 'bo']));
  await ada.befriend(bo);
  conversationId = await ada.direct(bo);
  const uploaded = await ada.gateway.upload(
    `mutation ($input: UploadFileInput!) { uploadFile(input: $input) { ... on UploadFilePayload { file { id url } } ... on UserError { code message } } }`,
    { input: { file: null, purpose: 'MESSAGE' } },
    { 'input.file': await photographFile() },
  );
  fileUrl = uploaded.data.uploadFile.file.url;
  for (const message of ['🦫 hello', 'it\'s \\ a "quote"', '水獺', '\u202eright to left', 'line\nline'])
    await send(ada, message);

  before = [...acknowledged];
  let goesOn = true;
  const sending = (async () => {
    for (let i = 0; goesOn; i += 1) await send(i % 2 ? ada : bo, `meanwhile ${i}`);
  })();
  const { code, output } = await makeBackup(backup);
  goesOn = false;
  await sending;
  expect([code, output]).toEqual([0, expect.stringContaining('and 2 files')]);
});
afterAll(async () => {
  for (const name of databases) await onServer(stack.config, `DROP DATABASE IF EXISTS ${name}`);
  await stack?.stop();
  rmSync(folder, { recursive: true, force: true });
});

it('a backup is for its owner alone, and says what it holds', () => {
  expect(statSync(backup).mode & 0o077).toBe(0);
  for (const path of readdirSync(backup, { recursive: true }) as string[])
    expect([path, statSync(join(backup, path)).mode & 0o077]).toEqual([path, 0]);
  const manifest = JSON.parse(readFileSync(join(backup, 'manifest.json'), 'utf8'));
  expect(manifest).toMatchObject({ format: 1, files: 2, migrations: expect.arrayContaining([expect.any(String)]) });
  expect(spawnSync('sha256sum', ['--check', '--quiet', 'files.sha256'], { cwd: backup }).status).toBe(0);
});

it('comes back into an empty system: all that was acknowledged, whole', async () => {
  const system = await emptySystem();
  const { code, output } = await restore([backup], system);
  expect([code, output]).toEqual([0, expect.stringContaining('Restored.')]);
  const texts = await textsIn(system.MYSQL_DATABASE as string);
  expect(texts.slice(0, before.length)).toEqual(before);
  // Those that were sent meanwhile are a beginning of them: one moment, not several.
  expect(texts).toEqual(acknowledged.slice(0, texts.length));
  expect(filesOf(system.FILE_STORE_DIR as string)).toEqual(filesOf(stack.environment.FILE_STORE_DIR as string));
  expect(await run('subgraphs/chat/fsck.ts', ['--check'], system)).toMatchObject({
    code: 0,
    output: expect.stringContaining(' 0 damaged'),
  });

  // A backup of what was restored is the same once more.
  const second = join(folder, 'second');
  expect(await run('deploy/backup/backup.ts', [second], system)).toMatchObject({ code: 0 });
  const again = await emptySystem();
  expect(await restore([second], again)).toMatchObject({ code: 0 });
  const values = (rows: { Checksum: number | null }[]) => rows.map(({ Checksum }) => Checksum);
  expect(values(await checksums(system.MYSQL_DATABASE as string))).not.toContain(null);
  expect(values(await checksums(again.MYSQL_DATABASE as string))).toEqual(
    values(await checksums(system.MYSQL_DATABASE as string)),
  );
});

it('a database that is not empty is refused until somebody agrees, and nothing is touched', async () => {
  const texts = await textsIn(stack.config.mysql.database);
  const { code, output } = await restore([backup]);
  expect([code, output]).toEqual([
    1,
    expect.stringMatching(/has \d+ tables already.* With --replace they are removed/),
  ]);
  expect(await textsIn(stack.config.mysql.database)).toEqual(texts);
});

it('comes back into the running system, and clients go on without doubling or missing what is new', async () => {
  await send(ada, 'written after the backup');
  const socket = openSocket(`${stack.services('gateway')[0]?.url}/graphql`, { token: bo.token });
  const inbox = collect(socket, INBOX);
  await inbox.until((event) => event.inbox.__typename === 'InboxStarted');
  const { code, output } = await restore(['--replace', backup]);
  expect([code, output]).toEqual([0, expect.stringContaining('Restored.')]);
  expect(await textsIn(stack.config.mysql.database)).not.toContain('written after the backup');

  // The subscription that was open is told of it: it ends, or says that there is a gap.
  const isTold = () => inbox.ended || inbox.events.some((event) => event.inbox.__typename === 'GapTooLarge');
  await waitFor(isTold, { what: 'the end of the subscription, or a gap', timeout: 60_000 });
  const anew = collect(socket, INBOX);
  await anew.until((event) => event.inbox.__typename === 'InboxStarted');
  await waitFor(() => send(ada, 'after the restore').then(() => true), { what: 'a send that works', timeout: 60_000 });
  await anew.until((event) => event.inbox.message?.preview === 'after the restore');
  expect((await fetch(fileUrl)).status).toBe(200);
  expect(await run('subgraphs/chat/fsck.ts', ['--check'])).toMatchObject({ code: 0 });
  await socket.dispose();
});

describe('is refused by name', () => {
  const copy = () => {
    const path = join(folder, newUuid());
    spawnSync('cp', ['-r', backup, path]);
    return path;
  };

  it('where something of the backup was changed or is missing', async () => {
    const system = await emptySystem();
    const damaged = copy();
    const [stored] = readFileSync(join(damaged, 'files.sha256'), 'utf8').split('\n');
    appendFileSync(join(damaged, (stored as string).slice(66)), 'x');
    expect(await restore([damaged], system)).toMatchObject({
      code: 1,
      output: expect.stringMatching(/files\/.* was changed/),
    });
    rmSync(join(damaged, 'database.sql.gz'));
    expect(await restore([damaged], system)).toMatchObject({
      code: 1,
      output: expect.stringContaining('database.sql.gz is missing. Nothing was restored.'),
    });
    rmSync(join(damaged, 'manifest.json'));
    expect(await restore([damaged], system)).toMatchObject({
      code: 1,
      output: expect.stringContaining('is no backup'),
    });
    expect(await stack.mysql.query(`SHOW TABLES IN ${system.MYSQL_DATABASE}`)).toEqual([]);
  });

  it('where the backup is of a newer release', async () => {
    const newer = copy();
    const path = join(newer, 'manifest.json');
    const manifest = JSON.parse(readFileSync(path, 'utf8'));
    writeFileSync(
      path,
      JSON.stringify({ ...manifest, version: '9.9.9', migrations: [...manifest.migrations, '2999_x'] }),
    );
    expect(await restore([newer], await emptySystem())).toMatchObject({
      code: 1,
      output: expect.stringContaining(
        'of a newer release (9.9.9), with migrations that this one does not have: 2999_x',
      ),
    });
  });

  it('where a folder, a variable or a database is not as it must be', async () => {
    expect(await makeBackup(backup)).toMatchObject({ code: 1, output: expect.stringContaining('is not empty') });
    expect(await makeBackup()).toMatchObject({ code: 1, output: expect.stringContaining('Name one folder') });
    const target = join(folder, 'none');
    expect(await run('deploy/backup/backup.ts', [target], { FILE_STORE_DIR: '' })).toMatchObject({
      code: 1,
      output: expect.stringContaining('FILE_STORE_DIR is not set'),
    });
    expect(await run('deploy/backup/backup.ts', [target], await emptySystem())).toMatchObject({
      code: 1,
      output: expect.stringContaining('has no tables of Beaver'),
    });
    expect(readdirSync(folder)).not.toContain('none');
  });
});
