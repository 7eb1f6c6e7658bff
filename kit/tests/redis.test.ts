import { type Bus, createBus } from '../bus.ts';
import type { RedisConfig } from '../config.ts';
import { createCounters } from '../counters.ts';
import { newId } from '../ids.ts';
import { createLog } from '../log.ts';
import { createRedis, type Redis } from '../redis.ts';
import { createRevocations } from '../revocations.ts';
import { startProxy, type TcpProxy } from '../testing/proxy.ts';
import { waitFor } from '../testing/wait.ts';

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
    namespace = `t${newId()}`;
    far = await createBus(farConfig, namespace, log);
    near = await createBus(config, namespace, log);
    redis = createRedis(config, log, 'test');
    await redis.connect();
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
    await waitFor(() => heard.length === 2);
    stop();
    near.publish('a', '2');
    await waitFor(() => heard.includes('far 2'));
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
    await waitFor(() => heard.length === 2);
    expect(heard.sort()).toEqual(['one', 'two']);
  });

  it('the end of a session is learnt at once, at start, and after an outage', async () => {
    const here = await createRevocations(near, redis, namespace, log);
    const farRedis = createRedis(farConfig, log, 'test');
    await farRedis.connect();
    const there = await createRevocations(far, farRedis, namespace, log);
    const ended: string[] = [];
    there.onEnded((sessionId) => ended.push(sessionId));
    const until = Date.now() + 60_000;
    await here.announce([{ sessionId: 'one', until }]);
    await waitFor(() => there.isEnded('one'));
    proxy.cut();
    await here.announce([{ sessionId: 'two', until }]);
    expect(there.isEnded('two')).toBe(false);
    proxy.mend();
    await waitFor(() => there.isEnded('two'), { what: 'the end that was missed' });
    expect(ended).toEqual(['one', 'two']);
    const late = await createRevocations(near, redis, namespace, log);
    expect([late.isEnded('one'), late.isEnded('two'), late.isEnded('three')]).toEqual([true, true, false]);
    for (const revocations of [here, there, late]) revocations.close();
    farRedis.disconnect();
  });

  it('nobody waits long for a Redis that is there and says nothing', async () => {
    const farRedis = createRedis(farConfig, log, 'test');
    await farRedis.connect();
    const counters = createCounters(farRedis, namespace, log);
    const revocations = await createRevocations(far, farRedis, namespace, log);
    const heard: string[] = [];
    proxy.silence();
    const started = Date.now();
    const asked = await Promise.all([
      counters.read('x'),
      counters.increment('x', 60),
      revocations.announce([{ sessionId: 'one', until: Date.now() + 60_000 }]),
      far.subscribe('a', (message) => heard.push(message)),
    ]);
    expect(Date.now() - started).toBeLessThan(3_000);
    const nothing = { count: 0, secondsLeft: 0 };
    expect(asked).toEqual([nothing, nothing, false, expect.any(Function)]);
    proxy.mend();
    // What was asked meanwhile arrives: the subscription with it.
    await waitFor(
      () => {
        near.publish('a', 'after');
        return heard.includes('after');
      },
      { what: 'the hint' },
    );
    revocations.close();
    farRedis.disconnect();
  });

  it('a counter counts together with others, expires, and locks nobody out while Redis is away', async () => {
    const here = createCounters(redis, namespace, log);
    const farRedis = createRedis(farConfig, log, 'test');
    await farRedis.connect();
    const there = createCounters(farRedis, namespace, log);
    expect(await here.increment('x', 60)).toEqual({ count: 1, secondsLeft: 60 });
    expect((await there.increment('x', 60)).count).toBe(2);
    expect((await here.read('x')).count).toBe(2);
    proxy.cut();
    expect(await there.increment('x', 60)).toEqual({ count: 0, secondsLeft: 0 });
    await here.clear('x');
    expect(await here.read('x')).toEqual({ count: 0, secondsLeft: 0 });
    await here.increment('y', 1);
    await waitFor(async () => (await here.read('y')).count === 0, { what: 'the counter to expire' });
    farRedis.disconnect();
  });
});
