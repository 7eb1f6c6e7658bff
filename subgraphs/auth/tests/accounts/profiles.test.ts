import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { newUuid } from '../../../../kit/base/ids.ts';
import { newAccount } from '../../../../testing/people.ts';
import { type Stack, startStack } from '../../../../testing/stack.ts';
import { waitFor } from '../../../../testing/wait.ts';
import { logged, logIn, register } from '../helpers.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ auth: 2 });
});
afterAll(() => stack?.stop());

const api = () => stack.client('auth');

async function profileCreatedAt(id: string): Promise<Date | null> {
  const [row] = await stack.mysql.query('SELECT profile_created_at FROM auth_accounts WHERE id = ?', [id]);
  return row.profile_created_at;
}

/** A user service that takes requests and never answers. */
async function startSilentUserService(): Promise<Server> {
  const server = createServer(() => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
  const record = { url, wsUrl: url, schemaHash: '0', version: '0', startedAt: new Date().toISOString() };
  await stack.etcd.putLeased(`services/user/${newUuid()}`, JSON.stringify(record));
  return server;
}

describe('the profile of a new account', () => {
  it('is made as soon as the user service is there, and registering does not wait for it', async () => {
    const [one, two] = [newAccount(), newAccount()];
    const registered = [await register(api(), one), await register(stack.client('auth', 1), two)];
    for (const { __typename, user } of registered) {
      expect(__typename).toBe('RegisterPayload');
      expect(await profileCreatedAt(user.id)).toBeNull();
    }
    expect((await logIn(api(), one.userName)).__typename).toBe('LogInPayload');

    await stack.add('user');
    for (const { user, tokens } of registered) {
      await waitFor(() => profileCreatedAt(user.id), { timeout: 25_000, what: 'the profile' });
      const { viewer } = await stack
        .client('user')
        .as(tokens.accessToken)
        .data<{ viewer: { id: string } }>('{ viewer { id } }');
      expect(viewer.id).toBe(user.id);
    }
  });

  it('is there with the answer to register where the user service is, under the user name', async () => {
    const somebody = newAccount();
    const { user, tokens } = await register(api(), somebody);
    expect(await profileCreatedAt(user.id)).not.toBeNull();
    const { viewer } = await stack.client('user').as(tokens.accessToken).data('{ viewer { id userName name } }');
    expect(viewer).toEqual({ id: user.id, userName: somebody.userName, name: somebody.userName });
    expect(logged(stack)).toMatch(/register: profile created/);
  });

  it('does not hold registering up for long where the user service does not answer', async () => {
    await Promise.all(stack.services('user').map((service) => service.stop()));
    const silent = await startSilentUserService();
    try {
      const start = Date.now();
      const { __typename, user } = await register(api());
      expect(__typename).toBe('RegisterPayload');
      expect(Date.now() - start).toBeLessThan(4_000);
      expect(await profileCreatedAt(user.id)).toBeNull();
      await stack.add('user');
      await waitFor(() => profileCreatedAt(user.id), { timeout: 30_000, what: 'the profile' });
    } finally {
      silent.closeAllConnections();
      silent.close();
    }
  });
});
