import { ShortLivedMap } from '../../kit/base/containers/short-lived-map.ts';
import type { Instance } from '../../kit/discovery/instances.ts';
import type { Carrier, InFlightOperation } from './in-flight.ts';
import { SubgraphSocket, type SubgraphSocketEnd, type SubgraphSocketSink } from './subgraph-socket.ts';

/** A socket to an instance, and the operations in flight on it. */
export class PooledSocket implements Carrier {
  readonly instance: Instance;
  readonly #socket: SubgraphSocket;
  /** By operation id. */
  readonly #operations = new ShortLivedMap<string, InFlightOperation>();
  #idleSince = performance.now();

  /** `onLost` is called once, unless `close` was called. */
  constructor(
    instance: Instance,
    url: string,
    serviceToken: string,
    onLost: (socket: PooledSocket, end: SubgraphSocketEnd) => void,
  ) {
    this.instance = instance;
    this.#socket = new SubgraphSocket(url, serviceToken, (end) => onLost(this, end));
  }

  get isAcknowledged(): boolean {
    return this.#socket.isAcknowledged;
  }

  get operations(): InFlightOperation[] {
    return [...this.#operations.values()];
  }

  /** Time since the last operation ended, in ms. */
  idleFor(now: number): number {
    return this.#operations.size > 0 ? 0 : now - this.#idleSince;
  }

  /** Queries and mutations that have been in flight for longer than `timeout`, in ms. */
  overdue(now: number, timeout: number): InFlightOperation[] {
    return this.operations.filter(({ isSubscription, sentAt }) => !isSubscription && now - sentAt > timeout);
  }

  /** Sends an operation; `payload` is that of `subscribe`, in JSON. */
  run(operation: InFlightOperation, payload: string): void {
    const { instance } = this;
    const isSingle = !operation.isSubscription;
    if (isSingle) instance.outstanding += 1;
    operation.carrier = this;
    operation.sentAt = performance.now();
    const sink: SubgraphSocketSink = {
      next(result) {
        instance.failures = 0;
        if (isSingle) operation.settle('answered')?.next(result);
        else operation.sink.next(result);
      },
      error: (errors) => operation.settle('refused')?.refused(errors),
      complete: () => operation.settle('answered')?.complete(),
    };
    operation.id = this.#socket.begin(payload, sink, isSingle);
    this.#operations.set(operation.id, operation);
  }

  release(operation: InFlightOperation): void {
    this.#operations.delete(operation.id);
    this.#socket.end(operation.id);
    if (!operation.isSubscription) this.instance.outstanding -= 1;
    if (this.#operations.size === 0) this.#idleSince = performance.now();
  }

  close(): void {
    this.#socket.close();
  }
}
