import { type ExecutionResult, GraphQLError, type GraphQLFormattedError } from 'graphql';
import type { Log } from '../kit/log.ts';
import { currentRequest } from '../kit/request.ts';
import type { OperationContext } from './context.ts';
import type { Graph, PreparedSubscription } from './graph.ts';
import { maskGatewayError } from './mask.ts';
import type { Upstreams } from './upstream.ts';

/** A client's subscription that was accepted: the answers in the order of their events. */
export type Answers = AsyncIterableIterator<ExecutionResult>;

export interface SubscriptionRequest {
  query: string;
  operationName: string | null;
  variables: Record<string, unknown>;
  context: OperationContext;
  /** The session that the client's socket belongs to, as it is now. */
  sessionId(): string | null;
  /** Closes the client's socket with RESUME: it comes again and goes on from its positions. */
  resume(): void;
}

/** Subscriptions to the whole graph. */
export interface Subscriptions {
  /** Errors where it is not valid, not planned, or its variables are not. */
  open(request: SubscriptionRequest): Answers | readonly GraphQLError[];
  /** A new graph: each goes on with it where its service is asked the same as before, else its client has to come again. */
  replan(): void;
}

/** The service refused the subscription, or ended it with errors. They are what the client gets. */
export class SubscriptionRefused extends Error {
  readonly errors: readonly GraphQLFormattedError[];

  constructor(errors: readonly GraphQLFormattedError[]) {
    super('The subscription was refused.');
    this.errors = errors;
  }
}

/** Events of one subscription that are completed by other services at a time; answers keep the order of the events. */
const CONCURRENCY = 8;
/** How long a reader that fell behind has to take what is queued for it, in ms, before its socket is closed all the same. */
const LAST_CHANCE = 10_000;

export function createSubscriptions(options: {
  /** The current graph. */
  graph(): Graph;
  upstreams: Upstreams;
  /** Events that may wait for a reader. */
  maxQueue: number;
  log: Log;
}): Subscriptions {
  const { upstreams, maxQueue, log } = options;
  const open = new Set<FederatedSubscription>();
  return {
    open(request) {
      const result = options.graph().prepare(request.query, request.operationName);
      if (result.errors) return result.errors;
      const { prepared } = result;
      const { coerced, errors } = prepared.graph.coerce(prepared, request.variables);
      if (errors) return errors;
      const subscription = new FederatedSubscription(prepared, coerced, request, maxQueue, log);
      open.add(subscription);
      subscription.begin(upstreams, () => open.delete(subscription));
      return subscription;
    },
    replan() {
      // The graph is made when somebody needs it.
      for (const subscription of [...open]) subscription.replan(options.graph());
    },
  };
}

interface Reader {
  resolve(result: IteratorResult<ExecutionResult>): void;
  reject(error: Error): void;
}

interface Entry {
  event: ExecutionResult;
  /** Set when its execution has begun. */
  answer: Promise<ExecutionResult> | null;
}

/**
 * One client's subscription. An iterator written by hand: the `return()` of an async generator would wait behind the `next()` that waits for an event, and
 * the operation at the service would stay open until that event comes.
 */
class FederatedSubscription implements Answers {
  private prepared: PreparedSubscription;
  private readonly variables: Record<string, unknown>;
  private readonly request: SubscriptionRequest;
  /** The session in which the service began it. */
  private readonly sessionId: string | null;
  private readonly maxQueue: number;
  private readonly log: Log;
  private readonly queue: Entry[] = [];
  private waiting: Reader | null = null;
  private delivering = false;
  private ended = false;
  /** What to do when the queue is empty; set when no more events come. */
  private finale: (() => void) | null = null;
  private unsubscribe: () => void = () => {};
  private onEnd: () => void = () => {};
  private lastChance: NodeJS.Timeout | undefined;

  constructor(
    prepared: PreparedSubscription,
    variables: Record<string, unknown>,
    request: SubscriptionRequest,
    maxQueue: number,
    log: Log,
  ) {
    this.prepared = prepared;
    this.variables = variables;
    this.request = request;
    this.sessionId = request.sessionId();
    this.maxQueue = maxQueue;
    this.log = log;
  }

  begin(upstreams: Upstreams, onEnd: () => void): void {
    const { primary } = this.prepared;
    this.onEnd = onEnd;
    const used = (primary.variableUsages ?? []).filter((name) => Object.hasOwn(this.variables, name));
    const operation = {
      query: primary.operation,
      operationName: primary.operationName ?? null,
      variables: Object.fromEntries(used.map((name) => [name, this.variables[name]])),
      identity: this.request.context.identity,
    };
    this.unsubscribe = upstreams.subscribe(primary.serviceName, operation, {
      next: (event) => this.receive(event),
      error: (errors) => this.fail(errors),
      complete: () => this.finish(() => this.end()),
      lost: () => this.finish(() => this.resume()),
    });
  }

  /** Goes on with another graph, or has the client come again. */
  replan(graph: Graph): void {
    const { query, operationName, primary } = this.prepared;
    const result = graph.prepare(query, operationName);
    const stays =
      result.errors === undefined &&
      result.prepared.primary.serviceName === primary.serviceName &&
      result.prepared.primary.operation === primary.operation &&
      graph.coerce(result.prepared, this.request.variables).errors === undefined;
    if (stays) this.prepared = result.prepared;
    else this.finish(() => this.resume());
  }

  private receive(event: ExecutionResult): void {
    if (this.ended || this.finale) return;
    this.queue.push({ event, answer: null });
    this.execute();
    void this.deliver();
    // What is queued still goes out, so that a client which resumes is further than before.
    if (this.queue.length >= this.maxQueue) this.finish(() => this.resume());
  }

  /** Errors instead of an event end it. */
  private fail(errors: readonly GraphQLFormattedError[]): void {
    if (this.isOutlived(errors)) {
      this.finish(() => this.resume());
      return;
    }
    const { serviceName } = this.prepared.primary;
    const wrapped = errors.map(
      ({ message, path, extensions }) =>
        new GraphQLError(message, { path, extensions: { ...extensions, serviceName } }),
    );
    const masked = wrapped.map((error) => maskGatewayError(error.toJSON(), error, this.log));
    this.finish(() => this.end(new SubscriptionRefused(masked)));
  }

  /**
   * Whether the service only means the session of the start: the socket may have moved to another one since, which goes on when the first one ends.
   */
  private isOutlived(errors: readonly GraphQLFormattedError[]): boolean {
    if (this.request.sessionId() === this.sessionId) return false;
    return errors.some(({ extensions }) => extensions?.code === 'UNAUTHENTICATED');
  }

  /** No more events come; what is queued goes out, and then `finale`. */
  private finish(finale: () => void): void {
    if (this.ended || this.finale) return;
    this.finale = finale;
    this.unsubscribe();
    this.lastChance = setTimeout(() => this.resume(), LAST_CHANCE).unref();
    void this.deliver();
  }

  private resume(): void {
    this.request.resume();
    this.end();
  }

  private execute(): void {
    for (const entry of this.queue.slice(0, CONCURRENCY)) entry.answer ??= this.answer(entry.event);
  }

  private async answer(event: ExecutionResult): Promise<ExecutionResult> {
    const { context } = this.request;
    return currentRequest.run({ requestId: context.requestId }, async () => {
      try {
        const { prepared, variables } = this;
        return this.masked(await prepared.graph.execute(prepared, event, variables, context));
      } catch (error) {
        return this.masked({ errors: [new GraphQLError('failed', { originalError: error as Error })] });
      }
    });
  }

  private masked(result: ExecutionResult): ExecutionResult {
    const { errors, ...rest } = result;
    if (!errors) return rest;
    const masked = errors.map((given: Error) => {
      const error = given instanceof GraphQLError ? given : new GraphQLError(given.message, { originalError: given });
      return maskGatewayError(error.toJSON(), error, this.log);
    });
    // Formatted errors are what is sent; graphql's type for a result knows only the objects they are made of.
    return { ...rest, errors: masked as unknown as GraphQLError[] };
  }

  private async deliver(): Promise<void> {
    if (this.delivering) return;
    this.delivering = true;
    try {
      while (this.waiting && this.queue.length > 0) {
        const value = (await this.queue[0]?.answer) as ExecutionResult;
        if (this.ended) return;
        this.queue.shift();
        this.execute();
        const reader = this.waiting;
        this.waiting = null;
        reader?.resolve({ done: false, value });
      }
      // The reader asks again when what it got is on its way: only then is the last one safe from the end of the socket.
      if (this.waiting && this.queue.length === 0) this.finale?.();
    } finally {
      this.delivering = false;
    }
  }

  private end(error?: Error): void {
    if (this.ended) return;
    this.ended = true;
    clearTimeout(this.lastChance);
    this.unsubscribe();
    this.onEnd();
    this.queue.length = 0;
    const reader = this.waiting;
    this.waiting = null;
    if (error) reader?.reject(error);
    else reader?.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): Answers {
    return this;
  }

  next(): Promise<IteratorResult<ExecutionResult>> {
    if (this.ended) return Promise.resolve({ done: true, value: undefined });
    return new Promise((resolve, reject) => {
      this.waiting = { resolve, reject };
      void this.deliver();
    });
  }

  return(): Promise<IteratorResult<ExecutionResult>> {
    this.end();
    return Promise.resolve({ done: true, value: undefined });
  }
}
