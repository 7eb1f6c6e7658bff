import { Redis } from 'ioredis';
import type { RedisConfig } from './config.ts';
import type { Log } from './log.ts';

export type { Redis } from 'ioredis';

/** How long a command waits for a Redis that is silent, in ms: a login waits for three, one after the other, and answers within the gateway's patience. */
const COMMAND_TIMEOUT = 1_000;

/**
 * A connection that reconnects for ever. While Redis is away a command fails at once instead of waiting (`enableOfflineQueue: false`), and after a second
 * where Redis is there and says nothing: what is in Redis may be lost, so nobody should wait for it.
 */
export function createRedis(config: RedisConfig, log: Log, purpose: string): Redis {
  const redis = new Redis({
    host: config.host,
    port: config.port,
    ...(config.password ? { password: config.password } : {}),
    connectionName: purpose,
    lazyConnect: true,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    connectTimeout: 3_000,
    commandTimeout: COMMAND_TIMEOUT,
    disconnectTimeout: 100,
    // The bus subscribes again itself: ioredis drops the promise of its own attempt, and where that fails the rejection ends the process.
    autoResubscribe: false,
    retryStrategy: (attempt) => Math.min(50 * attempt, 1_000),
  });
  redis.on('error', (error) => log.warn({ err: error, purpose }, 'Redis connection error'));
  return redis;
}
