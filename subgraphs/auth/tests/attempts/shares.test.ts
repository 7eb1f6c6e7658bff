import { Redis } from 'ioredis';
import { ADDRESS_HEADER, SERVICE_HEADER } from '../../../../kit/identity/caller.ts';
import type { GraphClient } from '../../../../testing/client.ts';
import { newAccount } from '../../../../testing/people.ts';
import { type Stack, startStack } from '../../../../testing/stack.ts';
import { waitFor } from '../../../../testing/wait.ts';
import { delayAfter } from '../../domain/attempts/attempts.ts';
import { logIn, refresh, register } from '../helpers.ts';

const REGISTRATIONS = 6;
/** As many as three logins that are locked, and one more. */
const WRONG_PASSWORDS = 20;

let stack: Stack;
let redis: Redis;
let proof: string;
beforeAll(async () => {
  stack = await startStack(
    { auth: 2 },
    { AUTH_REGISTRATIONS_PER_HOUR: `${REGISTRATIONS}`, AUTH_WRONG_PASSWORDS: `${WRONG_PASSWORDS}` },
  );
  proof = await stack.serviceToken('gateway', 'auth');
  const { tls: _, ...address } = stack.config.redis;
  redis = new Redis(address);
});
afterAll(async () => {
  redis?.disconnect();
  await stack?.stop();
});
/** An hour passes. */
afterEach(async () => {
  const keys = await redis.keys(`${stack.config.namespace}:count:*`);
  await Promise.all(keys.map((key) => redis.del(key)));
});

/** A client at this address, as the gateway tells it. */
const at = (address: string, instance = 0): GraphClient =>
  stack.client('auth', instance).with({ [SERVICE_HEADER]: proof, [ADDRESS_HEADER]: address });
let networks = 0;
/** An address that nobody has called from. */
const fresh = () => `198.51.${100 + Math.floor(++networks / 250)}.${networks % 250}`;
const WRONG = 'wrong password';

async function fail(api: GraphClient, login: string, times: number): Promise<string[]> {
  const names: string[] = [];
  for (let i = 0; i < times; i += 1) names.push((await logIn(api, login, WRONG)).__typename);
  return names;
}

describe('log-ins of one address', () => {
  it('keep nobody else from signing in, however many there are', async () => {
    const [stranger, known] = [newAccount(), newAccount()];
    const flooded = fresh();
    await register(at(fresh()), stranger);
    await register(at(flooded), known);
    let isOver = false;
    const names = new Map<string, number>();
    const flood = Array.from({ length: 160 }, async () => {
      while (!isOver) {
        const { __typename } = await logIn(at(flooded), newAccount().userName, WRONG);
        names.set(__typename, (names.get(__typename) ?? 0) + 1);
      }
    });
    await waitFor(() => (names.get('RateLimited') ?? 0) > 100, { what: 'a flood', timeout: 60_000 });
    const answers: string[] = [];
    for (let i = 0; i < 5; i += 1) {
      answers.push((await logIn(at(fresh()), stranger.userName)).__typename);
      // Even at the address of the flood, whoever was here before gets in.
      answers.push((await logIn(at(flooded), known.userName)).__typename);
      answers.push((await register(at(fresh()))).__typename);
    }
    isOver = true;
    await Promise.all(flood);
    expect(new Set(answers)).toEqual(new Set(['LogInPayload', 'RegisterPayload']));
  });
});

describe('wrong passwords', () => {
  it('lock a login for the address that tries, and for nobody else', async () => {
    const owner = newAccount();
    const [home, attacker] = [fresh(), fresh()];
    await register(at(home), owner);
    expect(await fail(at(attacker), owner.userName, 6)).toEqual([
      ...Array(5).fill('InvalidCredentials'),
      'AccountLocked',
    ]);
    expect((await logIn(at(attacker, 1), owner.userName)).__typename).toBe('AccountLocked');
    for (const place of [home, fresh()])
      for (const login of [owner.userName, owner.email])
        expect((await logIn(at(place), login)).__typename).toBe('LogInPayload');
  });

  it('tell nobody which e-mail address belongs to a user name, or whether there is an account', async () => {
    const owner = newAccount();
    const attacker = fresh();
    await register(at(fresh()), owner);
    await fail(at(attacker), owner.userName, 6);
    const answers = [];
    for (const login of [owner.email, newAccount().email, newAccount().userName])
      for (let i = 0; i < 6; i += 1) answers.push(await logIn(at(attacker), login, WRONG));
    const said = answers.map(({ __typename, message }) => `${__typename} ${message}`);
    const [theirs, other, nobodys] = [said.slice(0, 6), said.slice(6, 12), said.slice(12)];
    expect(other).toEqual(theirs);
    expect(nobodys).toEqual(theirs);
  });

  it('are bounded for an address, whatever the logins; who signed in there before is not bound', async () => {
    const [owner, visitor] = [newAccount(), newAccount()];
    const shared = fresh();
    await register(at(shared), owner);
    await register(at(fresh()), visitor);
    const names: string[] = [];
    for (let i = 0; i < WRONG_PASSWORDS + 3; i += 1)
      names.push(...(await fail(at(shared, i % 2), newAccount().userName, 1)));
    expect(names).toEqual([...Array(WRONG_PASSWORDS).fill('InvalidCredentials'), ...Array(3).fill('RateLimited')]);
    // A right password is not looked at, so that it cannot be guessed on.
    const began = performance.now();
    const refused = await logIn(at(shared), visitor.userName);
    // Whoever is refused at once comes again at once.
    expect(performance.now() - began).toBeGreaterThan(245);
    expect(refused).toMatchObject({ __typename: 'RateLimited', code: 'RATE_LIMITED' });
    expect(refused.retryAfterSeconds).toBeGreaterThan(600);
    expect((await logIn(at(fresh()), visitor.userName)).__typename).toBe('LogInPayload');
    // A wrong password of a known account says no more than one of an unknown one.
    expect(await logIn(at(shared), owner.userName, WRONG)).toMatchObject({ __typename: 'RateLimited' });
    expect((await logIn(at(shared), owner.userName)).__typename).toBe('LogInPayload');
  });

  it('from many addresses slow strangers down and shut nobody out', async () => {
    expect([0, 10, 11, 12, 13, 30].map(delayAfter)).toEqual([0, 0, 100, 200, 400, 3000]);
    const owner = newAccount();
    const home = fresh();
    await register(at(home), owner);
    await Promise.all(Array.from({ length: 6 }, () => fail(at(fresh()), owner.userName, 4)));
    const time = async (place: string) => {
      const start = performance.now();
      expect((await logIn(at(place), owner.userName)).__typename).toBe('LogInPayload');
      return performance.now() - start;
    };
    expect(await time(fresh())).toBeGreaterThan(2_900);
    expect(await time(home)).toBeLessThan(2_900);
  });

  it('do not count against those who show the right one where a session of theirs has moved to', async () => {
    const owner = newAccount();
    const [home, train] = [fresh(), fresh()];
    const { tokens } = await register(at(home), owner);
    expect((await refresh(at(train), tokens.refreshToken)).__typename).toBe('RefreshSessionPayload');
    for (let i = 0; i < WRONG_PASSWORDS; i += 1) await fail(at(train), newAccount().userName, 1);
    expect((await logIn(at(train), owner.userName)).__typename).toBe('LogInPayload');
    const stored = await stack.mysql.query('SELECT address_tag FROM auth_sessions WHERE id IS NOT NULL');
    expect(JSON.stringify(stored)).not.toContain(train);
  });
});

describe('registrations', () => {
  it('are bounded for an address, also those that find a name taken', async () => {
    const somebody = newAccount();
    await register(at(fresh()), somebody);
    const eager = fresh();
    const names: string[] = [];
    for (let i = 0; i < REGISTRATIONS; i += 1) {
      const input = i % 2 ? { ...newAccount(), email: somebody.email } : newAccount();
      names.push((await register(at(eager, i % 2), input)).__typename);
    }
    expect(new Set(names)).toEqual(new Set(['RegisterPayload', 'EmailTaken']));
    const began = performance.now();
    const refused = await register(at(eager), { ...newAccount(), email: somebody.email });
    expect(performance.now() - began).toBeGreaterThan(245);
    expect(refused).toMatchObject({ __typename: 'RateLimited', code: 'RATE_LIMITED' });
    expect(refused.message).toMatch(/Try again in \d+ min/);
    expect((await register(at(fresh()))).__typename).toBe('RegisterPayload');
    // Signing in is another matter.
    expect((await logIn(at(eager), somebody.userName)).__typename).toBe('LogInPayload');
  });

  it('take as long where the e-mail address is taken', async () => {
    const somebody = newAccount();
    await register(at(fresh()), somebody);
    const time = async (input: object) => {
      const start = performance.now();
      await register(at(fresh()), input);
      return performance.now() - start;
    };
    const times = { taken: [] as number[], free: [] as number[] };
    for (let i = 0; i < 6; i += 1) {
      times.taken.push(await time({ ...newAccount(), email: somebody.email }));
      times.free.push(await time(newAccount()));
    }
    const ratio = Math.min(...times.taken) / Math.min(...times.free);
    expect(ratio).toBeGreaterThan(0.4);
  });
});
