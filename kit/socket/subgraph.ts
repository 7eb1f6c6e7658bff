import type { Server } from 'node:http';
import { type ExecutionResult, GraphQLError, type GraphQLFormattedError, type GraphQLSchema } from 'graphql';
import { CloseCode } from 'graphql-ws';
import { type Bytes, toBytes } from '../base/bytes.ts';
import { Unauthenticated } from '../base/errors.ts';
import { createAudience, tell, watch } from '../graph/audience.ts';
import { createDocuments, GraphQLErrors, type Prepared } from '../graph/documents.ts';
import type { EventOperation } from '../graph/event-operations.ts';
import { maskError } from '../graph/mask.ts';
import { measureOperation, outcomeOf } from '../graph/operation-metrics.ts';
import { toSource } from '../graph/source.ts';
import type { Variables } from '../graph/variables.ts';
import { type Authenticator, type Caller, DIRECT, type Way } from '../identity/caller.ts';
import type { Revocations } from '../identity/revocations.ts';
import type { Log } from '../observe/log.ts';
import { countedElsewhere } from '../observe/metrics.ts';
import { OpenRequest } from '../observe/request.ts';
import { currentSpan, runRequest } from '../observe/tracing.ts';
import type { Connection } from './connection.ts';
import { authorizationOf, refusalOf } from './connection-init.ts';
import type { Operation } from './operation.ts';
import type { PaceLimits } from './pace.ts';
import type { OperationPayload } from './protocol.ts';
import { Refusal } from './refusal.ts';
import { createSocketServer } from './server.ts';
import { SharedAnswers } from './shared-answers.ts';
import type { SocketTimes } from './times.ts';

/**
 * Interval of pings to gateways, in ms: whoever is connected through one that is silent counts as gone within
 * two of them.
 */
const PING = 7_000;

/** At most 123 bytes: it is the reason of a close. */
const CLOSED = 'This port is for gateways and services. Ask the gateway, or start this service with OPEN_PORTS=on.';

/**
 * Payload of `connection_init`. A gateway's socket stays trusted after the token that proved it has expired.
 */
type Init = { authorization: string | undefined; way: Way };

export interface SubgraphSockets {
  /** Present numbers, and totals since the start: 100 subscribers who see the same cost one execution. */
  counts(): {
    sockets: number;
    waiting: number;
    operations: number;
    deliveries: number;
    executions: number;
    shared: number;
  };
  close(): Promise<void>;
}

/**
 * `/graphql` over WebSocket for a subgraph. The gateway sends the operations of many viewers over one socket,
 * so the caller is that of each operation (`extensions.authorization`), or else that of the socket
 * (`authorization` in the payload of connection_init).
 */
export function serveSubgraph<Context extends object>(
  server: Server,
  options: {
    schema: GraphQLSchema;
    authenticator: Authenticator;
    revocations: Pick<Revocations, 'onEnded'>;
    context(caller: Caller): Context;
    /** Whether the port takes sockets of anybody, not only of gateways and services. */
    isPortOpen: boolean;
    log: Log;
    maxSockets?: number;
    maxOperations?: number;
    pace?: PaceLimits;
    times?: Partial<SocketTimes>;
  },
): SubgraphSockets {
  const { schema, authenticator, context, isPortOpen, log, times, ...rest } = options;
  const documents = createDocuments(schema);
  const answers = new SharedAnswers();

  const mask = (error: unknown): GraphQLFormattedError => {
    const known = error instanceof GraphQLError ? error : new GraphQLError('failed', { originalError: error as Error });
    return maskError(known.toJSON(), known, log);
  };

  /** The JSON text of an answer. @throws where it cannot be written as JSON: a bug */
  function toText(result: ExecutionResult): string {
    return JSON.stringify(result.errors ? { ...result, errors: result.errors.map(mask) } : result);
  }

  function refuse(operation: Operation<Connection<Init>>, error: unknown): void {
    operation.fail((error instanceof GraphQLErrors ? error.errors : [error]).map(mask));
  }

  /** An event whose execution fails is an event with errors. */
  async function answerLater(result: Promise<ExecutionResult>): Promise<Bytes> {
    try {
      return toBytes(toText(await result));
    } catch (error) {
      return toBytes(JSON.stringify({ data: null, errors: [mask(error)] }));
    }
  }

  function answerEvent(
    events: EventOperation,
    variables: Record<string, unknown>,
    event: object,
    caller: Caller,
  ): Bytes | Promise<Bytes> {
    try {
      const result = events.execute(event, context(caller), variables);
      return result instanceof Promise ? answerLater(result) : toBytes(toText(result));
    } catch (error) {
      return toBytes(JSON.stringify({ data: null, errors: [mask(error)] }));
    }
  }

  async function run(
    operation: Operation<Connection<Init>>,
    prepared: Prepared,
    variables: Variables,
    caller: Caller,
    withAudience: boolean,
  ) {
    // The gateway asks for the audience when it sends one request for many viewers. To other callers it would
    // reveal who owns what they may not see.
    const audience = withAudience && isGateway(operation) ? createAudience() : null;
    const own: Context & { signedIn?: string } = context(audience ? watch(caller, audience) : caller);
    const result = await prepared.execute(undefined, own, variables);
    // The gateway takes it out of the answer (SIGNED_IN_HEADER).
    if (own.signedIn) result.extensions = { signedIn: own.signedIn };
    if (audience) result.extensions = { audience: tell(audience) };
    measureOperation(prepared.kind, outcomeOf(result), operation.begunAt);
    // A result without `data` was not executed: the protocol has another message for that.
    if (result.data === undefined && result.errors) operation.fail(result.errors.map(mask));
    else operation.answer(toBytes(toText(result)));
  }

  async function subscribe(
    operation: Operation<Connection<Init>>,
    prepared: Prepared,
    given: Variables,
    caller: Caller,
  ) {
    const stream = await prepared.open(context(caller), given);
    if (!(Symbol.asyncIterator in stream)) {
      measureOperation(prepared.kind, 'refused', operation.begunAt);
      operation.fail((stream.errors ?? []).map(mask));
      return;
    }
    measureOperation(prepared.kind, 'ok', operation.begunAt);
    const events = prepared.events as EventOperation;
    const variables = pick(given, events.variables);
    const answering = {
      key: events.variables.length === 0 ? events : `${events.id} ${JSON.stringify(variables)}`,
      answer: (event: object, watched: Caller) => answerEvent(events, variables, event, watched),
    };
    operation.read(
      toSource(stream),
      (event) => answers.answer(event, answering, caller),
      (error) => [mask(error)],
    );
  }

  async function begin(operation: Operation<Connection<Init>>, payload: OperationPayload): Promise<void> {
    let kind: string | undefined;
    try {
      const own = payload.extensions?.authorization;
      // Tokens are verified again for each operation: one may have expired, or its session ended, while the
      // socket was open.
      const caller = authenticator.authenticate(
        typeof own === 'string' ? own : operation.connection.data?.authorization,
        wayOf(operation, payload),
      );
      const prepared = documents.prepare(payload.query, payload.operationName ?? null);
      kind = prepared.kind;
      currentSpan()?.set('graphql.operation.type', kind);
      const read = prepared.read(payload.variables ?? {});
      if (read.errors) throw new GraphQLErrors(read.errors);
      if (prepared.kind === 'subscription') await subscribe(operation, prepared, read.coerced, caller);
      else await run(operation, prepared, read.coerced, caller, payload.extensions?.audience === true);
    } catch (error) {
      // Only this operation fails: the gateway shares the socket among many viewers.
      measureOperation(kind, 'refused', operation.begunAt);
      refuse(operation, error);
    }
  }

  const sockets = createSocketServer<Init>(server, {
    ...rest,
    log,
    times: { ping: PING, ...times },
    connect(connection, payload) {
      const { service, ...rest } = payload;
      // Any JSON: what is not a token is refused.
      const authorization = authorizationOf(rest) as string | undefined;
      try {
        const way = { origin: authenticator.originOf(service), address: null };
        const caller = authenticator.authenticate(authorization, way);
        if (caller.origin === 'direct' && !isPortOpen) throw new Refusal(CloseCode.Forbidden, CLOSED);
        connection.identify(caller.viewer);
        connection.data = { authorization, way };
        return undefined;
      } catch (error) {
        throw error instanceof Unauthenticated ? refusalOf(error) : error;
      }
    },
    begin: (operation, payload) =>
      runRequest(
        new OpenRequest(payload.extensions?.requestId),
        { name: 'operation', traceparent: payload.extensions?.traceparent },
        () => begin(operation, payload),
      ),
  });
  const { counts } = answers;
  const made = 'Executions for an event of a subscription.';
  countedElsewhere('beaver_event_executions_total', made, () => counts.executions);
  const saved = 'Executions for an event that were not needed, because another subscriber sees the same.';
  countedElsewhere('beaver_event_executions_shared_total', saved, () => counts.shared);
  return { counts: () => ({ ...sockets.counts(), ...answers.counts }), close: sockets.close };
}

function isGateway({ connection }: Operation<Connection<Init>>): boolean {
  return connection.data?.way.origin === 'gateway';
}

/** The origin of an operation, and the client's address, which is believed only from a gateway. */
function wayOf(operation: Operation<Connection<Init>>, { extensions }: OperationPayload): Way {
  const way = operation.connection.data?.way ?? DIRECT;
  const address = extensions?.clientAddress;
  return way.origin === 'gateway' && typeof address === 'string' ? { origin: 'gateway', address } : way;
}

function pick(values: Record<string, unknown>, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(names.filter((name) => Object.hasOwn(values, name)).map((name) => [name, values[name]]));
}
