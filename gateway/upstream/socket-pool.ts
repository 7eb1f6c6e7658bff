import type { Dispatcher } from 'undici';
import type { Instance, InstanceDirectory } from '../../kit/discovery/instances.ts';
import type { ServiceIdentity } from '../../kit/identity/tokens.ts';
import type { Log } from '../../kit/observe/log.ts';
import { counter } from '../../kit/observe/metrics.ts';
import { currentSpan } from '../../kit/observe/tracing.ts';
import { resultOf, sendGraphQL, wasSent } from '../../kit/service/request.ts';
import { NOT_LIVE, TOO_LARGE, unavailable, unknownOutcome } from './errors.ts';
import { InFlightOperation, type UpstreamOperation, type UpstreamSink } from './in-flight.ts';
import { PooledSocket } from './pooled-socket.ts';
import { MAX_PAYLOAD, type SubgraphSocketEnd } from './subgraph-socket.ts';

/** Sends operations to services: one socket to each instance, for any number of operations. */
export interface Upstreams {
  /**
   * Sends an operation to an instance of the service. Returns the function that ends it; a mutation goes on.
   */
  begin(operation: UpstreamOperation, sink: UpstreamSink): () => void;
  close(): void;
}

export interface UpstreamOptions {
  directory: InstanceDirectory;
  /** The identity of this gateway, which services verify. */
  identity: Pick<ServiceIdentity, 'serviceToken'>;
  accepts(instance: Instance): boolean;
  /** For instances that have no WebSocket address. */
  dispatcher: Dispatcher;
  /** Timeout of queries and mutations, by service, in ms. */
  timeoutOf(service: string): number;
  log: Log;
}

/** Longest wait of a subscription for a service that is away, and interval of its attempts, in ms. */
const PATIENCE = 10_000;
const LOOK_AGAIN = 300;
/**
 * Idle time after which a socket is closed, and interval of the checks for idle sockets and timeouts, in ms.
 */
const IDLE = 30_000;
const SWEEP = 500;

const repeats = counter(
  'beaver_fetch_repeats_total',
  'Operations that were sent to another instance, because one could not go on with them.',
  ['service'],
);
const lostSubscriptions = counter('beaver_subscriptions_lost_total', 'Subscriptions that ended with their instance.', [
  'service',
]);

export function createUpstreams(options: UpstreamOptions): Upstreams {
  const pool = new SocketPool(options);
  return {
    begin(asked, sink) {
      const operation = new InFlightOperation(asked, sink);
      pool.begin(operation);
      return () => operation.abandon();
    },
    close: () => pool.close(),
  };
}

class SocketPool {
  readonly #options: UpstreamOptions;
  /** By instance id. */
  readonly #sockets = new Map<string, PooledSocket>();
  readonly #sweeps: NodeJS.Timeout;

  constructor(options: UpstreamOptions) {
    this.#options = options;
    this.#sweeps = setInterval(() => this.#sweep(), SWEEP);
  }

  begin(operation: InFlightOperation): void {
    const { directory, accepts } = this.#options;
    const { service } = operation.asked;
    const instance = directory.pick(service, (one) => accepts(one) && !operation.hasTried(one));
    if (instance) this.#attach(operation, instance);
    else if (!operation.isSubscription) operation.settle('refused')?.refused([unavailable(service)]);
    else if (performance.now() >= operation.since + PATIENCE) operation.finish()?.lost();
    else {
      operation.tried = null;
      operation.timer = setTimeout(() => this.begin(operation), LOOK_AGAIN);
    }
  }

  close(): void {
    clearInterval(this.#sweeps);
    for (const socket of this.#sockets.values()) socket.close();
    this.#sockets.clear();
  }

  #attach(operation: InFlightOperation, instance: Instance): void {
    const { text, variables, requestId, wantsAudience, identity } = operation.asked;
    const request = `{"query":${text},"variables":${variables}`;
    if (instance.wsUrl === null) {
      if (operation.isSubscription) operation.settle('refused')?.refused([NOT_LIVE]);
      else void this.#post(operation, instance, `${request}}`);
      return;
    }
    const { traceparent } = operation.span ?? currentSpan() ?? {};
    const audience = wantsAudience || undefined;
    const { authorization } = identity;
    const extensions = { authorization, requestId, audience, traceparent, clientAddress: operation.clientAddress };
    const payload = `${request},"extensions":${JSON.stringify(extensions)}}`;
    // A character is three bytes at most.
    if (payload.length > MAX_PAYLOAD / 3 && Buffer.byteLength(payload) > MAX_PAYLOAD)
      operation.settle('refused')?.refused([TOO_LARGE]);
    else this.#socketTo(instance, instance.wsUrl).run(operation, payload);
  }

  async #post(operation: InFlightOperation, instance: Instance, payload: string): Promise<void> {
    const { identity, dispatcher, timeoutOf, directory, log } = this.#options;
    const { requestId } = operation.asked;
    operation.abort = new AbortController();
    instance.outstanding += 1;
    try {
      const response = await sendGraphQL(instance.url, {
        body: payload,
        authorization: operation.asked.identity.authorization,
        serviceToken: identity.serviceToken(instance.service),
        clientAddress: operation.clientAddress,
        requestId,
        traceparent: operation.span?.traceparent,
        dispatcher,
        timeout: timeoutOf(instance.service),
        signal: operation.abort.signal,
      });
      const result = resultOf(response);
      instance.failures = 0;
      operation.settle('answered')?.next(result);
    } catch (error) {
      if (operation.isDone) return;
      const fields = { err: error, service: instance.service, instance: instance.id, requestId };
      log.warn(fields, 'a request to a service failed');
      directory.eject(instance);
      this.#leave(operation, instance, wasSent(error));
    } finally {
      instance.outstanding -= 1;
    }
  }

  /**
   * Handles an instance that cannot go on with an operation. `mayHaveSeen`: whether it may have received it.
   */
  #leave(operation: InFlightOperation, instance: Instance, mayHaveSeen: boolean): void {
    const { service, kind } = operation.asked;
    if (mayHaveSeen && kind === 'subscription') {
      lostSubscriptions.add(service);
      operation.finish()?.lost();
    } else if (mayHaveSeen && kind === 'mutation') operation.settle('refused')?.refused([unknownOutcome(service)]);
    else if (mayHaveSeen && !operation.mayRepeat) operation.settle('refused')?.refused([unavailable(service)]);
    else {
      repeats.add(service);
      if (mayHaveSeen) operation.mayRepeat = false;
      operation.avoid(instance);
      this.begin(operation);
    }
  }

  #socketTo(instance: Instance, url: string): PooledSocket {
    const known = this.#sockets.get(instance.id);
    if (known) return known;
    const token = this.#options.identity.serviceToken(instance.service);
    const socket = new PooledSocket(instance, url, token, (lost, end) => this.#lost(lost, end));
    this.#sockets.set(instance.id, socket);
    return socket;
  }

  #lost(socket: PooledSocket, end: SubgraphSocketEnd): void {
    const { directory, log } = this.#options;
    const { instance, operations, isAcknowledged } = socket;
    this.#sockets.delete(instance.id);
    if (end.isSilent || !isAcknowledged) directory.eject(instance);
    const fields = { service: instance.service, instance: instance.id, operations: operations.length, ...end };
    if (isAcknowledged) log.info(fields, 'a socket to an instance was closed');
    else log.warn(fields, 'an instance takes no socket of this gateway');
    for (const operation of operations) this.#leave(operation, instance, isAcknowledged);
  }

  /** Closes idle sockets, and ends or retries operations that have timed out. */
  #sweep(): void {
    const { directory, timeoutOf, log } = this.#options;
    const now = performance.now();
    for (const socket of [...this.#sockets.values()]) {
      const { instance, isAcknowledged } = socket;
      if (socket.idleFor(now) >= IDLE) {
        this.#sockets.delete(instance.id);
        socket.close();
        continue;
      }
      const overdue = socket.overdue(now, timeoutOf(instance.service));
      if (overdue.length === 0) continue;
      const fields = { service: instance.service, instance: instance.id, operations: overdue.length };
      log.warn(fields, 'an instance is silent');
      directory.eject(instance);
      for (const operation of overdue) this.#leave(operation, instance, isAcknowledged);
    }
  }
}
