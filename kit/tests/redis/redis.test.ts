import { startProxy, type TcpProxy } from '../../../testing/proxy.ts';
import { waitFor } from '../../../testing/wait.ts';
import type { RedisConfig } from '../../base/config.ts';
import { newUuid } from '../../base/ids.ts';
import { createLog } from '../../observe/log.ts';
import { type Bus, createBus } from '../../redis/bus.ts';
import { connectRedis, createRedis, type Redis } from '../../redis/client.ts';
import { createCounters } from '../../redis/counters.ts';

const log = createLog('test', 'silent');

describe('over Redis', () => {
  let proxy: TcpProxy;
  let namespace: string;
  let far: Bus;
  let near: Bus;
  let redis: Redis;
  let farConfig: RedisConfig;

  beforeEach(async () => {
    const config = {
      host: process.env.REDIS_HOST as string,
      port: Number(process.env.REDIS_PORT),
      password: process.env.REDIS_PASSWORD,
    };
    proxy = await startProxy(config);
    farConfig = { ...config, host: '127.0.0.1', port: proxy.port };
    namespace = `t${newUuid()}`;
    far = await createBus(farConfig, namespace, log);
    near = await createBus(config, namespace, log);
    redis = createRedis(config, log, 'test');
    await connectRedis(redis);
  });
  afterEach(async () => {
    far.close();
    near.close();
    redis.disconnect();
    await proxy.stop();
  });

  it('a hint reaches all who subscribe to its channel, and nobody else', async () => {
    const heard: string[] = [];
    await far.subscribe('a', (message) => heard.push(`far ${message}`));
    const stop = await near.subscribe('a', (message) => heard.push(`near ${message}`));
    await near.subscribe('b', (message) => heard.push(`b ${message}`));
    near.publish('a', '1');
    await waitFor(() => heard.length === 2, { what: 'both messages' });
    stop();
    near.publish('a', '2');
    await waitFor(() => heard.includes('far 2'), { what: 'the message from far' });
    expect(heard.sort()).toEqual(['far 1', 'far 2', 'near 1']);
  });

  it('hints are heard again after the connection broke, also of what was subscribed meanwhile, and the gap is told', async () => {
    const heard: string[] = [];
    let resets = 0;
    far.onReset(() => {
      resets += 1;
    });
    await far.subscribe('a', (message) => heard.push(message));
    proxy.cut();
    await waitFor(async () => (await redis.pubsub('SHARDNUMSUB', `${namespace}:a`))[1] === 0, { what: 'the cut' });
    await far.subscribe('b', (message) => heard.push(message));
    near.publish('a', 'lost');
    expect(resets).toBe(0);
    proxy.mend();
    await waitFor(() => resets === 1, { what: 'the reset' });
    near.publish('a', 'one');
    near.publish('b', 'two');
    await waitFor(() => heard.length === 2, { what: 'both messages' });
    expect(heard.sort()).toEqual(['one', 'two']);
  });

  it('nobody waits long for a Redis that is there and says nothing', async () => {
    const farRedis = createRedis(farConfig, log, 'test');
    await connectRedis(farRedis);
    const counters = createCounters(farRedis, namespace, log);
    const heard: string[] = [];
    await counters.increment('known', 60);
    proxy.silence();
    const started = Date.now();
    const asked = await Promise.all([
      counters.read('x'),
      counters.increment('y', 60),
      counters.increment('known', 60),
      far.subscribe('a', (message) => heard.push(message)),
    ]);
    expect(Date.now() - started).toBeLessThan(3_000);
    expect(asked).toEqual([
      { count: 0, secondsLeft: 0 },
      { count: 1, secondsLeft: 60 },
      { count: 2, secondsLeft: expect.closeTo(60, -1) },
      expect.any(Function),
    ]);
    proxy.mend();
    // What was asked meanwhile arrives: the subscription with it.
    await waitFor(
      () => {
        near.publish('a', 'after');
        return heard.includes('after');
      },
      { what: 'the hint' },
    );
    farRedis.disconnect();
  });

  it('a counter counts together with others, expires, and goes on alone while Redis is away', async () => {
    const here = createCounters(redis, namespace, log);
    const farRedis = createRedis(farConfig, log, 'test');
    await connectRedis(farRedis);
    const there = createCounters(farRedis, namespace, log);
    expect(await here.increment('x', 60)).toEqual({ count: 1, secondsLeft: 60 });
    expect((await there.increment('x', 60)).count).toBe(2);
    expect((await here.read('x')).count).toBe(2);
    await there.increment('brief', 1);
    proxy.cut();
    // From the last that it knows, as long as that lasts.
    expect((await there.increment('x', 60)).count).toBe(3);
    expect((await there.read('x')).count).toBe(3);
    await there.clear('x');
    expect(await there.read('x')).toEqual({ count: 0, secondsLeft: 0 });
    expect(await there.increment('new', 60)).toEqual({ count: 1, secondsLeft: 60 });
    await waitFor(async () => (await there.read('brief')).count === 0, { what: 'the counter to expire' });
    expect((await here.read('x')).count).toBe(2);
    await here.clear('x');
    proxy.mend();
    // Redis is believed again as soon as it answers.
    await waitFor(async () => (await there.read('new')).count === 0, { what: 'the count in Redis' });
    await here.increment('y', 1);
    await waitFor(async () => (await here.read('y')).count === 0, { what: 'the counter to expire' });
    farRedis.disconnect();
  });
});
