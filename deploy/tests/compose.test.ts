import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createEtcd } from '../../kit/discovery/etcd.ts';
import { createSeal } from '../../kit/discovery/seal.ts';
import { createLog } from '../../kit/observe/log.ts';
import { SERVICE_NAMES } from '../../services.ts';
import { type PrivateEtcd, startPrivateEtcd } from '../../testing/private-etcd.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const COMPOSE = readFileSync(join(ROOT, 'docker-compose.yml'), 'utf8');
const README = readFileSync(join(ROOT, 'README.md'), 'utf8');

/** The part of docker-compose.yml about one container. */
function partOf(container: string): string {
  const part = new RegExp(`^  ${container}:\\n((?:    .*\\n|\\n)+)`, 'm').exec(COMPOSE)?.[1];
  if (!part) throw new Error(`docker-compose.yml has no ${container}.`);
  return part;
}

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

test.each(SERVICE_NAMES)('%s comes to etcd as itself', (name) => {
  const part = partOf(name === 'gateway' ? name : `${name}_api`);
  expect(part).toContain(`ETCD_USERNAME: ${name}\n`);
  expect(part).toContain(`ETCD_PASSWORD: \${ETCD_${name.toUpperCase()}_PASSWORD}\n`);
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
