import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { ApolloServer, type BaseContext, HeaderMap } from '@apollo/server';
import { ApolloServerPluginInlineTrace } from '@apollo/server/plugin/inlineTrace';
import { GraphQLError, type GraphQLSchema } from 'graphql';
import { readJsonBody } from '../http/body.ts';
import { drain, GRAPH_PATH, HttpError, type HttpRequest, type Route } from '../http/server.ts';
import { isMultipart, readMultipart, type UploadLimits } from '../http/uploads.ts';
import {
  ADDRESS_HEADER,
  type Authenticator,
  type Caller,
  SERVICE_HEADER,
  SIGNED_IN_HEADER,
  type Way,
} from '../identity/caller.ts';
import type { Log } from '../observe/log.ts';
import { createDocuments, GraphQLErrors } from './documents.ts';
import { maskError } from './mask.ts';
import { measureOperation, outcomeOf } from './operation-metrics.ts';

/** Largest request body, in bytes: 64 KiB of message text in JSON, with variables, is far below it. */
const MAX_BODY = 1_000_000;

const CLOSED =
  'This port takes operations from gateways and services only. Ask the gateway; to ask a service itself while you develop, start it with OPEN_PORTS=on.';

export interface Endpoint {
  route: Route;
  stop(): Promise<void>;
}

/**
 * Serves `/graphql` over HTTP for a subgraph. Apollo Server speaks the protocol; the caller is verified
 * before anything is parsed.
 */
export async function createEndpoint<Context extends Caller>(options: {
  schema: GraphQLSchema;
  authenticator: Authenticator;
  context(caller: Caller): Context;
  uploads?: UploadLimits | undefined;
  /** Whether operations of anybody are taken, not only of gateways and services. */
  isPortOpen: boolean;
  log: Log;
}): Promise<Endpoint> {
  const { schema, authenticator, log } = options;
  const server = new ApolloServer<Context>({
    schema,
    // Introspection is on: the gateway and tools read the schema, and the gateway decides what clients see.
    introspection: true,
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    // Retries of a mutation have ids of their own; the cache here would only serve automatic persisted
    // queries.
    persistedQueries: false,
    formatError: (formatted, error) => maskError(formatted, error, log),
    plugins: [
      // Federated tracing: only where a request asks by a header for how long each field took, which the
      // gateway never hands on. What errors say is left out of it.
      ApolloServerPluginInlineTrace({ includeErrors: { masked: true } }),
      {
        async requestDidStart() {
          const startedAt = performance.now();
          return {
            async willSendResponse({ contextValue, response, operation }) {
              if (response.body.kind === 'single')
                measureOperation(operation?.operation, outcomeOf(response.body.singleResult), startedAt);
              if (contextValue.signedIn) response.http.headers.set(SIGNED_IN_HEADER, contextValue.signedIn);
            },
          };
        },
      },
    ],
  });
  await server.start();
  const documents = createDocuments(schema);

  /**
   * Returns faults of an operation before it is executed. Apollo Server would quote values, and has no
   * limits.
   */
  function faultsOf({ query, operationName, variables }: Sent): readonly GraphQLError[] {
    // Apollo Server reports these.
    if (typeof query !== 'string' || query === '') return [];
    try {
      const { read } = documents.prepare(query, typeof operationName === 'string' ? operationName : null);
      return read(isObject(variables) ? variables : {}).errors ?? [];
    } catch (error) {
      if (error instanceof GraphQLErrors) return error.errors;
      if (error instanceof GraphQLError) return [error];
      throw error;
    }
  }

  async function handle(request: HttpRequest, response: ServerResponse): Promise<void> {
    const { headers } = request.incoming;
    const caller = authenticator.authenticate(headers.authorization, wayOf(headers, authenticator));
    if (caller.origin === 'direct' && !options.isPortOpen) throw new HttpError(403, 'FORBIDDEN', CLOSED);
    const startedAt = performance.now();
    const body = await readOperation(request.incoming, response, options.uploads);
    const faults = faultsOf(body === undefined ? readSearch(request.search) : isObject(body) ? body : {});
    if (faults.length > 0) {
      measureOperation(undefined, 'refused', startedAt);
      const errors = faults.map((error) => maskError(error.toJSON(), error, log));
      response.writeHead(400, { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' });
      response.end(JSON.stringify({ errors }));
      drain(request.incoming);
      return;
    }
    await answerOperation(server, request, response, body, options.context(caller));
  }

  return {
    route: { path: GRAPH_PATH, methods: ['GET', 'POST'], handle },
    stop: () => server.stop(),
  };
}

/** Origin of a request. @throws Unauthenticated */
function wayOf(headers: IncomingHttpHeaders, authenticator: Authenticator): Way {
  const origin = authenticator.originOf(headers[SERVICE_HEADER]);
  const address = headers[ADDRESS_HEADER];
  return { origin, address: origin === 'gateway' && typeof address === 'string' ? address : null };
}

/** An operation as it was sent: any JSON. */
interface Sent {
  query?: unknown;
  operationName?: unknown;
  variables?: unknown;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The operation of a GET. Apollo Server refuses variables that are no JSON. */
function readSearch(search: string): Sent {
  const { variables, ...rest } = Object.fromEntries(new URLSearchParams(search));
  try {
    return { ...rest, variables: variables && JSON.parse(variables) };
  } catch {
    return {};
  }
}

/** Runs one HTTP request by Apollo Server and writes its answer. */
async function answerOperation<Context extends BaseContext>(
  server: ApolloServer<Context>,
  request: HttpRequest,
  response: ServerResponse,
  body: unknown,
  context: Context,
): Promise<void> {
  const { incoming } = request;
  const headers = new HeaderMap();
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(', ') : value);
  }
  const answer = await server.executeHTTPGraphQLRequest({
    httpGraphQLRequest: { method: request.method, headers, search: request.search, body },
    context: async () => context,
  });
  for (const [name, value] of answer.headers) response.setHeader(name, value);
  response.statusCode = answer.status ?? 200;
  drain(incoming);
  if (answer.body.kind === 'complete') {
    response.end(answer.body.string);
    return;
  }
  for await (const chunk of answer.body.asyncIterator) response.write(chunk);
  response.end();
}

/** The operation that a request carries in its body; undefined for a GET. @throws HttpError */
async function readOperation(
  incoming: IncomingMessage,
  response: ServerResponse,
  uploads?: UploadLimits,
): Promise<unknown> {
  if (incoming.method !== 'POST') return undefined;
  if (isMultipart(incoming)) {
    if (!uploads) throw new HttpError(415, 'UNSUPPORTED_MEDIA_TYPE', 'This service takes no files. Send JSON.');
    return (await readMultipart(incoming, response, uploads)).value;
  }
  return readJsonBody(incoming, MAX_BODY);
}
