import type { IncomingMessage, Server } from 'node:http';
import type { ApolloServer } from '@apollo/server';
import { type ExecutionArgs, type ExecutionResult, GraphQLError, type GraphQLFormattedError } from 'graphql';
import { type Context, handleProtocols, makeServer, type SubscribePayload } from 'graphql-ws';
import { type WebSocket, WebSocketServer } from 'ws';
import { RESUME_CODE } from '../kit/graph/socket/server.ts';
import { newId } from '../kit/ids.ts';
import type { Log } from '../kit/log.ts';
import { currentRequest } from '../kit/request.ts';
import type { Revocations } from '../kit/revocations.ts';
import type { Authenticator } from '../kit/viewer.ts';
import { type Connection, createConnections } from './connections.ts';
import type { OperationContext } from './context.ts';
import type { Execution } from './execution.ts';
import { maskGatewayError } from './mask.ts';
import { isSubscription, mayBeSubscription, tryParse } from './operations.ts';
import { type Answers, SubscriptionRefused, type Subscriptions } from './subscriptions.ts';

/** Bytes of one message of a client. */
const MAX_MESSAGE = 1_000_000;
/** Bytes that may wait for a reader, beside the queues of its subscriptions. */
const MAX_BUFFERED = 8_000_000;
/** A socket that does not answer a ping before the next one is dead. Milliseconds. */
const PING_INTERVAL = 20_000;
/** How long clients have to close when the gateway stops, in ms. */
const GRACE = 2_000;

export interface Sockets {
  /** Closes every socket with RESUME. */
  close(): Promise<void>;
}

type Init = { authorization?: string };

/** One client's socket, as graphql-ws carries it along. */
interface Client extends Connection {
  socket: WebSocket;
  alive: boolean;
}

/** What was decided about an operation before graphql-ws is told of it. */
type Decided = { answers: Answers } | { result: ExecutionResult };

/**
 * `/graphql` over WebSocket (graphql-transport-ws) for clients: subscriptions, and queries and mutations on the same path as over HTTP. The token comes in the
 * payload of connection_init (`authorization: "Bearer …"`) and bounds the life of the socket.
 */
export function serveClientSockets(
  server: Server,
  options: {
    execution: Execution;
    subscriptions: Subscriptions;
    authenticator: Authenticator;
    revocations: Revocations;
    /** Operations that one socket may have at a time. */
    maxOperations: number;
    log: Log;
  },
): Sockets {
  const { execution, subscriptions, log } = options;
  const connections = createConnections(options.authenticator, options.revocations);
  const clients = new Set<Client>();

  function connect(client: Client, payload: Init | undefined): boolean {
    if (execution.server) return connections.bind(client, payload?.authorization);
    client.close(RESUME_CODE, 'The graph is not there yet');
    return false;
  }

  /** Runs a query or mutation to its end, or opens a subscription. An array is what is wrong with it. */
  async function decide(
    client: Client,
    payload: SubscribePayload,
    apollo: ApolloServer<OperationContext>,
  ): Promise<Decided | readonly GraphQLError[]> {
    const { query, operationName = null } = payload;
    const variables = (payload.variables ?? {}) as Record<string, unknown>;
    const requestId = currentRequest.getStore()?.requestId ?? newId();
    const own = { requestId, signal: client.abort.signal, files: null };
    const document = mayBeSubscription(query) ? tryParse(query) : null;
    if (document && isSubscription(document, operationName)) {
      const context: OperationContext = { ...own, identity: client.identity };
      const resume = () => client.close(RESUME_CODE, 'Resume');
      const sessionId = () => client.viewer?.sessionId ?? null;
      const answers = subscriptions.open({ query, operationName, variables, context, sessionId, resume });
      if ('next' in answers) return { answers };
      return answers.map((error) => new FormattedError(maskGatewayError(error.toJSON(), error, log)));
    }
    const { authorization } = client.identity;
    const context: OperationContext = { ...own, identity: { authorization } };
    const operation = { query, variables, ...(operationName === null ? {} : { operationName }) };
    const { body } = await apollo.executeOperation(operation, { contextValue: context });
    if (body.kind !== 'single') throw new Error('The gateway does not deliver incrementally.');
    const result = body.singleResult as ExecutionResult;
    if (context.identity.authorization !== authorization) connections.renew(client, context.identity.authorization);
    // Without `data` it was not executed, which the protocol tells by another message.
    if (result.data === undefined && result.errors) return result.errors.map((error) => new FormattedError(error));
    return { result };
  }

  async function onSubscribe(
    { extra, subscriptions: running }: Context<Init, Client>,
    payload: SubscribePayload,
  ): Promise<ExecutionArgs | readonly GraphQLError[]> {
    if (Object.keys(running).length > options.maxOperations) {
      return [fault('TOO_MANY_OPERATIONS', `A socket may have ${options.maxOperations} operations at a time.`)];
    }
    const refusal = connections.check(extra);
    if (refusal) return [fault(refusal.code, refusal.message, { reason: refusal.reason })];
    const apollo = execution.server as ApolloServer<OperationContext>;
    const decided = await currentRequest.run({ requestId: newId() }, () => decide(extra, payload, apollo));
    if (!('answers' in decided || 'result' in decided)) return decided;
    return { document: tryParse(payload.query), operationName: payload.operationName, contextValue: decided } as never;
  }

  const protocol = makeServer<Init, Client>({
    onConnect: ({ extra, connectionParams }) => connect(extra, connectionParams),
    onSubscribe: async (context, _id, payload) => {
      try {
        return (await onSubscribe(context, payload)) as ExecutionArgs | GraphQLError[];
      } catch (error) {
        return [failure(error)];
      }
    },
    execute: ({ contextValue }) => (contextValue as { result: ExecutionResult }).result,
    subscribe: ({ contextValue }) => (contextValue as { answers: Answers }).answers as never,
    // Results and their errors come masked and formatted; graphql-ws would format them again.
    onNext: (_context, _id, _payload, _args, result) => result as ExecutionResult,
    onError: (_context, _id, _payload, errors) => {
      const [first] = errors;
      if (!(first instanceof GraphQLError)) return;
      const { originalError } = first;
      if (originalError instanceof SubscriptionRefused) return originalError.errors;
      return originalError ? [failure(originalError).toJSON()] : undefined;
    },
  });

  function failure(error: unknown): GraphQLError {
    const requestId = newId();
    log.error({ err: error, requestId }, 'an operation over a socket failed');
    return fault('INTERNAL', `Something went wrong on our side. Tell us the request id ${requestId}.`, { requestId });
  }

  function accept(socket: WebSocket, request: IncomingMessage): void {
    const connection = connections.accept((code, reason) => socket.close(code, reason));
    const client: Client = Object.assign(connection, { socket, alive: true });
    clients.add(client);
    const closed = protocol.opened(
      {
        protocol: socket.protocol,
        send: (data) => send(socket, data),
        close: (code, reason) => socket.close(code, reason),
        onMessage: (handle) => {
          socket.on('message', (data) => {
            handle(String(data)).catch((error) => {
              log.error({ err: error }, 'a message of a socket could not be handled');
              socket.close(4500, 'Internal server error');
            });
          });
        },
      },
      client,
    );
    socket.on('pong', () => {
      client.alive = true;
    });
    socket.on('error', (error) => log.debug({ err: error, from: request.socket.remoteAddress }, 'a socket failed'));
    socket.on('close', (code, reason) => {
      clients.delete(client);
      connections.forget(client);
      closed(code, String(reason)).catch((error) => log.error({ err: error }, 'a socket could not be cleared'));
    });
  }

  const sockets = new WebSocketServer({ server, path: '/graphql', maxPayload: MAX_MESSAGE, handleProtocols });
  sockets.on('connection', accept);
  // The HTTP server's errors come here too; whoever listens with it handles them.
  sockets.on('error', (error) => log.debug({ err: error }, 'the server of the sockets failed'));

  const pings = setInterval(() => {
    for (const client of clients) {
      const { socket } = client;
      if (!client.alive) socket.terminate();
      client.alive = false;
      if (socket.readyState === socket.OPEN) socket.ping();
    }
  }, PING_INTERVAL);

  return {
    async close() {
      clearInterval(pings);
      connections.close();
      for (const { socket } of clients) socket.close(RESUME_CODE, 'Resume');
      const stragglers = setTimeout(() => {
        for (const { socket } of clients) socket.terminate();
      }, GRACE);
      await new Promise<void>((resolve) => sockets.close(() => resolve()));
      clearTimeout(stragglers);
    },
  };
}

/** Resolves when the system has taken the message: a subscription's next event waits for that, in its bounded queue. */
function send(socket: WebSocket, data: string): Promise<void> {
  if (socket.readyState !== socket.OPEN) return Promise.resolve();
  if (socket.bufferedAmount > MAX_BUFFERED) {
    socket.close(RESUME_CODE, 'Read faster');
    return Promise.resolve();
  }
  return new Promise((resolve) => socket.send(data, () => resolve()));
}

function fault(code: string, message: string, fields: object = {}): GraphQLError {
  return new GraphQLError(message, { extensions: { code, ...fields } });
}

/** An error that has been masked and formatted already. */
class FormattedError extends GraphQLError {
  private readonly formatted: GraphQLFormattedError;

  constructor(formatted: GraphQLFormattedError) {
    super(formatted.message);
    this.formatted = formatted;
  }

  override toJSON(): GraphQLFormattedError {
    return this.formatted;
  }
}
