import type { ExecutionResult, GraphQLError, GraphQLFormattedError } from 'graphql';
import type { Log } from '../kit/log.ts';
import { currentRequest } from '../kit/request.ts';
import type { Viewer } from '../kit/viewer.ts';
import type { OperationContext } from './context.ts';
import type { Calls } from './execution/calls.ts';
import type { Data } from './execution/data.ts';
import { complete, execute, passOn, type Request, refuse } from './execution/execute.ts';
import { readResult } from './execution/questions.ts';
import type { Graph, PreparedOperation } from './graph.ts';
import { maskGatewayError, maskResult } from './mask.ts';

/** An operation as a client sent it. */
export interface ClientOperation {
  query: string;
  operationName: string | null;
  variables: Data;
}

/** The operation can be executed; or why not. */
export type Understood =
  | { prepared: PreparedOperation; variables: Data; errors?: undefined }
  | { errors: readonly GraphQLFormattedError[] };

/** What the client gets: a result in JSON, and the HTTP status that goes with it. */
export interface Answer {
  json: Buffer | string;
  status: number;
}

/** The one way of every operation, whether it came over HTTP or a socket. */
export interface Pipeline {
  /** Parses, validates, plans for the viewer, and reads the variables. A subscription of which the viewer may see nothing has errors. */
  understand(graph: Graph, operation: ClientOperation, viewer: Viewer | null): Understood;
  /** Executes a query or mutation. `files`: what an operation with files is executed with. Never rejects. */
  answer(request: Request, files?: OperationContext): Promise<Answer>;
  /** The answer to one event of a subscription. Never rejects. */
  answerEvent(request: Request, event: Buffer): Promise<string>;
}

const START = Buffer.from('{"data":{');
const ERRORS = Buffer.from('"errors"');
const EXTENSIONS = Buffer.from('"extensions"');

/**
 * Whether a service's result is data and nothing else. Looked at without being parsed: in a text, the quotes around such a word would be escaped. What
 * happens to look like more than data is only looked at again.
 */
export function isClean(result: Buffer): boolean {
  return result.subarray(0, START.length).equals(START) && !result.includes(ERRORS) && !result.includes(EXTENSIONS);
}

export function createPipeline(calls: Calls, log: Log): Pipeline {
  function mask(errors: readonly GraphQLError[]): GraphQLFormattedError[] {
    return errors.map((error) => maskGatewayError(error.toJSON(), error, log));
  }

  /** What one service can answer alone goes to the client as it comes, unless there is more than data in it. */
  async function ask(request: Request): Promise<Buffer | ExecutionResult> {
    const { prepared, given } = request;
    const { service, text, variables } = prepared.primary as NonNullable<PreparedOperation['primary']>;
    const kind = prepared.kind === 'mutation' ? 'mutation' : 'query';
    const said = await calls.askRaw(
      { service, kind, text, variables: JSON.stringify(pick(given, variables)) },
      request,
    );
    if (said.result && isClean(said.result)) return said.result;
    const reply = readResult(said);
    if (kind === 'mutation' && reply.signedIn !== null) request.identity.authorization = `Bearer ${reply.signedIn}`;
    return passOn(request, reply);
  }

  function run(request: Request, files: OperationContext | undefined): Promise<Buffer | ExecutionResult> {
    const { prepared, given } = request;
    // Apollo's executor knows nothing of what may be refused: such an operation sends its files to nobody.
    if (files && prepared.refused) return Promise.resolve(refuse(request));
    if (files) return prepared.graph.executeWithFiles(prepared, given, files);
    return prepared.isDirect ? ask(request) : execute(request);
  }

  function toJson(requestId: string, result: ExecutionResult): string {
    return JSON.stringify(result.errors ? currentRequest.run({ requestId }, () => maskResult(result, log)) : result);
  }

  function failed(requestId: string, error: unknown): string {
    const errors = currentRequest.run({ requestId }, () => [maskGatewayError({ message: '' }, error, log)]);
    return JSON.stringify({ errors, data: null });
  }

  return {
    understand(graph, { query, operationName, variables }, viewer) {
      const found = graph.prepare(query, operationName, viewer);
      if (found.errors) return { errors: mask(found.errors) };
      const { prepared } = found;
      const read = graph.coerce(prepared, variables);
      if (read.errors) return { errors: mask(read.errors) };
      const { kind, refused } = prepared;
      if (kind === 'subscription' && refused?.document === null) return { errors: mask(refused.errors(read.coerced)) };
      return { prepared, variables: read.coerced };
    },

    async answer(request, files) {
      try {
        const result = await run(request, files);
        if (result instanceof Uint8Array) return { json: result, status: 200 };
        return { json: toJson(request.requestId, result), status: statusOf(result) };
      } catch (error) {
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

/** Errors of the gateway's own about files say with which status they go. */
function statusOf({ errors }: ExecutionResult): number {
  for (const { extensions } of errors ?? []) {
    const status = (extensions.http as { status?: unknown } | undefined)?.status;
    if (typeof status === 'number') return status;
  }
  return 200;
}

export function pick(values: Data, names: readonly string[]): Data {
  return Object.fromEntries(names.filter((name) => Object.hasOwn(values, name)).map((name) => [name, values[name]]));
}
