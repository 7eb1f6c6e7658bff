import { createLog } from '../../../../kit/observe/log.ts';
import { connectRedis, createRedis, type Redis } from '../../../../kit/redis/client.ts';
import { newAccount } from '../../../../testing/people.ts';
import { startProxy, type TcpProxy } from '../../../../testing/proxy.ts';
import { type Stack, startStack } from '../../../../testing/stack.ts';
import { waitFor } from '../../../../testing/wait.ts';
import { isRefused, logIn, logOut, refresh, register } from '../helpers.ts';

let stack: Stack;
let proxy: TcpProxy;
let redis: Redis;
const ENDED = () => `${stack.config.namespace}:ended-sessions`;

beforeAll(async () => {
  stack = await startStack({ user: 1 });
  proxy = await startProxy({ host: process.env.REDIS_HOST as string, port: Number(process.env.REDIS_PORT) });
  redis = createRedis(stack.config.redis, createLog('test', 'silent'), 'test');
  await connectRedis(redis);
  // Only auth goes through the proxy: for it Redis goes away, for others it stays.
  await stack.add('auth', { REDIS_HOST: '127.0.0.1', REDIS_PORT: String(proxy.port) });
});
afterAll(async () => {
  redis?.disconnect();
  await stack?.stop();
  await proxy?.stop();
});

const api = () => stack.client('auth');

describe('while Redis is away', () => {
  it('people register, log in, refresh and log out, and the end of a session is told when Redis is back', async () => {
    const somebody = newAccount();
    const before = await register(api(), somebody);
    proxy.cut();
    try {
      expect((await register(api())).__typename).toBe('RegisterPayload');
      const session = await logIn(api(), somebody.userName);
      expect((await refresh(api(), session.tokens.refreshToken)).__typename).toBe('RefreshSessionPayload');
      expect((await logOut(api().as(before.tokens.accessToken))).__typename).toBe('LogOutPayload');
      expect(await isRefused(api().as(before.tokens.accessToken))).toBe(true);
      expect(await redis.zscore(ENDED(), before.session.id)).toBeNull();
      // The others know it from etcd.
      await waitFor(() => isRefused(stack.client('user').as(before.tokens.accessToken)), {
        what: 'user to refuse the session',
      });
    } finally {
      proxy.mend();
    }
    await waitFor(() => redis.zscore(ENDED(), before.session.id), { what: 'the ended session in Redis' });
  });
});

describe('when Redis comes back empty', () => {
  it('the sessions that ended in the last minutes are told again', async () => {
    const { tokens, session } = await register(api());
    await logOut(api().as(tokens.accessToken));
    proxy.cut();
    await redis.del(ENDED());
    proxy.mend();
    const until = await waitFor(() => redis.zscore(ENDED(), session.id), { what: 'the ended session in Redis' });
    expect(Number(until)).toBeGreaterThan(Date.now() + 590_000);
    expect(Number(until)).toBeLessThan(Date.now() + 970_000);
  });

  it('they are told again too by an instance that starts later, but not those of long ago', async () => {
    const [recent, old] = await Promise.all([register(api()), register(api())]);
    await logOut(api().as(recent.tokens.accessToken));
    await logOut(api().as(old.tokens.accessToken));
    await stack.mysql.query('UPDATE auth_sessions SET ended_at = ended_at - INTERVAL 20 MINUTE WHERE id = ?', [
      old.session.id,
    ]);
    await redis.del(ENDED());
    await stack.add('auth');
    expect(await redis.zscore(ENDED(), recent.session.id)).not.toBeNull();
    expect(await redis.zscore(ENDED(), old.session.id)).toBeNull();
    const late = await stack.add('user');
    const answer = await fetch(`${late.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${recent.tokens.accessToken}` },
      body: '{"query":"{ __typename }"}',
    });
    expect(answer.status).toBe(401);
  });
});
