import { Redis } from 'ioredis';
import { newAccount, PASSWORD } from '../../../../testing/people.ts';
import { type Stack, startStack } from '../../../../testing/stack.ts';
import { countRows, LOG_IN, logged, logIn, register } from '../helpers.ts';

let stack: Stack;
let redis: Redis;
beforeAll(async () => {
  stack = await startStack({ auth: 2 });
  const { tls: _, ...address } = stack.config.redis;
  redis = new Redis(address);
});
afterAll(async () => {
  redis?.disconnect();
  await stack?.stop();
});

const api = (index = 0) => stack.client('auth', index);

/** Quarter of an hour passes: the locks run out. */
async function letLocksExpire(): Promise<void> {
  const keys = await redis.keys(`${stack.config.namespace}:count:login-*`);
  await Promise.all(keys.map((key) => redis.pexpire(key, 0)));
}

async function fail(login: string, times: number): Promise<string[]> {
  const names: string[] = [];
  for (let i = 0; i < times; i += 1) names.push((await logIn(api(i % 2), login, 'wrong password')).__typename);
  return names;
}

describe('logIn', () => {
  it('signs in with the user name or the address, in any letters', async () => {
    const somebody = newAccount();
    const { user } = await register(api(), somebody);
    for (const login of [somebody.userName, somebody.email, somebody.userName.toUpperCase(), ` ${somebody.email} `]) {
      const result = await logIn(api(), login);
      expect(result).toMatchObject({ __typename: 'LogInPayload', user: { id: user.id }, session: { isCurrent: true } });
    }
    expect(logged(stack)).toMatch(/login succeeded/);
    expect(logged(stack)).not.toContain(somebody.email);
  });

  it('takes the same password in another normal form of Unicode', async () => {
    const somebody = { ...newAccount(), password: 'caf\u00e9 au lait' };
    await register(api(), somebody);
    expect((await logIn(api(), somebody.userName, 'cafe\u0301 au lait')).__typename).toBe('LogInPayload');
  });

  it('says the same of an unknown login and of a wrong password, after about the same time', async () => {
    const known = [newAccount(), newAccount()];
    await Promise.all(known.map((somebody) => register(api(), somebody)));
    const answers = new Set<string>();
    const time = async (login: string) => {
      const start = performance.now();
      const { __typename, code, message } = await logIn(api(), login, 'wrong password');
      answers.add(JSON.stringify({ __typename, code, message }));
      return performance.now() - start;
    };
    const times = { wrong: [] as number[], unknown: [] as number[] };
    // In turn, so that whatever else the machine does slows both; the fastest of each is what the work itself
    // takes.
    for (let i = 0; i < 8; i += 1) {
      times.wrong.push(await time(known[i % 2]?.userName as string));
      times.unknown.push(await time(newAccount().userName));
    }
    expect([...answers]).toEqual([expect.stringContaining('"code":"INVALID_CREDENTIALS"')]);
    const ratio = Math.min(...times.unknown) / Math.min(...times.wrong);
    expect(ratio).toBeGreaterThan(0.5);
    expect(ratio).toBeLessThan(2);
  });

  it('locks a login after five wrong passwords, on every instance, until the time is over', async () => {
    const somebody = newAccount();
    const bystander = newAccount();
    await register(api(), somebody);
    await register(api(), bystander);
    expect(await fail(somebody.userName, 5)).toEqual(Array(5).fill('InvalidCredentials'));
    const before = await countRows(stack);
    for (const instance of [0, 1]) {
      const locked = await logIn(api(instance), somebody.userName, PASSWORD);
      expect(locked).toMatchObject({ __typename: 'AccountLocked', code: 'ACCOUNT_LOCKED' });
      expect(locked.retryAfterSeconds).toBeGreaterThan(880);
      expect(locked.retryAfterSeconds).toBeLessThanOrEqual(900);
    }
    expect(await countRows(stack)).toEqual(before);
    expect((await logIn(api(), bystander.userName)).__typename).toBe('LogInPayload');
    await letLocksExpire();
    expect((await logIn(api(), somebody.userName)).__typename).toBe('LogInPayload');
  });

  it('counts user name and e-mail address apart, so that nobody learns which belong together', async () => {
    const somebody = newAccount();
    await register(api(), somebody);
    await fail(somebody.userName, 5);
    expect((await logIn(api(), somebody.userName)).__typename).toBe('AccountLocked');
    for (const login of [somebody.email, newAccount().email])
      expect((await logIn(api(), login, 'wrong password')).__typename).toBe('InvalidCredentials');
    expect((await logIn(api(), somebody.email)).__typename).toBe('LogInPayload');
    await letLocksExpire();
  });

  it('locks an unknown login like a known one', async () => {
    for (const login of [newAccount().userName, newAccount().email, 'Jürgen Müller']) {
      expect(await fail(login, 5)).toEqual(Array(5).fill('InvalidCredentials'));
      const locked = await logIn(api(1), login);
      expect(locked.__typename).toBe('AccountLocked');
      expect(locked.retryAfterSeconds).toBeGreaterThan(880);
    }
  });

  it('forgets wrong passwords after a right one', async () => {
    const somebody = newAccount();
    await register(api(), somebody);
    for (let round = 0; round < 2; round += 1) {
      await fail(somebody.userName, 4);
      expect((await logIn(api(), somebody.userName)).__typename).toBe('LogInPayload');
    }
  });

  it('gives many guesses at once no more than five attempts', async () => {
    const somebody = newAccount();
    await register(api(), somebody);
    const results = await Promise.all(
      Array.from({ length: 20 }, (_, i) => logIn(api(i % 2), somebody.userName, `wrong password ${i}`)),
    );
    const refused = results.filter(({ __typename }) => __typename === 'InvalidCredentials').length;
    expect(refused).toBe(5);
    expect(results.filter(({ __typename }) => __typename === 'AccountLocked')).toHaveLength(15);
    await letLocksExpire();
  });

  it('lets one user sign in on many devices at once', async () => {
    const somebody = newAccount();
    await register(api(), somebody);
    const results = await Promise.all(Array.from({ length: 12 }, () => logIn(api(), somebody.userName)));
    expect(results.map(({ __typename }) => __typename)).toEqual(Array(12).fill('LogInPayload'));
  });

  it('refuses by name what is more than it can hash, and goes on', async () => {
    const somebody = newAccount();
    await register(api(), somebody);
    const strangers = Array.from({ length: 150 }, () => logIn(api(), newAccount().userName));
    const turnedAway = Array.from({ length: 10 }, () => logIn(api(), somebody.userName));
    const results = await Promise.all(strangers);
    const names = (of: typeof results) => new Set(of.map(({ __typename }) => __typename));
    expect(names(results)).toEqual(new Set(['InvalidCredentials', 'RateLimited']));
    expect(results.find(({ __typename }) => __typename === 'RateLimited')?.retryAfterSeconds).toBeGreaterThan(0);
    // Being turned away is no wrong password.
    expect(names(await Promise.all(turnedAway))).not.toContain('AccountLocked');
    expect((await logIn(api(), somebody.userName)).__typename).toBe('LogInPayload');
  });

  it('counts the attempts that other instances are looking at', async () => {
    const somebody = newAccount();
    await register(api(), somebody);
    await letLocksExpire();
    await fail(somebody.userName, 1);
    const [attempts] = await redis.keys(`${stack.config.namespace}:count:login-attempts:*`);
    await redis.set(attempts as string, 5, 'EX', 60);
    const refused = await logIn(api(), somebody.userName);
    expect(refused.__typename).toBe('AccountLocked');
    expect(refused.retryAfterSeconds).toBeLessThanOrEqual(60);
    await letLocksExpire();
  });

  it.each([
    ['login', { login: '' }],
    ['login', { login: 'x'.repeat(255) }],
    ['login', { login: 'x'.repeat(500_000) }],
    ['password', { password: '' }],
    ['password', { password: 'x'.repeat(500_000) }],
  ])('refuses a bad %s', async (field, part) => {
    const before = await countRows(stack);
    const input = { login: 'somebody', password: PASSWORD, ...part };
    const { logIn: result } = await api().data(LOG_IN, { input });
    expect(result).toMatchObject({ __typename: 'InvalidInput', field });
    expect(await countRows(stack)).toEqual(before);
  });

  it('refuses wrong types and bad tokens by name', async () => {
    const before = await countRows(stack);
    const { status, errors } = await api().send(LOG_IN, { input: { login: 1, password: {} } });
    expect(status).toBeLessThan(500);
    expect(errors?.every(({ extensions }) => extensions?.code === 'BAD_USER_INPUT')).toBe(true);
    for (const token of [stack.expiredToken(), stack.forgedToken()]) {
      const refused = await api()
        .as(token)
        .send(LOG_IN, { input: { login: 'somebody', password: PASSWORD } });
      expect(refused.status).toBe(401);
    }
    expect(await countRows(stack)).toEqual(before);
  });
});
