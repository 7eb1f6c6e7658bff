import type { Server } from 'node:http';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { CloseCode } from 'graphql-ws';
import { toBytes } from '../../kit/base/bytes.ts';
import { internalMessage, Unauthenticated } from '../../kit/base/errors.ts';
import type { Slowdown } from '../../kit/base/slowdown.ts';
import { measureOperation } from '../../kit/graph/operation-metrics.ts';
import type { Authenticator, Caller } from '../../kit/identity/caller.ts';
import type { Revocations } from '../../kit/identity/revocations.ts';
import type { Log } from '../../kit/observe/log.ts';
import { currentRequestId, OpenRequest } from '../../kit/observe/request.ts';
import { runRequest } from '../../kit/observe/tracing.ts';
import type { Connection, FailUnread } from '../../kit/socket/connection.ts';
import { authorizationOf, refusalOf } from '../../kit/socket/connection-init.ts';
import type { Operation } from '../../kit/socket/operation.ts';
import { type OperationPayload, RESUME_CODE } from '../../kit/socket/protocol.ts';
import { Refusal } from '../../kit/socket/refusal.ts';
import { createSocketServer, type SocketServer, type SocketShares } from '../../kit/socket/server.ts';
import type { Request } from '../operation/execute.ts';
import type { Graph } from '../operation/graph.ts';
import { clientAddress } from '../operation/limits/address.ts';
import { type Asker, type Protection, UNREAD_BYTES } from '../operation/limits/index.ts';
import type { Pipeline, Understood } from '../pipeline.ts';
import { Cancellation } from '../upstream/cancellation.ts';
import type { Identity } from '../upstream/context.ts';
import type { Data } from '../upstream/response-data.ts';
import { Refused, type Subscriptions } from './subscriptions.ts';

/**
 * The token of a socket as it is now: what its open subscriptions ask other services goes with it, also after
 * a renewal.
 */
type Client = Identity;
type Admission = FailUnread<Connection<Client>> | null;

/** Several times what a client needs that sends as fast as it gets answers. */
const PACE = { perTurn: 64, freePerSecond: 1_000 };

/**
 * `/graphql` over WebSocket (graphql-transport-ws) for clients: subscriptions, queries and mutations. The
 * token comes in the payload of connection_init (`authorizationOf`) and bounds the life of the socket, unless
 * a later token takes its place.
 */
export function serveClientSockets(
  server: Server,
  options: {
    pipeline: Pipeline;
    protection: Pick<Protection, 'admitUnread' | 'hold'>;
    slowdown: Slowdown;
    /** The current graph; null before the first. */
    graph(): Graph | null;
    subscriptions: Subscriptions;
    authenticator: Authenticator;
    revocations: Revocations;
    /**
     * Sockets at a time, how many of them one address and one user may have, and operations that one of them
     * may have at a time.
     */
    maxSockets: number;
    shares: SocketShares;
    /** How long a client without a token may stay, in ms. */
    nobody: number;
    maxOperations: number;
    /** Proxies of ours that clients come through. */
    proxies: number;
    log: Log;
  },
): SocketServer {
  const { pipeline, protection, subscriptions, authenticator, revocations, log } = options;

  function authenticate(authorization: string | undefined): Caller | Unauthenticated {
    try {
      return authenticator.authenticate(authorization);
    } catch (error) {
      if (error instanceof Unauthenticated) return error;
      throw error;
    }
  }

  function connect(connection: Connection<Client>, payload: Record<string, unknown>): undefined {
    if (!options.graph()) throw new Refusal(RESUME_CODE, 'The graph is not there yet');
    const authorization = authorizationOf(payload) as string | undefined;
    const caller = authenticate(authorization);
    if (caller instanceof Unauthenticated) throw refusalOf(caller);
    connection.data = { authorization, address: connection.address };
    connection.identify(caller.viewer);
  }

  /**
   * An operation has signed somebody in. Where it is the user of the socket, or the socket had none, it goes
   * on with the new token.
   */
  function renew(connection: Connection<Client>, authorization: string | undefined): void {
    // The answer to its last operation may come after the socket has gone.
    if (connection.isClosed) return;
    const caller = authenticate(authorization);
    if (caller instanceof Unauthenticated) {
      // It ended at once. Any other fault of a token that a service has just made or taken is ours: the
      // socket stays as it was.
      if (caller.reason === 'SESSION_ENDED') refuse(connection, caller);
      return;
    }
    const { viewer } = caller;
    if (!viewer || (connection.viewer && connection.viewer.userId !== viewer.userId)) return;
    (connection.data as Client).authorization = authorization;
    connection.identify(viewer);
  }

  /** A large message is paid for before it is parsed: that takes as long as much of what it may ask for. */
  function admit(connection: Connection<Client>, bytes: number): Admission | Promise<Admission> {
    const asker = { viewer: connection.viewer, address: connection.address };
    const refused = protection.admitUnread(bytes, asker);
    const toAdmission = (error: GraphQLError | null): Admission =>
      error && ((operation) => void failLater(operation, pipeline.refuse(error).errors, asker));
    return refused instanceof Promise ? refused.then(toAdmission) : toAdmission(refused);
  }

  function begin(operation: Operation<Connection<Client>>, payload: OperationPayload): Promise<void> | void {
    const { connection } = operation;
    const client = connection.data as Client;
    const caller = authenticate(client.authorization);
    if (caller instanceof Unauthenticated) {
      refuse(connection, caller);
      return;
    }
    const { query, operationName = null, extensions, documentId } = payload;
    const given = payload.variables ?? {};
    const bytes = Math.min(operation.bytes, UNREAD_BYTES);
    const asked = { query, operationName, variables: given, extensions, documentId, bytes };
    const asker = { viewer: caller.viewer, address: connection.address };
    const understood = pipeline.understand(options.graph() as Graph, asked, asker);
    if (understood instanceof Promise) return understood.then((found) => run(operation, found, given, asker));
    return run(operation, understood, given, asker);
  }

  function run(
    operation: Operation<Connection<Client>>,
    understood: Understood,
    given: Data,
    asker: Asker,
  ): Promise<void> | void {
    // The client may have left while Redis was asked.
    if (operation.isDone) return;
    if (understood.errors) {
      if (understood.status === 429) return failLater(operation, understood.errors, asker);
      operation.fail(understood.errors);
      return;
    }
    const { connection } = operation;
    const client = connection.data as Client;
    const { prepared, variables } = understood;
    const requestId = currentRequestId();
    const asked = { prepared, given, variables, requestId, cancellation: new Cancellation() };
    if (prepared.kind === 'subscription') {
      const resume = () => connection.close(RESUME_CODE, 'Resume');
      const viewer = () => connection.viewer;
      const source = subscriptions.open({ ...asked, identity: client, viewer, resume });
      measureOperation('subscription', 'ok', operation.begunAt);
      operation.read(source, ({ json }) => json, toErrors);
      return;
    }
    return answer(operation, { ...asked, identity: { ...client } });
  }

  /** A refusal for want of budget waits, and nothing is read from the socket meanwhile. */
  async function failLater(
    operation: Operation<Connection<Client>>,
    errors: readonly GraphQLFormattedError[],
    asker: Asker,
  ): Promise<void> {
    const pause = protection.hold(asker, operation.bytes);
    if (!pause) {
      operation.connection.close(CloseCode.TooManyInitialisationRequests, 'Too many operations over budget');
      return;
    }
    void operation.connection.pace?.hold(pause);
    await pause;
    operation.fail(errors);
  }

  /** Settles when nothing is done for it any more, though its client may have left before. */
  async function answer(operation: Operation<Connection<Client>>, request: Request): Promise<void> {
    const { authorization } = request.identity;
    operation.onEnd = () => request.cancellation.cancel();
    const { json } = await pipeline.answer(request);
    if (request.identity.authorization !== authorization) renew(operation.connection, request.identity.authorization);
    operation.answer(typeof json === 'string' ? json : toBytes(json));
  }

  function toErrors(error: unknown): readonly GraphQLFormattedError[] {
    return error instanceof Refused ? error.errors : [failure(error)];
  }

  function failure(error: unknown): GraphQLFormattedError {
    const requestId = currentRequestId();
    log.error({ err: error, requestId }, 'an operation over a socket failed');
    return new GraphQLError(internalMessage(requestId), { extensions: { code: 'INTERNAL', requestId } }).toJSON();
  }

  const { maxSockets, maxOperations, shares, nobody } = options;
  return createSocketServer<Client>(server, {
    connect,
    admit,
    begin(operation, payload) {
      const fail = (error: unknown) => operation.fail([failure(error)]);
      try {
        const { traceparent } = payload.extensions ?? {};
        return runRequest(new OpenRequest(undefined), { name: 'operation', traceparent }, () =>
          begin(operation, payload)?.catch(fail),
        );
      } catch (error) {
        fail(error);
      }
    },
    addressOf: (request) => clientAddress(request, options.proxies),
    revocations,
    maxSockets,
    shares,
    times: { nobody },
    maxOperations,
    pace: PACE,
    slowdown: options.slowdown,
    log,
  });
}

function refuse(connection: Connection<Client>, error: Unauthenticated): void {
  const { code, message } = refusalOf(error);
  connection.close(code, message);
}
