import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createConnection } from 'mariadb';
import { setUpUsers, usersOf } from '../../kit/discovery/users.ts';
import { driverOptions } from '../../kit/mysql/options.ts';
import { askNode } from '../../kit/redis/client.ts';
import { type BaseServices, startBaseServices } from '../../launch/base/index.ts';
import { silentProgress } from '../../launch/progress.ts';
import { RECORDS_VARIABLE } from '../../launch/services.ts';
import { PROGRAMS } from '../../launch/workspace.ts';
import { type Stack, startStack } from '../../testing/stack.ts';
import { waitFor } from '../../testing/wait.ts';
import { CHECKS } from '../table.ts';
import { type Diagnosis, diagnose, examine, run } from './support.ts';

/*
 * The whole system on base services of its own. Each fault is provoked, its advice followed where a program
 * can do that, and the doctor asked again.
 */

let directory: string;
let base: BaseServices;
let stack: Stack;
let environment: Record<string, string>;
let stranger: Server;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'beaver-doctor-'));
  const records = process.env[RECORDS_VARIABLE];
  base = await startBaseServices({
    directory,
    programs: PROGRAMS,
    keep: true,
    etcdUsers: true,
    // To provoke faults of the server's settings.
    privileges: 'ALL',
    environment: {},
    progress: silentProgress,
    ...(records ? { records } : {}),
  });
  const { MYSQL_DATABASE: _, ...named } = base.environment;
  stack = await startStack(
    { auth: 1, user: 1, chat: 1, file: 1, gateway: 1 },
    // Fewer sockets than any system lets a process open.
    { ...named, GATEWAY_MAX_SOCKETS: '100' },
  );
  environment = stack.environment;
  stranger = createServer((_, response) => response.end('hello'));
  await new Promise<void>((resolve) => stranger.listen(0, '127.0.0.1', resolve));
}, 180_000);
afterAll(async () => {
  await new Promise((resolve) => stranger?.close(resolve));
  await stack?.stop();
  await base?.kill();
  rmSync(directory, { recursive: true, force: true });
});

const portOfStranger = () => String((stranger.address() as AddressInfo).port);
const gatewayUrl = () => stack.services('gateway')[0]?.url as string;
/** Asks the doctor about the system, with some variables changed. */
const ask = (changed: NodeJS.ProcessEnv = {}) => examine({ ...environment, ...changed }, gatewayUrl());
/** The same as a process of its own. */
const askProgram = (changed: NodeJS.ProcessEnv = {}) =>
  diagnose({ ...environment, ...changed }, '--gateway', gatewayUrl());

/** What depends on the machine on which the tests run. */
const OF_THE_MACHINE = ['host.disk', 'host.memory', 'files.space'];
/** Says what is not fine: nothing, unless the machine is small. */
function troublesOf({ findings }: Diagnosis): string[] {
  return findings
    .filter(({ id, status }) => (status === 'failing' || status === 'warning') && !OF_THE_MACHINE.includes(id))
    .map(({ id, message }) => `${id}: ${message}`);
}

/** Waits until nothing is wrong any more: processes need a moment to see what was mended. */
async function untilContent(changed: NodeJS.ProcessEnv = {}): Promise<void> {
  let left: string[] = [];
  await waitFor(
    async () => {
      left = troublesOf(await ask(changed));
      return left.length === 0;
    },
    { what: () => `the doctor to be content, who says ${left.join('; ')}`, timeout: 60_000 },
  );
}

async function sql(statement: string): Promise<void> {
  const connection = await createConnection(driverOptions(stack.config.mysql));
  try {
    for (const one of statement.split(';')) await connection.query(one);
  } finally {
    await connection.end();
  }
}

function redis(command: string, ...parameters: string[]): Promise<unknown> {
  const { host, port, password } = stack.config.redis as { host: string; port: number; password: string };
  return askNode({ host, port }, { password }, command, ...parameters);
}

/** Does what a command of the doctor says, where it is one for MySQL or for Redis. */
async function follow(command: string | undefined): Promise<void> {
  const [, statement] = /^mysql .* -e "(.*)"$/.exec(command ?? '') ?? [];
  const [, words] = /^redis-cli .* --askpass (.*)$/.exec(command ?? '') ?? [];
  if (statement) await sql(statement);
  else if (words) await redis(...(words.split(' ') as [string, ...string[]]));
  else throw new Error(`no command to follow: ${command}`);
}

test('nothing is wrong with a system that is well, and the exit code says so', async () => {
  const diagnosis = await askProgram();
  expect(troublesOf(diagnosis)).toEqual([]);
  expect([...new Set(diagnosis.findings.map(({ id }) => id))]).toEqual(CHECKS.map(({ id }) => id));
  if (diagnosis.findings.every(({ status }) => status === 'ok' || status === 'skipped'))
    expect(diagnosis.exitCode).toBe(0);
});

test('all that the variables have wrong is told at once, and no secret with it', async () => {
  const secret = 'not-the-password-of-anybody';
  const diagnosis = await askProgram({
    MYSQL_PASSWORD: secret,
    REDIS_PASSWORD: secret,
    ETCD_PASSWORD: secret,
    MYSQL_PASWORD: secret,
    CHAT_SEND_BURST: 'many',
    AUTH_PORT: portOfStranger(),
    FILE_STORE_DIR: '/proc/beaver',
    LOG_LEVEL: 'loud',
  });
  expect(diagnosis.exitCode).toBe(1);
  for (const value of [secret, 'many', 'loud', environment.TRUST_SECRET as string])
    expect(diagnosis.text).not.toContain(value);
  const said = (id: string) => diagnosis.troubles(id).map(({ message }) => message);
  expect(said('configuration.complete')).toEqual([
    expect.stringMatching(/^LOG_LEVEL .*\(auth, user, chat, file, gateway\)\.$/),
    'CHAT_SEND_BURST must be a number (chat).',
  ]);
  expect(said('configuration.unknown')).toEqual(['No process reads MYSQL_PASWORD. Is it MYSQL_PASSWORD?']);
  expect(said('mysql.login')).toEqual([expect.stringContaining('check MYSQL_USER and MYSQL_PASSWORD')]);
  expect(said('redis.login')).toEqual([expect.stringContaining('refused the password: check REDIS_PASSWORD')]);
  expect(said('etcd.login')).toEqual([expect.stringContaining('check ETCD_USERNAME and ETCD_PASSWORD')]);
  expect(said('host.ports')).toEqual([expect.stringMatching(/of auth is taken by another program/)]);
  expect(said('files.writable')).toEqual([expect.stringMatching(/^The file store cannot be written to/)]);
  // Every trouble says where, and what to do.
  const silent = diagnosis.findings.filter(
    ({ status, where, commands = [] }) => status !== 'ok' && status !== 'skipped' && (!where || commands.length === 0),
  );
  expect(silent).toEqual([]);
  // What cannot be looked at now is said, and why.
  expect(diagnosis.findings.find(({ id }) => id === 'mysql.tables')).toMatchObject({
    status: 'skipped',
    because: 'mysql.login',
  });
});

test('what belongs to another host is not looked at, and a port of ours is no trouble', async () => {
  const { port } = new URL(stack.services('auth')[0]?.url as string);
  const { findings } = await ask({ AUTH_PORT: port, FILE_STORE_DIR: '/proc/beaver' });
  expect(findings.find(({ id }) => id === 'files.writable')).toMatchObject({
    status: 'skipped',
    message: 'The file service does not run here, as auth does.',
  });
  expect(findings.filter(({ id }) => id === 'host.ports')).toEqual([
    {
      id: 'host.ports',
      status: 'ok',
      message: `Port ${port} is held by our auth.`,
      where: `127.0.0.1:${port}`,
      commands: [],
    },
  ]);
});

test('a name that leads nowhere, a closed port and an unknown database are told apart', async () => {
  const away = await ask({
    MYSQL_HOST: 'no-such-host.invalid',
    REDIS_PORT: '1',
    ETCD_SERVER: 'http://127.0.0.1:1',
    TRUST_SECRET: '',
  });
  expect(away.troubles('mysql.network')[0]?.message).toBe('The name no-such-host.invalid leads nowhere.');
  expect(away.troubles('redis.network')[0]?.message).toMatch(/^No connection to 127\.0\.0\.1:1\. Nothing listens/);
  expect(away.troubles('etcd.network')[0]?.commands).toContain('docker compose up -d etcd');
  expect(away.troubles('configuration.complete')[0]?.commands).toEqual([expect.stringContaining('openssl rand -hex')]);
  const unknown = await ask({ MYSQL_DATABASE: 'beaver_im_none' });
  expect(unknown.troubles('mysql.login')[0]?.message).toContain('has no database beaver_im_none');
});

test('a clock that is wrong is told with its difference', async () => {
  const preload = `--import=${join(import.meta.dirname, '../../testing/skewed-clock.ts')}`;
  const { troubles } = await askProgram({ NODE_OPTIONS: preload, CLOCK_SKEW_MS: '90000' });
  for (const id of ['mysql.clock', 'redis.clock', 'services.clock']) {
    expect(troubles(id)[0]).toMatchObject({
      status: 'failing',
      message: expect.stringMatching(/ (89|90|91) s behind/),
    });
  }
});

test('another TRUST_SECRET than that of the system makes its records worth nothing', async () => {
  const { troubles, text } = await askProgram({ TRUST_SECRET: 'x'.repeat(40) });
  expect(text).not.toContain('x'.repeat(40));
  expect(troubles('records.sealed')[0]?.message).toMatch(/do not carry the seal of this TRUST_SECRET/);
  expect(troubles('keys.signing')[0]?.message).toMatch(/No public key of auth is believed/);
  expect(troubles('services.registered')).toHaveLength(4);
});

test('a proxy between a process and etcd is named', async () => {
  const { troubles } = await askProgram({ http_proxy: 'http://127.0.0.1:1' });
  const [found] = troubles('host.proxy');
  expect(found?.message).toMatch(/^http_proxy is set: connections to etcd at 127\.0\.0\.1 go through that proxy/);
  expect(found?.commands).toEqual(['export no_proxy=127.0.0.1']);
  const mended = await askProgram({ http_proxy: 'http://127.0.0.1:1', no_proxy: '127.0.0.1' });
  expect(mended.troubles('host.proxy')).toEqual([]);
});

test('a database without tables is told, and `migrate` mends it', async () => {
  const own = { MYSQL_DATABASE: `${environment.MYSQL_DATABASE}_empty` };
  await sql(`CREATE DATABASE ${own.MYSQL_DATABASE} CHARACTER SET latin1`);
  try {
    const before = await ask(own);
    const [noTables] = before.troubles('mysql.tables');
    expect(noTables?.message).toContain('has no tables, or those of an older release');
    const [program, ...parameters] = (noTables?.commands?.[0] ?? '').split(' ');
    expect(program).toBe('node');
    const { code } = await run(process.execPath, parameters, { ...environment, ...own });
    expect(code).toBe(0);
    expect(before.troubles('mysql.charset')[0]?.message).toContain('is in latin1');
    await follow(before.troubles('mysql.charset')[0]?.commands?.[0]);
    await untilContent(own);
  } finally {
    await sql(`DROP DATABASE ${own.MYSQL_DATABASE}`);
  }
});

test('settings of MySQL that are no good are told, and the commands mend them', async () => {
  await sql("SET GLOBAL sql_mode = ''");
  await sql('SET GLOBAL max_allowed_packet = 1048576');
  await sql('SET GLOBAL max_connections = 60');
  await sql('SET GLOBAL innodb_flush_log_at_trx_commit = 2');
  await sql('SET GLOBAL read_only = ON');
  const before = await askProgram();
  expect(before.exitCode).toBe(1);
  const ids = ['mysql.sql_mode', 'mysql.connections', 'mysql.packet', 'mysql.writable', 'mysql.durable'];
  expect(ids.map((id) => [id, before.troubles(id).length])).toEqual(ids.map((id) => [id, 1]));
  // The last command is the one that changes something.
  for (const id of ids) await follow(before.troubles(id)[0]?.commands?.at(-1));
  await untilContent();
});

test('a Redis that is nearly full, forgets, or is a replica is told', async () => {
  await redis('CONFIG', 'SET', 'maxmemory', '1200000');
  await redis('CONFIG', 'SET', 'maxmemory-policy', 'allkeys-lru');
  await redis('REPLICAOF', '127.0.0.1', '1');
  const before = await ask();
  expect(before.troubles('redis.memory')[0]?.message).toMatch(/MiB of \d+ MiB are used/);
  expect(before.troubles('redis.eviction')[0]?.message).toContain('maxmemory-policy is allkeys-lru');
  expect(before.troubles('redis.writable')[0]?.message).toContain('It is a replica');
  await redis('REPLICAOF', 'NO', 'ONE');
  await redis('CONFIG', 'SET', 'maxmemory', '0');
  await follow(before.troubles('redis.eviction')[0]?.commands?.[0]);
  await untilContent();
});

test('a user of etcd without its rights is told, and the program of users mends it', async () => {
  const { user, ...etcd } = stack.config.etcd;
  const own = { ETCD_USERNAME: 'chat', ETCD_PASSWORD: 'of-chat' };
  await setUpUsers(etcd, user?.password ?? '', [{ name: 'chat', password: 'of-chat', reads: [], writes: [] }]);
  const namespace = stack.config.namespace;
  const { troubles } = await ask(own);
  expect(troubles('etcd.roles')[0]?.message).toContain(`lacks rights on /${namespace}/, /${namespace}/services/chat/`);
  await setUpUsers(etcd, user?.password ?? '', usersOf(namespace, { chat: 'of-chat' }));
  await untilContent(own);
});

test('an instance that is dead, of another version or of another schema is told', async () => {
  const url = 'http://127.0.0.1:1';
  const record = { url: `${url}/graphql`, wsUrl: null, schemaHash: 'old', version: '0.0.1', startedAt: '2026-01-01' };
  await stack.etcd.put('services/chat/dead', JSON.stringify(record));
  const { troubles } = await ask();
  expect(troubles('services.ready')[0]).toMatchObject({ where: expect.stringContaining(url), status: 'failing' });
  expect(troubles('services.versions')[0]?.message).toMatch(/An instance of chat is of version 0\.0\.1/);
  expect(troubles('services.schemas')[0]?.message).toMatch(/^Instances of chat have 2 schemas/);
  await stack.etcd.delete('services/chat/dead');
  await untilContent();
});

test('instances of file with different stores are told', async () => {
  const other = await stack.add('file', { FILE_STORE_DIR: join(directory, 'other-store') });
  const { troubles } = await ask();
  expect(troubles('files.shared')[0]?.message).toMatch(/^Instances of file have different stores/);
  await other.stop();
  expect(readFileSync(join(directory, 'other-store', 'store-id'), 'utf8')).toMatch(/^[0-9a-f-]{36}$/);
  await untilContent();
});

test('schemas that do not compose are told, with what the gateway says', async () => {
  await stack.etcd.put('schemas/chat/broken', 'type Query { nothing: Nothing }');
  const startedAt = new Date().toISOString();
  const { url } = stack.services('chat')[0] as { url: string };
  const record = { url: `${url}/graphql`, wsUrl: null, schemaHash: 'broken', version: '0.1.0', startedAt };
  await stack.etcd.put('services/chat/broken', JSON.stringify(record));
  const { troubles } = await waitFor(
    async () => {
      const diagnosis = await ask();
      return diagnosis.troubles('graph.composed').length > 0 && diagnosis;
    },
    { what: 'the gateway to see the broken schema', timeout: 60_000 },
  );
  expect(troubles('graph.composed')[0]?.message).toMatch(/The registered schemas do not compose/);
  await stack.etcd.delete('services/chat/broken');
  await untilContent();
});

test('a service that is away is told, and is missed no more when it is there', async () => {
  await stack.services('file')[0]?.stop();
  const before = await ask();
  expect(before.troubles('services.registered').map(({ message }) => message)).toEqual([
    expect.stringMatching(/^No instance of file is registered/),
  ]);
  await stack.add('file');
  await untilContent();
});

test('for people it is a list, with what mends each trouble below it', async () => {
  const { code, text } = await run(process.execPath, [join(import.meta.dirname, '..', 'index.ts')], {
    ...environment,
    MYSQL_PASSWORD: 'wrong',
  });
  expect(code).toBe(1);
  expect(text).toMatch(/^✓ configuration\.complete/m);
  expect(text).toMatch(/^✗ mysql\.login .*check MYSQL_USER and MYSQL_PASSWORD\.\n +\$ mysql -h 127\.0\.0\.1/m);
  expect(text).toMatch(/^- not looked at before that is mended: mysql\.version, /m);
  expect(text).toMatch(/^\d+ fine, \d+ to look at, \d+ failing/m);
});

test('arguments that it does not know are refused', async () => {
  const { code, text } = await run(
    process.execPath,
    [join(import.meta.dirname, '..', 'index.ts'), '--nonsense'],
    environment,
  );
  expect(code).toBe(1);
  expect(text).toMatch(/Usage: npm run doctor/);
});
