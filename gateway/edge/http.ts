import type { IncomingMessage, ServerResponse } from 'node:http';
import type { GraphQLError, GraphQLFormattedError } from 'graphql';
import { type Bytes, toBytes } from '../../kit/base/bytes.ts';
import { parseJsonBody, readUnparsedJson } from '../../kit/http/body.ts';
import {
  drain,
  GRAPH_PATH,
  HttpError,
  type HttpRequest,
  type HttpServerOptions,
  type Route,
  withoutReading,
} from '../../kit/http/server.ts';
import { isMultipart, readMultipart } from '../../kit/http/uploads.ts';
import type { Authenticator } from '../../kit/identity/caller.ts';
import type { Graph } from '../operation/graph.ts';
import { clientAddress } from '../operation/limits/address.ts';
import { type Asker, type Protection, UNREAD_BYTES } from '../operation/limits/index.ts';
import type { PreparedOperation } from '../operation/prepared.ts';
import type { Answer, ClientOperation, Pipeline } from '../pipeline.ts';
import { Cancellation } from '../upstream/cancellation.ts';
import type { Uploads } from '../upstream/uploads.ts';
import { acceptsGzip, compress, isWorthCompressing } from './compression.ts';
import { negotiate, readParameters, readQueryString, requirePreflight, SUBSCRIPTIONS_OVER } from './protocol.ts';

/** Bytes of an operation with its variables: 64 KiB of text of a message in JSON is far below it. */
const MAX_BODY = 1_000_000;
/** Files of one request. */
const MAX_FILES = 10;
/** Bytes of the operation of a multipart request, and of its map. */
const MAX_FIELD = 100_000;
/** How long browsers may remember the answer to a preflight, in seconds. */
const PREFLIGHT_AGE = 600;

/**
 * `/graphql` over HTTP for clients. The token is verified before anything is read; what it says is verified
 * again by every service.
 */
export function graphqlRoute(options: {
  pipeline: Pipeline;
  protection: Pick<Protection, 'admitUnread' | 'admitSize' | 'refuseUnread' | 'hold'>;
  /** The current graph; null before the first. */
  graph(): Graph | null;
  authenticator: Pick<Authenticator, 'authenticate'>;
  uploads: Uploads;
  /** Bytes of one file. */
  maxUpload: number;
  /** How long an operation may take to arrive, in ms. */
  bodyTimeout: number;
  /** Whether large answers are compressed for clients that take it. */
  compresses: boolean;
  /** Proxies of ours that requests come through. */
  proxies: number;
  /** The services that the graph still lacks, for the message before there is one. */
  missing(): readonly string[];
}): Route {
  const { pipeline, protection, authenticator } = options;
  const limits = { maxFileSize: options.maxUpload, maxFiles: MAX_FILES, maxFieldSize: MAX_FIELD };

  async function handle(request: HttpRequest, response: ServerResponse): Promise<void> {
    const { incoming } = request;
    const { viewer } = authenticator.authenticate(incoming.headers.authorization);
    const graph = options.graph();
    if (!graph) throw notReady(options.missing());
    const mediaType = negotiate(incoming.headers.accept);
    const address = clientAddress(incoming, options.proxies);
    const asker = { viewer, address };
    const operation = protection.refuseUnread(asker) ?? (await readOperation(request, response, asker));
    const understood =
      operation instanceof Error ? pipeline.refuse(operation) : await pipeline.understand(graph, operation, asker);
    if (understood.errors) {
      const { errors, status } = understood;
      if (status === 429 && !(await holds(incoming, asker))) return;
      askForPatience(response, errors);
      write(response, mediaType, status, toBytes(JSON.stringify({ errors })));
    } else if (!(operation instanceof Error)) {
      checkMethod(understood.prepared, request);
      const { status, json } = await answer(request, response, operation, understood, address);
      const body = options.compresses ? await smaller(incoming, response, json) : json;
      write(response, mediaType, status, body);
    }
    drain(incoming);
  }

  /**
   * Waits before a refusal, and reads nothing from the connection meanwhile: neither a body, nor the next
   * request. False where it has closed the connection instead.
   */
  async function holds({ socket, headers }: IncomingMessage, asker: Asker): Promise<boolean> {
    const pause = protection.hold(asker, Number(headers['content-length'] ?? 0));
    if (!pause) {
      socket.destroy();
      return false;
    }
    await withoutReading(socket, pause);
    return true;
  }

  /** The operation; or the refusal of a payer who cannot pay for its size. Rejects with an HttpError. */
  async function readOperation(
    request: HttpRequest,
    response: ServerResponse,
    asker: Asker,
  ): Promise<ClientOperation | GraphQLError> {
    const { incoming } = request;
    if (request.method === 'GET') return readParameters(readQueryString(request), request.search.length);
    if (isMultipart(incoming)) return readForm(incoming, response, asker);
    requireJson(incoming);
    const body = await readUnparsedJson(incoming, MAX_BODY, options.bodyTimeout);
    const refused = await protection.admitUnread(body.length, asker);
    return refused ?? readParameters(parseJsonBody(body), Math.min(body.length, UNREAD_BYTES));
  }

  /** The fields are parsed as they arrive, so one pays for them afterwards, readable or not. */
  async function readForm(
    incoming: IncomingMessage,
    response: ServerResponse,
    asker: Asker,
  ): Promise<ClientOperation | GraphQLError> {
    requirePreflight(incoming, 'a file');
    try {
      const { value, bytes } = await readMultipart(incoming, response, limits, options.bodyTimeout);
      return readParameters(value, bytes);
    } catch (error) {
      const bytes = Math.min(Number(incoming.headers['content-length'] ?? 0), 2 * MAX_FIELD);
      const isUnreadable = error instanceof HttpError && error.status === 400;
      const refused = isUnreadable ? await protection.admitSize({ query: '', bytes }, asker) : null;
      if (refused) return refused;
      throw error;
    }
  }

  function answer(
    { requestId, incoming }: HttpRequest,
    response: ServerResponse,
    { variables: given }: ClientOperation,
    { prepared, variables }: { prepared: PreparedOperation; variables: Record<string, unknown> },
    address: string,
  ): Promise<Answer> {
    const identity = { authorization: incoming.headers.authorization, address };
    const cancellation = new Cancellation();
    response.once('close', () => {
      if (!response.writableFinished) cancellation.cancel();
    });
    const files = isMultipart(incoming) ? options.uploads.of(given) : undefined;
    return pipeline.answer({ prepared, given, variables, files, identity, requestId, cancellation });
  }

  return { path: GRAPH_PATH, methods: ['GET', 'POST', 'OPTIONS'], handle };
}

/** @throws HttpError */
function requireJson({ headers }: IncomingMessage): void {
  const type = headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase();
  // Any page may send the other types in the user's name without asking first.
  if (type !== 'application/json') throw new HttpError(400, 'BAD_REQUEST', 'Send the operation as application/json.');
}

/** @throws HttpError for what can't be asked this way */
function checkMethod({ kind }: PreparedOperation, { method }: HttpRequest): void {
  if (kind === 'subscription') {
    throw new HttpError(400, 'BAD_REQUEST', `${SUBSCRIPTIONS_OVER}, not over HTTP.`);
  }
  if (kind === 'mutation' && method === 'GET') {
    throw new HttpError(405, 'METHOD_NOT_ALLOWED', 'A mutation is sent with POST.', { allow: 'POST' });
  }
}

/** The answer, compressed where that is worth it and the client takes it. */
function smaller(
  { headers }: IncomingMessage,
  response: ServerResponse,
  json: Buffer | Bytes,
): Buffer | Bytes | Promise<Buffer> {
  if (!isWorthCompressing(json)) return json;
  response.appendHeader('vary', 'accept-encoding');
  if (!acceptsGzip(headers['accept-encoding'])) return json;
  response.setHeader('content-encoding', 'gzip');
  return compress(json);
}

function write(response: ServerResponse, mediaType: string, status: number, body: Buffer | Bytes): void {
  response.writeHead(status, {
    'content-type': `${mediaType}; charset=utf-8`,
    'content-length': body.length,
    'cache-control': 'no-store',
  });
  response.end(body, 'latin1');
}

/** What is said while no graph was composed yet. */
function notReady(missing: readonly string[]): HttpError {
  const what = missing.length > 0 ? `waiting for ${missing.join(', ')}` : 'the schemas are being composed';
  return new HttpError(503, 'UNAVAILABLE', `Beaver is starting: ${what}. Try again in a moment.`);
}

/** A refusal that says when to come again says it in HTTP's own words too, for whoever reads no GraphQL. */
function askForPatience(response: ServerResponse, errors: readonly GraphQLFormattedError[]): void {
  const seconds = errors[0]?.extensions?.retryAfterSeconds;
  if (typeof seconds === 'number') response.setHeader('retry-after', Math.ceil(seconds));
}

/**
 * Lets pages of some origins read what the graph answers, and what somebody gets who has mistyped its
 * address: without it a browser says nothing but "blocked by CORS policy". Health and metrics stay unreadable
 * to pages.
 */
export function createCors(origins: readonly string[]): NonNullable<HttpServerOptions['prepare']> {
  return (incoming, response, path) => {
    if (path !== null && path !== GRAPH_PATH) return;
    allowOrigin(origins, incoming, response);
    if (incoming.method === 'OPTIONS') response.writeHead(204).end();
  };
}

function allowOrigin(origins: readonly string[], { method, headers }: IncomingMessage, response: ServerResponse): void {
  const { origin } = headers;
  const allowed = origins.includes('*') ? '*' : origin !== undefined && origins.includes(origin) ? origin : null;
  if (allowed !== '*') response.setHeader('vary', 'origin');
  if (allowed === null) return;
  // No credentials: who asks is said by the token alone, never by a cookie.
  response.setHeader('access-control-allow-origin', allowed);
  response.setHeader('access-control-expose-headers', 'x-request-id, retry-after');
  if (method !== 'OPTIONS') return;
  response.setHeader('access-control-allow-methods', 'GET, POST');
  response.setHeader(
    'access-control-allow-headers',
    headers['access-control-request-headers'] ?? 'authorization, content-type',
  );
  response.setHeader('access-control-max-age', PREFLIGHT_AGE);
}
