import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { GraphClient } from '../../../../testing/client.ts';
import { type Stack, startStack } from '../../../../testing/stack.ts';
import { waitFor } from '../../../../testing/wait.ts';
import { isRefused, refresh, register } from '../helpers.ts';

const SKEWED_CLOCK = pathToFileURL(join(import.meta.dirname, '../../../../testing/skewed-clock.ts')).href;

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ user: 1 });
});
afterAll(() => stack?.stop());

const withClock = (seconds: number) => ({
  NODE_OPTIONS: `--import=${SKEWED_CLOCK}`,
  CLOCK_SKEW_MS: String(seconds * 1000),
});

async function hasProfile(userId: string): Promise<boolean> {
  const rows = await stack.mysql.query('SELECT 1 FROM user_profiles WHERE id = ?', [userId]);
  return rows.length === 1;
}

test.each([-300, -45, -20, 45])('people register and go on where the clock of auth is off by %d s', async (seconds) => {
  const auth = await stack.add('auth', withClock(seconds));
  const client = new GraphClient(`${auth.url}/graphql`);
  const { tokens, user } = await register(client);
  expect(Date.parse(tokens.accessTokenExpiresAt) - Date.now()).toBeGreaterThan((600 + seconds - 30) * 1000);
  expect(await hasProfile(user.id)).toBe(true);
  const next = await refresh(client, tokens.refreshToken);
  expect((await refresh(client, tokens.refreshToken)).tokens.refreshToken).toBe(next.tokens.refreshToken);
  for (const { accessToken } of [tokens, next.tokens]) {
    await waitFor(async () => (await stack.client('user').as(accessToken).send('{ __typename }')).status === 200, {
      what: 'user to take the token',
    });
    expect(await isRefused(client.as(accessToken))).toBe(false);
  }
  await auth.stop();
});

test('where a clock is so wrong that a service refuses another, the log says by how much', async () => {
  const auth = await stack.add('auth', withClock(-3600));
  const { user } = await register(new GraphClient(`${auth.url}/graphql`));
  expect(await hasProfile(user.id)).toBe(false);
  const line = await waitFor(() => auth.lines.find((text) => text.includes('clockDifferenceSeconds')), {
    what: 'the log to name the clocks',
  });
  expect(line).toMatch(/user refused our service token: the clock of this host is 3(599|600|601) s behind its clock/);
  await waitFor(() => auth.lines.some((text) => text.includes('cannot reach the user service now')), {
    what: 'the call to end as that of a service that is away',
  });
  await auth.stop();
});
