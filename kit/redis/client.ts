import { Cluster, Redis as Server } from 'ioredis';
import { addressOf, type RedisAddress, type RedisConfig } from '../base/config.ts';
import type { Log } from '../observe/log.ts';
import { gauge } from '../observe/metrics.ts';
import { loginOf, type RedisLogin } from './login.ts';

/** One Redis, or a cluster of them. A command has one key, or several of one slot. */
export type Redis = Server | Cluster;

/**
 * How long a command waits for a Redis that is silent, in ms: a login waits for three, one after the other,
 * and answers within the gateway's patience.
 */
const COMMAND_TIMEOUT = 1_000;
const CONNECT_TIMEOUT = 3_000;
const SLOTS_INTERVAL = 5_000;

/**
 * A connection that reconnects for ever. While Redis is away a command fails at once instead of waiting
 * (`enableOfflineQueue: false`), and after a second where Redis is there and says nothing: what is in Redis
 * may be lost, so nobody should wait for it.
 */
export function createRedis(config: RedisConfig, log: Log, purpose: string): Redis {
  const common = {
    ...loginOf(config),
    connectionName: purpose,
    maxRetriesPerRequest: 0,
    connectTimeout: CONNECT_TIMEOUT,
    commandTimeout: COMMAND_TIMEOUT,
    disconnectTimeout: 100,
    // Nothing subscribes here. ioredis would drop the promise of its own attempt, and where that fails the
    // rejection ends the process.
    autoResubscribe: false,
  };
  const show = (redis: Redis) =>
    gauge('beaver_redis_up', 'Whether the connection for commands is there: 1 or 0.', () =>
      Number(redis.status === 'ready'),
    );
  const retry = (attempt: number) => Math.min(50 * attempt, 1_000);
  if ('clusterNodes' in config) {
    const cluster = new Cluster(config.clusterNodes, {
      redisOptions: common,
      lazyConnect: true,
      enableOfflineQueue: false,
      maxRedirections: 4,
      slotsRefreshTimeout: COMMAND_TIMEOUT,
      // ioredis forgets a node whose connection broke, until it reads this again.
      slotsRefreshInterval: SLOTS_INTERVAL,
      clusterRetryStrategy: retry,
    });
    show(cluster);
    cluster.on('error', (error) => log.warn({ err: error, purpose }, 'Redis connection error'));
    return cluster;
  }
  const { host, port } = config;
  const server = new Server({
    ...common,
    host,
    port,
    lazyConnect: true,
    enableOfflineQueue: false,
    retryStrategy: retry,
  });
  show(server);
  server.on('error', (error) => log.warn({ err: error, purpose }, 'Redis connection error'));
  return server;
}

/** Resolves if Redis answers: of a cluster every master, which must think that it serves all slots. */
export async function pingRedis(redis: Redis): Promise<void> {
  if (redis instanceof Server) {
    await redis.ping();
    return;
  }
  const info = String(await redis.cluster('INFO'));
  if (!info.includes('cluster_state:ok')) throw new Error('the cluster does not serve all slots');
  const masters = new Set(redis.slots.map(([master]) => master));
  const nodes = new Map(redis.nodes('master').map((node) => [addressOf(node.options as RedisAddress), node]));
  await Promise.all(
    [...masters].map(async (master) => {
      const node = nodes.get(master as string);
      if (!node) throw new Error(`${master} is away`);
      await node.ping();
    }),
  );
}

/** Resolves when the connection is there; waits for a Redis that is away, or slow. */
export async function connectRedis(redis: Redis): Promise<void> {
  const ready = new Promise<void>((resolve) => redis.once('ready', resolve));
  // Where the first attempt fails the client goes on trying, and logs it.
  redis.connect().catch(() => undefined);
  await ready;
}

/** One command on a connection of its own. */
export function askNode(
  address: RedisAddress,
  login: RedisLogin,
  command: string,
  ...parameters: string[]
): Promise<unknown> {
  const timeouts = { connectTimeout: CONNECT_TIMEOUT, commandTimeout: COMMAND_TIMEOUT };
  return ask(address, login, timeouts, command, ...parameters);
}

/** One command on a connection of its own, for those who can wait longer. */
export function askNodeWithin(
  timeout: number,
  address: RedisAddress,
  login: RedisLogin,
  command: string,
  ...parameters: string[]
): Promise<unknown> {
  return ask(address, login, { connectTimeout: timeout, commandTimeout: timeout }, command, ...parameters);
}

async function ask(
  address: RedisAddress,
  login: RedisLogin,
  timeouts: { connectTimeout: number; commandTimeout: number },
  command: string,
  ...parameters: string[]
): Promise<unknown> {
  const server = new Server({
    ...address,
    ...login,
    lazyConnect: true,
    ...timeouts,
    disconnectTimeout: 100,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
  let fault: Error | null = null;
  server.on('error', (error) => {
    fault = error;
  });
  try {
    await server.connect();
    return await server.call(command, ...parameters);
  } catch (error) {
    throw fault ?? error;
  } finally {
    server.disconnect();
  }
}
