import type { GraphQLFormattedError } from 'graphql';
import type { Instance } from '../../kit/discovery/instances.ts';
import { histogram } from '../../kit/observe/metrics.ts';
import type { Span } from '../../kit/observe/span.ts';
import { startSpan } from '../../kit/observe/tracing.ts';
import type { Identity } from './context.ts';

/** An operation to send to a service. */
export interface UpstreamOperation {
  service: string;
  kind: 'query' | 'mutation' | 'subscription';
  /** Document and variables, as JSON texts. */
  text: string;
  variables: string;
  /** The viewer's identity at the time of sending: many viewers share one socket. */
  identity: Identity;
  requestId: string;
  /** Whether the service is asked for the audience of its answer (see `Audience`). */
  wantsAudience?: boolean;
}

/** Outcome of an operation. Nothing is called after `refused`, `complete` or `lost`. */
export interface UpstreamSink {
  /** A result in JSON, as the service wrote it. */
  next(result: Buffer): void;
  /** No result: the service refuses or ends the operation, or no instance can be reached. */
  refused(errors: readonly GraphQLFormattedError[]): void;
  complete(): void;
  /** Of subscriptions: the instance is gone with all later events, or none was reached for some seconds. */
  lost(): void;
}

/** The socket that runs an operation, as the operation needs it. */
export interface Carrier {
  /** Drops an operation that runs there no longer. */
  release(operation: InFlightOperation): void;
}

const fetches = histogram(
  'beaver_fetch_duration_seconds',
  'Queries and mutations at services, with the search for an instance. ' +
    'Outcome: answered, refused (also where no instance was reached), left (by the client).',
  ['service', 'outcome'],
);

const NOBODY: UpstreamSink = { next() {}, refused() {}, complete() {}, lost() {} };

/** One operation from its begin to its end. Retried at other instances when one cannot go on with it. */
export class InFlightOperation {
  readonly asked: UpstreamOperation;
  sink: UpstreamSink;
  /** Instances that failed; null for none. */
  tried: Set<string> | null = null;
  /** Time of the first attempt, and of the present one, as `performance.now()`. */
  readonly since = performance.now();
  sentAt = 0;
  /** The socket that runs it, and its id there. */
  carrier: Carrier | null = null;
  id = '';
  /** Its span, if the request is traced. A request for many is in the trace of one. */
  readonly span: Span | null;
  /** Aborts it when it runs over HTTP. */
  abort: AbortController | null = null;
  timer: NodeJS.Timeout | undefined;
  /** Whether it may be retried once after an instance that may have seen it. */
  mayRepeat: boolean;
  isDone = false;

  constructor(asked: UpstreamOperation, sink: UpstreamSink) {
    this.asked = asked;
    this.sink = sink;
    this.mayRepeat = asked.kind === 'query';
    // A subscription may last for days: only its begin is traced.
    this.span = this.isSubscription ? null : startSpan(`fetch ${asked.service}`, { kind: 'client' });
  }

  get isSubscription(): boolean {
    return this.asked.kind === 'subscription';
  }

  /**
   * The client's address, for services that count by it. Queries go without: equal queries of several clients
   * are one fetch, from no single address.
   */
  get clientAddress(): string | undefined {
    return this.asked.kind === 'query' ? undefined : this.asked.identity.address;
  }

  hasTried(instance: Instance): boolean {
    return this.tried?.has(instance.id) ?? false;
  }

  /** Excludes an instance from the next attempts. */
  avoid(instance: Instance): void {
    this.detach();
    this.tried = (this.tried ?? new Set()).add(instance.id);
  }

  /** Detaches it from the socket that runs it. */
  detach(): void {
    clearTimeout(this.timer);
    const { abort, carrier } = this;
    this.abort = null;
    this.carrier = null;
    abort?.abort();
    carrier?.release(this);
  }

  /** Ends it. Returns its sink, or null if it had ended. */
  finish(): UpstreamSink | null {
    if (this.isDone) return null;
    this.isDone = true;
    this.span?.end();
    this.detach();
    return this.sink;
  }

  /** Ends it with an outcome for its span. Returns its sink, or null if it had ended. */
  settle(outcome: 'answered' | 'refused' | 'left'): UpstreamSink | null {
    if (!this.isDone && !this.isSubscription)
      fetches.of(this.asked.service, outcome).observe((performance.now() - this.since) / 1000);
    return this.finish();
  }

  /** Ends it because nobody waits any more. */
  abandon(): void {
    // A mutation goes on: aborted half way, it would leave everybody without knowing what was done.
    if (this.asked.kind === 'mutation') this.sink = NOBODY;
    else this.settle('left');
  }
}
