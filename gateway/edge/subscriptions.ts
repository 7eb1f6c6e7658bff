import type { GraphQLFormattedError } from 'graphql';
import { type Bytes, toBytes } from '../../kit/base/bytes.ts';
import { RESUME } from '../../kit/base/errors.ts';
import { type EventSource, iterateSource } from '../../kit/graph/source.ts';
import { DIRECT, type Viewer } from '../../kit/identity/caller.ts';
import type { Log } from '../../kit/observe/log.ts';
import { currentRequest } from '../../kit/observe/request.ts';
import { variablesText } from '../execution/fetches.ts';
import type { Request } from '../operation/execute.ts';
import type { Graph } from '../operation/graph.ts';
import { maskRefusal } from '../operation/mask.ts';
import type { PreparedOperation, Primary } from '../operation/prepared.ts';
import type { SubgraphRequests } from '../upstream/request-coalescing.ts';
import type { Upstreams } from '../upstream/socket-pool.ts';
import { isClean } from '../upstream/subgraph-request.ts';
import type { EventAnswers } from './events.ts';

/** What a client is sent for each event, in the order of the events: a result in JSON, in UTF-8. */
export interface EventAnswer {
  json: Bytes;
}

/** The subscription was refused, or ended with errors. They are what the client gets. */
export class Refused extends Error {
  readonly errors: readonly GraphQLFormattedError[];

  constructor(errors: readonly GraphQLFormattedError[]) {
    super('The subscription was refused.');
    this.errors = errors;
  }
}

/** The identity in it is that of the socket, which may be renewed. */
export interface SubscriptionRequest extends Request {
  /** Whom the client's socket belongs to, as it is now: the session and what the token allows may change. */
  viewer(): Viewer | null;
  /** Closes the client's socket with RESUME: it comes again and goes on from its positions. */
  resume(): void;
}

/** Subscriptions to the whole graph. */
export interface Subscriptions {
  open(request: SubscriptionRequest): EventSource<EventAnswer>;
  /**
   * A new graph: each goes on with it where its service is asked the same as before, else its client has to
   * come again.
   */
  replan(): void;
}

export function createSubscriptions(options: {
  /** The current graph. */
  graph(): Graph | null;
  calls: SubgraphRequests;
  events: EventAnswers;
  upstreams: Upstreams;
  /** Events that may wait for a reader. */
  maxQueue: number;
  log: Log;
}): Subscriptions {
  const { upstreams } = options;
  const open = new Set<FederatedSubscription>();
  return {
    open(request) {
      const subscription = new FederatedSubscription(request, options);
      open.add(subscription);
      subscription.begin(upstreams, () => open.delete(subscription));
      return subscription;
    },
    replan() {
      const graph = options.graph();
      if (!graph) return;
      for (const subscription of [...open]) {
        try {
          subscription.replan(graph);
        } catch (error) {
          options.log.error({ err: error }, 'a subscription could not be planned again; its client has to come again');
          subscription.giveUp();
        }
      }
    },
  };
}

/** An event on its way to the client. */
interface Entry {
  event: Buffer;
  /** Set when it can go out. */
  answer: EventAnswer | null;
}

/**
 * One client's subscription. What one service says alone goes through as it came; what other services have to
 * complete is executed at once, and answers keep the order of the events.
 */
class FederatedSubscription implements EventSource<EventAnswer> {
  onReady: () => void = () => {};
  ended: { error: unknown } | null = null;
  private prepared: PreparedOperation;
  private readonly request: SubscriptionRequest;
  /** The session in which the service began it. */
  private readonly sessionId: string | null;
  private readonly options: { calls: SubgraphRequests; events: EventAnswers; maxQueue: number; log: Log };
  private readonly queue: Entry[] = [];
  /** Events in the queue that waited for a service, which the reader cannot have taken before. */
  private heldBack = 0;
  private isClosed = false;
  /** What to do when the queue is empty; set when no more events come. */
  private finale: (() => void) | null = null;
  private unsubscribe: () => void = () => {};
  private onEnd: () => void = () => {};

  constructor(request: SubscriptionRequest, options: FederatedSubscription['options']) {
    this.prepared = request.prepared;
    this.request = request;
    this.sessionId = request.viewer()?.sessionId ?? null;
    this.options = options;
  }

  begin(upstreams: Upstreams, onEnd: () => void): void {
    const { service, text, variables: names } = this.prepared.primary as Primary;
    const { identity, requestId, variables: understood } = this.request;
    const variables = `{${variablesText(names, understood)}}`;
    this.onEnd = onEnd;
    const end = upstreams.begin(
      { service, kind: 'subscription', text, variables, identity, requestId },
      {
        next: (event) => this.receive(event),
        refused: (errors) => this.fail(errors),
        complete: () => this.finish(() => this.end(null)),
        lost: () => this.finish(() => this.resume()),
      },
    );
    if (this.finale || this.isClosed) end();
    else this.unsubscribe = end;
  }

  /** Goes on with another graph, or has the client come again. */
  replan(graph: Graph): void {
    const { query, operationName, primary } = this.prepared;
    const found = graph.prepare(query, operationName, this.request.viewer());
    const next = found.errors ? null : found.prepared;
    const stays =
      next?.primary?.service === primary?.service &&
      next?.primary?.text === primary?.text &&
      next !== null &&
      next.readVariables(this.request.given).errors === undefined;
    if (stays) this.prepared = next;
    else this.giveUp();
  }

  /** Has the client come again. */
  giveUp(): void {
    this.finish(() => this.resume());
  }

  take(): EventAnswer | null {
    const [first] = this.queue;
    if (first?.answer) {
      this.queue.shift();
      if (this.heldBack > 0) this.heldBack -= 1;
      return first.answer;
    }
    if (!first) this.finale?.();
    return null;
  }

  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.request.cancellation.cancel();
    this.unsubscribe();
    this.onEnd();
    this.queue.length = 0;
  }

  [Symbol.asyncIterator]() {
    return iterateSource<EventAnswer>(this);
  }

  private receive(event: Buffer): void {
    if (this.isClosed || this.finale) return;
    // With its next token a viewer may see less, or more. The client comes again and is asked for what it may
    // see now.
    if (!this.prepared.graph.isFor(this.prepared, this.request.viewer())) {
      this.finish(() => this.resume());
      return;
    }
    this.options.calls.changed();
    const isFirst = this.queue.length === 0;
    const isDone = this.prepared.isDirect && isClean(event);
    // What waits must not hold on to all that was read from the network along with it.
    const kept = isFirst ? event : Buffer.from(event);
    const entry: Entry = { event: kept, answer: isDone ? { json: toBytes(kept) } : null };
    this.queue.push(entry);
    if (!isDone) this.complete(entry);
    else if (isFirst) this.onReady();
    // Where the first event cannot go out, a service is slow and not the reader. That lasts no longer than an
    // event may wait. What is queued still goes out, so that a client which resumes is further than before.
    if (this.queue[0]?.answer && this.queue.length - this.heldBack >= this.options.maxQueue)
      this.finish(() => this.resume());
  }

  /** Errors instead of an event end it. */
  private fail(errors: readonly GraphQLFormattedError[]): void {
    if (this.isOutlived(errors) || errors.some(({ extensions }) => extensions?.code === RESUME)) {
      this.finish(() => this.resume());
      return;
    }
    const { service } = this.prepared.primary as Primary;
    const { requestId } = this.request;
    const masked = currentRequest.run({ requestId }, () => maskRefusal(errors, service, this.options.log));
    this.finish(() => this.end(new Refused(masked)));
  }

  /**
   * Whether the service only means the session of the start: the socket may have moved to another one since,
   * which goes on when the first one ends.
   */
  private isOutlived(errors: readonly GraphQLFormattedError[]): boolean {
    if ((this.request.viewer()?.sessionId ?? null) === this.sessionId) return false;
    return errors.some(({ extensions }) => extensions?.code === 'UNAUTHENTICATED');
  }

  /** No more events come; what is queued goes out, and then `finale`. */
  private finish(finale: () => void): void {
    if (this.isClosed || this.finale) return;
    this.finale = finale;
    this.unsubscribe();
    this.onReady();
  }

  private resume(): void {
    this.request.resume();
    this.close();
  }

  private end(error: unknown): void {
    this.ended = { error };
  }

  private complete(entry: Entry): void {
    const { prepared, request } = this;
    const made = this.options.events.answer({ ...request, prepared }, entry.event, {
      viewer: request.viewer(),
      service: null,
      ...DIRECT,
    });
    if (made instanceof Promise) void made.then((json) => this.completed(entry, json));
    else this.completed(entry, made);
  }

  private completed(entry: Entry, json: Bytes): void {
    entry.answer = { json };
    if (entry !== this.queue[0]) return;
    this.heldBack = this.queue.length - 1;
    this.onReady();
  }
}
