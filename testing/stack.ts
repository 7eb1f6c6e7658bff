import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from 'graphql-ws';
import { createConnection, createPool, type Pool } from 'mariadb';
import { type BaseConfig, readBaseConfig } from '../kit/base/config.ts';
import { newId, newUuid } from '../kit/base/ids.ts';
import { createEtcd, type Etcd } from '../kit/discovery/etcd.ts';
import { createSeal } from '../kit/discovery/seal.ts';
import { createRevocations } from '../kit/identity/revocations.ts';
import {
  ACCESS_TOKEN_SECONDS,
  generateSigningKey,
  keyPath,
  type SigningKey,
  signToken,
} from '../kit/identity/tokens.ts';
import { driverOptions } from '../kit/mysql/options.ts';
import { createLog } from '../kit/observe/log.ts';
import { createBus } from '../kit/redis/bus.ts';
import { connectRedis, createRedis } from '../kit/redis/client.ts';
import { type Service, spawnService } from '../launch/services.ts';
import { migrate } from '../prisma/migrate.ts';
import { SERVICE_NAMES, type ServiceName } from '../services.ts';
import { GraphClient } from './client.ts';
import { openSocket } from './socket.ts';

/**
 * How long a process may take until it serves, in ms: less than jest waits for a hook, so that the end of the
 * log is shown.
 */
const READY_TIMEOUT = 150_000;

/**
 * A folder that keeps the log of every process that tests start, for whoever looks for the reason of a
 * failure.
 */
const LOGS = process.env.BEAVER_TEST_LOGS;

/** How many of each service to start. */
export type Counts = Partial<Record<ServiceName, number>>;

export interface SignedIn {
  userId: string;
  sessionId: string;
  token: string;
}

/** What a test does with a stack that it may share with other test files. */
export interface SharedStack {
  config: BaseConfig;
  mysql: Pool;
  etcd: Etcd;
  /** The running instances of a service. */
  services(name: ServiceName): { url: string }[];
  /** A client of an instance's GraphQL endpoint. */
  client(name: ServiceName, index?: number): GraphClient;
  /** A graphql-ws client of an instance. */
  socket(
    name: ServiceName,
    options?: { token?: string; index?: number; retryAttempts?: number; onClosed?: (code: number) => void },
  ): Client;
  /**
   * A user who is signed in, without the auth service: signed with a key that the stack published as auth's,
   * for so many seconds, with scopes.
   */
  signIn(userId?: string, seconds?: number, sessionId?: string, scope?: string): Promise<SignedIn>;
  /** An access token of auth that expired two minutes ago. */
  expiredToken(userId?: string): string;
  /** An access token that says it is auth's but is signed with a key that nobody knows. */
  forgedToken(userId?: string): string;
  /** Ends a session the way auth announces it. */
  endSession(sessionId: string): Promise<void>;
  /** A token with which `from` calls `audience`. */
  serviceToken(from: string, audience: string): Promise<string>;
  /** Ends what the test file has of it: all of a stack of its own, its connections to a shared one. */
  stop(): Promise<void>;
}

/**
 * A part of the system, or all of it, as processes of its own: own database, own namespace in etcd and Redis,
 * free ports. The base services are those that the environment names (`npm test` starts them).
 */
export interface Stack extends SharedStack {
  /** What the processes were started with; for starting another of them. */
  environment: Record<string, string>;
  services(name: ServiceName): Service[];
  /** Starts one more instance. */
  add(name: ServiceName, environment?: Record<string, string>): Promise<Service>;
}

/** The keys that tests sign with in the name of the services. */
export type Keys = Map<string, SigningKey>;

export function generateKeys(): Keys {
  return new Map(SERVICE_NAMES.map((issuer) => [issuer, generateSigningKey()]));
}

export async function startStack(
  counts: Counts,
  environment: Record<string, string> = {},
  keys = generateKeys(),
): Promise<Stack> {
  const name = `t${newUuid().replaceAll('-', '').slice(-12)}`;
  const directory = mkdtempSync(join(tmpdir(), 'beaver-stack-'));
  const own: Record<string, string> = {
    ...(process.env as Record<string, string>),
    MYSQL_DATABASE: `beaver_im_${name}`,
    BEAVER_NAMESPACE: name,
    LISTEN_HOST: '127.0.0.1',
    // Tests ask services themselves; what a closed port refuses has tests of its own.
    OPEN_PORTS: 'on',
    ADVERTISE_HOST: '127.0.0.1',
    FILE_STORE_DIR: join(directory, 'files'),
    ...Object.fromEntries(SERVICE_NAMES.map((service) => [`${service.toUpperCase()}_PORT`, '0'])),
    // All people of a test are at one address, and tests make many of them.
    AUTH_REGISTRATIONS_PER_HOUR: '1000000',
    AUTH_WRONG_PASSWORDS: '1000000',
    CHAT_SEND_BURST: '1000000',
    USER_ASK_AGAIN_HOURS: '0',
    GATEWAY_SOCKETS_PER_ADDRESS: '1000000',
    GATEWAY_SOCKETS_PER_USER: '1000000',
    // A busy machine is no service that hangs.
    GATEWAY_EVENT_TIMEOUT_MS: '30000',
    GATEWAY_EXPECTS: SERVICE_NAMES.filter((service) => service !== 'gateway' && counts[service]).join(','),
    ...environment,
  };
  const config = readBaseConfig(own);
  await onServer(config, `CREATE DATABASE ${config.mysql.database} CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci`);
  await migrate(config.mysql);
  const running = new Map<ServiceName, Service[]>();
  const access = connectTo(own, keys, (service) => running.get(service) ?? []);

  async function add(service: ServiceName, more: Record<string, string> = {}): Promise<Service> {
    const started = await spawnService({
      name: service,
      environment: { ...own, ...more },
      readyTimeout: READY_TIMEOUT,
      ...(LOGS ? { logFile: join(LOGS, `${name}-${service}-${newUuid().slice(-4)}.log`) } : {}),
    });
    running.set(service, [...(running.get(service) ?? []), started]);
    return started;
  }

  // Before the services start, which read the keys then: one that comes later has to reach them first.
  await Promise.all([...keys].map(([issuer, key]) => publishKey(access.etcd, issuer, key)));
  const stack: Stack = {
    ...access,
    environment: own,
    services: (service) => [...(running.get(service) ?? [])],
    add,
    async stop() {
      await Promise.all([...running.values()].flat().map((service) => service.stop()));
      await access.stop();
      await onServer(config, `DROP DATABASE ${config.mysql.database}`);
      rmSync(directory, { recursive: true, force: true });
    },
  };
  try {
    // The seed's start order; instances of one service start together.
    for (const service of SERVICE_NAMES)
      await Promise.all(Array.from({ length: counts[service] ?? 0 }, () => add(service)));
  } catch (error) {
    await stack.stop();
    throw error;
  }
  return stack;
}

/** Connects a test to the processes that were started with an environment. */
export function connectTo(
  environment: Record<string, string>,
  published: Keys,
  running: (name: ServiceName) => { url: string }[],
): SharedStack {
  const config = readBaseConfig(environment);
  const name = config.namespace;
  const mysql = createPool({
    ...driverOptions(config.mysql),
    connectionLimit: 2,
    connectTimeout: 10_000,
  });
  const etcd = createEtcd(config.etcd, name, createSeal(config.trustSecrets), createLog('test', 'silent'));
  const keys = new Map<string, Promise<SigningKey>>(
    [...published].map(([issuer, key]) => [issuer, Promise.resolve(key)]),
  );
  const authKey = published.get('auth') as SigningKey;

  /** The key that the tests sign with in the name of a service, or of somebody who is none. */
  function keyOf(issuer: string): Promise<SigningKey> {
    const known = keys.get(issuer);
    if (known) return known;
    const made = publishKey(etcd, issuer, generateSigningKey());
    keys.set(issuer, made);
    return made;
  }

  function urlOf(service: ServiceName, index: number): string {
    const found = running(service)[index];
    if (!found) throw new Error(`The stack runs no ${service} number ${index}.`);
    return `${found.url}/graphql`;
  }

  const claims = (userId: string, sessionId: string, scope = 'user') => ({
    iss: 'auth',
    sub: userId,
    sid: sessionId,
    scope,
  });
  return {
    config,
    mysql,
    etcd,
    services: (service) => [...running(service)],
    client: (service, index = 0) => new GraphClient(urlOf(service, index)),
    socket: (service, options = {}) => openSocket(urlOf(service, options.index ?? 0), options),
    async signIn(userId = newId('user'), seconds = ACCESS_TOKEN_SECONDS, sessionId = newId('session'), scope = 'user') {
      const token = signToken(authKey, claims(userId, sessionId, scope), seconds);
      return { userId, sessionId, token };
    },
    expiredToken: (userId = newId('user')) => signToken(authKey, claims(userId, newId('session')), -120),
    forgedToken: (userId = newId('user')) =>
      signToken({ ...generateSigningKey(), kid: authKey.kid }, claims(userId, newId('session')), ACCESS_TOKEN_SECONDS),
    serviceToken: async (from, audience) =>
      signToken(await keyOf(from), { iss: from, sub: `service:${from}`, aud: audience }, ACCESS_TOKEN_SECONDS),
    async endSession(sessionId) {
      const log = createLog('test', 'silent');
      const redis = createRedis(config.redis, log, 'test');
      await connectRedis(redis);
      const bus = await createBus(config.redis, name, log);
      const revocations = await createRevocations({ bus, redis, etcd, namespace: name, log });
      await revocations.announce([{ sessionId, until: Date.now() + ACCESS_TOKEN_SECONDS * 1000 }]);
      revocations.close();
      bus.close();
      redis.disconnect();
    },
    async stop() {
      await mysql.end();
      await etcd.close();
    },
  };
}

async function publishKey(etcd: Etcd, issuer: string, key: SigningKey): Promise<SigningKey> {
  await etcd.put(keyPath(issuer, key.kid), JSON.stringify(key.publicJwk));
  return key;
}

/** Runs a statement on the server, in no database. */
export async function onServer(config: BaseConfig, statement: string): Promise<void> {
  const { database: _, ...server } = driverOptions(config.mysql);
  const connection = await createConnection({ ...server, connectTimeout: 10_000 });
  try {
    await connection.query(statement);
  } finally {
    await connection.end();
  }
}
