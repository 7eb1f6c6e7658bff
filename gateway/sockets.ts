import type { IncomingMessage, Server } from 'node:http';
import type { ApolloServer } from '@apollo/server';
import { type ExecutionArgs, type ExecutionResult, GraphQLError, type GraphQLFormattedError } from 'graphql';
import { type Context, handleProtocols, makeServer, type SubscribePayload } from 'graphql-ws';
import { type WebSocket, WebSocketServer } from 'ws';
import { Unauthenticated } from '../kit/errors.ts';
import { RESUME_CODE } from '../kit/graph/sockets.ts';
import { newId } from '../kit/ids.ts';
import type { Log } from '../kit/log.ts';
import { currentRequest } from '../kit/request.ts';
import type { Revocations } from '../kit/revocations.ts';
import type { Authenticator, Viewer } from '../kit/viewer.ts';
import { createAbort, type OperationContext } from './context.ts';
import type { Execution } from './execution.ts';
import { maskGatewayError } from './mask.ts';
import { isSubscription, mayBeSubscription, tryParse } from './operations.ts';
import { type Answers, SubscriptionRefused, type Subscriptions } from './subscriptions.ts';

/** Come again with another token: this one was refused, or has expired. The reason of the close says which. graphql-ws's client tries again. */
export const FORBIDDEN_CODE = 4403;
/** The session has ended; no token of it will be taken again. graphql-ws's client gives up. */
export const SESSION_ENDED_CODE = 4401;

/** Bytes of one message of a client. */
const MAX_MESSAGE = 1_000_000;
/** Bytes that may wait for a reader, beside the queues of its subscriptions. */
const MAX_BUFFERED = 8_000_000;
/** A socket that does not answer a ping before the next one is dead. Milliseconds. */
const PING_INTERVAL = 20_000;
/** How long clients have to close when the gateway stops, in ms. */
const GRACE = 2_000;

/** The longest that a timer can wait, in ms: a longer one would fire at once. */
const MAX_TIMER = 2 ** 31 - 1;

export interface Sockets {
  /** Closes every socket with RESUME. */
  close(): Promise<void>;
}

type Init = { authorization?: string };

/** One client's socket. */
interface Connection {
  socket: WebSocket;
  abort: AbortController;
  authorization: string | undefined;
  viewer: Viewer | null;
  expiry: NodeJS.Timeout | undefined;
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
  const { execution, subscriptions, authenticator, log } = options;
  const connections = new Map<WebSocket, Connection>();
  const bySession = new Map<string, Set<Connection>>();

  /** Binds the connection to its viewer: it ends with the token, or with the session. @throws Unauthenticated */
  function identify(connection: Connection, authorization: string | undefined): void {
    const { viewer } = authenticator.authenticate(authorization);
    connection.authorization = authorization;
    connection.viewer = viewer;
    if (!viewer) return;
    const end = () => connection.socket.close(FORBIDDEN_CODE, 'TOKEN_EXPIRED');
    connection.expiry = setTimeout(end, Math.min(viewer.expiresAt - Date.now(), MAX_TIMER)).unref();
    const siblings = bySession.get(viewer.sessionId) ?? new Set();
    bySession.set(viewer.sessionId, siblings.add(connection));
  }

  function forget(connection: Connection): void {
    connections.delete(connection.socket);
    clearTimeout(connection.expiry);
    connection.abort.abort();
    const { viewer } = connection;
    const siblings = viewer && bySession.get(viewer.sessionId);
    if (!viewer || !siblings) return;
    siblings.delete(connection);
    if (siblings.size === 0) bySession.delete(viewer.sessionId);
  }

  function refuse({ socket }: Connection, { reason }: Unauthenticated): void {
    socket.close(reason === 'SESSION_ENDED' ? SESSION_ENDED_CODE : FORBIDDEN_CODE, reason);
  }

  function connect(connection: Connection, payload: Init | undefined): boolean {
    try {
      if (!execution.server) {
        connection.socket.close(RESUME_CODE, 'The graph is not there yet');
        return false;
      }
      identify(connection, payload?.authorization);
      return true;
    } catch (error) {
      if (!(error instanceof Unauthenticated)) throw error;
      refuse(connection, error);
      return false;
    }
  }

  /** Runs a query or mutation to its end, or opens a subscription. An array is what is wrong with it. */
  async function decide(
    connection: Connection,
    payload: SubscribePayload,
    apollo: ApolloServer<OperationContext>,
  ): Promise<Decided | readonly GraphQLError[]> {
    const { query, operationName = null } = payload;
    const variables = (payload.variables ?? {}) as Record<string, unknown>;
    const context: OperationContext = {
      authorization: connection.authorization,
      requestId: currentRequest.getStore()?.requestId ?? newId(),
      signal: connection.abort.signal,
      files: null,
    };
    const document = mayBeSubscription(query) ? tryParse(query) : null;
    if (document && isSubscription(document, operationName)) {
      const resume = () => connection.socket.close(RESUME_CODE, 'Resume');
      const answers = subscriptions.open({ query, operationName, variables, context, resume });
      if ('next' in answers) return { answers };
      return answers.map((error) => new FormattedError(maskGatewayError(error.toJSON(), error, log)));
    }
    const operation = { query, variables, ...(operationName === null ? {} : { operationName }) };
    const { body } = await apollo.executeOperation(operation, { contextValue: context });
    if (body.kind !== 'single') throw new Error('The gateway does not deliver incrementally.');
    const result = body.singleResult as ExecutionResult;
    // Without `data` it was not executed, which the protocol tells by another message.
    if (result.data === undefined && result.errors) return result.errors.map((error) => new FormattedError(error));
    return { result };
  }

  async function onSubscribe(
    { extra, subscriptions: running }: Context<Init, Connection>,
    payload: SubscribePayload,
  ): Promise<ExecutionArgs | readonly GraphQLError[]> {
    if (Object.keys(running).length > options.maxOperations) {
      return [fault('TOO_MANY_OPERATIONS', `A socket may have ${options.maxOperations} operations at a time.`)];
    }
    try {
      authenticator.authenticate(extra.authorization);
    } catch (error) {
      if (!(error instanceof Unauthenticated)) throw error;
      refuse(extra, error);
      return [fault(error.code, error.message, { reason: error.reason })];
    }
    const apollo = execution.server as ApolloServer<OperationContext>;
    const decided = await currentRequest.run({ requestId: newId() }, () => decide(extra, payload, apollo));
    if (!('answers' in decided || 'result' in decided)) return decided;
    return { document: tryParse(payload.query), operationName: payload.operationName, contextValue: decided } as never;
  }

  const protocol = makeServer<Init, Connection>({
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
    const connection: Connection = {
      socket,
      abort: createAbort(),
      authorization: undefined,
      viewer: null,
      expiry: undefined,
      alive: true,
    };
    connections.set(socket, connection);
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
      connection,
    );
    socket.on('pong', () => {
      connection.alive = true;
    });
    socket.on('error', (error) => log.debug({ err: error, from: request.socket.remoteAddress }, 'a socket failed'));
    socket.on('close', (code, reason) => {
      forget(connection);
      closed(code, String(reason)).catch((error) => log.error({ err: error }, 'a socket could not be cleared'));
    });
  }

  const sockets = new WebSocketServer({ server, path: '/graphql', maxPayload: MAX_MESSAGE, handleProtocols });
  sockets.on('connection', accept);
  // The HTTP server's errors come here too; whoever listens with it handles them.
  sockets.on('error', (error) => log.debug({ err: error }, 'the server of the sockets failed'));

  const stopEnded = options.revocations.onEnded((sessionId) => {
    for (const { socket } of bySession.get(sessionId) ?? []) socket.close(SESSION_ENDED_CODE, 'SESSION_ENDED');
  });
  const pings = setInterval(() => {
    for (const connection of connections.values()) {
      if (!connection.alive) connection.socket.terminate();
      connection.alive = false;
      if (connection.socket.readyState === connection.socket.OPEN) connection.socket.ping();
    }
  }, PING_INTERVAL);

  return {
    async close() {
      clearInterval(pings);
      stopEnded();
      for (const socket of connections.keys()) socket.close(RESUME_CODE, 'Resume');
      const stragglers = setTimeout(() => {
        for (const socket of connections.keys()) socket.terminate();
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
