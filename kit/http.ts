import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Unauthenticated } from './errors.ts';
import type { Log } from './log.ts';
import { counter, histogram } from './metrics.ts';
import { takeRequestId } from './request.ts';
import { runRequest } from './tracing.ts';

/** What a route's handler gets: the path and query are parsed once, and the request id is that of the gateway, or a new one. */
export interface HttpRequest {
  incoming: IncomingMessage;
  method: string;
  path: string;
  /** The query string with its question mark, or empty. */
  search: string;
  requestId: string;
}

export interface Route {
  /** A path, or the beginning of one where it ends with `/`. */
  path: string;
  methods: readonly string[];
  handle(request: HttpRequest, response: ServerResponse): Promise<void> | void;
}

/** A refusal that has an HTTP status; thrown by handlers, answered as JSON. */
export class HttpError extends Error {
  readonly status: number;
  readonly code: string;
  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** How long the head of a request may take to arrive, and how often Node looks for those that take longer, in ms. */
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
/** What machines ask all day. */
const UNTRACED = new Set(['/health', '/metrics']);
/** Where a request goes that has no route: its path is whatever somebody has made up. */
const NO_ROUTE: Pick<Route, 'path' | 'methods'> = { path: 'none', methods: [] };

/** An HTTP server with a handful of routes. Unknown paths get 404, wrong methods 405, failures a masked 500; nothing throws out of it. */
export function createHttpServer(routes: readonly Route[], log: Log): Server {
  const find = (path: string) =>
    routes.find((route) => path === route.path || (route.path.endsWith('/') && path.startsWith(route.path)));

  async function answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const requestId = takeRequestId(incoming.headers['x-request-id']);
    response.setHeader('x-request-id', requestId);
    const startedAt = performance.now();
    let route: Pick<Route, 'path' | 'methods'> = NO_ROUTE;
    const method = incoming.method ?? 'GET';
    try {
      // Not `new URL(url, base)`: it throws on `//`.
      const target = incoming.url ?? '/';
      const mark = target.indexOf('?');
      const path = mark < 0 ? target : target.slice(0, mark);
      const found = find(path);
      if (!found) throw new HttpError(404, 'NOT_FOUND', 'There is nothing at this address.');
      route = found;
      if (!found.methods.includes(method)) {
        response.setHeader('allow', found.methods.join(', '));
        throw new HttpError(405, 'METHOD_NOT_ALLOWED', `Use ${found.methods.join(' or ')} here.`);
      }
      const request = { incoming, method, path, search: mark < 0 ? '' : target.slice(mark), requestId };
      const name = UNTRACED.has(found.path) ? null : `${method} ${found.path}`;
      const { traceparent } = incoming.headers;
      await runRequest({ requestId }, { name, traceparent }, () => found.handle(request, response));
    } catch (error) {
      refuse(error, requestId, incoming, response, log);
    }
    const known = route.methods.includes(method) ? method : 'other';
    requests.add(route.path, known, String(response.statusCode));
    durations.of(route.path).observe((performance.now() - startedAt) / 1000);
  }

  const server = createServer({ connectionsCheckingInterval: CHECKING_INTERVAL }, (incoming, response) => {
    void answer(incoming, response);
  });
  server.headersTimeout = HEADERS_PATIENCE;
  // Longer than any proxy in front keeps an idle connection, so that it is the proxy that closes first.
  server.keepAliveTimeout = 75_000;
  // Node gives a request five minutes to arrive, too short for a large file on a slow line. The file service ends an upload that stands still.
  server.requestTimeout = 3_600_000;
  return server;
}

function refuse(
  error: unknown,
  requestId: string,
  incoming: IncomingMessage,
  response: ServerResponse,
  log: Log,
): void {
  if (error instanceof Unauthenticated && !response.headersSent) {
    response.setHeader('www-authenticate', 'Bearer');
    const extensions = { code: error.code, reason: error.reason, requestId };
    sendJson(response, 401, { errors: [{ message: error.message, extensions }] });
    return;
  }
  const known = error instanceof HttpError ? error : null;
  if (!known && hasLeft(incoming)) log.debug({ err: error, requestId }, 'a client left in the middle of its request');
  else if (!known) log.error({ err: error, requestId }, 'request failed');
  if (response.headersSent) {
    response.destroy();
    return;
  }
  drain(incoming);
  const message = known?.message ?? `Something went wrong on our side. Tell us the request id ${requestId}.`;
  const extensions = { code: known?.code ?? 'INTERNAL', requestId };
  sendJson(response, known?.status ?? 500, { errors: [{ message, extensions }] });
}

/** Whether the connection broke off before the request was all there: nobody's fault that could be mended here. */
function hasLeft(incoming: IncomingMessage): boolean {
  return incoming.destroyed && !incoming.complete;
}

/** How long a client may go on sending after it was answered, in ms. */
const DRAIN = 10_000;

/**
 * Reads what is left of a request that was answered before its end, and throws it away. Closing at once instead would reset the connection of a
 * client that still sends, which then never sees why it was refused. One that goes on for long is cut off.
 */
export function drain(incoming: IncomingMessage): void {
  if (incoming.complete || incoming.destroyed) return;
  incoming.unpipe();
  incoming.resume();
  const timer = setTimeout(() => incoming.destroy(), DRAIN);
  incoming.once('close', () => clearTimeout(timer));
}

export function sendJson(response: ServerResponse, status: number, value: unknown): void {
  const body = JSON.stringify(value);
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
  });
  response.end(body);
}
