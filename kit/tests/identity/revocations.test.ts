import { openEtcd } from '../../../testing/etcd.ts';
import { startProxy, type TcpProxy } from '../../../testing/proxy.ts';
import { waitFor } from '../../../testing/wait.ts';
import type { RedisConfig } from '../../base/config.ts';
import { newUuid } from '../../base/ids.ts';
import type { Etcd } from '../../discovery/etcd.ts';
import { type Announcements, createRevocations, type Revocations } from '../../identity/revocations.ts';
import { createLog } from '../../observe/log.ts';
import { type Bus, createBus } from '../../redis/bus.ts';
import { connectRedis, createRedis, type Redis } from '../../redis/client.ts';

/* The end of a session in processes that reach Redis and etcd through proxies of their own. */

const log = createLog('test', 'silent');
const REDIS = {
  host: process.env.REDIS_HOST as string,
  port: Number(process.env.REDIS_PORT),
  password: process.env.REDIS_PASSWORD,
};
const ETCD = new URL(process.env.ETCD_SERVER as string);

interface Process {
  bus: Bus;
  redis: Redis;
  etcd: Etcd;
  revocations: Revocations & Announcements;
}

let namespace: string;
let toRedis: TcpProxy;
let toEtcd: TcpProxy;
let running: Process[];

beforeEach(async () => {
  namespace = `t${newUuid()}`;
  toRedis = await startProxy(REDIS);
  toEtcd = await startProxy({ host: ETCD.hostname, port: Number(ETCD.port) });
  running = [];
});
afterEach(async () => {
  for (const { bus, redis, etcd, revocations } of running) {
    revocations.close();
    bus.close();
    redis.disconnect();
    await etcd.close();
  }
  await Promise.all([toRedis.stop(), toEtcd.stop()]);
});

/** A process of the system. `far` reaches the base services through the proxies. */
async function start(isFar = false): Promise<Process['revocations']> {
  const config: RedisConfig = isFar ? { ...REDIS, host: '127.0.0.1', port: toRedis.port } : REDIS;
  const bus = await createBus(config, namespace, log);
  const redis = createRedis(config, log, 'test');
  await connectRedis(redis);
  const servers = [isFar ? `http://127.0.0.1:${toEtcd.port}` : ETCD.origin];
  const etcd = openEtcd({ namespace, servers });
  const revocations = await createRevocations({ bus, redis, etcd, namespace, log });
  running.push({ bus, redis, etcd, revocations });
  return revocations;
}

const end = (sessionId: string) => [{ sessionId, until: Date.now() + 60_000 }];

/** What FLUSHALL leaves of it. */
async function emptyRedis(): Promise<void> {
  await running[0]?.redis.del(`${namespace}:ended-sessions`);
}

test('is learnt at once, and by processes that start afterwards, from either place', async () => {
  const here = await start();
  const there = await start(true);
  const ended: string[] = [];
  there.onEnded((sessionId) => ended.push(sessionId));
  await here.announce(end('one'));
  await waitFor(() => there.isEnded('one'), { what: 'the end of the session at the other process' });
  expect(there.isEnded('two')).toBe(false);
  await waitFor(async () => (await running[0]?.redis.zcard(`${namespace}:ended-sessions`)) === 1, {
    what: 'the end of the session in Redis',
  });
  expect((await start()).isEnded('one')).toBe(true);
  await emptyRedis();
  expect((await start()).isEnded('one')).toBe(true);
  // Both places tell of it; it is told once.
  expect(ended).toEqual(['one']);
});

test.each(['cut', 'silence'] as const)('is learnt within a second while Redis is away (%s)', async (how) => {
  const here = await start(true);
  const there = await start(true);
  toRedis[how]();
  const told = here.announce(end('one'));
  // Before a command that waits for Redis is given up.
  await waitFor(() => there.isEnded('one'), { what: 'the end by etcd', timeout: 1_000 });
  await told;
  expect((await start()).isEnded('one')).toBe(true);
  await waitFor(() => here.isIncomplete(), { what: 'it to see that Redis lacks the end' });
  toRedis.mend();
  await waitFor(
    async () => {
      await here.complete(end('one'));
      return !here.isIncomplete();
    },
    { what: 'Redis to take the end' },
  );
  expect(await running[0]?.redis.zscore(`${namespace}:ended-sessions`, 'one')).not.toBeNull();
});

test.each(['cut', 'silence'] as const)(
  'is learnt while etcd is away (%s), and etcd has it when it is back',
  async (how) => {
    const here = await start(true);
    const there = await start(true);
    toEtcd[how]();
    await here.announce(end('one'));
    await waitFor(() => there.isEnded('one'), { what: 'the end of the session at the other process' });
    await waitFor(() => here.isIncomplete(), { what: 'it to see that etcd lacks the end' });
    toEtcd.mend();
    await waitFor(
      async () => {
        await here.complete(end('one'));
        return !here.isIncomplete();
      },
      { what: 'etcd to take the end' },
    );
    await emptyRedis();
    expect((await start()).isEnded('one')).toBe(true);
  },
);

test('many ends at once are told, and forgotten when their tokens have expired', async () => {
  const here = await start();
  const until = Date.now() + 1_500;
  const ends = Array.from({ length: 1_000 }, (_, i) => ({ sessionId: `s${i}`, until }));
  await here.announce(ends);
  const there = await start();
  expect(ends.every(({ sessionId }) => there.isEnded(sessionId))).toBe(true);
  await waitFor(() => !there.isEnded('s999'), { what: 'the tokens to expire' });
  const etcd = running[0]?.etcd as Etcd;
  const kept = await etcd.mirror('ended-sessions/');
  await waitFor(() => kept.entries.size === 0, { what: 'etcd to forget them', timeout: 10_000 });
});
