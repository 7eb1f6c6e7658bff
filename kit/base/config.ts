import { hostname, networkInterfaces } from 'node:os';
import { z } from 'zod';
import { host, listOf, port, readEnvironment, readTogether } from './environment.ts';
import { checkEtcdLogin, checkLogins, checkRedisLogin } from './logins.ts';

/** `http://host:port`, without anything after it. */
const ETCD_URL = /^https?:\/\/(\[[\da-fA-F:]+\]|[^\s/:]+):\d{1,5}$/;

/** Least length of a secret, in bytes: that of its hash. */
const MIN_SECRET = 32;

/** Variables of every service, under the names that deployments of this system already use. */
const mysql = {
  MYSQL_HOST: host,
  MYSQL_PORT: port(3306),
  MYSQL_USER: z.string().min(1),
  MYSQL_PASSWORD: z.string(),
  MYSQL_DATABASE: z.string().min(1),
  MYSQL_SSL_MODE: z.enum(['disabled', 'required', 'verify_identity']).optional(),
  MYSQL_SSL_CA: z.string().optional(),
  MYSQL_SSL_CERT: z.string().optional(),
  MYSQL_SSL_KEY: z.string().optional(),
  MYSQL_PUBLIC_KEY: z.string().optional(),
};
const redisLogin = {
  REDIS_PASSWORD: z.string().optional(),
  REDIS_TLS: z.enum(['on', 'off']).optional(),
  REDIS_TLS_CA: z.string().optional(),
  REDIS_TLS_CERT: z.string().optional(),
  REDIS_TLS_KEY: z.string().optional(),
};
const etcd = {
  ETCD_SERVER: listOf('must be http://host:port, or several with commas', (entry) => ETCD_URL.test(entry)).refine(
    (servers) => new Set(servers.map((server) => server.startsWith('https:'))).size === 1,
    'must be all http:// or all https://',
  ),
  ETCD_USERNAME: z.string().optional(),
  ETCD_PASSWORD: z.string().optional(),
  ETCD_CA: z.string().optional(),
  ETCD_CERT: z.string().optional(),
  ETCD_KEY: z.string().optional(),
};
const trust = {
  TRUST_SECRET: listOf(
    `must be at least ${MIN_SECRET} bytes of a random generator; several with commas, of which the first signs`,
    (secret) => Buffer.byteLength(secret) >= MIN_SECRET,
  ),
  BEAVER_NAMESPACE: z
    .string()
    .regex(/^[a-z0-9_-]+$/, 'may hold a-z, 0-9, _ and -')
    .default('beaver'),
};
const shared = {
  ...redisLogin,
  ...etcd,
  ...trust,
  LISTEN_HOST: host.default('0.0.0.0'),
  ADVERTISE_HOST: host.optional(),
  ADVERTISE_PORT: port().optional(),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
  NODE_ENV: z.string().optional(),
  BEAVER_FAULT: z
    .string()
    .regex(/^[a-z.]+:[1-9]\d*$/, 'must be a place and a number, as in chat.committed:25')
    .optional(),
};

/** Of services alone: whether ports take operations of anybody. */
const openPorts = { OPEN_PORTS: z.enum(['on', 'off']).default('off') };

/** A Redis, or a Redis Cluster by some of its nodes. */
const redisServer = { REDIS_HOST: host, REDIS_PORT: port(6379) };
const redisCluster = {
  REDIS_HOST: z.never('is set beside REDIS_CLUSTER_NODES: set one of the two').optional(),
  REDIS_CLUSTER_NODES: listOf('must be host:port, or several with commas', (node) =>
    /^[^\s/]+:\d{1,5}$/.test(node),
  ).transform((nodes) => nodes.map(toAddress)),
};

export interface MysqlConfig {
  host: string;
  port: number;
  user: string;
  password: string;
  database: string;
  /** Set where connections use TLS. */
  tls?: MysqlTls | undefined;
  /** A file with the server's RSA key, which encrypts the password where there is no TLS. */
  publicKeyFile?: string | undefined;
}

/** TLS to MySQL. The files hold PEM. */
export interface MysqlTls {
  /** Whether the certificate must be of a known authority and of this host. */
  verify: boolean;
  caFile?: string | undefined;
  certFile?: string | undefined;
  keyFile?: string | undefined;
}

export interface RedisAddress {
  host: string;
  port: number;
}

/** One Redis, or nodes of a Redis Cluster by which the others are found. */
export type RedisConfig = (RedisAddress | { clusterNodes: RedisAddress[] }) & {
  password?: string | undefined;
  /**
   * Set where connections use TLS. The files hold PEM; without `caFile`, the authorities are those of the
   * system.
   */
  tls?: { caFile?: string | undefined; certFile?: string | undefined; keyFile?: string | undefined } | undefined;
};

export interface EtcdConfig {
  /** URLs of the members. */
  servers: string[];
  user?: { name: string; password: string } | undefined;
  /**
   * Set where the members take TLS. The files hold PEM; without `caFile`, the authorities are those of the
   * system.
   */
  tls?: { caFile?: string | undefined; certFile?: string | undefined; keyFile?: string | undefined } | undefined;
}

/** Configuration of all five processes. */
export interface SharedConfig {
  redis: RedisConfig;
  etcd: EtcdConfig;
  /** Secrets that certify our records in etcd; the first one signs. All processes have the same. */
  trustSecrets: string[];
  listenHost: string;
  /** Address at which other processes reach this one. */
  advertiseHost: string;
  /** Port at which others reach it, where something between maps ports. */
  advertisePort?: number | undefined;
  /** Prefix of every key in etcd and Redis, so that deployments can share servers. */
  namespace: string;
  logLevel: string;
  /**
   * Point at which this process dies, and after how many passes; set only in tests (kit/base/failpoint.ts).
   */
  fault?: { point: string; times: number } | undefined;
}

/** Configuration of a service with tables. */
export interface BaseConfig extends SharedConfig {
  mysql: MysqlConfig;
  /** Whether the port takes operations of anybody, not only of gateways and services. */
  isPortOpen: boolean;
}

/** Reads the configuration of a service with tables. */
export function readBaseConfig(environment = process.env): BaseConfig {
  const [e] = readTogether(
    () => readEnvironment({ ...mysql, ...shared, ...openPorts, ...redisOf(environment) }, environment),
    () => checkLogins(environment),
  );
  return {
    ...toShared(e),
    mysql: toMysql(e),
    isPortOpen: e.OPEN_PORTS === 'on',
  };
}

/** Reads the configuration of MySQL alone. */
export function readMysqlConfig(environment = process.env): MysqlConfig {
  return toMysql(readEnvironment(mysql, environment));
}

function toMysql(e: z.output<z.ZodObject<typeof mysql>>): MysqlConfig {
  // A certificate authority in the configuration implies verification.
  const mode = e.MYSQL_SSL_MODE ?? (e.MYSQL_SSL_CA === undefined ? 'disabled' : 'verify_identity');
  const files = { caFile: e.MYSQL_SSL_CA, certFile: e.MYSQL_SSL_CERT, keyFile: e.MYSQL_SSL_KEY };
  return {
    host: e.MYSQL_HOST,
    port: e.MYSQL_PORT,
    user: e.MYSQL_USER,
    password: e.MYSQL_PASSWORD,
    database: e.MYSQL_DATABASE,
    tls: mode === 'disabled' ? undefined : { verify: mode === 'verify_identity', ...files },
    publicKeyFile: e.MYSQL_PUBLIC_KEY,
  };
}

/** Reads the configuration of a process without tables: the gateway. */
export function readSharedConfig(environment = process.env): SharedConfig {
  const [e] = readTogether(
    () => readEnvironment({ ...shared, ...redisOf(environment) }, environment),
    () => checkLogins(environment),
  );
  return toShared(e);
}

/** Reads the configuration of Redis alone. */
export function readRedisConfig(environment = process.env): RedisConfig {
  const [e] = readTogether(
    () => readEnvironment({ ...redisLogin, ...redisOf(environment) }, environment),
    () => checkRedisLogin(environment),
  );
  return toRedis(e);
}

/** Reads whose records are believed, and where they are. */
export function readTrustConfig(environment = process.env): Pick<SharedConfig, 'trustSecrets' | 'namespace'> {
  const e = readEnvironment(trust, environment);
  return { trustSecrets: e.TRUST_SECRET, namespace: e.BEAVER_NAMESPACE };
}

/** The variables of the one way in which the environment names Redis. */
function redisOf(environment: NodeJS.ProcessEnv): typeof redisServer | typeof redisCluster {
  return environment.REDIS_CLUSTER_NODES ? redisCluster : redisServer;
}

type RedisVariables = z.output<z.ZodObject<typeof redisLogin>> &
  (z.output<z.ZodObject<typeof redisServer>> | z.output<z.ZodObject<typeof redisCluster>>);
type SharedVariables = z.output<z.ZodObject<typeof shared>> & RedisVariables;

function toRedis(e: RedisVariables): RedisConfig {
  const address =
    'REDIS_CLUSTER_NODES' in e ? { clusterNodes: e.REDIS_CLUSTER_NODES } : { host: e.REDIS_HOST, port: e.REDIS_PORT };
  // A certificate authority in the configuration implies TLS.
  const isTls = e.REDIS_TLS === undefined ? e.REDIS_TLS_CA !== undefined : e.REDIS_TLS === 'on';
  const files = { caFile: e.REDIS_TLS_CA, certFile: e.REDIS_TLS_CERT, keyFile: e.REDIS_TLS_KEY };
  return { ...address, password: e.REDIS_PASSWORD, tls: isTls ? files : undefined };
}

function toShared(e: SharedVariables): SharedConfig {
  return {
    redis: toRedis(e),
    etcd: toEtcd(e),
    trustSecrets: e.TRUST_SECRET,
    listenHost: e.LISTEN_HOST,
    advertiseHost: e.ADVERTISE_HOST ?? ownAddress(),
    advertisePort: e.ADVERTISE_PORT,
    namespace: e.BEAVER_NAMESPACE,
    logLevel: e.LOG_LEVEL,
    fault: toFault(e),
  };
}

function toEtcd(e: z.output<z.ZodObject<typeof etcd>>): EtcdConfig {
  const isTls = e.ETCD_SERVER.every((server) => server.startsWith('https:'));
  const files = { caFile: e.ETCD_CA, certFile: e.ETCD_CERT, keyFile: e.ETCD_KEY };
  return {
    servers: e.ETCD_SERVER,
    user: e.ETCD_USERNAME === undefined ? undefined : { name: e.ETCD_USERNAME, password: e.ETCD_PASSWORD ?? '' },
    tls: isTls ? files : undefined,
  };
}

/** Reads the configuration of etcd alone. */
export function readEtcdConfig(environment = process.env): EtcdConfig {
  const [e] = readTogether(
    () => readEnvironment(etcd, environment),
    () => checkEtcdLogin(environment),
  );
  return toEtcd(e);
}

/** Ignored outside of tests, so that nobody can end a process with it. */
function toFault({ NODE_ENV, BEAVER_FAULT }: SharedVariables): SharedConfig['fault'] {
  if (NODE_ENV !== 'test' || BEAVER_FAULT === undefined) return undefined;
  const [point, times] = BEAVER_FAULT.split(':');
  return { point: point as string, times: Number(times) };
}

/** `host:port` */
export function addressOf({ host, port }: RedisAddress): string {
  return `${host}:${port}`;
}

/** The parts of `host:port`. */
export function toAddress(text: string): RedisAddress {
  const colon = text.lastIndexOf(':');
  return { host: text.slice(0, colon), port: Number(text.slice(colon + 1)) };
}

/** The first IPv4 address of this host that others can reach; the host name where there is none. */
function ownAddress(): string {
  for (const addresses of Object.values(networkInterfaces())) {
    const found = addresses?.find((address) => address.family === 'IPv4' && !address.internal);
    if (found) return found.address;
  }
  return hostname();
}
