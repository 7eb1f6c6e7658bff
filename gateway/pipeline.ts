import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { type Bytes, encode, toBytes } from '../kit/base/bytes.ts';
import { measureOperation, outcomeOf } from '../kit/graph/operation-metrics.ts';
import { refusal } from '../kit/graph/refusal.ts';
import type { Viewer } from '../kit/identity/caller.ts';
import type { Log } from '../kit/observe/log.ts';
import { currentRequest } from '../kit/observe/request.ts';
import { traced } from '../kit/observe/tracing.ts';
import { variablesText } from './execution/fetches.ts';
import { complete, execute, passOn, type Request, type Result } from './operation/execute.ts';
import type { Graph, Prepared } from './operation/graph.ts';
import type { Asker, Meter, Protection } from './operation/limits/index.ts';
import type { FoundText, OperationRequest } from './operation/limits/persisted.ts';
import { maskErrors, maskGatewayError } from './operation/mask.ts';
import type { PreparedOperation, ValidOperation } from './operation/prepared.ts';
import type { SubgraphRequests } from './upstream/request-coalescing.ts';
import type { Data } from './upstream/response-data.ts';
import { isClean, readResult } from './upstream/subgraph-request.ts';

/** An operation as a client sent it. `query` is empty where it only names a text that is known here. */
export interface ClientOperation extends OperationRequest {
  query: string;
  operationName: string | null;
  variables: Data;
  /** Bytes of the message or body that it came in, without those that were paid for unread. */
  bytes: number;
}

/** Why an operation is not executed, with the HTTP status that goes with it. */
export interface Refused {
  errors: readonly GraphQLFormattedError[];
  status: number;
}

/** The operation can be executed; or why not. */
export type Understood = { prepared: PreparedOperation; variables: Data; errors?: undefined } | Refused;

/** What the client gets: a result in JSON, and the HTTP status that goes with it. */
export interface Answer {
  json: Buffer | Bytes;
  status: number;
}

/** The one way of every operation, whether it came over HTTP or a socket. */
export interface Pipeline {
  /**
   * Finds the text, parses, validates, plans for the viewer, reads the variables, and asks whether it may
   * cost what it does: at once, unless Redis has to be asked. A subscription of which the viewer may see
   * nothing has errors. Never rejects.
   */
  understand(graph: Graph, operation: ClientOperation, asker: Asker): Understood | Promise<Understood>;
  /** The refusal of an operation that nobody reads, counted and masked as all others are. */
  refuse(error: GraphQLError): Refused;
  /** Executes a query or mutation. Never rejects. */
  answer(request: Request): Promise<Answer>;
  /** The answer to one event of a subscription. Never rejects. */
  answerEvent(request: Request, event: Buffer): Promise<Bytes>;
}

/** Which executor runs the plans of queries and mutations. */
export type Executor = 'beaver' | 'apollo';

/** `missing` are the services that the graph still lacks. */
export function createPipeline(
  calls: SubgraphRequests,
  protection: Protection,
  log: Log,
  missing: () => readonly string[] = () => [],
  executor: Executor = 'beaver',
): Pipeline {
  const mask = (errors: readonly GraphQLError[]) => maskErrors(errors, log);

  /** What was thrown instead of an answer: a refusal, or a fault of ours. */
  function refuse(error: unknown): Refused {
    const known = error instanceof GraphQLError;
    return {
      errors: [maskGatewayError(known ? error.toJSON() : { message: '' }, error, log)],
      status: known ? statusOf([error], 400) : 500,
    };
  }

  /** @throws GraphQLError */
  function understandText(
    graph: Graph,
    { operationName, variables }: ClientOperation,
    { text, remember }: FoundText,
    asker: Asker,
    meter?: Meter,
  ): Understood | Promise<Understood> {
    const reading = () => graph.read(text, operationName);
    const found = meter ? meter.measure(reading) : reading();
    if (found.errors) {
      const awaited = missing();
      // As long as a part of the graph has never been seen, nobody knows whether the operation is valid.
      if (awaited.length > 0) return refuse(refusal('UNAVAILABLE', waitingFor(awaited), { status: 503 }));
      const errors = mask(found.errors).map((error) => ({ ...error, message: protection.tell(error.message, asker) }));
      return { errors, status: statusOf(found.errors, 400) };
    }
    remember?.();
    const { valid } = found;
    const read = valid.readVariables(variables);
    if (read.errors) return { errors: mask(read.errors), status: 400 };
    // Before it is planned, which is what costs most.
    const admitted = protection.admit(valid, read.coerced, asker);
    const { viewer } = asker;
    if (meter) return understandPlan(graph, valid, read.coerced, viewer, admitted, meter);
    const go = (refused: GraphQLError | null) =>
      refused
        ? refuse(refused)
        : understood(
            traced('plan', undefined, () => graph.plan(valid, viewer)),
            read.coerced,
          );
    return admitted instanceof Promise ? admitted.then(go) : go(admitted);
  }

  /** What is new takes long to read and long to plan: others have their turn in between. */
  async function understandPlan(
    graph: Graph,
    valid: ValidOperation,
    variables: Data,
    viewer: Viewer | null,
    admitted: GraphQLError | null | Promise<GraphQLError | null>,
    meter: Meter,
  ): Promise<Understood> {
    const refused = await inNextTurn(await admitted);
    if (refused) return refuse(refused);
    const planned = await traced('plan', undefined, () => graph.planApart(valid, viewer, meter));
    return understood(planned, variables);
  }

  function understood(planned: Prepared, variables: Data): Understood {
    if (planned.errors) {
      for (const { originalError } of planned.errors)
        if (originalError?.cause) log.error({ err: originalError.cause }, 'an operation could not be planned');
      return { errors: mask(planned.errors), status: statusOf(planned.errors, 400) };
    }
    const { prepared } = planned;
    const { kind, refused } = prepared;
    if (kind === 'subscription' && refused?.document === null)
      return { errors: mask(refused.errors(variables)), status: 400 };
    return { prepared, variables };
  }

  /** What is long has a price of its own, before anybody looks into it. Never rejects. */
  async function understandLong(
    graph: Graph,
    operation: ClientOperation,
    paid: GraphQLError | Promise<GraphQLError | null>,
    asker: Asker,
  ): Promise<Understood> {
    try {
      const refused = await paid;
      return refused ? refuse(refused) : await understandPaid(graph, operation, asker);
    } catch (error) {
      return refuse(error);
    }
  }

  /** @throws GraphQLError */
  function understandPaid(graph: Graph, operation: ClientOperation, asker: Asker): Understood | Promise<Understood> {
    const found = protection.find(operation);
    const isKnown = !(found instanceof Promise) && graph.knows(found.text, operation.operationName);
    return isKnown ? understandText(graph, operation, found, asker) : understandNew(graph, operation, found, asker);
  }

  /** A text that is new here has a price of its own, and takes its turn. Never rejects. */
  async function understandNew(
    graph: Graph,
    operation: ClientOperation,
    found: FoundText | Promise<FoundText>,
    asker: Asker,
  ): Promise<Understood> {
    try {
      const known = await found;
      const isKnown = () => graph.knows(known.text, operation.operationName);
      if (isKnown()) return await understandText(graph, operation, known, asker);
      return await protection.readNew(asker, async (meter) => {
        // Another request may have brought it meanwhile.
        const refused = isKnown() ? null : await protection.admitText(known.text, asker);
        // A turn of the event loop for each text, however many wait.
        await inNextTurn(null);
        return refused ? refuse(refused) : understandText(graph, operation, known, asker, meter);
      });
    } catch (error) {
      return refuse(error);
    }
  }

  /**
   * What one service can answer alone goes to the client as it comes, unless there is more than data in it.
   */
  async function ask(request: Request): Promise<Buffer | Result> {
    const { prepared, given } = request;
    const { service, text, variables } = prepared.primary as NonNullable<PreparedOperation['primary']>;
    const kind = prepared.kind === 'mutation' ? 'mutation' : 'query';
    const said = await calls.askRaw(
      { service, kind, text, variables: `{${variablesText(variables, given)}}` },
      request,
    );
    if (said.result && isClean(said.result)) return said.result;
    const reply = readResult(said);
    if (kind === 'mutation' && reply.signedIn !== null) request.identity.authorization = `Bearer ${reply.signedIn}`;
    return passOn(request, reply);
  }

  /**
   * Executes by the executor of @apollo/gateway, where an operator wants that. It knows nothing of what is
   * refused to a viewer, and of what newer versions of GraphQL can be asked about a schema: our own executes
   * those operations.
   */
  async function runByApollo(request: Request): Promise<Result> {
    const { prepared, given } = request;
    if (prepared.refused || prepared.asksForSchema) return execute(request);
    const { data = null, errors } = await prepared.graph.executeByApollo(prepared, given, request);
    return { data: encode(data), ...(errors ? { errors } : {}) };
  }

  function run(request: Request): Promise<Buffer | Result> {
    if (executor === 'apollo') return runByApollo(request);
    return request.prepared.isDirect && !request.files ? ask(request) : execute(request);
  }

  function toJson(requestId: string, { data, errors, extensions }: Result): Bytes {
    const masked = errors && currentRequest.run({ requestId }, () => mask(errors));
    const before = masked ? `"errors":${toBytes(JSON.stringify(masked))},` : '';
    const after = extensions ? `,"extensions":${toBytes(JSON.stringify(extensions))}` : '';
    return `{${before}"data":${JSON.stringify(data)}${after}}` as Bytes;
  }

  function failed(requestId: string, error: unknown): Bytes {
    const errors = currentRequest.run({ requestId }, () => [maskGatewayError({ message: '' }, error, log)]);
    return toBytes(JSON.stringify({ errors, data: null }));
  }

  return {
    understand(graph, operation, asker) {
      const startedAt = performance.now();
      const measured = (found: Understood): Understood => {
        if (found.errors) measureOperation(undefined, 'refused', startedAt);
        return found;
      };
      try {
        const paid = protection.admitSize(operation, asker);
        const found = paid ? understandLong(graph, operation, paid, asker) : understandPaid(graph, operation, asker);
        return found instanceof Promise ? found.then(measured) : measured(found);
      } catch (error) {
        return measured(refuse(error));
      }
    },

    refuse(error) {
      measureOperation(undefined, 'refused', performance.now());
      return refuse(error);
    },

    async answer(request) {
      const startedAt = performance.now();
      const { kind } = request.prepared;
      try {
        const result = await traced(`execute ${kind}`, undefined, () => run(request));
        if (result instanceof Uint8Array) {
          measureOperation(kind, 'ok', startedAt);
          return { json: result, status: 200 };
        }
        measureOperation(kind, outcomeOf(result), startedAt);
        return { json: toJson(request.requestId, result), status: statusOf(result.errors, 200) };
      } catch (error) {
        measureOperation(kind, 'errors', startedAt);
        return { json: failed(request.requestId, error), status: 200 };
      }
    },

    async answerEvent(request, event) {
      try {
        return toJson(request.requestId, await complete(request, readResult({ result: event })));
      } catch (error) {
        return failed(request.requestId, error);
      }
    },
  };
}

function inNextTurn<T>(value: T): Promise<T> {
  return new Promise((resolve) => setImmediate(resolve, value));
}

/** Some errors of the gateway's own say with which status they go. */
function statusOf(errors: readonly GraphQLError[] | undefined, otherwise: number): number {
  for (const { extensions } of errors ?? []) {
    const status = (extensions.http as { status?: unknown } | undefined)?.status;
    if (typeof status === 'number') return status;
  }
  return otherwise;
}

/** What is said while a part of the graph has never been there. */
function waitingFor(missing: readonly string[]): string {
  return `Beaver is starting: waiting for ${missing.join(', ')}. Try again in a moment.`;
}
