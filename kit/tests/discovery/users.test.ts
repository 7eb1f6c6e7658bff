import { type PrivateEtcd, startPrivateEtcd } from '../../../testing/private-etcd.ts';
import { waitFor } from '../../../testing/wait.ts';
import { type EtcdConfig, readEtcdConfig } from '../../base/config.ts';
import { createEtcd, type Etcd } from '../../discovery/etcd.ts';
import { createSeal } from '../../discovery/seal.ts';
import { setUpUsers, usersOf } from '../../discovery/users.ts';
import { createLog } from '../../observe/log.ts';
import { examineEtcd } from '../../service/preflight/etcd.ts';

/** etcd with TLS, client certificates, users and roles, which forgets its tokens after two seconds. */

const TOKEN_SECONDS = 2;
const PASSWORDS = { auth: 'of-auth', chat: 'of-chat', gateway: 'of-the-gateway' };
const seal = createSeal(['a secret of the tests of 32 bytes or more']);
const log = createLog('test', 'silent');
let etcd: PrivateEtcd;
const opened: Etcd[] = [];

beforeAll(async () => {
  etcd = await startPrivateEtcd(TOKEN_SECONDS);
  const users = usersOf('beaver', PASSWORDS);
  await setUpUsers(etcd.config, 'of-root', users);
  // Again, as the next start does.
  await setUpUsers(etcd.config, 'of-root', users);
}, 60_000);
afterAll(async () => {
  await Promise.all(opened.map((one) => one.close()));
  await etcd?.stop();
});

const configOf = (name: keyof typeof PASSWORDS): EtcdConfig => ({
  ...etcd.config,
  user: { name, password: PASSWORDS[name] },
});
function open(name: keyof typeof PASSWORDS): Etcd {
  const client = createEtcd(configOf(name), 'beaver', seal, log);
  opened.push(client);
  return client;
}

test('a user reads all, and writes what is its own to say', async () => {
  const [auth, chat, gateway] = [open('auth'), open('chat'), open('gateway')];
  await auth.put('keys/auth/1', 'a key');
  await chat.putLeased('services/chat/1', 'an instance');
  await gateway.put('graph/kept', 'a graph');
  await auth.putFor(60, [['ended-sessions/1', '1']]);
  const denied = /permission denied/;
  await expect(chat.put('keys/auth/2', 'x')).rejects.toThrow(denied);
  await expect(chat.put('services/auth/1', 'x')).rejects.toThrow(denied);
  await expect(gateway.delete('keys/auth/1')).rejects.toThrow(denied);
  await expect(chat.put('ended-sessions/2', 'x')).rejects.toThrow(denied);
  await expect(chat.put('anything', 'x')).rejects.toThrow(denied);
  const seen = await chat.mirror('');
  expect([...seen.entries.keys()].sort()).toEqual(['ended-sessions/1', 'graph/kept', 'keys/auth/1', 'services/chat/1']);
});

test('tokens that have run out, and a restart, cost nothing', async () => {
  const [chat, gateway] = [open('chat'), open('gateway')];
  await chat.putLeased('services/chat/2', 'an instance');
  const seen = await gateway.mirror('services/chat/');
  for (const round of [1, 2]) {
    // Longer than a token is good.
    const until = Date.now() + (TOKEN_SECONDS + 1) * 1000;
    await waitFor(() => Date.now() > until, { what: 'the tokens to run out' });
    await chat.put(`services/chat/expired-${round}`, String(round));
    await waitFor(() => seen.entries.has(`expired-${round}`), { what: 'the record after the tokens ran out' });
    await etcd.restart();
    await waitFor(
      () =>
        chat.put(`services/chat/restarted-${round}`, String(round)).then(
          () => true,
          () => false,
        ),
      { what: 'etcd to take a record again' },
    );
    await waitFor(() => seen.entries.has(`restarted-${round}`), { what: 'the record after the restart' });
  }
  expect(seen.entries.get('2')).toBe('an instance');
  // The lease lives on, or was taken again: longer than its ten seconds.
  const until = Date.now() + 12_000;
  await waitFor(() => Date.now() > until, { what: 'the lease to be renewed' });
  expect(seen.entries.get('2')).toBe('an instance');
}, 90_000);

test.each<[string, () => EtcdConfig, RegExp | null, boolean]>([
  ['the right user', () => configOf('chat'), null, false],
  ['no user', () => etcd.config, /wants a user: set ETCD_USERNAME/, true],
  [
    'a wrong password',
    () => ({ ...configOf('chat'), user: { name: 'chat', password: 'wrong' } }),
    /refused user chat: check ETCD_USERNAME and ETCD_PASSWORD/,
    true,
  ],
  [
    'no certificate',
    () => ({ ...configOf('chat'), tls: { caFile: etcd.certificates.ca } }),
    /No etcd answers .*ETCD_CA/,
    false,
  ],
  ['an unknown authority', () => ({ ...configOf('chat'), tls: {} }), /No etcd answers .*ETCD_CA/, false],
  [
    'a file that is not there',
    () => ({ ...configOf('chat'), tls: { caFile: '/nowhere/ca.pem' } }),
    /cannot be read: check ETCD_CA/,
    true,
  ],
])('a process that starts with %s is told what to do', async (_what, config, message, isFinal) => {
  const fault = await examineEtcd(config());
  if (message === null) expect(fault).toBeNull();
  else expect(fault).toMatchObject({ message: expect.stringMatching(message), isFinal });
  expect(fault?.message ?? '').not.toMatch(/of-chat|wrong/);
});

test('variables that mean nothing without others are refused by name', () => {
  const plain = { ETCD_SERVER: 'http://etcd:2379' };
  expect(() => readEtcdConfig({ ...plain, ETCD_CA: 'ca.pem' })).toThrow(/ETCD_SERVER must be https/);
  expect(() => readEtcdConfig({ ...plain, ETCD_USERNAME: 'chat' })).toThrow(
    /ETCD_USERNAME is set without ETCD_PASSWORD/,
  );
  expect(() => readEtcdConfig({ ...plain, ETCD_PASSWORD: 'x' })).toThrow(/ETCD_PASSWORD is set without ETCD_USERNAME/);
  const secure = { ETCD_SERVER: 'https://etcd:2379', ETCD_CA: 'ca.pem', ETCD_CERT: 'a.pem' };
  expect(() => readEtcdConfig(secure)).toThrow(/ETCD_CERT and ETCD_KEY belong together/);
});
