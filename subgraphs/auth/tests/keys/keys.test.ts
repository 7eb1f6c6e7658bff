import { createPublicKey, type JsonWebKey, verify } from 'node:crypto';
import type { Mirror } from '../../../../kit/discovery/etcd.ts';
import { newSecret } from '../../../../launch/base/secret.ts';
import type { Service } from '../../../../launch/services.ts';
import { openEtcd } from '../../../../testing/etcd.ts';
import { type Stack, startStack } from '../../../../testing/stack.ts';
import { waitFor } from '../../../../testing/wait.ts';
import { register } from '../helpers.ts';

type Jwk = JsonWebKey & { kid: string; alg: string; use: string };

let stack: Stack;
let mirror: Mirror;
beforeAll(async () => {
  stack = await startStack({ auth: 2 });
  mirror = await stack.etcd.mirror('keys/auth/');
});
afterAll(() => stack?.stop());

async function jwks(service: Service): Promise<Jwk[]> {
  const response = await fetch(`${service.url}/.well-known/jwks.json`);
  expect(response.status).toBe(200);
  return ((await response.json()) as { keys: Jwk[] }).keys;
}

const kidOf = (token: string): string =>
  JSON.parse(Buffer.from(token.split('.')[0] as string, 'base64url').toString()).kid;
const generations = async (): Promise<{ kid: string; generation: number }[]> => [
  ...(await stack.mysql.query('SELECT kid, generation FROM auth_keys ORDER BY generation')),
];
const inEtcd = (): string[] => [...mirror.entries.keys()];

/** Another instance, with a client of it; the ones before stay. */
async function another() {
  const service = await stack.add('auth');
  const index = stack.services('auth').indexOf(service);
  return { service, api: stack.client('auth', index) };
}

/** Starts two instances that both find that a key is due before either can add one. */
async function twoAtOnce() {
  const lock = await stack.mysql.getConnection();
  try {
    await lock.query('LOCK TABLES auth_keys READ');
    const starting = Promise.all([another(), another()]);
    await waitFor(
      async () => {
        const [row] = await stack.mysql.query(
          "SELECT COUNT(*) AS waiting FROM information_schema.PROCESSLIST WHERE DB = ? AND INFO LIKE 'INSERT%auth_keys%'",
          [stack.config.mysql.database],
        );
        return Number(row.waiting) === 2;
      },
      { what: 'two instances that add a key' },
    );
    await lock.query('UNLOCK TABLES');
    return (await starting)[0];
  } finally {
    await lock.release();
  }
}

/** Whether an access token is taken. */
async function isTaken(api: ReturnType<Stack['client']>, token: string): Promise<boolean> {
  return (await api.as(token).send('{ __typename }')).status === 200;
}

describe('the signing keys', () => {
  it('are one key for instances that start at the same time', async () => {
    expect(await generations()).toEqual([{ kid: expect.any(String), generation: 1 }]);
    const [one, two] = await Promise.all(stack.services('auth').map(jwks));
    expect(one).toEqual(two);
    expect(one).toHaveLength(1);
    for (const [from, to] of [
      [0, 1],
      [1, 0],
    ] as const) {
      const { tokens } = await register(stack.client('auth', from));
      expect(await isTaken(stack.client('auth', to), tokens.accessToken)).toBe(true);
    }
  });

  it('have a public half that verifies with nothing but RFC 7517 and 7518', async () => {
    const { tokens } = await register(stack.client('auth'));
    const [key] = await jwks(stack.services('auth')[0] as Service);
    expect(key).toEqual({
      kty: 'EC',
      crv: 'P-256',
      x: expect.any(String),
      y: expect.any(String),
      kid: kidOf(tokens.accessToken),
      alg: 'ES256',
      use: 'sig',
    });
    const [header, claims, signature] = tokens.accessToken.split('.');
    const publicKey = createPublicKey({ key: key as JsonWebKey, format: 'jwk' });
    const text = Buffer.from(`${header}.${claims}`);
    const signed = Buffer.from(signature as string, 'base64url');
    expect(verify('sha256', text, { key: publicKey, dsaEncoding: 'ieee-p1363' }, signed)).toBe(true);
  });

  it('say nothing of their private half', async () => {
    const shown = JSON.stringify(await jwks(stack.services('auth')[0] as Service));
    const stored = [...mirror.entries.values()].join();
    for (const text of [shown, stored]) expect(text).not.toMatch(/"d"|PRIVATE/);
  });

  it('are published again where etcd has lost them', async () => {
    const [key] = await generations();
    const kid = key?.kid as string;
    let wasLost = false;
    const forget = mirror.onChange(() => {
      if (!inEtcd().includes(kid)) wasLost = true;
    });
    await stack.etcd.delete(`keys/auth/${kid}`);
    await waitFor(() => wasLost && inEtcd().includes(kid), { what: 'the key to be there again' });
    forget();
    const { tokens } = await register(stack.client('auth'));
    await waitFor(() => isTaken(stack.client('auth', 1), tokens.accessToken), { what: 'the token to be taken' });
  });

  it('stay when every instance is restarted', async () => {
    const { tokens } = await register(stack.client('auth'));
    const before = await generations();
    await Promise.all(stack.services('auth').map((service) => service.stop()));
    const { service, api } = await another();
    expect(await generations()).toEqual(before);
    expect((await jwks(service)).map(({ kid }) => kid)).toEqual([kidOf(tokens.accessToken)]);
    expect(await isTaken(api, tokens.accessToken)).toBe(true);
  });

  it('are replaced when they are old: published first, used later, forgotten when nothing they signed is valid', async () => {
    const old = await register(stack.client('auth', stack.services('auth').length - 1));
    await stack.mysql.query('UPDATE auth_keys SET created_at = created_at - INTERVAL 31 DAY');
    const left = await twoAtOnce();
    const [first, second, ...more] = await generations();
    expect([first?.generation, second?.generation, more]).toEqual([1, 2, []]);
    expect((await jwks(left.service)).map(({ kid }) => kid)).toEqual([first?.kid, second?.kid]);
    expect(inEtcd()).toEqual(expect.arrayContaining([first?.kid, second?.kid]));
    const early = await register(left.api);
    expect(kidOf(early.tokens.accessToken)).toBe(first?.kid);

    // Two minutes later.
    await stack.mysql.query('UPDATE auth_keys SET active_from = UTC_TIMESTAMP(3) WHERE generation = 2');
    const { service, api } = await another();
    const late = await register(api);
    expect(kidOf(late.tokens.accessToken)).toBe(second?.kid);
    for (const { tokens } of [old, early, late]) {
      expect(await isTaken(api, tokens.accessToken)).toBe(true);
      expect(await isTaken(left.api, tokens.accessToken)).toBe(true);
    }
    expect(await jwks(service)).toHaveLength(2);

    // A quarter of an hour later.
    await stack.mysql.query(
      'UPDATE auth_keys SET active_from = UTC_TIMESTAMP(3) - INTERVAL 16 MINUTE WHERE generation = 2',
    );
    const last = await another();
    expect((await jwks(last.service)).map(({ kid }) => kid)).toEqual([second?.kid]);
    await waitFor(() => !inEtcd().includes(first?.kid as string), { what: 'the old key to be withdrawn' });
    expect(await isTaken(last.api, late.tokens.accessToken)).toBe(true);
    await waitFor(async () => !(await isTaken(last.api, old.tokens.accessToken)), {
      what: 'the old key to be refused',
    });
    expect(await generations()).toHaveLength(2);

    // A day later.
    await stack.mysql.query(
      'UPDATE auth_keys SET active_from = UTC_TIMESTAMP(3) - INTERVAL 25 HOUR WHERE generation = 2',
    );
    await another();
    expect(await generations()).toEqual([second]);
    // It starts six processes one after the other.
  }, 120_000);
});

test('keys are certified anew by the first instance whose secret another one is', async () => {
  const [old, next] = [newSecret(), newSecret()];
  const rolling = await startStack({ auth: 1 }, { TRUST_SECRET: `${old},${next}` });
  const later = openEtcd({ namespace: rolling.config.namespace, secrets: [next] });
  try {
    const { tokens } = await register(rolling.client('auth'));
    const kid = kidOf(tokens.accessToken);
    const seen = await later.mirror('keys/auth/');
    expect(seen.entries.has(kid)).toBe(false);
    await rolling.add('auth', { TRUST_SECRET: `${next},${old}` });
    await waitFor(() => seen.entries.has(kid), { what: 'the key, certified with the next secret' });
    for (const index of [0, 1]) expect(await isTaken(rolling.client('auth', index), tokens.accessToken)).toBe(true);
  } finally {
    await later.close();
    await rolling.stop();
  }
});
