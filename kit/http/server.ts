import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { Unauthenticated } from '../base/errors.ts';
import type { Log } from '../observe/log.ts';
import { counter, histogram } from '../observe/metrics.ts';
import { takeRequestId } from '../observe/request.ts';
import { runRequest } from '../observe/tracing.ts';
import { HttpError, refuseConnection, sendRefusal, unreadable } from './refusals.ts';

export { HttpError, sendJson } from './refusals.ts';

/** A request as a route's handler gets it. The request id is the gateway's, or a new one. */
export interface HttpRequest {
  incoming: IncomingMessage;
  method: string;
  path: string;
  /** The query string with its question mark, or empty. */
  search: string;
  requestId: string;
}

export interface Route {
  /** A path, or a prefix if it ends with `/`. */
  path: string;
  methods: readonly string[];
  handle(request: HttpRequest, response: ServerResponse): Promise<void> | void;
}

/** Path of the graph, the only one that accepts WebSockets. */
export const GRAPH_PATH = '/graphql';

/** Timeout of a request's head, and the interval at which Node checks it, in ms. */
const HEADERS_PATIENCE = 10_000;
const CHECKING_INTERVAL = 2_000;
const requests = counter('beaver_http_requests_total', 'HTTP requests that were answered, by route and status.', [
  'route',
  'method',
  'status',
]);
const durations = histogram(
  'beaver_http_request_duration_seconds',
  'From the head of a request to the end of its answer.',
  ['route'],
);
/** Paths without traces, as probes and scrapers request them all day. */
const UNTRACED = new Set(['/health', '/metrics']);
/** Label of requests without a route, whose paths a client can make up at will. */
const NO_ROUTE: Pick<Route, 'path' | 'methods'> = { path: 'none', methods: [] };

export interface HttpServerOptions {
  /**
   * Sets headers for every answer, errors included, and may answer itself. `path` is the route's, or null
   * without one.
   */
  prepare?(incoming: IncomingMessage, response: ServerResponse, path: string | null): void;
}

/**
 * An HTTP server with a handful of routes. Unknown paths get 404, wrong methods 405, failures a masked 500.
 * Never throws. Ignores a trailing slash of a path.
 */
export function createHttpServer(routes: readonly Route[], log: Log, options: HttpServerOptions = {}): Server {
  const find = (path: string) =>
    routes.find((route) => isSamePath(path, route.path) || (route.path.endsWith('/') && path.startsWith(route.path)));

  async function answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const requestId = takeRequestId(incoming.headers['x-request-id']);
    response.setHeader('x-request-id', requestId);
    const startedAt = performance.now();
    let route: Pick<Route, 'path' | 'methods'> = NO_ROUTE;
    const method = incoming.method ?? 'GET';
    try {
      const target = incoming.url ?? '/';
      const mark = target.indexOf('?');
      const path = pathOf(target);
      const found = find(path);
      if (found) route = found;
      options.prepare?.(incoming, response, found?.path ?? null);
      if (!response.writableEnded) {
        if (!found) throw nothingHere();
        if (!found.methods.includes(method)) throw wrongMethod(found);
        const request = { incoming, method, path, search: mark < 0 ? '' : target.slice(mark), requestId };
        const name = UNTRACED.has(found.path) ? null : `${method} ${found.path}`;
        const { traceparent } = incoming.headers;
        await runRequest({ requestId }, { name, traceparent }, () => found.handle(request, response));
      }
    } catch (error) {
      refuse(error, requestId, incoming, response, log);
    }
    const known = route.methods.includes(method) ? method : 'other';
    requests.add(route.path, known, String(response.statusCode));
    durations.of(route.path).observe((performance.now() - startedAt) / 1000);
  }

  /** The current or last response of each connection. */
  const responses = new WeakMap<Duplex, ServerResponse>();
  const settings = { connectionsCheckingInterval: CHECKING_INTERVAL, shouldUpgradeCallback: isWebSocket };
  const server = createServer(settings, (incoming, response) => {
    responses.set(incoming.socket, response);
    void answer(incoming, response);
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => {
    const response = responses.get(socket);
    const isAnswering = response?.headersSent && !response.writableFinished;
    // An error sent amid an answer would be read as a part of it.
    if (!socket.writable || isAnswering) {
      socket.destroy();
      return;
    }
    const refusal = unreadable(error);
    requests.add(NO_ROUTE.path, 'other', String(refusal.status));
    refuseConnection(socket, refusal);
  });
  server.headersTimeout = HEADERS_PATIENCE;
  // Longer than the idle timeout of any proxy in front, so that the proxy closes first.
  server.keepAliveTimeout = 75_000;
  // Node's default of five minutes is too short for a large file on a slow line. The file service ends
  // stalled uploads.
  server.requestTimeout = 3_600_000;
  return server;
}

/**
 * Whether a request opens a WebSocket here. Other upgrades (`Upgrade: h2c` from Java's client and from
 * `curl --http2`) are ignored, as RFC 9110 allows, and answered over HTTP/1.1. So is a WebSocket to another
 * path, which gets a 404.
 */
function isWebSocket({ method, headers, url = '/' }: IncomingMessage): boolean {
  return method === 'GET' && headers.upgrade?.toLowerCase() === 'websocket' && isSamePath(pathOf(url), GRAPH_PATH);
}

/** Path of a request target. `new URL(url, base)` would throw on `//`. */
function pathOf(target: string): string {
  const mark = target.indexOf('?');
  return mark < 0 ? target : target.slice(0, mark);
}

function isSamePath(path: string, expected: string): boolean {
  return path === expected || (path.length === expected.length + 1 && path === `${expected}/`);
}

function refuse(
  error: unknown,
  requestId: string,
  incoming: IncomingMessage,
  response: ServerResponse,
  log: Log,
): void {
  const isRefusal = error instanceof HttpError || error instanceof Unauthenticated;
  if (!isRefusal && hasLeft(incoming))
    log.debug({ err: error, requestId }, 'a client left in the middle of its request');
  else if (!isRefusal) log.error({ err: error, requestId }, 'request failed');
  if (response.headersSent) {
    response.destroy();
    return;
  }
  drain(incoming);
  sendRefusal(error, requestId, incoming, response);
}

/** The error for a path without a route. */
export function nothingHere(): HttpError {
  return new HttpError(404, 'NOT_FOUND', `There is nothing at this address. The graph is at ${GRAPH_PATH}.`);
}

function wrongMethod({ methods }: Pick<Route, 'methods'>): HttpError {
  const allow = methods.join(', ');
  return new HttpError(405, 'METHOD_NOT_ALLOWED', `Use ${methods.join(' or ')} here.`, { allow });
}

/** Whether the client disconnected amid its request, which is no fault of ours. */
function hasLeft(incoming: IncomingMessage): boolean {
  return incoming.destroyed && !incoming.complete;
}

/** How long a client may go on sending after its answer, in ms. */
const DRAIN = 10_000;

/**
 * Discards the rest of a request that was answered early. Closing at once would reset the connection of a
 * client that still sends, which then never sees the error. Disconnects a client that goes on for too long.
 */
export function drain(incoming: IncomingMessage): void {
  if (incoming.complete || incoming.destroyed) return;
  incoming.unpipe();
  incoming.resume();
  const timer = setTimeout(() => incoming.destroy(), DRAIN);
  incoming.once('close', () => clearTimeout(timer));
}

/** Stops reading from the connection during a pause: neither the rest of a request nor the next one. */
export async function withoutReading(socket: Socket, pause: Promise<void>): Promise<void> {
  // The parser resumes the socket when it has completed a request, so the pause begins after that.
  await undefined;
  socket.pause();
  await pause;
  socket.resume();
}
