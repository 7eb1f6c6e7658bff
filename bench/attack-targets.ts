import { readFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { createEventAnswers } from '../gateway/edge/events.ts';
import { graphqlRoute } from '../gateway/edge/http.ts';
import { serveClientSockets } from '../gateway/edge/sockets.ts';
import { createSubscriptions } from '../gateway/edge/subscriptions.ts';
import { Graph } from '../gateway/operation/graph.ts';
import { readProtectionConfig } from '../gateway/operation/limits/config.ts';
import { createProtection } from '../gateway/operation/limits/index.ts';
import { createPipeline } from '../gateway/pipeline.ts';
import { createSubgraphRequests } from '../gateway/upstream/request-coalescing.ts';
import type { Upstreams } from '../gateway/upstream/socket-pool.ts';
import { createSlowdown } from '../kit/base/slowdown.ts';
import { createEndpoint } from '../kit/graph/endpoint.ts';
import { buildSchema } from '../kit/graph/schema.ts';
import { createHttpServer } from '../kit/http/server.ts';
import { type Authenticator, type Caller, DIRECT } from '../kit/identity/caller.ts';
import type { Revocations } from '../kit/identity/revocations.ts';
import { createLog } from '../kit/observe/log.ts';
import type { Redis } from '../kit/redis/client.ts';
import { serveSubgraph } from '../kit/socket/subgraph.ts';
import { resolvers } from '../subgraphs/chat/resolvers/index.ts';
import { PATIENCE } from './attack-list.ts';

const log = createLog('bench', 'silent');
const NOBODY: Caller = { viewer: null, service: null, ...DIRECT };
const authenticator: Authenticator = { authenticate: () => NOBODY, originOf: () => 'direct' };
const revocations = { onEnded: () => () => {} } as unknown as Revocations;

/** The doors of the gateway with the graph of Beaver. No service is asked. */
export function gatewayTarget(redis: Redis): Server {
  const config = readProtectionConfig({
    NODE_ENV: 'production',
    GATEWAY_BUDGET: '0',
    GATEWAY_BODY_TIMEOUT_MS: String(PATIENCE),
  });
  const begin: Upstreams['begin'] = (_operation, { refused }) => {
    refused([{ message: 'No service is here.', extensions: { code: 'UNAVAILABLE' } }]);
    return () => {};
  };
  const upstreams = { begin } as Upstreams;
  const calls = createSubgraphRequests(upstreams);
  const sdl = readFileSync(new URL('../gateway/supergraph/supergraph.graphql', import.meta.url), 'utf8');
  const graph = new Graph(sdl, calls, config.limits);
  const slowdown = createSlowdown();
  const protection = createProtection(config, redis, 'bench', log, slowdown);
  const pipeline = createPipeline(calls, protection, log);
  const currentGraph = () => graph;
  const route = graphqlRoute({
    pipeline,
    protection,
    graph: currentGraph,
    authenticator,
    // Nothing is uploaded here.
    uploads: { of: () => ({ isIn: () => false, send: () => Promise.reject(new Error('No service is here.')) }) },
    maxUpload: 1_000_000,
    compresses: false,
    bodyTimeout: config.bodyTimeout,
    proxies: 0,
    missing: () => [],
  });
  const server = createHttpServer([route], log);
  const events = createEventAnswers(pipeline, 1_000);
  serveClientSockets(server, {
    pipeline,
    protection,
    slowdown,
    graph: currentGraph,
    subscriptions: createSubscriptions({ graph: currentGraph, calls, events, upstreams, maxQueue: 100, log }),
    authenticator,
    revocations,
    maxSockets: 1_000,
    shares: { perAddress: 1_000, perUser: 1_000 },
    nobody: 60_000,
    maxOperations: 100,
    proxies: 0,
    log,
  });
  return server;
}

/** The doors of chat, without what is behind them: its database is never asked. */
export async function serviceTarget(): Promise<Server> {
  const schema = buildSchema(new URL('../subgraphs/chat/schema/', import.meta.url), resolvers);
  const context = (caller: Caller) => caller;
  const doors = { schema, authenticator, context, isPortOpen: true, log };
  const endpoint = await createEndpoint(doors);
  const server = createHttpServer([endpoint.route], log);
  serveSubgraph(server, { ...doors, revocations });
  return server;
}
