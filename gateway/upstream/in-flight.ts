import type { GraphQLFormattedError } from 'graphql';
import type { Instance } from '../../kit/discovery/instances.ts';
import { histogram } from '../../kit/observe/metrics.ts';
import type { Span } from '../../kit/observe/span.ts';
import { startSpan } from '../../kit/observe/tracing.ts';
import type { Identity } from './context.ts';

/** An operation as it goes to a service. */
export interface UpstreamOperation {
  service: string;
  kind: 'query' | 'mutation' | 'subscription';
  /** The document and its variables, as JSON texts. */
  text: string;
  variables: string;
  /** The viewer's, as it is when an instance is asked: many viewers share one socket. */
  identity: Identity;
  requestId: string;
  /** Whether the service is asked to say for whom its answer is (see `Audience`). */
  wantsAudience?: boolean;
}

/** What comes of it. Nothing more is called after `refused`, `complete` or `lost`. */
export interface UpstreamSink {
  /** A result in JSON, as the service wrote it. */
  next(result: Buffer): void;
  /** There is no result: the service refuses or ends the operation, or none can be reached. */
  refused(errors: readonly GraphQLFormattedError[]): void;
  complete(): void;
  /**
   * For subscriptions: the instance is gone, and with it what it would have sent from now on; or none could
   * be had for some seconds.
   */
  lost(): void;
}

/** The socket that an operation runs on, as the operation needs it. */
export interface Carrier {
  /** The operation runs there no longer. */
  release(operation: InFlightOperation): void;
}

const fetches = histogram(
  'beaver_fetch_duration_seconds',
  'Queries and mutations at services, with the search for an instance. Outcome: answered, refused (also where nobody could be asked), left (by who asked).',
  ['service', 'outcome'],
);

const NOBODY: UpstreamSink = { next() {}, refused() {}, complete() {}, lost() {} };

/**
 * One operation from its beginning to its end, at one instance after the other where one cannot go on with
 * it.
 */
export class InFlightOperation {
  readonly asked: UpstreamOperation;
  sink: UpstreamSink;
  /** Instances at which it could not begin; null for none. */
  tried: Set<string> | null = null;
  /** When it was begun, at first and where it runs, in ms. */
  readonly since = performance.now();
  sentAt = 0;
  /** Where it runs, and its id there. */
  carrier: Carrier | null = null;
  id = '';
  /** Its part in the trace of who asks, if that is traced; a request of many is in the trace of one. */
  readonly span: Span | null;
  /** Ends it where it runs over HTTP. */
  abort: AbortController | null = null;
  timer: NodeJS.Timeout | undefined;
  /** Whether it may be sent once more after an instance that may have seen it. */
  mayRepeat: boolean;
  isDone = false;

  constructor(asked: UpstreamOperation, sink: UpstreamSink) {
    this.asked = asked;
    this.sink = sink;
    this.mayRepeat = asked.kind === 'query';
    // One that may last for days is in the trace of its begin alone.
    this.span = this.isSubscription ? null : startSpan(`fetch ${asked.service}`, { kind: 'client' });
  }

  get isSubscription(): boolean {
    return this.asked.kind === 'subscription';
  }

  /**
   * The client's address, for services that count by it. Queries go without: equal ones of several clients
   * are one fetch, which comes from no single address.
   */
  get clientAddress(): string | undefined {
    return this.asked.kind === 'query' ? undefined : this.asked.identity.address;
  }

  hasTried(instance: Instance): boolean {
    return this.tried?.has(instance.id) ?? false;
  }

  /** Goes on elsewhere: not at this instance. */
  avoid(instance: Instance): void {
    this.detach();
    this.tried = (this.tried ?? new Set()).add(instance.id);
  }

  /** Leaves the place where it runs. */
  detach(): void {
    clearTimeout(this.timer);
    const { abort, carrier } = this;
    this.abort = null;
    this.carrier = null;
    abort?.abort();
    carrier?.release(this);
  }

  /** The sink of an operation that ends now, or null where it has ended before. */
  finish(): UpstreamSink | null {
    if (this.isDone) return null;
    this.isDone = true;
    this.span?.end();
    this.detach();
    return this.sink;
  }

  /** The sink of one that ends like this. */
  settle(outcome: 'answered' | 'refused' | 'left'): UpstreamSink | null {
    if (!this.isDone && !this.isSubscription)
      fetches.of(this.asked.service, outcome).observe((performance.now() - this.since) / 1000);
    return this.finish();
  }

  /** Nobody waits for it any more. */
  abandon(): void {
    // A mutation broken off half way would leave nobody knowing what was done.
    if (this.asked.kind === 'mutation') this.sink = NOBODY;
    else this.settle('left');
  }
}
