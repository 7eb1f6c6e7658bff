import type { ServerResponse } from 'node:http';
import { answerOperation, readOperation } from '../kit/graph/endpoint.ts';
import { HttpError, type HttpRequest, type Route } from '../kit/http.ts';
import { isMultipart } from '../kit/uploads.ts';
import type { Authenticator } from '../kit/viewer.ts';
import { createAbort, type OperationContext, type RequestFiles } from './context.ts';
import type { Execution } from './execution.ts';
import { takeFiles } from './multipart.ts';
import { findConditionalSubscription, isSubscription, mayBeSubscription, tryParse } from './operations.ts';

/** Files of one request. */
const MAX_FILES = 10;
/** Bytes of the operation of a multipart request, and of its map. */
const MAX_FIELD = 100_000;
/** How long browsers may remember the answer to a preflight, in seconds. */
const PREFLIGHT_AGE = 600;

/** `/graphql` over HTTP for clients. The token is verified before anything is read; what it says is verified again by every service. */
export function graphqlRoute(options: {
  execution: Execution;
  authenticator: Authenticator;
  corsOrigins: readonly string[];
  /** Bytes of one file. */
  maxUpload: number;
  /** The services that the graph still lacks, for the message before there is one. */
  missing(): readonly string[];
}): Route {
  const { execution, authenticator } = options;
  const limits = { maxFileSize: options.maxUpload, maxFiles: MAX_FILES, maxFieldSize: MAX_FIELD };

  async function handle(request: HttpRequest, response: ServerResponse): Promise<void> {
    const { incoming, requestId } = request;
    allowOrigin(options.corsOrigins, request, response);
    if (request.method === 'OPTIONS') {
      response.writeHead(204).end();
      return;
    }
    const { authorization } = incoming.headers;
    authenticator.authenticate(authorization);
    const { server } = execution;
    if (!server) throw notReady(options.missing());
    if (isMultipart(incoming) && !incoming.headers['apollo-require-preflight']) {
      // What browsers send without asking first could be sent by any page in the user's name.
      throw new HttpError(400, 'BAD_REQUEST', 'Send the header `apollo-require-preflight: true` with a file.');
    }
    const body = await readOperation(incoming, response, limits);
    refuseSubscription(operationOf(request, body));
    const abort = createAbort();
    response.once('close', () => {
      if (!response.writableFinished) abort.abort();
    });
    const files = isMultipart(incoming) ? countFiles(body) : null;
    const context: OperationContext = { identity: { authorization }, requestId, signal: abort.signal, files };
    await answerOperation(server, request, response, body, context);
  }

  return { path: '/graphql', methods: ['GET', 'POST', 'OPTIONS'], handle };
}

/** What is said while no graph was composed yet. */
function notReady(missing: readonly string[]): HttpError {
  const what = missing.length > 0 ? `waiting for ${missing.join(', ')}` : 'the schemas are being composed';
  return new HttpError(503, 'UNAVAILABLE', `Beaver is starting: ${what}. Try again in a moment.`);
}

function allowOrigin(origins: readonly string[], request: HttpRequest, response: ServerResponse): void {
  const { origin } = request.incoming.headers;
  const allowed = origins.includes('*') ? '*' : origin !== undefined && origins.includes(origin) ? origin : null;
  if (allowed !== '*') response.setHeader('vary', 'origin');
  if (allowed === null) return;
  // No credentials: who asks is said by the token alone, never by a cookie.
  response.setHeader('access-control-allow-origin', allowed);
  response.setHeader('access-control-expose-headers', 'x-request-id');
  if (request.method !== 'OPTIONS') return;
  response.setHeader('access-control-allow-methods', 'GET, POST');
  response.setHeader(
    'access-control-allow-headers',
    request.incoming.headers['access-control-request-headers'] ?? 'authorization, content-type',
  );
  response.setHeader('access-control-max-age', PREFLIGHT_AGE);
}

interface Operation {
  query: string;
  operationName: string | null;
}

/** The text of the operation, where it is where it should be; Apollo Server refuses the rest. */
function operationOf(request: HttpRequest, body: unknown): Operation | null {
  const given =
    request.method === 'GET'
      ? Object.fromEntries(new URLSearchParams(request.search))
      : (body as Record<string, unknown> | null);
  if (typeof given?.query !== 'string') return null;
  return { query: given.query, operationName: typeof given.operationName === 'string' ? given.operationName : null };
}

/** @throws HttpError 400 for what only a socket can answer */
function refuseSubscription(operation: Operation | null): void {
  if (!operation || !mayBeSubscription(operation.query)) return;
  const document = tryParse(operation.query);
  if (!document) return;
  if (isSubscription(document, operation.operationName)) {
    const where = 'over WebSocket (graphql-transport-ws) at this address';
    throw new HttpError(400, 'BAD_REQUEST', `Subscriptions are delivered ${where}, not over HTTP.`);
  }
  const fault = findConditionalSubscription(document);
  if (fault) throw new HttpError(400, 'GRAPHQL_VALIDATION_FAILED', fault.message);
}

function countFiles(body: unknown): RequestFiles {
  const { variables } = body as { variables?: unknown };
  const given = typeof variables === 'object' && variables !== null ? (variables as Record<string, unknown>) : {};
  return { count: takeFiles(given).files.length, sent: false };
}
