import { createEtcd, type Etcd } from '../etcd.ts';
import { newId } from '../ids.ts';
import { createLog } from '../log.ts';
import { waitFor } from '../testing/wait.ts';
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
} from '../tokens.ts';

const MINUTE = 60;
/** The time at which a token was made for the first time, in seconds: what is reused is counted from it. */
const AGES = [0, 1, 15, 29, 31, 59, 120, 240, 299];
const realNow = Date.now;

let etcd: Etcd;
let identity: ServiceIdentity;
let service: TokenVerifier;
let gateway: TokenVerifier;

beforeEach(async () => {
  etcd = createEtcd({ servers: [process.env.ETCD_SERVER as string] }, `t${newId()}`, createLog('test', 'silent'));
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
  const token = signToken(key, { iss: 'auth', sub: newId(), sid: newId() }, ACCESS_TOKEN_SECONDS);
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
