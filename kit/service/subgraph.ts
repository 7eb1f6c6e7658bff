import { createHash } from 'node:crypto';
import { type BaseConfig, readBaseConfig } from '../base/config.ts';
import { readTogether } from '../base/environment.ts';
import { StartupError } from '../base/errors.ts';
import { newUuid } from '../base/ids.ts';
import { VERSION } from '../base/version.ts';
import { createEtcd, type Etcd } from '../discovery/etcd.ts';
import { createInstanceDirectory, type InstanceRecord } from '../discovery/instances.ts';
import { createSeal } from '../discovery/seal.ts';
import { createEndpoint } from '../graph/endpoint.ts';
import { buildSchema, readSdl } from '../graph/schema.ts';
import { degrading, type HealthCheck, healthRoutes } from '../http/health.ts';
import { closeServer, listen } from '../http/listening.ts';
import { metricsRoute } from '../http/metrics-route.ts';
import { createHttpServer, type Route } from '../http/server.ts';
import type { UploadLimits } from '../http/uploads.ts';
import { type Caller, createAuthenticator } from '../identity/caller.ts';
import { type Announcements, createRevocations, type Revocations } from '../identity/revocations.ts';
import {
  CLOCK_TOLERANCE_SECONDS,
  createServiceIdentity,
  createTokenVerifier,
  type ServiceIdentity,
  type TokenVerifier,
} from '../identity/tokens.ts';
import { type Database, openDatabase } from '../mysql/database.ts';
import { createLog, type Log } from '../observe/log.ts';
import { flushTraces } from '../observe/tracing.ts';
import { type Bus, createBus } from '../redis/bus.ts';
import { connectRedis, createRedis, pingRedis, type Redis } from '../redis/client.ts';
import { type Counters, createCounters } from '../redis/counters.ts';
import { serveSubgraph } from '../socket/subgraph.ts';
import { untilDone } from './background.ts';
import { createServiceClient, type ServiceClient } from './client.ts';
import { startProcess } from './process.ts';
import { waitForBaseServices } from './readiness.ts';
import { createShutdown } from './shutdown.ts';

/** What the kit hands to a service: connections that are open, and who this process is. */
export interface Kit {
  /** Where this process serves, as others reach it: `http://host:port`. Empty until it listens. */
  url(): string;
  config: BaseConfig;
  log: Log;
  database: Database;
  redis: Redis;
  bus: Bus;
  counters: Counters;
  etcd: Etcd;
  identity: ServiceIdentity;
  verifier: TokenVerifier;
  revocations: Revocations & Announcements;
  services: ServiceClient;
}

/** What a service makes of it. */
export interface Service<Context extends Caller> {
  /** The context of one operation: who calls, and the domain with loaders of its own. */
  context(caller: Caller): Context;
  /** HTTP routes beside /graphql and /health. */
  routes?: Route[];
  /** Health checks beside those of MySQL, Redis and etcd. */
  health?: Record<string, HealthCheck>;
  /** Ends background work; connections are closed after it. */
  close?(): Promise<void> | void;
}

export interface SubgraphDefinition<Context extends Caller> {
  /** 0 for a free one. */
  port: number;
  /** A `.graphql` file, or a folder of them. */
  schema: URL;
  resolvers: object;
  /** Set where mutations take files. */
  uploads?: UploadLimits;
  open(kit: Kit): Promise<Service<Context>> | Service<Context>;
}

/** How long the gateways have to see that an instance left before it stops listening, in ms. */
const DRAIN = 500;

/**
 * Runs a subgraph as this process: configuration, base services, schema, HTTP and WebSocket, registration in
 * etcd when it can serve. On SIGTERM it leaves etcd, drains and exits 0. `name` is its name in the graph, in
 * etcd and in logs.
 */
export async function startSubgraph<Context extends Caller>(
  name: string,
  define: () => SubgraphDefinition<Context>,
): Promise<void> {
  await startProcess(name, async (useLog) => {
    const [config, definition] = readTogether(readBaseConfig, define);
    const log = createLog(name, config.logLevel);
    useLog(log);
    await run(name, definition, config, log);
  });
}

async function run<Context extends Caller>(
  name: string,
  definition: SubgraphDefinition<Context>,
  config: BaseConfig,
  log: Log,
): Promise<void> {
  const shutdown = createShutdown(log);
  const schema = buildSchema(definition.schema, definition.resolvers);
  await waitForBaseServices(config, log);

  const etcd = createEtcd(config.etcd, config.namespace, createSeal(config.trustSecrets), log);
  const redis = createRedis(config.redis, log, name);
  await connectRedis(redis);
  const bus = await createBus(config.redis, config.namespace, log);
  const database = openDatabase(config.mysql);
  const verifier = await createTokenVerifier(etcd, CLOCK_TOLERANCE_SECONDS);
  const revocations = await createRevocations({ bus, redis, etcd, namespace: config.namespace, log });
  const identity = await createServiceIdentity(name, etcd);
  const services = createServiceClient(await createInstanceDirectory(etcd, log), identity, log);
  const counters = createCounters(redis, config.namespace, log);
  let url = '';
  const kit: Kit = {
    url: () => url,
    config,
    log,
    database,
    redis,
    bus,
    counters,
    etcd,
    identity,
    verifier,
    revocations,
    services,
  };
  const service = await definition.open(kit);

  const authenticator = createAuthenticator(verifier, revocations, name);
  const context = (caller: Caller) => service.context(caller);
  const endpoint = await createEndpoint({
    schema,
    authenticator,
    context,
    uploads: definition.uploads,
    isPortOpen: config.isPortOpen,
    log,
  });
  const health = healthRoutes(
    name,
    {
      mysql: async () => void (await database.sql.query('SELECT 1')),
      redis: degrading('Redis', () => pingRedis(redis)),
      etcd: degrading('etcd', () => etcd.check()),
      sockets: () => sockets.counts(),
      ...service.health,
    },
    shutdown,
  );
  const server = createHttpServer([endpoint.route, ...health, metricsRoute(name), ...(service.routes ?? [])], log);
  const sockets = serveSubgraph(server, {
    schema,
    authenticator,
    revocations,
    context,
    isPortOpen: config.isPortOpen,
    log,
  });
  const port = await listen(server, config.listenHost, definition.port).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EADDRINUSE') throw error;
    throw new StartupError(`Port ${definition.port} is taken: stop what uses it or set ${name.toUpperCase()}_PORT.`);
  });

  const sdl = readSdl(definition.schema);
  const schemaHash = createHash('sha256').update(sdl).digest('hex');
  const instance = newUuid();
  const address = `${config.advertiseHost}:${config.advertisePort ?? port}`;
  url = `http://${address}`;
  const record: InstanceRecord = {
    url: `${url}/graphql`,
    wsUrl: `ws://${address}/graphql`,
    schemaHash,
    version: VERSION,
    startedAt: new Date().toISOString(),
  };
  // The schema first: whoever sees the instance must find it.
  await untilDone('put the schema into etcd', () => etcd.put(`schemas/${name}/${schemaHash}`, sdl), log);
  await etcd.putLeased(`services/${name}/${instance}`, JSON.stringify(record));
  log.info({ url, instance, schemaHash, isPortOpen: config.isPortOpen }, 'ready');

  shutdown.add('leave etcd', () => etcd.withdraw(`services/${name}/${instance}`));
  shutdown.add('drain', () => new Promise((resolve) => setTimeout(resolve, DRAIN)));
  shutdown.add('close sockets', () => sockets.close());
  shutdown.add('stop listening', () => closeServer(server));
  shutdown.add('close the service', async () => service.close?.());
  shutdown.add('send the last traces', flushTraces);
  shutdown.add('close connections', async () => {
    await endpoint.stop();
    revocations.close();
    bus.close();
    redis.disconnect();
    await Promise.all([services.close(), database.close(), etcd.close()]);
  });
}
