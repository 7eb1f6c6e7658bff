import type { BaseConfig } from '../kit/base/config.ts';
import type { Etcd } from '../kit/discovery/etcd.ts';
import { createRevocations } from '../kit/identity/revocations.ts';
import { ACCESS_TOKEN_SECONDS } from '../kit/identity/tokens.ts';
import { createLog } from '../kit/observe/log.ts';
import { createBus } from '../kit/redis/bus.ts';
import { connectRedis, createRedis } from '../kit/redis/client.ts';

/** Ends a session the way auth announces it. */
export async function endSession(config: BaseConfig, etcd: Etcd, sessionId: string): Promise<void> {
  const log = createLog('test', 'silent');
  const redis = createRedis(config.redis, log, 'test');
  await connectRedis(redis);
  const bus = await createBus(config.redis, config.namespace, log);
  const revocations = await createRevocations({ bus, redis, etcd, namespace: config.namespace, log });
  await revocations.announce([{ sessionId, until: Date.now() + ACCESS_TOKEN_SECONDS * 1000 }]);
  revocations.close();
  bus.close();
  redis.disconnect();
}
