import { GraphClient } from '../../../../testing/client.ts';
import { newAccount } from '../../../../testing/people.ts';
import { type Stack, startStack } from '../../../../testing/stack.ts';
import { waitFor } from '../../../../testing/wait.ts';
import { countRows, isRefused, logIn, logOut, REFRESH, refresh, register, sessionsOf } from '../helpers.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ auth: 2, user: 1 });
});
afterAll(() => stack?.stop());

const api = (index = 0) => stack.client('auth', index);

/** What every process must do within a second of the end of a session. */
async function expectRefusedEverywhere(token: string): Promise<void> {
  for (const client of [api(0), api(1), stack.client('user')])
    await waitFor(() => isRefused(client.as(token)), { timeout: 1_000, what: `${client.url} to refuse the token` });
}

/** As if the last refresh of a session were so many seconds longer ago. */
async function letPass(sessionId: string, seconds: number): Promise<void> {
  await stack.mysql.query('UPDATE auth_sessions SET rotated_at = rotated_at - INTERVAL ? SECOND WHERE id = ?', [
    seconds,
    sessionId,
  ]);
}

describe('refreshSession', () => {
  it('gives new tokens for the same session, again and again', async () => {
    const first = await register(api());
    const second = await refresh(api(), first.tokens.refreshToken);
    const third = await refresh(api(1), second.tokens.refreshToken);
    for (const result of [second, third]) {
      expect(result).toMatchObject({ __typename: 'RefreshSessionPayload', user: first.user });
      expect(result.session).toMatchObject({ id: first.session.id, deviceName: 'test', isCurrent: true });
      expect((await sessionsOf(api().as(result.tokens.accessToken), first.user.id)).length).toBe(1);
    }
    const times = [first, second, third].map(({ session }) => Date.parse(session.lastUsedAt));
    expect(times[0]).toBeLessThan(times[1] as number);
    expect(times[1]).toBeLessThan(times[2] as number);
    expect(new Set([first, second, third].map(({ tokens }) => tokens.refreshToken)).size).toBe(3);
    expect(Date.parse(third.tokens.refreshTokenExpiresAt)).toBeGreaterThan(
      Date.parse(first.tokens.refreshTokenExpiresAt),
    );
  });

  it('ends the whole session when a token is used twice, however old it is', async () => {
    const first = await register(api());
    const second = await refresh(api(), first.tokens.refreshToken);
    const third = await refresh(api(), second.tokens.refreshToken);
    const reused = await refresh(api(1), first.tokens.refreshToken);
    expect(reused).toMatchObject({ __typename: 'RefreshTokenReused', code: 'REFRESH_TOKEN_REUSED' });
    await expectRefusedEverywhere(third.tokens.accessToken);
    const ended = await refresh(api(), third.tokens.refreshToken);
    expect(ended).toMatchObject({ __typename: 'SessionEnded', code: 'SESSION_ENDED' });
  });

  it('leaves the other sessions of the user alone when one is ended', async () => {
    const somebody = newAccount();
    const first = await register(api(), somebody);
    const other = await logIn(api(), somebody.userName);
    await refresh(api(), first.tokens.refreshToken);
    await letPass(first.session.id, 31);
    expect((await refresh(api(), first.tokens.refreshToken)).__typename).toBe('RefreshTokenReused');
    expect((await refresh(api(), other.tokens.refreshToken)).__typename).toBe('RefreshSessionPayload');
  });

  it('gives the same token again for 30 seconds, whichever instance is asked, and the session goes on', async () => {
    const { tokens, session } = await register(api());
    const first = await refresh(api(), tokens.refreshToken);
    await letPass(session.id, 29);
    const again = await refresh(api(1), tokens.refreshToken);
    expect(again).toMatchObject({ __typename: 'RefreshSessionPayload', session: { id: session.id } });
    expect(again.tokens.refreshToken).toBe(first.tokens.refreshToken);
    expect(again.tokens.refreshTokenExpiresAt).toBe(first.tokens.refreshTokenExpiresAt);
    for (const { accessToken } of [first.tokens, again.tokens])
      expect(await isRefused(api().as(accessToken))).toBe(false);
    expect((await refresh(api(), again.tokens.refreshToken)).__typename).toBe('RefreshSessionPayload');
  });

  it('ends the session where a token comes again after 30 seconds', async () => {
    const { tokens, session } = await register(api());
    const next = await refresh(api(), tokens.refreshToken);
    await letPass(session.id, 31);
    expect((await refresh(api(1), tokens.refreshToken)).__typename).toBe('RefreshTokenReused');
    await expectRefusedEverywhere(next.tokens.accessToken);
    expect((await refresh(api(), next.tokens.refreshToken)).__typename).toBe('SessionEnded');
  });

  it('ends the session where a token comes again whose successor was used', async () => {
    const { tokens } = await register(api());
    const second = await refresh(api(), tokens.refreshToken);
    await refresh(api(), second.tokens.refreshToken);
    expect((await refresh(api(1), tokens.refreshToken)).__typename).toBe('RefreshTokenReused');
  });

  it('gives nothing again after logging out', async () => {
    const { tokens } = await register(api());
    const next = await refresh(api(), tokens.refreshToken);
    await logOut(api().as(next.tokens.accessToken));
    expect((await refresh(api(1), tokens.refreshToken)).__typename).toBe('SessionEnded');
  });

  it.each([2, 10])('signs in all of %d who use the same token at once, with the same next one', async (count) => {
    const { tokens, user } = await register(api());
    const results = await Promise.all(
      Array.from({ length: count }, (_, i) => refresh(api(i % 2), tokens.refreshToken)),
    );
    expect(new Set(results.map(({ __typename }) => __typename))).toEqual(new Set(['RefreshSessionPayload']));
    expect(new Set(results.map(({ tokens: { refreshToken } }) => refreshToken)).size).toBe(1);
    for (const { tokens: given } of results) {
      expect(await sessionsOf(api().as(given.accessToken), user.id)).toHaveLength(1);
    }
  });

  it('goes on where auth died between its commit and its answer', async () => {
    const dying = await stack.add('auth', { BEAVER_FAULT: 'auth.refreshed:1' });
    const { tokens } = await register(api());
    await expect(refresh(new GraphClient(`${dying.url}/graphql`), tokens.refreshToken)).rejects.toThrow();
    await dying.ended;
    const again = await refresh(api(), tokens.refreshToken);
    expect(again.__typename).toBe('RefreshSessionPayload');
    expect((await refresh(api(), again.tokens.refreshToken)).__typename).toBe('RefreshSessionPayload');
  });

  it('stores no token, nor anything that alone gives one', async () => {
    const { tokens, session } = await register(api());
    const next = await refresh(api(), tokens.refreshToken);
    const [row] = await stack.mysql.query('SELECT * FROM auth_sessions WHERE id = ?', [session.id]);
    const stored = Object.values(row).map(String);
    for (const { refreshToken } of [tokens, next.tokens]) {
      // Of its first and its second part, in the spelling in which the rest is stored.
      const bytes = Buffer.from(refreshToken, 'base64url');
      const parts = [bytes, bytes.subarray(0, 16), bytes.subarray(16)].map((part) => part.toString('base64url'));
      for (const part of parts) expect(stored.filter((value) => value.includes(part))).toEqual([]);
    }
  });

  it('ends a session that was not used for 30 days', async () => {
    const { tokens, session } = await register(api());
    await stack.mysql.query('UPDATE auth_sessions SET expires_at = UTC_TIMESTAMP(3) WHERE id = ?', [session.id]);
    expect((await refresh(api(), tokens.refreshToken)).__typename).toBe('SessionEnded');
  });

  it('refuses tokens that are none of its own, and ends nothing', async () => {
    const before = await countRows(stack);
    const random = Buffer.alloc(48, 7).toString('base64url');
    for (const token of ['x', random, stack.forgedToken().slice(0, 64), '😀', '\u0000'.repeat(64)]) {
      const result = await refresh(api(), token);
      expect(result).toMatchObject({ __typename: 'InvalidRefreshToken', code: 'INVALID_REFRESH_TOKEN' });
    }
    for (const token of ['', 'x'.repeat(257), 'x'.repeat(500_000)]) {
      const result = await refresh(api(), token);
      expect(result).toMatchObject({ __typename: 'InvalidInput', field: 'refreshToken' });
    }
    const { status } = await api().send(REFRESH, { input: { refreshToken: 1 } });
    expect(status).toBeLessThan(500);
    expect(await countRows(stack)).toEqual(before);
  });

  it('does not use a token up in a request that is refused whole', async () => {
    const { tokens } = await register(api());
    const input = { refreshToken: tokens.refreshToken };
    expect((await api().as(stack.expiredToken()).send(REFRESH, { input })).status).toBe(401);
    expect((await refresh(api(), tokens.refreshToken)).__typename).toBe('RefreshSessionPayload');
  });
});
