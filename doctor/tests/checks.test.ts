import { readFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import type { Found } from '../check.ts';
import { startedFor } from '../checks/files.ts';
import type { MysqlFacts } from '../mysql-facts.ts';
import type { RedisFacts } from '../redis-facts.ts';
import { CHECKS } from '../table.ts';
import { lookalikeOf } from '../variables.ts';
import { isAtLeast } from '../version.ts';
import type { World } from '../world.ts';
import { diagnose } from './support.ts';

/**
 * What a check finds in a world of which only a part is there: for what no server here can be made to say.
 */
async function find(id: string, world: object): Promise<Found> {
  const check = CHECKS.find((one) => one.id === id);
  const found = await check?.look(world as World);
  return (Array.isArray(found) ? found[0] : found) as Found;
}

test('every check is documented, under its id, and no other', () => {
  const text = readFileSync(new URL('../../docs/doctor.md', import.meta.url), 'utf8');
  const documented = [...text.matchAll(/^- (`[^:]*)/gm)].flatMap(([, ids = '']) =>
    [...ids.matchAll(/`([a-z]+\.[a-z_]+)`/g)].map(([, id]) => id as string),
  );
  expect(documented.sort()).toEqual(CHECKS.map(({ id }) => id).sort());
});

test.each([
  ['8.4.0', '8.4', true],
  ['9.7.4', '8.4', true],
  ['8.0.36', '8.4', false],
  ['10.11.19', '10.11', true],
  ['10.6.3', '10.11', false],
  ['3.5.0-rc.1', '3.4', true],
  ['7', '6.2', true],
])('%s is at least %s: %s', (version, oldest, expected) => {
  expect(isAtLeast(version, oldest)).toBe(expected);
});

test.each([
  ['node\0subgraphs/file/index.ts\0', 'file'],
  ['node\0subgraphs/auth/index.ts\0', 'auth'],
  ['node\0--enable-source-maps\0gateway/index.ts\0', 'gateway'],
  ['node\0deploy/tree/index.ts\0', null],
  ['/sbin/init\0', null],
  ['', null],
])('a container whose first process is %j is that of %s', (command, service) => {
  expect(startedFor(command)).toBe(service);
});

test('servers that are too old are told, with the version that is wanted', async () => {
  const mysql = () => ({ host: 'db', port: 3306, database: 'beaver_im' });
  const facts = (more: Partial<MysqlFacts>) => ({ mysql, mysqlFacts: async () => ({ isMariadb: false, ...more }) });
  expect(await find('mysql.version', facts({ version: '8.0.36' }))).toMatchObject({
    status: 'failing',
    message: 'It is MySQL 8.0.36; 8.4 is the oldest that is supported.',
  });
  expect(await find('mysql.version', facts({ version: '10.6.3', isMariadb: true }))).toMatchObject({
    status: 'failing',
  });
  expect(await find('mysql.time_zone', facts({ isUtc: false }))).toMatchObject({ status: 'failing' });
  const redis = { address: { host: 'r', port: 6379 }, version: '5.0.14', cluster: { isOk: false, slots: 9 } };
  const world = { redisFacts: async () => [redis as unknown as RedisFacts] };
  expect(await find('redis.version', world)).toMatchObject({ status: 'failing', where: 'r:6379' });
  expect(await find('redis.cluster', world)).toMatchObject({ message: 'The cluster serves 9 of 16384 slots.' });
  const etcd = { url: 'http://e:2379', version: '3.3.27', bytes: 2e9, hasLeader: false };
  const look = (member: object) => ({ etcdLook: () => ({ members: async () => [member] }) });
  expect(await find('etcd.version', look(etcd))).toMatchObject({ status: 'failing', where: 'http://e:2379' });
  expect(await find('etcd.members', look(etcd))).toMatchObject({ message: expect.stringMatching(/no leader/) });
  expect(await find('etcd.members', look({ ...etcd, hasLeader: true }))).toMatchObject({ status: 'warning' });
});

test('a key with which auth signs, and which others cannot find, is told', async () => {
  const auth = createHttpServer((_, response) => response.end('{"keys": [{"kid": "known"}, {"kid": "lost"}]}'));
  await new Promise<void>((resolve) => auth.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(auth.address() as AddressInfo).port}`;
  const world = (...kids: string[]) => ({
    namespace: () => 'beaver',
    records: async () => ({ sealed: new Map(kids.map((kid) => [kid, '{}'])), unsealed: [] }),
    instances: async () => [{ service: 'auth', origin }],
  });
  expect(await find('keys.signing', world('known', 'lost', 'of-an-instance'))).toMatchObject({ status: 'ok' });
  expect(await find('keys.signing', world('known', 'of-an-instance'))).toMatchObject({
    status: 'failing',
    message: 'auth signs with keys that are not in etcd: lost. Their tokens are refused.',
  });
  auth.closeAllConnections();
  await new Promise((resolve) => auth.close(resolve));
});

test.each([
  ['MYSQL_PASWORD', 'MYSQL_PASSWORD'],
  ['MYSQL_PASS', 'MYSQL_PASSWORD'],
  ['MYSQL_USERNAME', 'MYSQL_USER'],
  ['ETCD_SERVERS', 'ETCD_SERVER'],
  ['REDIS_PASWORD_FILE', 'REDIS_PASSWORD_FILE'],
  ['MYSQL_PASSWORD_FILE', null],
  ['MYSQL_PORT', null],
  ['MYSQL_ROOT_PASSWORD', null],
  ['REDIS_SERVICE_HOST', null],
  ['REDIS_PORT_6379_TCP_ADDR', null],
  ['AUTH_PORTS', null],
  ['HOME', null],
])('%s may have been meant as %s', (name, meant) => {
  const known = new Set(['MYSQL_HOST', 'MYSQL_PORT', 'MYSQL_USER', 'MYSQL_PASSWORD', 'REDIS_PASSWORD', 'REDIS_PORT']);
  expect(lookalikeOf(name, new Set([...known, 'ETCD_SERVER', 'AUTH_PORT']))).toBe(meant);
});

test.each([
  [1129, 'is blocked because of many connection errors', /TRUNCATE TABLE performance_schema\.host_cache/],
  [1130, 'is not allowed to connect to this MySQL server', /CREATE USER 'beaver'@'%'/],
  [3159, 'Connections using insecure transport are prohibited', /MYSQL_SSL_CA=/],
  [1040, 'Too many connections', /SET GLOBAL max_connections/],
])('the command for what MySQL says with %d', async (errno, words, command) => {
  // A server that refuses as MySQL does, before anybody has said who they are.
  const server = createServer((socket) => {
    const body = Buffer.concat([Buffer.from([0xff, errno & 0xff, errno >> 8]), Buffer.from(`#HY000Host ${words}`)]);
    socket.on('error', () => undefined);
    socket.end(Buffer.concat([Buffer.from([body.length, 0, 0, 0]), body]));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const { port } = server.address() as AddressInfo;
    const named = { MYSQL_HOST: '127.0.0.1', MYSQL_PORT: String(port), MYSQL_USER: 'beaver', MYSQL_DATABASE: 'beaver' };
    const { troubles } = await diagnose({ PATH: process.env.PATH, ...named, MYSQL_PASSWORD: 'x' });
    expect(troubles('mysql.login')[0]?.commands?.join('\n')).toMatch(command);
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
});
