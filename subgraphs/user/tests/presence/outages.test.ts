import { createLog } from '../../../../kit/observe/log.ts';
import { connectRedis, createRedis, type Redis } from '../../../../kit/redis/client.ts';
import { type Person, people } from '../../../../testing/people.ts';
import { type Stack, startStack } from '../../../../testing/stack.ts';
import { waitFor } from '../../../../testing/wait.ts';
import { connect, presenceOf } from './people.ts';

// A process dies, or Redis forgets: who is connected is soon known again.

let stack: Stack;
let redis: Redis;
beforeAll(async () => {
  stack = await startStack({ user: 2, gateway: 2 });
  redis = createRedis(stack.config.redis, createLog('test', 'silent'), 'test');
  await connectRedis(redis);
});
afterAll(async () => {
  redis?.disconnect();
  await stack?.stop();
});

const isOnline = (presence: { state: string | null } | null) => presence?.state === 'ONLINE';
const isOffline = (presence: { state: string | null } | null) => presence?.state === 'OFFLINE';
const keys = () => redis.call('KEYS', `${stack.config.namespace}:presence*`) as Promise<string[]>;

async function friends(): Promise<{ ada: Person; bob: Person }> {
  const { ada, bob } = await people(stack, 'ada', 'bob');
  await ada.befriend(bob);
  return { ada, bob: bob.at(1) };
}

test('what Redis has lost is told again by those who are there', async () => {
  const { ada, bob } = await friends();
  const [bobs, adas] = [await connect(bob, 'MOBILE'), await connect(ada, 'WEB')];
  await adas.until(bob, isOnline, 'Bob online');
  const lost = await keys();
  expect(lost.length).toBeGreaterThan(2);
  await redis.del(...lost);
  await waitFor(async () => isOnline(await presenceOf(ada, bob)), { what: 'Bob to be online again' });
  await bobs.stop();
  await adas.until(bob, isOffline, 'Bob offline');
  await adas.stop();
});

test.each(['SIGKILL', 'SIGSTOP'] as const)(
  'whoever came through a gateway that got %s is offline within 15 seconds',
  async (signal) => {
    const { ada, bob } = await friends();
    const at = signal === 'SIGKILL' ? 0 : 1;
    const bobs = await connect(bob.throughGateway().at(at), 'MOBILE', { onClosed() {} });
    const adas = await connect(ada, 'WEB');
    await adas.until(bob, isOnline, 'Bob online');
    process.kill(stack.services('gateway')[at]?.pid as number, signal);
    await adas.until(bob, isOffline, 'Bob offline');
    // One that stands still and cannot be asked to end.
    if (signal === 'SIGSTOP') process.kill(stack.services('gateway')[at]?.pid as number, 'SIGKILL');
    await adas.stop();
    await bobs.stop();
  },
);

test('whoever was connected to an instance that died is offline within 15 seconds, and nothing of it is left', async () => {
  const { ada, bob } = await friends();
  const [, adas] = [await connect(bob, 'MOBILE'), await connect(ada, 'WEB')];
  await adas.until(bob, isOnline, 'Bob online');
  const [, second] = stack.services('user');
  process.kill(second?.pid as number, 'SIGKILL');
  const died = Date.now();
  const left = await adas.until(bob, isOffline, 'Bob offline');
  // When the instance was last heard of is when Bob was last seen.
  expect(Math.abs(Date.parse(left?.lastSeenAt as string) - died)).toBeLessThan(10_000);
  await waitFor(async () => (await presenceOf(ada, bob))?.lastSeenAt != null, { what: 'the time to be kept' });
  expect(isOffline(await presenceOf(ada, bob))).toBe(true);
  await adas.stop();
  await waitFor(async () => (await keys()).every((key) => !key.includes(bob.id)), { what: 'nothing of Bob' });
  // One instance, and nobody connected: the list of instances alone is left.
  await waitFor(async () => (await redis.zcard(`${stack.config.namespace}:presence-instances`)) === 1, {
    what: 'one instance',
  });
});
