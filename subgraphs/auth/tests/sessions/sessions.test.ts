import { newId } from '../../../../kit/base/ids.ts';
import { newAccount } from '../../../../testing/people.ts';
import { sharedStack } from '../../../../testing/shared-stack.ts';
import type { SharedStack } from '../../../../testing/stack.ts';
import { waitFor } from '../../../../testing/wait.ts';
import {
  countRows,
  isRefused,
  LOG_OUT,
  logIn,
  logOut,
  RENEW,
  refresh,
  register,
  renew,
  SESSIONS,
  sessionsOf,
} from '../helpers.ts';

let stack: SharedStack;
beforeAll(async () => {
  stack = await sharedStack({ auth: 2, user: 1 });
});
afterAll(() => stack?.stop());

const api = (index = 0) => stack.client('auth', index);

/** What every process must do within a second of the end of a session. */
async function expectRefusedEverywhere(token: string): Promise<void> {
  for (const client of [api(0), api(1), stack.client('user')])
    await waitFor(() => isRefused(client.as(token)), { timeout: 1_000, what: `${client.url} to refuse the token` });
}

describe('logOut', () => {
  it('ends the session that asks, everywhere within a second', async () => {
    const { tokens, session } = await register(api());
    const result = await logOut(api().as(tokens.accessToken));
    expect(result).toMatchObject({ __typename: 'LogOutPayload', session: { id: session.id, isCurrent: true } });
    await expectRefusedEverywhere(tokens.accessToken);
    expect((await refresh(api(), tokens.refreshToken)).__typename).toBe('SessionEnded');
  });

  it('ends another session of the viewer, also twice, and this one goes on', async () => {
    const somebody = newAccount();
    const here = await register(api(), somebody);
    const there = await logIn(api(), somebody.userName);
    const viewer = api(1).as(here.tokens.accessToken);
    for (let i = 0; i < 2; i += 1) {
      const result = await logOut(viewer, there.session.id);
      expect(result).toMatchObject({
        __typename: 'LogOutPayload',
        session: { id: there.session.id, isCurrent: false },
      });
    }
    await expectRefusedEverywhere(there.tokens.accessToken);
    expect((await sessionsOf(viewer, here.user.id)).map(({ id }) => id)).toEqual([here.session.id]);
  });

  it('ends nothing of anybody else', async () => {
    const [me, other] = await Promise.all([register(api()), register(api())]);
    const before = await countRows(stack);
    const viewer = api().as(me.tokens.accessToken);
    for (const id of [other.session.id, newId('session')]) {
      expect(await logOut(viewer, id)).toMatchObject({ __typename: 'NotFound', code: 'NOT_FOUND' });
    }
    for (const id of ['x', other.user.id, 'x'.repeat(500_000)])
      expect(await logOut(viewer, id)).toMatchObject({ __typename: 'InvalidInput', field: 'sessionId' });
    expect((await viewer.send(LOG_OUT, { input: { sessionId: {} } })).status).toBeLessThan(500);
    expect(await countRows(stack)).toEqual(before);
    expect(await isRefused(api().as(other.tokens.accessToken))).toBe(false);
  });

  it('takes an empty id as none, and so ends the session that asks', async () => {
    const { tokens, session } = await register(api());
    expect((await logOut(api().as(tokens.accessToken), '')).session.id).toBe(session.id);
    expect(await isRefused(api().as(tokens.accessToken))).toBe(true);
  });

  it('needs a viewer', async () => {
    const { data, errors } = await api().send(LOG_OUT);
    expect(data).toEqual({ logOut: null });
    expect(errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED', reason: 'TOKEN_MISSING' } }]);
    for (const token of [stack.expiredToken(), stack.forgedToken()])
      expect((await api().as(token).send(LOG_OUT)).status).toBe(401);
    // Signed by auth, but of a session that auth does not have.
    const { token } = await stack.signIn();
    expect((await logOut(api().as(token))).__typename).toBe('NotFound');
  });
});

describe('User.sessions', () => {
  it('lists the sessions that go on, newest first', async () => {
    const somebody = newAccount();
    const first = await register(api(), somebody);
    const second = await logIn(api(), somebody.email);
    const third = await logIn(api(), somebody.email);
    await logOut(api().as(second.tokens.accessToken));
    const list = await sessionsOf(api().as(first.tokens.accessToken), first.user.id);
    expect(list.map(({ id, isCurrent }) => [id, isCurrent])).toEqual([
      [third.session.id, false],
      [first.session.id, true],
    ]);
  });

  it('shows nobody the sessions of somebody else', async () => {
    const [me, other] = await Promise.all([register(api()), register(api())]);
    const viewer = api().as(me.tokens.accessToken);
    for (const id of [other.user.id, newId('user')]) {
      const { data, errors } = await viewer.send(SESSIONS, { id });
      expect(data._entities).toEqual([{ id, sessions: null }]);
      expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
    }
    const { data, errors } = await api().send(SESSIONS, { id: me.user.id });
    expect(data._entities).toEqual([{ id: me.user.id, sessions: null }]);
    expect(errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
    const asService = api().as(await stack.serviceToken('chat', 'auth'));
    expect((await asService.send(SESSIONS, { id: me.user.id })).data._entities[0].sessions).toBeNull();
    expect((await viewer.data(SESSIONS, { id: 'nobody' }))._entities).toEqual([null]);
  });

  it('has a bound: a sign-in too many ends the session that was not used for the longest time', async () => {
    const somebody = newAccount();
    const { user, tokens } = await register(api(), somebody);
    const unused = newId('session');
    const rows = Array.from({ length: 99 }, (_, i) => [
      i === 50 ? unused : newId('session'),
      user.id,
      i === 50 ? 2 : 1,
      i,
    ]);
    await stack.mysql.batch(
      `INSERT INTO auth_sessions (id, account_id, device_name, created_at, last_used_at, expires_at, family_hash, refresh_hash)
        VALUES (?, ?, 'Old device', UTC_TIMESTAMP(3), UTC_TIMESTAMP(3) - INTERVAL ? DAY, UTC_TIMESTAMP(3) + INTERVAL 9 DAY, UUID(), ?)`,
      rows,
    );
    const viewer = api().as(tokens.accessToken);
    expect(await sessionsOf(viewer, user.id)).toHaveLength(100);
    await logIn(api(), somebody.userName);
    const left = await sessionsOf(viewer, user.id);
    expect(left).toHaveLength(100);
    expect(left.map(({ id }) => id)).not.toContain(unused);
  });
});

describe('renewConnection', () => {
  it('says until when the token is good that is handed in', async () => {
    const { tokens } = await register(api());
    const result = await renew(api().as(tokens.accessToken), tokens.accessToken);
    expect(result).toEqual({ __typename: 'RenewConnectionPayload', expiresAt: tokens.accessTokenExpiresAt });
    // A connection that has no user may become theirs.
    expect((await renew(api(1), tokens.accessToken)).__typename).toBe('RenewConnectionPayload');
  });

  it('goes on as whom the token names, and tells the gateway so', async () => {
    const { tokens } = await register(api());
    const response = await fetch(api().url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: RENEW, variables: { input: { accessToken: tokens.accessToken } } }),
    });
    expect(response.headers.get('x-beaver-signed-in')).toBe(tokens.accessToken);
  });

  it('refuses every other token by name, and changes nothing', async () => {
    const { tokens, user } = await register(api());
    const other = await stack.signIn();
    const ended = await register(api());
    await logOut(api().as(ended.tokens.accessToken));
    const viewer = api().as(tokens.accessToken);
    const refused: [string, string][] = [
      [stack.expiredToken(user.id), 'TOKEN_EXPIRED'],
      [stack.forgedToken(user.id), 'TOKEN_INVALID'],
      [await stack.serviceToken('chat', 'auth'), 'TOKEN_INVALID'],
      [`Bearer ${tokens.accessToken}`, 'TOKEN_INVALID'],
      ['x', 'TOKEN_INVALID'],
      ['\u0000', 'TOKEN_INVALID'],
      [ended.tokens.accessToken, 'SESSION_ENDED'],
      [other.token, 'OTHER_USER'],
    ];
    for (const [token, reason] of refused) {
      const result = await renew(viewer, token);
      expect(result).toMatchObject({ __typename: 'InvalidAccessToken', code: 'INVALID_ACCESS_TOKEN', reason });
    }
    for (const token of ['', 'x'.repeat(500_000)])
      expect(await renew(viewer, token)).toMatchObject({ __typename: 'InvalidInput', field: 'accessToken' });
  });
});
