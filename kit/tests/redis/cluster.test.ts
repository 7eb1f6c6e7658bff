import { type ClusterNode, startCluster, type TestCluster } from '../../../testing/cluster.ts';
import { openEtcd } from '../../../testing/etcd.ts';
import { waitFor } from '../../../testing/wait.ts';
import { readSharedConfig } from '../../base/config.ts';
import { newId, newUuid } from '../../base/ids.ts';
import type { Etcd } from '../../discovery/etcd.ts';
import { createRevocations } from '../../identity/revocations.ts';
import { createLog } from '../../observe/log.ts';
import { type Bus, createBus } from '../../redis/bus.ts';
import { connectRedis, createRedis, pingRedis, type Redis } from '../../redis/client.ts';
import { createCounters } from '../../redis/counters.ts';
import { slotOf } from '../../redis/pubsub/slots.ts';
import { checkRedis } from '../../service/preflight/redis.ts';

const log = createLog('test', 'silent');

let cluster: TestCluster;
let namespace: string;
let here: Bus;
let there: Bus;
let redis: Redis;
let resets: number;

beforeAll(async () => {
  cluster = await startCluster();
});
afterAll(() => cluster?.stop());
beforeEach(async () => {
  namespace = `t${newUuid()}`;
  here = await createBus(cluster.config, namespace, log);
  there = await createBus(cluster.config, namespace, log);
  resets = 0;
  there.onReset(() => {
    resets += 1;
  });
  redis = createRedis(cluster.config, log, 'test');
  await connectRedis(redis);
});
afterEach(() => {
  here.close();
  there.close();
  redis.disconnect();
});

const ownerOf = (channel: string) =>
  cluster.nodes.findLast(({ firstSlot }) => firstSlot <= slotOf(`${namespace}:${channel}`)) as ClusterNode;

/** A channel that is this node's. */
function channelAt(node: ClusterNode, prefix = 'c'): string {
  for (let i = 0; ; i += 1) if (ownerOf(`${prefix}${i}`) === node) return `${prefix}${i}`;
}

/** Publishes until it's heard: it may be lost as long as a node is not back. */
function heardAgain(channel: string, heard: string[]): Promise<unknown> {
  const message = newUuid();
  return waitFor(
    () => {
      here.publish(channel, message);
      return heard.includes(message);
    },
    { what: `a hint in ${channel}`, timeout: 30_000 },
  );
}

it('names belong to the slots that Redis says', async () => {
  for (const name of ['', 'a', `${namespace}:conversation:${newId('conv')}`])
    expect(slotOf(name)).toBe(await cluster.nodes[0]?.ask('CLUSTER', 'KEYSLOT', name));
});

it('hints of every node reach who subscribes, in order, and nobody after they left', async () => {
  const channels = Array.from({ length: 300 }, (_, i) => `c${i}`);
  const heard = new Map(channels.map((channel) => [channel, [] as string[]]));
  const others: string[] = [];
  expect(new Set(channels.map(ownerOf)).size).toBe(3);
  const stops = await Promise.all(
    channels.map((channel) => there.subscribe(channel, (message) => heard.get(channel)?.push(message))),
  );
  const stopOther = await there.subscribe('c0', (message) => others.push(message));
  for (const round of ['1', '2']) for (const channel of channels) here.publish(channel, round);
  await waitFor(() => [...heard.values()].every(({ length }) => length === 2), {
    what: 'two messages on every channel',
  });
  expect([...heard.values()].every(([first, second]) => first === '1' && second === '2')).toBe(true);
  stops[0]?.();
  here.publish('c0', '3');
  await waitFor(() => others.includes('3'), { what: 'the message to the other channel' });
  expect(heard.get('c0')).toEqual(['1', '2']);
  stopOther();
  const [first] = channels as [string];
  const subscribers = () => ownerOf(first).ask('PUBSUB', 'SHARDNUMSUB', `${namespace}:${first}`);
  await waitFor(async () => ((await subscribers()) as [string, number])[1] === 0, {
    what: 'the channel to be given up',
  });
  expect(resets).toBe(0);
});

it('a slot that moves takes its channels along', async () => {
  const [from, to] = cluster.nodes as [ClusterNode, ClusterNode];
  const channel = channelAt(from);
  const slot = slotOf(`${namespace}:${channel}`);
  const heard: string[] = [];
  await there.subscribe(channel, (message) => heard.push(message));
  await cluster.moveSlot(slot, from, to);
  await waitFor(() => resets > 0, { what: 'the reset' });
  await heardAgain(channel, heard);
  // New channels of the slot, too, and also where nobody has learnt yet that it moved.
  const late = await createBus(cluster.config, namespace, log);
  await cluster.moveSlot(slot, to, from);
  const lateHeard: string[] = [];
  await late.subscribe(channel, (message) => lateHeard.push(message));
  await heardAgain(channel, lateHeard);
  await heardAgain(channel, heard);
  late.close();
});

it('a node that dies and comes back is subscribed again, is told of, and costs the others nothing', async () => {
  const [dead, alive] = cluster.nodes as [ClusterNode, ClusterNode];
  const heard = new Map<string, string[]>();
  const follow = async (channel: string) => {
    const messages: string[] = [];
    heard.set(channel, messages);
    await there.subscribe(channel, (message) => messages.push(message));
    return channel;
  };
  const [lost, kept] = [await follow(channelAt(dead)), await follow(channelAt(alive))];
  await dead.kill();
  const during = await follow(channelAt(dead, 'during'));
  const started = Date.now();
  const counters = createCounters(redis, namespace, log);
  // Those of the dead node too: by this process.
  expect(await Promise.all(Array.from({ length: 20 }, (_, key) => counters.increment(`k${key}`, 60)))).toEqual(
    Array(20).fill({ count: 1, secondsLeft: 60 }),
  );
  expect(Date.now() - started).toBeLessThan(4_000);
  await expect(pingRedis(redis)).rejects.toThrow();
  here.publish(kept, 'while it is away');
  await waitFor(() => heard.get(kept)?.includes('while it is away'), {
    what: 'the message that was sent while the node is away',
  });
  expect(resets).toBe(0);
  await dead.start();
  await waitFor(() => resets > 0, { what: 'the reset', timeout: 30_000 });
  for (const [channel, messages] of heard) await heardAgain(channel, messages);
  expect([...heard.keys()]).toEqual([lost, kept, during]);
  await waitFor(() => pingRedis(redis).then(() => true), { what: 'the health of the cluster', timeout: 30_000 });
});

it('connections that are killed again and again, in the middle of subscribing, lose no channel', async () => {
  const channels = Array.from({ length: 2_000 }, (_, i) => `c${i}`);
  const heard = new Map(channels.map((channel) => [channel, [] as string[]]));
  await Promise.all(
    channels.map((channel) => there.subscribe(channel, (message) => heard.get(channel)?.push(message))),
  );
  for (let round = 0; round < 30; round += 1) {
    await Promise.all(cluster.nodes.map((node) => node.ask('CLIENT', 'KILL', 'TYPE', 'pubsub')));
    await new Promise((resolve) => setTimeout(resolve, round * 5));
    const extra = `extra${round}`;
    heard.set(extra, []);
    // Not awaited: it may be under way when the next kill comes.
    void there.subscribe(extra, (message) => heard.get(extra)?.push(message));
  }
  const missing = () => [...heard].filter(([, messages]) => messages.length === 0);
  await waitFor(
    () => {
      for (const [channel] of missing()) here.publish(channel, 'x');
      return missing().length === 0;
    },
    { what: 'every channel to be heard', timeout: 30_000 },
  );
  expect(resets).toBeGreaterThan(0);
});

it('a callback that throws disturbs nobody else', async () => {
  const heard: string[] = [];
  await there.subscribe('a', () => {
    throw new Error('on purpose');
  });
  await there.subscribe('a', (message) => heard.push(message));
  for (const message of ['1', '2']) here.publish('a', message);
  await waitFor(() => heard.length === 2, { what: 'both messages' });
});

it('counters count and ended sessions are known everywhere', async () => {
  const counters = createCounters(redis, namespace, log);
  for (let key = 0; key < 20; key += 1) {
    await counters.increment(`k${key}`, 60);
    expect(await counters.increment(`k${key}`, 60)).toEqual({ count: 2, secondsLeft: 60 });
    expect((await counters.read(`k${key}`)).count).toBe(2);
  }
  // Each with an etcd of its own: what one learns of another comes through Redis.
  const etcds: Etcd[] = [];
  const open = (bus: Bus) => {
    const etcd = openEtcd();
    etcds.push(etcd);
    return createRevocations({ bus, redis, etcd, namespace, log });
  };
  const [near, far] = [await open(here), await open(there)];
  const until = Date.now() + 60_000;
  await near.announce([1, 2, 3].map((id) => ({ sessionId: `s${id}`, until })));
  await waitFor(() => far.isEnded('s1') && far.isEnded('s3'), { what: 'the ends of both sessions' });
  await waitFor(async () => (await redis.zcard(`${namespace}:ended-sessions`)) === 3, {
    what: 'three ended sessions in Redis',
  });
  const late = await open(there);
  expect(late.isEnded('s2')).toBe(true);
  for (const revocations of [near, far, late]) revocations.close();
  await Promise.all(etcds.map((etcd) => etcd.close()));
});

it('the configuration names a cluster instead of a server, and says what is wrong with it', () => {
  const rest = { ETCD_SERVER: 'http://e:1', TRUST_SECRET: 'x'.repeat(32), REDIS_HOST: '', REDIS_PASSWORD: 'x' };
  const read = (environment: Record<string, string>) => readSharedConfig({ ...rest, ...environment }).redis;
  const clusterNodes = [
    { host: 'a', port: 1 },
    { host: '::1', port: 2 },
  ];
  expect(read({ REDIS_CLUSTER_NODES: 'a:1, ::1:2' })).toEqual({ clusterNodes, password: 'x' });
  expect(read({ REDIS_HOST: 'a' })).toEqual({ host: 'a', port: 6379, password: 'x' });
  expect(() => read({})).toThrow(/REDIS_HOST is not set/);
  expect(() => read({ REDIS_HOST: 'a', REDIS_CLUSTER_NODES: 'a:1' })).toThrow(/REDIS_HOST is set beside/);
  expect(() => read({ REDIS_CLUSTER_NODES: 'a,b:2' })).toThrow(/REDIS_CLUSTER_NODES must be host:port/);
});

it('what is wrong with the nodes that are named is said by the name of the variable', async () => {
  const closed = { host: '127.0.0.1', port: 1 };
  expect(await checkRedis(cluster.config)).toBeNull();
  expect(await checkRedis({ ...cluster.config, clusterNodes: [closed, ...cluster.config.clusterNodes] })).toBeNull();
  expect(await checkRedis({ ...cluster.config, clusterNodes: [closed] })).toMatch(
    /127.0.0.1:1 .* set REDIS_CLUSTER_NODES/,
  );
  expect(await checkRedis({ ...cluster.config, password: 'not-it' })).toMatch(/REDIS_PASSWORD/);
  const single = { host: process.env.REDIS_HOST as string, port: Number(process.env.REDIS_PORT) };
  expect(await checkRedis({ clusterNodes: [single], password: process.env.REDIS_PASSWORD })).toMatch(/in no cluster/);
});

// The last: afterwards other nodes have the slots.
it('a replica that takes over is subscribed instead of the master that died', async () => {
  const [dead] = cluster.nodes as [ClusterNode];
  const channel = channelAt(dead);
  const heard: string[] = [];
  await there.subscribe(channel, (message) => heard.push(message));
  const replica = await cluster.addReplica(dead);
  await dead.kill();
  await waitFor(async () => /role:master/.test(String(await replica.ask('INFO', 'replication'))), {
    what: 'the replica to take over',
    timeout: 30_000,
  });
  await heardAgain(channel, heard);
  await waitFor(() => resets > 0, { what: 'word of what may have been lost', timeout: 30_000 });
  const counters = createCounters(redis, namespace, log);
  await waitFor(async () => (await counters.increment(channel, 60)).count > 0, { what: 'a counter of the new master' });
  await waitFor(() => pingRedis(redis).then(() => true), { what: 'the health of the cluster', timeout: 30_000 });
});
