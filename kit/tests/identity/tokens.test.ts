import { sign as signBytes } from 'node:crypto';
import { openEtcd } from '../../../testing/etcd.ts';
import { waitFor } from '../../../testing/wait.ts';
import { newId } from '../../base/ids.ts';
import type { Etcd } from '../../discovery/etcd.ts';
import {
  ACCESS_TOKEN_SECONDS,
  CLOCK_TOLERANCE_SECONDS,
  createServiceIdentity,
  createTokenVerifier,
  generateSigningKey,
  keyPath,
  type ServiceIdentity,
  signToken,
  type TokenVerifier,
} from '../../identity/tokens.ts';

const MINUTE = 60;
/** The time at which a token was made for the first time, in seconds: what is reused is counted from it. */
const AGES = [0, 1, 15, 29, 31, 59, 120, 240, 299];
const realNow = Date.now;

let etcd: Etcd;
let identity: ServiceIdentity;
let service: TokenVerifier;
let gateway: TokenVerifier;

beforeEach(async () => {
  etcd = openEtcd();
  identity = await createServiceIdentity('chat', etcd);
  service = await createTokenVerifier(etcd, CLOCK_TOLERANCE_SECONDS);
  gateway = await createTokenVerifier(etcd, 0);
});
afterEach(async () => {
  Date.now = realNow;
  await etcd.close();
});

/** Does something as a host whose clock is off by so many seconds. */
function at<T>(seconds: number, work: () => T): T {
  Date.now = () => realNow() + seconds * 1000;
  try {
    return work();
  } finally {
    Date.now = realNow;
  }
}

test.each([-10 * MINUTE, -5 * MINUTE, -45, -20, 0, 45, 5 * MINUTE, 60 * MINUTE])(
  'a service whose clock is off by %d s is known by each of its tokens',
  (skew) => {
    for (const age of AGES) {
      const token = at(age + skew, () => identity.serviceToken('user'));
      expect(at(age, () => service.verify(token))).toMatchObject({ iss: 'chat', aud: 'user' });
    }
  },
);

test.each([-5 * MINUTE, -45, 0, 45, 60 * MINUTE])(
  'grants of a service whose clock is off by %d s are taken',
  (skew) => {
    for (const age of AGES) {
      const token = at(age + skew, () => identity.grant('file', 'file_1'));
      expect(at(age, () => service.verify(token))).toMatchObject({ sub: 'file_1' });
    }
  },
);

test('an access token ends at the gateway, and a little later at services, also where it is remembered', async () => {
  const key = generateSigningKey();
  await etcd.put(keyPath('auth', key.kid), JSON.stringify(key.publicJwk));
  const token = signToken(key, { iss: 'auth', sub: newId('user'), sid: newId('session') }, ACCESS_TOKEN_SECONDS);
  await waitFor(() => [gateway, service].map((verifier) => verifier.verify(token)), { what: 'the key to be known' });
  for (const before of [-60 * MINUTE, 0, ACCESS_TOKEN_SECONDS - 2]) {
    expect(at(before, () => gateway.verify(token))).toMatchObject({ iss: 'auth' });
  }
  for (const remembers of [true, false]) {
    if (!remembers) {
      gateway = await createTokenVerifier(etcd, 0);
      service = await createTokenVerifier(etcd, CLOCK_TOLERANCE_SECONDS);
    }
    const end = ACCESS_TOKEN_SECONDS;
    expect(() => at(end + 1, () => gateway.verify(token))).toThrow(/has expired/);
    expect(at(end + CLOCK_TOLERANCE_SECONDS - 2, () => service.verify(token))).toMatchObject({ iss: 'auth' });
    expect(() => at(end + CLOCK_TOLERANCE_SECONDS + 1, () => service.verify(token))).toThrow(/has expired/);
  }
});

describe('a token that is signed with the right key', () => {
  const key = generateSigningKey();
  const now = Math.floor(Date.now() / 1000);
  const access = { iss: 'auth', sub: newId('user'), sid: newId('session'), iat: now, exp: now + ACCESS_TOKEN_SECONDS };
  const call = { iss: 'auth', sub: 'service:auth', aud: 'user', iat: now, exp: now + 900 };
  const grant = { iss: 'auth', sub: 'file_1', aud: 'file', iat: now, exp: now + 600 };
  const YEARS = 100 * 365 * 24 * 60 * MINUTE;
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  /** By hand, because no library makes such tokens. */
  const sign = (claims: object, header: object = {}) => {
    const text = `${encode({ alg: 'ES256', typ: 'JWT', kid: key.kid, ...header })}.${encode(claims)}`;
    const made = signBytes('sha256', Buffer.from(text), { key: key.privateKey, dsaEncoding: 'ieee-p1363' });
    return `${text}.${made.toString('base64url')}`;
  };
  beforeEach(async () => {
    await etcd.put(keyPath('auth', key.kid), JSON.stringify(key.publicJwk));
    await waitFor(() => gateway.verify(sign(access)), { what: 'the key to be known' });
  });

  test.each<[string, object]>([
    ['an access token', access],
    ['a service token', call],
    ['a grant', grant],
  ])('is taken where it is %s as we make them', (_what, claims) => {
    expect(gateway.verify(sign(claims))).toMatchObject(claims);
  });

  test.each<[string, object, object?]>([
    ['an access token for a second more', { ...access, exp: access.exp + 1 }],
    ['an access token for 100 years', { ...access, exp: now + YEARS }],
    ['an access token of 100 years from now', { ...access, iat: now + YEARS, exp: now + YEARS + 600 }],
    ['a service token for a second more', { ...call, exp: call.exp + 1 }],
    ['a grant for a second more', { ...grant, exp: grant.exp + 1 }],
    ['a session that is null', { ...access, sid: null }],
    ['a session that is no text', { ...access, sid: { toString: 1 } }],
    ['parts of a second', { ...access, exp: now + 100.5 }],
    ['a life of nothing', { ...access, iat: now + 100, exp: now + 100 }],
    ['extensions that it calls critical', access, { crit: ['exp'] }],
    ['critical extensions that are none', access, { crit: [] }],
  ])('is refused with %s', (_what, claims, header: object = {}) => {
    expect(() => gateway.verify(sign(claims, header))).toThrow(/not valid/);
  });

  test('is refused without a time at which it was made, or until which it is good', () => {
    const { iat, exp, ...rest } = access;
    expect(() => gateway.verify(sign({ ...rest, iat }))).toThrow(/not valid/);
    expect(() => gateway.verify(sign({ ...rest, exp }))).toThrow(/not valid/);
  });

  test('is refused once its key is withdrawn', async () => {
    const token = sign(access);
    expect(gateway.verify(token)).toMatchObject({ iss: 'auth' });
    await etcd.delete(keyPath('auth', key.kid));
    await waitFor(
      () => {
        try {
          gateway.verify(token);
          return false;
        } catch {
          return true;
        }
      },
      { what: 'the key to be forgotten' },
    );
  });
});
