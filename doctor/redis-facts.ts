import { addressOf, type RedisAddress, type RedisConfig } from '../kit/base/config.ts';
import { askNodeWithin } from '../kit/redis/client.ts';
import { loginOf } from '../kit/redis/login.ts';
import { aheadBy } from './ahead.ts';

/** What one Redis says about itself, or why it says nothing. */
export type RedisFacts = { address: RedisAddress } & (
  | { fault: string }
  | {
      version: string;
      isMaster: boolean;
      policy: string;
      usedBytes: number;
      /** 0 where there is no limit. */
      maxBytes: number;
      /** In ms. */
      clockAhead: number;
      /** Null outside of a cluster. */
      cluster: { isOk: boolean; slots: number } | null;
    }
);

const TIMEOUT = 5_000;

export function readRedisFacts(config: RedisConfig): Promise<RedisFacts[]> {
  const login = loginOf(config);
  const isCluster = 'clusterNodes' in config;
  const addresses = isCluster ? config.clusterNodes : [{ host: config.host, port: config.port }];
  return Promise.all(
    addresses.map(async (address): Promise<RedisFacts> => {
      const ask = (command: string, ...more: string[]) => askNodeWithin(TIMEOUT, address, login, command, ...more);
      try {
        const info = fieldsOf(String(await ask('INFO')));
        const state = isCluster ? fieldsOf(String(await ask('CLUSTER', 'INFO'))) : null;
        return {
          address,
          version: info.get('redis_version') ?? '0',
          isMaster: info.get('role') !== 'slave',
          policy: info.get('maxmemory_policy') ?? 'noeviction',
          usedBytes: Number(info.get('used_memory')),
          maxBytes: Number(info.get('maxmemory') ?? 0),
          clockAhead: await aheadBy(async () => {
            const [seconds, micros] = (await ask('TIME')) as [string, string];
            return Number(seconds) * 1000 + Number(micros) / 1000;
          }),
          cluster: state && {
            isOk: state.get('cluster_state') === 'ok',
            slots: Number(state.get('cluster_slots_ok') ?? 0),
          },
        };
      } catch (error) {
        return { address, fault: `${addressOf(address)}: ${(error as Error).message}` };
      }
    }),
  );
}

/** The fields of INFO: `name:value` a line. */
function fieldsOf(text: string): Map<string, string> {
  return new Map(
    text.split(/\r?\n/).flatMap((line) => {
      const colon = line.indexOf(':');
      return colon > 0 ? [[line.slice(0, colon), line.slice(colon + 1)] as const] : [];
    }),
  );
}
