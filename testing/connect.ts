import type { Client } from 'graphql-ws/client';
import { createPool, type Pool } from 'mariadb';
import { type BaseConfig, readBaseConfig } from '../kit/base/config.ts';
import { newId } from '../kit/base/ids.ts';
import type { Etcd } from '../kit/discovery/etcd.ts';
import {
  ACCESS_TOKEN_SECONDS,
  generateSigningKey,
  keyPath,
  type SigningKey,
  signToken,
} from '../kit/identity/tokens.ts';
import { driverOptions } from '../kit/mysql/options.ts';
import { SERVICE_NAMES, type ServiceName } from '../services.ts';
import { GraphClient } from './client.ts';
import { openSocket } from './socket.ts';

/*
 * Jest loads every library anew for every test file. Those of Redis and etcd are half of what a file loads,
 * and few files use them: they are loaded where they are used.
 */

export interface SignedIn {
  userId: string;
  sessionId: string;
  token: string;
}

/** What a test does with a stack that it may share with other test files. */
export interface SharedStack {
  /** What its processes were started with, for a program of the system that a test runs. */
  environment: Record<string, string>;
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
  /** Ends what the test file has of it: its sockets, its connections, and all of a stack of its own. */
  stop(): Promise<void>;
}

/** The keys that tests sign with in the name of the services. */
export type Keys = Map<string, SigningKey>;

export function generateKeys(): Keys {
  return new Map(SERVICE_NAMES.map((issuer) => [issuer, generateSigningKey()]));
}

/** Connects a test to the processes that were started with an environment. */
export function connectTo(
  environment: Record<string, string>,
  published: Keys,
  running: (name: ServiceName) => { url: string }[],
): SharedStack {
  const config = readBaseConfig(environment);
  const mysql = createPool({
    ...driverOptions(config.mysql),
    connectionLimit: 2,
    connectTimeout: 10_000,
  });
  const etcd = lateEtcd(config);
  const sockets: Client[] = [];
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
    environment,
    config,
    mysql,
    etcd,
    services: (service) => [...running(service)],
    client: (service, index = 0) => new GraphClient(urlOf(service, index)),
    socket(service, options = {}) {
      const socket = openSocket(urlOf(service, options.index ?? 0), options);
      sockets.push(socket);
      return socket;
    },
    async signIn(userId = newId('user'), seconds = ACCESS_TOKEN_SECONDS, sessionId = newId('session'), scope = 'user') {
      const token = signToken(authKey, claims(userId, sessionId, scope), seconds);
      return { userId, sessionId, token };
    },
    expiredToken: (userId = newId('user')) => signToken(authKey, claims(userId, newId('session')), -120),
    forgedToken: (userId = newId('user')) =>
      signToken({ ...generateSigningKey(), kid: authKey.kid }, claims(userId, newId('session')), ACCESS_TOKEN_SECONDS),
    serviceToken: async (from, audience) =>
      signToken(await keyOf(from), { iss: from, sub: `service:${from}`, aud: audience }, ACCESS_TOKEN_SECONDS),
    endSession: async (sessionId) => (await import('./end-session.ts')).endSession(config, etcd, sessionId),
    async stop() {
      await Promise.all(sockets.map((socket) => socket.dispose()));
      await mysql.end();
      await etcd.close();
    },
  };
}

/** The stack's etcd, which is connected at its first use. */
function lateEtcd(config: BaseConfig): Etcd {
  let opened: Promise<Etcd> | undefined;
  async function open(): Promise<Etcd> {
    const [{ createEtcd }, { createSeal }, { createLog }] = await Promise.all([
      import('../kit/discovery/etcd.ts'),
      import('../kit/discovery/seal.ts'),
      import('../kit/observe/log.ts'),
    ]);
    return createEtcd(config.etcd, config.namespace, createSeal(config.trustSecrets), createLog('test', 'silent'));
  }
  const late =
    <Name extends keyof Etcd>(name: Name) =>
    async (...given: unknown[]) => {
      if (name === 'close' && !opened) return;
      opened ??= open();
      return ((await opened)[name] as (...given: unknown[]) => unknown)(...given);
    };
  return new Proxy({} as Etcd, { get: (_, name) => late(name as keyof Etcd) });
}

export async function publishKey(etcd: Etcd, issuer: string, key: SigningKey): Promise<SigningKey> {
  await etcd.put(keyPath(issuer, key.kid), JSON.stringify(key.publicJwk));
  return key;
}
