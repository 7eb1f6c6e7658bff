import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { createEtcd } from '../../kit/discovery/etcd.ts';
import { createSeal } from '../../kit/discovery/seal.ts';
import { createLog } from '../../kit/observe/log.ts';
import { SERVICE_NAMES, type ServiceName } from '../../services.ts';
import { type PrivateEtcd, startPrivateEtcd } from '../../testing/private-etcd.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const COMPOSE = readFileSync(join(ROOT, 'docker-compose.yml'), 'utf8');
const README = readFileSync(join(ROOT, 'README.md'), 'utf8');

/** What Compose alone understands: the value as it is. */
const customTags = [{ tag: '!override', collection: 'map' as const, resolve: (value: unknown) => value }];
const read = (path: string) => parse(readFileSync(join(ROOT, path), 'utf8'), { merge: true, customTags });
const { services, networks } = read('docker-compose.yml');

/** The variables of docker-compose.yml that have no default: the command in README.md has to make them. */
const secrets = [...new Set([...COMPOSE.matchAll(/\$\{(\w+)(?=[}:])(?!:-)/g)].map(([, name]) => name as string))];

test('the command in README.md makes each secret that compose wants', () => {
  const [, loop] = /```sh\n(for name in TRUST_SECRET.*)\n```/.exec(README) ?? [];
  const { stdout } = spawnSync('bash', ['-c', `${loop?.replace('>> .env', '')}`], { encoding: 'utf8' });
  const made = new Map(
    stdout
      .trim()
      .split('\n')
      .map((line) => line.split('=') as [string, string]),
  );
  expect([...made.keys()].sort()).toEqual(secrets.sort());
  for (const value of made.values()) expect(value).toMatch(/^[0-9a-f]{64}$/);
});

const containerOf = (name: ServiceName) => (name === 'gateway' ? name : `${name}_api`);

test.each(SERVICE_NAMES)('%s comes to etcd as itself', (name) => {
  expect(services[containerOf(name)].environment).toMatchObject({
    ETCD_USERNAME: name,
    ETCD_PASSWORD: `\${ETCD_${name.toUpperCase()}_PASSWORD}`,
  });
});

test.each(SERVICE_NAMES)('%s may do little, writes few logs, and has time to end', (name) => {
  const { read_only, cap_drop, security_opt, mem_limit, logging, stop_grace_period } = services[containerOf(name)];
  expect({ read_only, cap_drop, security_opt, stop_grace_period }).toEqual({
    read_only: true,
    cap_drop: ['ALL'],
    security_opt: ['no-new-privileges:true'],
    stop_grace_period: '20s',
  });
  expect(mem_limit).toBeTruthy();
  expect(logging.options).toEqual({ 'max-size': '10m', 'max-file': '5' });
});

test('two stacks share no name on a machine', () => {
  expect(networks).toBeUndefined();
  for (const [name, service] of Object.entries<{ container_name?: string; ports?: string[] }>(services)) {
    expect([name, service.container_name]).toEqual([name, undefined]);
    for (const port of service.ports ?? []) expect(port).toMatch(/\$\{\w+:-\d+\}:\d+$/);
  }
});

test('.env.example has the variables of the files of Compose, and no others', () => {
  const files = ['docker-compose.yml', 'deploy/tls.yml'].map((path) => readFileSync(join(ROOT, path), 'utf8'));
  const used = files.flatMap((text) => [...text.matchAll(/(?<!\$)\$\{(\w+)/g)].map(([, name]) => name as string));
  const shown = [...readFileSync(join(ROOT, '.env.example'), 'utf8').matchAll(/^(\w+)=(.*)$/gm)];
  expect(shown.map(([, name]) => name).sort()).toEqual([...new Set(used)].sort());
  // What is shown for a variable is its default.
  for (const [, name, value] of shown) if (value) expect(files.join('')).toContain(`\${${name}:-${value}}`);
});

test('the second files change services that are there', () => {
  for (const path of ['deploy/outside.yml', 'deploy/tls.yml'])
    for (const name of Object.keys(read(path).services)) expect(Object.keys(services)).toContain(name);
  // Nothing may wait for a base service that is not started.
  const changed = read('deploy/outside.yml').services;
  for (const [name, { depends_on = {} }] of Object.entries<{ depends_on?: object }>(services))
    if (['mysql', 'redis', 'etcd'].some((base) => base in depends_on))
      expect([name, Object.keys(changed[name].depends_on)]).toEqual([
        name,
        expect.not.arrayContaining(['mysql', 'redis', 'etcd']),
      ]);
});

describe('the program that compose runs for etcd', () => {
  let etcd: PrivateEtcd;
  beforeAll(async () => {
    etcd = await startPrivateEtcd(60);
  }, 60_000);
  afterAll(() => etcd?.stop());

  const run = (passwords: Record<string, string>) => {
    const { caFile, certFile, keyFile } = etcd.config.tls as { caFile: string; certFile: string; keyFile: string };
    const env = {
      PATH: process.env.PATH,
      ETCD_SERVER: etcd.config.servers[0],
      ...{ ETCD_CA: caFile, ETCD_CERT: certFile, ETCD_KEY: keyFile },
      ...passwords,
    };
    return spawnSync(process.execPath, [join(ROOT, 'deploy/etcd-users.ts')], { env, encoding: 'utf8' });
  };
  const passwords = Object.fromEntries(
    ['ROOT', 'AUTH', 'CHAT', 'USER', 'FILE', 'GATEWAY'].map((name) => [`ETCD_${name}_PASSWORD`, `of ${name}`]),
  );
  const open = (name: string, password: string) => {
    const seal = createSeal(['a secret of the tests of 32 bytes or more']);
    return createEtcd({ ...etcd.config, user: { name, password } }, 'beaver', seal, createLog('test', 'silent'));
  };

  test('names what is missing and changes nothing', async () => {
    const { ETCD_FILE_PASSWORD: _, ...some } = passwords;
    expect(run(some)).toMatchObject({ status: 1, stderr: expect.stringContaining('ETCD_FILE_PASSWORD is not set') });
  });

  test('makes the users, and takes a password that has changed', async () => {
    expect(run(passwords)).toMatchObject({
      status: 0,
      stdout: 'etcd lets in root and auth, user, chat, file, gateway.\n',
    });
    expect(run({ ...passwords, ETCD_CHAT_PASSWORD: 'another' })).toMatchObject({
      status: 0,
      stdout: 'etcd lets in root and auth, user, chat, file, gateway.\n',
    });
    const [auth, chat, former] = [open('auth', 'of AUTH'), open('chat', 'another'), open('chat', 'of CHAT')];
    try {
      await chat.put('keys/chat/k', 'v');
      await expect(chat.put('keys/auth/k', 'v')).rejects.toThrow(/permission denied/);
      await auth.putFor(60, [['ended-sessions/s', '1']]);
      await expect(former.check()).rejects.toThrow();
    } finally {
      await Promise.all([auth.close(), chat.close(), former.close()]);
    }
  });
});
