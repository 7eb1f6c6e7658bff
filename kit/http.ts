import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import {
  type AddressInfo,
  createServer as createNetServer,
  type ListenOptions,
  type Server as NetServer,
} from 'node:net';
import { Unauthenticated } from './errors.ts';
import { readJson } from './json.ts';
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

/** How long a body that is read as a whole may take to arrive, in ms: a megabyte over a slow telephone line. */
export const BODY_PATIENCE = 15_000;

/**
 * The whole body as text. One that comes drop by drop would otherwise keep its connection for as long as its sender likes.
 * @throws HttpError 413 past `limit` bytes, 408 after `patience` ms
 */
export async function readBody(incoming: IncomingMessage, limit: number, patience = BODY_PATIENCE): Promise<string> {
  const tooLarge = () => new HttpError(413, 'PAYLOAD_TOO_LARGE', `The body may have at most ${limit} bytes.`);
  const length = Number(incoming.headers['content-length']);
  if (length > limit) throw tooLarge();
  // Most bodies come in one read with their head. As soon as that is parsed they are there, though not yet said to be complete, and nothing has to wait for them.
  await undefined;
  const isThere = incoming.readableLength === length;
  const body = isThere ? (incoming.read() as Buffer | null) : await arrival(incoming, limit, patience);
  if (body && body.length > limit) throw tooLarge();
  return body ? body.toString('utf8') : '';
}

/** What comes of a body until it ends, or until it has more bytes than `limit`. @throws HttpError 408 */
async function arrival(incoming: IncomingMessage, limit: number, patience: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const read = (chunk: Buffer) => {
    chunks.push(chunk);
    size += chunk.length;
    if (size > limit) resolve();
  };
  const left = () => {
    if (!incoming.readableEnded) reject(new Error('The client left in the middle of its request.'));
  };
  // Not `for await`: ending it early destroys the connection, over which the refusal has still to go.
  incoming.on('data', read).once('end', resolve).once('error', reject).once('close', left);
  try {
    await inTime(promise, patience);
  } finally {
    incoming.off('data', read).off('end', resolve).off('error', reject).off('close', left);
  }
  return Buffer.concat(chunks);
}

/** The whole body, which is JSON. @throws HttpError 400, and those of `readBody` */
export async function readJsonBody(incoming: IncomingMessage, limit: number, patience?: number): Promise<unknown> {
  const text = await readBody(incoming, limit, patience);
  try {
    return readJson(text);
  } catch (error) {
    throw new HttpError(400, 'BAD_REQUEST', `The body cannot be read. ${(error as Error).message}`);
  }
}

/** What `work` reads of a request. @throws HttpError 408 where it is not there after so many ms */
export async function inTime<T>(work: Promise<T>, patience: number): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const message = `The request did not arrive within ${patience / 1000} s. Send it again over a better line.`;
  const timer = setTimeout(() => reject(new HttpError(408, 'REQUEST_TIMEOUT', message)), patience);
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Connections that may wait to be accepted; the system may allow fewer (`net.core.somaxconn`). Past Node's own 511 the system drops what comes, and those who come again after a
 * server died try again after 1, 2, 4 and 8 seconds, with whoever wants to send something among them.
 */
const BACKLOG = 16_384;
/**
 * Sockets that listen on one port. Node accepts one connection from each in a round of its event loop: with one socket, and thousands who come at once, everybody who comes waits
 * behind all of them. The system shares connections out among sockets that share a port (SO_REUSEPORT, here on Linux only).
 */
const LISTENERS = process.platform === 'linux' ? 16 : 1;

/** The other sockets that listen for a server. */
const companions = new WeakMap<Server, NetServer[]>();

/** Listens and resolves to the port, which is a free one where 0 was asked for. Rejects with the system's error, for example EADDRINUSE. */
export async function listen(server: Server, host: string, port: number): Promise<number> {
  if (LISTENERS === 1) return listenOn(server, { host, port, backlog: BACKLOG });
  // Another process of ours could share the port too, and would take half of what comes: so first it is had alone. The system never shares a free one that it chooses.
  if (port !== 0) {
    const probe = createNetServer();
    await listenOn(probe, { host, port });
    await closed(probe);
  }
  const shared = { host, backlog: BACKLOG, reusePort: true };
  const chosen = await listenOn(server, { ...shared, port });
  // As an HTTP server makes its own connections.
  const options = { allowHalfOpen: true, noDelay: true };
  const others = Array.from({ length: LISTENERS - 1 }, () =>
    createNetServer(options, (socket) => server.emit('connection', socket)),
  );
  companions.set(server, others);
  await Promise.all(others.map((other) => listenOn(other, { ...shared, port: chosen })));
  return chosen;
}

function listenOn(server: NetServer, options: ListenOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(options, () => {
      server.off('error', reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

function closed(server: NetServer): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}

/** How long requests may take to end when the server closes, in ms; less than the process has for stopping. */
const LAST_CHANCE = 5_000;

/**
 * Stops accepting connections and resolves when all requests are answered, or after five seconds: a connection over which nothing or half a request
 * came counts as busy for a minute or more. Clients that keep their connections are told to open another, elsewhere: else one
 * that asks all the time would keep the server from ever ending.
 */
export async function closeServer(server: Server): Promise<void> {
  server.prependListener('request', (_request, response: ServerResponse) => response.setHeader('connection', 'close'));
  const timer = setTimeout(() => server.closeAllConnections(), LAST_CHANCE);
  const all = [server, ...(companions.get(server) ?? [])].map(closed);
  server.closeIdleConnections();
  await Promise.all(all);
  clearTimeout(timer);
}
