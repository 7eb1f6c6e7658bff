import {
  type EtcdConfig,
  type MysqlConfig,
  type RedisConfig,
  readEtcdConfig,
  readMysqlConfig,
  readRedisConfig,
  readTrustConfig,
} from '../kit/base/config.ts';
import { StartupError } from '../kit/base/errors.ts';
import { type EtcdLook, lookAtEtcd } from '../kit/discovery/look.ts';
import { createSeal } from '../kit/discovery/seal.ts';
import { type Instance, readInstances } from './instances.ts';
import { type MysqlFacts, readMysqlFacts } from './mysql-facts.ts';
import { type RedisFacts, readRedisFacts } from './redis-facts.ts';

/** Thrown where a check asks for what there is not. */
export class NothingToLookAt extends Error {}

export interface Options {
  /** Address of the gateway, where it is not on this host. */
  gateway?: string | undefined;
}

/** Records of etcd below a prefix, by what follows it. */
export interface Records {
  /** Those of ours. */
  sealed: ReadonlyMap<string, string>;
  /** Paths of those that carry no seal of TRUST_SECRET. */
  unsealed: readonly string[];
}

/**
 * What the checks look at. Each part is read when the first check asks for it, and once. A part whose
 * variables are faulty throws `NothingToLookAt`.
 */
export interface World {
  environment: NodeJS.ProcessEnv;
  options: Options;
  mysql(): MysqlConfig;
  redis(): RedisConfig;
  etcd(): EtcdConfig;
  namespace(): string;
  mysqlFacts(): Promise<MysqlFacts>;
  redisFacts(): Promise<readonly RedisFacts[]>;
  etcdLook(): EtcdLook;
  records(prefix: string): Promise<Records>;
  /** The instances that are registered, with what their health says. */
  instances(): Promise<readonly Instance[]>;
}

export function openWorld(environment: NodeJS.ProcessEnv, options: Options): World {
  const mysql = once(() => reading('MySQL', () => readMysqlConfig(environment)));
  const redis = once(() => reading('Redis', () => readRedisConfig(environment)));
  const etcd = once(() => reading('etcd', () => readEtcdConfig(environment)));
  const trust = once(() => reading('TRUST_SECRET', () => readTrustConfig(environment)));
  const namespace = () => trust().namespace;
  const etcdLook = once(() => lookAtEtcd(etcd()));

  async function records(prefix: string): Promise<Records> {
    const seal = createSeal(trust().trustSecrets);
    const root = `/${namespace()}/${prefix}`;
    const sealed = new Map<string, string>();
    const unsealed: string[] = [];
    for (const [path, text] of await etcdLook().texts(root)) {
      const value = seal.open(path, text);
      if (value === null) unsealed.push(path);
      else sealed.set(path.slice(root.length), value);
    }
    return { sealed, unsealed };
  }

  return {
    environment,
    options,
    mysql,
    redis,
    etcd,
    namespace,
    mysqlFacts: once(() => readMysqlFacts(mysql())),
    redisFacts: once(() => readRedisFacts(redis())),
    etcdLook,
    records,
    instances: once(async () => readInstances((await records('services/')).sealed)),
  };
}

function reading<T>(what: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof StartupError)) throw error;
    throw new NothingToLookAt(`The variables of ${what} are faulty: see configuration.complete.`);
  }
}

function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
