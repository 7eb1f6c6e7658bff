import './supergraph/telemetry.ts';
import { Agent } from 'undici';
import { StartupError } from '../kit/base/errors.ts';
import { pause } from '../kit/base/pause.ts';
import { createSlowdown } from '../kit/base/slowdown.ts';
import { createEtcd } from '../kit/discovery/etcd.ts';
import { createInstanceDirectory, type InstanceDirectory } from '../kit/discovery/instances.ts';
import { createSeal } from '../kit/discovery/seal.ts';
import { closeServer, listen } from '../kit/http/listening.ts';
import { metricsRoute } from '../kit/http/metrics-route.ts';
import { createHttpServer } from '../kit/http/server.ts';
import { createAuthenticator } from '../kit/identity/caller.ts';
import { createRevocations } from '../kit/identity/revocations.ts';
import { createServiceIdentity, createTokenVerifier } from '../kit/identity/tokens.ts';
import { createLog, type Log } from '../kit/observe/log.ts';
import { flushTraces } from '../kit/observe/tracing.ts';
import { createBus } from '../kit/redis/bus.ts';
import { connectRedis, createRedis } from '../kit/redis/client.ts';
import { startProcess } from '../kit/service/process.ts';
import { waitForBaseServices } from '../kit/service/readiness.ts';
import { createShutdown } from '../kit/service/shutdown.ts';
import { type GatewayConfig, readGatewayConfig } from './config.ts';
import { createEventAnswers } from './edge/events.ts';
import { gatewayHealth } from './edge/health.ts';
import { createCors, graphqlRoute } from './edge/http.ts';
import { withPage } from './edge/page/routes.ts';
import { serveClientSockets } from './edge/sockets.ts';
import { createSubscriptions } from './edge/subscriptions.ts';
import { loadPolicies } from './operation/access/policies.ts';
import { Graph } from './operation/graph.ts';
import { createProtection } from './operation/limits/index.ts';
import { createPlanningThread } from './operation/planning/apart.ts';
import { createPipeline } from './pipeline.ts';
import { createComposer } from './supergraph/composer.ts';
import { followSupergraph, type Supergraph } from './supergraph/follow.ts';
import { createSubgraphRequests } from './upstream/request-coalescing.ts';
import { createUpstreams } from './upstream/socket-pool.ts';
import { createUploads } from './upstream/uploads.ts';

/** The longest a connection to an instance may take to open, in ms. */
const CONNECT_TIMEOUT = 2_000;
/**
 * How long requests that are on their way are taken after it is told to stop, in ms. `/health/ready` is 503
 * from then on.
 */
const DRAIN = 500;

await startProcess('gateway', async (useLog) => {
  const config = readGatewayConfig();
  const log = createLog('gateway', config.logLevel);
  useLog(log);
  await run(config, log);
});

/**
 * Listens at once, so that `/health` can say what is missing, and is ready when all expected services are in
 * the graph.
 */
async function run(config: GatewayConfig, log: Log): Promise<void> {
  const shutdown = createShutdown(log);
  // So that the first operation need not wait for it.
  if (config.executor === 'apollo') await import('./execution/apollo.ts');
  const policies = await loadPolicies(config.policies, log);
  await waitForBaseServices({ redis: config.redis, etcd: config.etcd }, log);
  const etcd = createEtcd(config.etcd, config.namespace, createSeal(config.trustSecrets), log);
  const redis = createRedis(config.redis, log, 'gateway');
  await connectRedis(redis);
  const bus = await createBus(config.redis, config.namespace, log);
  const verifier = await createTokenVerifier(etcd, 0);
  const revocations = await createRevocations({ bus, redis, etcd, namespace: config.namespace, log });
  const authenticator = createAuthenticator(verifier, revocations, 'gateway');
  const identity = await createServiceIdentity('gateway', etcd);
  const directory = await createInstanceDirectory(etcd, log);

  const dispatcher = new Agent({
    connectTimeout: CONNECT_TIMEOUT,
  });
  const accepts: Supergraph['accepts'] = (instance) => supergraph.accepts(instance);
  const watched: InstanceDirectory = {
    ...directory,
    eject(instance) {
      directory.eject(instance);
      supergraph.reconsider(instance);
    },
  };
  const { timeoutOf, uploadTimeout, slowestUpload } = config;
  const ways = { directory: watched, identity, dispatcher, accepts, log };
  const uploads = createUploads({ ...ways, uploadTimeout, slowestUpload });
  const upstreams = createUpstreams({ ...ways, timeoutOf });
  const calls = createSubgraphRequests(upstreams);
  const { limits, bodyTimeout, proxies } = config.protection;
  const slowdown = createSlowdown();
  const protection = createProtection(config.protection, redis, config.namespace, log, slowdown);
  const pipeline = createPipeline(calls, protection, log, () => supergraph.missing(), config.executor);
  const planning = createPlanningThread(log);
  let graph: Graph | null = null;
  const currentGraph = () => graph;
  const { maxQueue } = config;
  const events = createEventAnswers(pipeline, config.eventTimeout);
  const subscriptions = createSubscriptions({ graph: currentGraph, calls, events, upstreams, maxQueue, log });
  const isReady = Promise.withResolvers<void>();
  const supergraph = await followSupergraph({
    etcd,
    directory,
    composer: createComposer(),
    expects: config.expects,
    async apply(composed) {
      const previous = graph;
      graph = new Graph(composed.supergraphSdl, calls, limits, policies, planning);
      // Not in the same breath: taking over a graph holds up requests for a while, and so does planning.
      setImmediate(() => subscriptions.replan());
      if (previous)
        graph
          .warmUp(previous)
          .catch((error) =>
            log.error({ err: error }, 'operations could not be planned again before they are asked for'),
          );
      const isWhole = config.expects.every((name) => composed.hashes.has(name));
      if (isWhole && composed.away.length === 0) isReady.resolve();
    },
    log,
  });

  const missing = () => supergraph.missing();
  const { corsOrigins, maxUpload, compresses } = config;
  const graphql = graphqlRoute({
    pipeline,
    protection,
    graph: currentGraph,
    authenticator,
    uploads,
    maxUpload,
    compresses,
    bodyTimeout,
    proxies,
    missing,
  });
  const routes = [
    ...(config.hasPage ? withPage(graphql) : [graphql]),
    ...gatewayHealth(supergraph, etcd, redis, shutdown),
    metricsRoute('gateway'),
  ];
  const server = createHttpServer(routes, log, { prepare: createCors(corsOrigins) });
  const { maxSockets, maxOperations, socketShares } = config;
  const sockets = serveClientSockets(server, {
    pipeline,
    protection,
    slowdown,
    graph: currentGraph,
    subscriptions,
    authenticator,
    revocations,
    maxSockets,
    shares: socketShares,
    nobody: config.nobodySocketSeconds * 1_000,
    maxOperations,
    proxies,
    log,
  });
  const port = await listen(server, config.listenHost, config.port).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EADDRINUSE') throw error;
    throw new StartupError(`Port ${config.port} is taken: stop what uses it or set GATEWAY_PORT.`);
  });
  const url = `http://${config.advertiseHost}:${port}`;
  log.info({ url, expects: config.expects }, 'listening');
  void isReady.promise.then(() => log.info({ url }, 'ready'));

  shutdown.add('drain', () => pause(DRAIN));
  shutdown.add('send refusals that wait', async () => slowdown.close());
  shutdown.add('close sockets', () => sockets.close());
  shutdown.add('stop listening', () => closeServer(server));
  shutdown.add('close the graph', async () => {
    await supergraph.close();
    await planning.close();
    upstreams.close();
    await dispatcher.close();
  });
  shutdown.add('send the last traces', flushTraces);
  shutdown.add('close connections', async () => {
    revocations.close();
    bus.close();
    redis.disconnect();
    await etcd.close();
  });
}
