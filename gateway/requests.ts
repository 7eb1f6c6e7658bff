import type { ApolloServer } from '@apollo/server';
import type { ExecutionResult, GraphQLFormattedError } from 'graphql';
import { iterateSource } from '../kit/graph/source.ts';
import type { Log } from '../kit/log.ts';
import { currentRequest } from '../kit/request.ts';
import { type Answer, type Answers, completeAnswer, isClean, Refused } from './answers.ts';
import { createAbort, type Identity, type OperationContext } from './context.ts';
import type { PreparedOperation } from './graph.ts';
import type { Upstreams } from './upstream.ts';

/** A query or mutation of a client, as the source of its one answer. */
abstract class Request implements Answers {
  onReady: () => void = () => {};
  ended: { error: unknown } | null = null;
  /** Settles when it has ended, also where the client does not wait for that. */
  readonly settled: Promise<void>;
  #answer: Answer | null = null;
  #settle: () => void = () => {};

  constructor() {
    this.settled = new Promise((resolve) => {
      this.#settle = resolve;
    });
  }

  take(): Answer | null {
    const answer = this.#answer;
    this.#answer = null;
    return answer;
  }

  abstract close(): void;

  [Symbol.asyncIterator]() {
    return iterateSource<Answer>(this);
  }

  protected answer(json: Buffer | string): void {
    this.#answer = { json };
    this.end(null);
  }

  /** Without `data` it was not executed, which the protocol tells by another message. */
  protected answerResult(result: Record<string, unknown>): void {
    if (result.data === undefined && result.errors)
      this.end(new Refused(result.errors as readonly GraphQLFormattedError[]));
    else this.answer(JSON.stringify(result));
  }

  protected end(error: unknown): void {
    this.ended = { error };
    this.onReady();
    this.#settle();
  }
}

/** What one service can answer alone: its answer goes to the client as it comes, unless it has errors. */
export class DirectRequest extends Request {
  readonly #prepared: PreparedOperation;
  readonly #coerced: Record<string, unknown>;
  readonly #identity: Identity;
  readonly #requestId: string;
  readonly #onSignedIn: (authorization: string) => void;
  readonly #log: Log;
  readonly #stop: () => void;

  constructor(
    upstreams: Upstreams,
    request: {
      prepared: PreparedOperation;
      /** As the client gave them, and as the schema understands them. */
      variables: Record<string, unknown>;
      coerced: Record<string, unknown>;
      identity: Identity;
      requestId: string;
      /** A mutation has signed somebody in. */
      onSignedIn(authorization: string): void;
    },
    log: Log,
  ) {
    super();
    const { prepared, identity, requestId, variables } = request;
    this.#prepared = prepared;
    this.#coerced = request.coerced;
    this.#identity = identity;
    this.#requestId = requestId;
    this.#onSignedIn = request.onSignedIn;
    this.#log = log;
    const { service, kind, text: query } = prepared;
    this.#stop = upstreams.begin(
      { service, kind, query, variables: pick(variables, prepared.variables), identity, requestId },
      {
        next: (result) => {
          if (isClean(result)) this.answer(result);
          else this.#look(JSON.parse(result.toString()));
        },
        refused: (errors) => void this.#complete({ errors } as unknown as ExecutionResult),
        complete: () => this.#look({ data: null }),
        lost: () => {},
      },
    );
  }

  close(): void {
    this.#stop();
  }

  #look({ extensions, ...said }: ExecutionResult): void {
    const signedIn = extensions?.signedIn;
    if (this.#prepared.kind === 'mutation' && typeof signedIn === 'string') this.#onSignedIn(`Bearer ${signedIn}`);
    if (said.data && !said.errors) this.answer(JSON.stringify(said));
    else void this.#complete(said);
  }

  async #complete(said: ExecutionResult): Promise<void> {
    const context: OperationContext = {
      identity: this.#identity,
      requestId: this.#requestId,
      signal: createAbort().signal,
      files: null,
    };
    this.answerResult(await completeAnswer(this.#prepared, said, this.#coerced, context, this.#log));
  }
}

/** All other queries and mutations: the same way as over HTTP. */
export class PlannedRequest extends Request {
  readonly #abort = createAbort();

  constructor(
    apollo: ApolloServer<OperationContext>,
    request: {
      query: string;
      operationName: string | null;
      variables: Record<string, unknown>;
      authorization: string | undefined;
      requestId: string;
      onSignedIn(authorization: string | undefined): void;
      /** What the client is told of a failure of ours. */
      failure(error: unknown): GraphQLFormattedError;
    },
  ) {
    super();
    const { authorization, requestId } = request;
    const context: OperationContext = {
      identity: { authorization },
      requestId,
      signal: this.#abort.signal,
      files: null,
    };
    currentRequest
      .run({ requestId }, () => execute(apollo, request, context))
      .then(
        (result) => {
          if (context.identity.authorization !== authorization) request.onSignedIn(context.identity.authorization);
          this.answerResult(result);
        },
        (error) => this.end(new Refused([request.failure(error)])),
      );
  }

  close(): void {
    this.#abort.abort();
  }
}

async function execute(
  apollo: ApolloServer<OperationContext>,
  request: { query: string; operationName: string | null; variables: Record<string, unknown> },
  contextValue: OperationContext,
): Promise<Record<string, unknown>> {
  const { query, operationName, variables } = request;
  const operation = { query, variables, ...(operationName === null ? {} : { operationName }) };
  const { body } = await apollo.executeOperation(operation, { contextValue });
  if (body.kind !== 'single') throw new Error('The gateway does not deliver incrementally.');
  return { ...body.singleResult };
}

function pick(values: Record<string, unknown>, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(names.filter((name) => Object.hasOwn(values, name)).map((name) => [name, values[name]]));
}
