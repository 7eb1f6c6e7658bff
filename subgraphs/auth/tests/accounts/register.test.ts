import { newAccount } from '../../../../testing/people.ts';
import { type Stack, startStack } from '../../../../testing/stack.ts';
import { countRows, logged, logIn, REGISTER, register, sessionsOf } from '../helpers.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ auth: 1 });
});
afterAll(() => stack?.stop());

const api = () => stack.client('auth');

describe('register', () => {
  it('makes an account and signs in', async () => {
    const before = Date.now();
    const input = { ...newAccount(), deviceName: 'Firefox on Linux' };
    const { __typename, tokens, user, session } = await register(api(), input);
    expect(__typename).toBe('RegisterPayload');
    expect(session).toMatchObject({ deviceName: 'Firefox on Linux', isCurrent: true });
    const life = (text: string) => (Date.parse(text) - before) / 1000;
    expect(life(tokens.accessTokenExpiresAt)).toBeGreaterThan(598);
    expect(life(tokens.accessTokenExpiresAt)).toBeLessThan(605);
    expect(life(tokens.refreshTokenExpiresAt) / 86_400).toBeCloseTo(30, 2);
    expect(await sessionsOf(api().as(tokens.accessToken), user.id)).toMatchObject([
      { id: session.id, isCurrent: true },
    ]);
  });

  it('signs an access token that says who, which session and until when', async () => {
    const { tokens, user, session } = await register(api());
    const [header, claims] = tokens.accessToken
      .split('.')
      .slice(0, 2)
      .map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()));
    expect(header).toMatchObject({ alg: 'ES256', kid: expect.any(String) });
    expect(claims).toMatchObject({ iss: 'auth', sub: user.id, sid: session.id, scope: 'user' });
    expect(claims.exp - claims.iat).toBe(600);
    expect(claims.exp * 1000).toBe(Date.parse(tokens.accessTokenExpiresAt));
  });

  it('keeps neither the password nor the refresh token, and says nothing secret in its log', async () => {
    const input = { ...newAccount(), password: 'a very secret password' };
    const { tokens, user } = await register(api(), input);
    const [account] = await stack.mysql.query('SELECT * FROM auth_accounts WHERE id = ?', [user.id]);
    expect(account.password_hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    const [session] = await stack.mysql.query('SELECT * FROM auth_sessions WHERE account_id = ?', [user.id]);
    expect(JSON.stringify([account, session])).not.toContain(tokens.refreshToken);
    expect(JSON.stringify([account, session])).not.toContain(input.password);
    expect(logged(stack)).toMatch(/register/);
    for (const secret of [input.password, input.email, tokens.accessToken, tokens.refreshToken])
      expect(logged(stack)).not.toContain(secret);
  });

  it('takes capital letters, spaces around and no device name', async () => {
    const { userName, email, password } = newAccount();
    const input = { userName: ` ${userName.toUpperCase()} `, email: ` ${email.toUpperCase()} `, password };
    const { user, session } = await register(api(), input);
    expect(session.deviceName).toBe('Unknown device');
    const [account] = await stack.mysql.query('SELECT user_name, email FROM auth_accounts WHERE id = ?', [user.id]);
    expect(account).toEqual({ user_name: userName, email });
  });

  it('refuses a user name and an address that are taken, in any letters', async () => {
    const first = newAccount();
    await register(api(), first);
    const before = await countRows(stack);
    const sameName = await register(api(), { ...newAccount(), userName: first.userName.toUpperCase() });
    expect(sameName).toMatchObject({ __typename: 'UserNameTaken', code: 'USER_NAME_TAKEN' });
    const sameEmail = await register(api(), { ...newAccount(), email: first.email.toUpperCase() });
    expect(sameEmail).toMatchObject({ __typename: 'EmailTaken', code: 'EMAIL_TAKEN' });
    expect(await countRows(stack)).toEqual(before);
  });

  it('lets one of many win who register the same user name or the same address at once', async () => {
    const before = await countRows(stack);
    const one = newAccount();
    const names = await Promise.all(
      Array.from({ length: 6 }, () => register(api(), { ...newAccount(), userName: one.userName })),
    );
    expect(names.map(({ __typename }) => __typename).sort()).toEqual([
      'RegisterPayload',
      ...Array(5).fill('UserNameTaken'),
    ]);
    const other = newAccount();
    const addresses = await Promise.all(
      Array.from({ length: 6 }, () => register(api(), { ...newAccount(), email: other.email })),
    );
    expect(addresses.map(({ __typename }) => __typename).sort()).toEqual([
      ...Array(5).fill('EmailTaken'),
      'RegisterPayload',
    ]);
    const { accounts, sessions } = await countRows(stack);
    expect([accounts - before.accounts, sessions - before.sessions]).toEqual([2, 2]);
  });

  it.each([
    ['userName', { userName: '' }],
    ['userName', { userName: 'ab' }],
    ['userName', { userName: 'a'.repeat(33) }],
    ['userName', { userName: 'a b c' }],
    ['userName', { userName: 'jürgen' }],
    ['userName', { userName: 'a@b.org' }],
    ['userName', { userName: 'robert\u0000' }],
    ['userName', { userName: 'x'.repeat(500_000) }],
    ['email', { email: '' }],
    ['email', { email: 'nobody' }],
    ['email', { email: 'a@b' }],
    ['email', { email: 'jürgen@example.org' }],
    ['email', { email: '\u212aelvin@example.org' }],
    ['email', { email: 'a b@example.org' }],
    ['email', { email: 'a@b@example.org' }],
    ['email', { email: '"a"@example.org' }],
    ['email', { email: '@example.org' }],
    ['email', { email: 'a@127.0.0.1' }],
    ['email', { email: 'a@0x7f.1' }],
    ['email', { email: 'a@[127.0.0.1]' }],
    ['email', { email: 'a@ex%61mple.org' }],
    ['email', { email: 'a@example..org' }],
    ['email', { email: 'a@-example.org' }],
    ['email', { email: 'a@example.org.' }],
    ['email', { email: 'a@exam\u200bple .org' }],
    ['email', { email: `${'a'.repeat(65)}@example.org` }],
    ['email', { email: `${'a'.repeat(250)}@example.org` }],
    ['email', { email: 'x'.repeat(500_000) }],
    ['password', { password: '' }],
    ['password', { password: 'seven77' }],
    ['password', { password: '😀'.repeat(7) }],
    ['password', { password: 'password' }],
    ['password', { password: 'PassW0rd' }],
    ['password', { password: '12345678' }],
    ['password', { password: ' qwertyuiop' }],
    ['password', { password: ' '.repeat(8) }],
    ['password', { password: 'abababababab' }],
    ['password', { userName: 'bea.ver', password: 'Bea.Verbea.ver' }],
    ['password', { userName: 'bea.ver', password: 'bea.ver123' }],
    ['password', { email: 'bea.ver@example.org', password: 'BEA.VER@example.org!' }],
    ['password', { password: 'x'.repeat(129) }],
    ['password', { password: 'x'.repeat(500_000) }],
  ])('refuses a bad %s', async (field, part) => {
    const before = await countRows(stack);
    const result = await register(api(), { ...newAccount(), ...part });
    expect(result).toMatchObject({ __typename: 'InvalidInput', code: 'INVALID_INPUT', field });
    expect(await countRows(stack)).toEqual(before);
  });

  it('says at once all that is wrong, each value once and none of them back', async () => {
    const query = `mutation ($input: RegisterInput!) { register(input: $input) {
      __typename ... on InvalidInput { field message faults { field message } } } }`;
    const input = { userName: 'x!', email: 'nowhere-secret', password: 'short' };
    const { register: result } = await api().data(query, { input });
    expect(result.faults.map(({ field }: { field: string }) => field)).toEqual(['userName', 'email', 'password']);
    expect(result.faults[0]).toEqual({ field: result.field, message: result.message });
    expect(JSON.stringify(result)).not.toMatch(/nowhere-secret|short|x!/);
  });

  it.each([
    "!#$%&'*+/=?^_`{|}~-@example.org",
    'r&d.x@example.museum',
    'a..b.@docomo.example',
    'x@xn--fiq228c.xn--fiqs8s',
  ])('takes the address %s, and signs in by it', async (end) => {
    const somebody = newAccount();
    const email = `${somebody.userName}${end}`;
    expect((await register(api(), { ...somebody, email })).__typename).toBe('RegisterPayload');
    expect((await logIn(api(), email.toUpperCase())).__typename).toBe('LogInPayload');
  });

  it('takes an international domain in both of its forms as one address', async () => {
    const [first, second] = [newAccount(), newAccount()];
    const [own, ascii] = ['例子。中国', 'xn--fsqu00a.XN--FIQS8S'].map((domain) => `${first.userName}@${domain}`);
    expect((await register(api(), { ...first, email: own })).__typename).toBe('RegisterPayload');
    expect(await register(api(), { ...second, email: ascii })).toMatchObject({ __typename: 'EmailTaken' });
    for (const login of [own, ascii] as string[]) expect((await logIn(api(), login)).__typename).toBe('LogInPayload');
  });

  it.each([
    ['', 'Unknown device'],
    [' \u200b\u3164', 'Unknown device'],
    ['bell\u0007', 'bell'],
    ['\u202eabc\nd', 'abc d'],
    ['x'.repeat(65), 'x'.repeat(64)],
    ['x'.repeat(500_000), 'x'.repeat(64)],
    [`${'x'.repeat(63)}👨‍👩‍👧‍👦y`, `${'x'.repeat(63)}👨‍👩‍👧‍👦`],
  ])('cuts and cleans the name of a device, and refuses none: number %#', async (deviceName, kept) => {
    const result = await register(api(), { ...newAccount(), deviceName });
    expect(result.session?.deviceName).toBe(kept);
  });

  it('takes a password that has the name and enough beside it', async () => {
    const somebody = newAccount();
    const password = `${somebody.userName} of the dam`;
    expect((await register(api(), { ...somebody, password })).__typename).toBe('RegisterPayload');
  });

  it('takes the shortest and the longest that is allowed', async () => {
    const suffix = newAccount().userName.slice(0, 3);
    const shortest = { ...newAccount(), userName: suffix, password: '😀🦫'.repeat(3).concat('🌳🌲'), deviceName: 'x' };
    expect((await register(api(), shortest)).__typename).toBe('RegisterPayload');
    const userName = `${newAccount().userName}${'._'.repeat(16)}`.slice(0, 32);
    const longest = { ...newAccount(), userName, password: '😀🦫🌳🌲'.repeat(32), deviceName: '😀'.repeat(64) };
    expect((await register(api(), longest)).__typename).toBe('RegisterPayload');
  });

  it.each([
    ['a number', { ...newAccount(), userName: 5 }],
    ['null', { ...newAccount(), password: null }],
    ['a list', { ...newAccount(), email: ['a@example.org', 'b@example.org'] }],
    ['an unknown field', { ...newAccount(), isAdmin: true }],
    ['nothing', undefined],
  ])('refuses %s by name, before anything is written', async (_what, input) => {
    const before = await countRows(stack);
    const { status, errors } = await api().send(REGISTER, { input });
    expect(status).toBeLessThan(500);
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
    expect(await countRows(stack)).toEqual(before);
  });

  it('refuses the request whole where its token is not valid', async () => {
    const before = await countRows(stack);
    for (const token of [stack.expiredToken(), stack.forgedToken(), 'nonsense']) {
      const { status, errors } = await api().as(token).send(REGISTER, { input: newAccount() });
      expect(status).toBe(401);
      expect(errors?.[0]?.extensions?.code).toBe('UNAUTHENTICATED');
    }
    expect(await countRows(stack)).toEqual(before);
  });
});
