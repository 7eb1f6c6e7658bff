import type { GraphQLFormattedError } from 'graphql';
import { type Bytes, toBytes } from '../base/bytes.ts';
import type { Link } from '../base/containers/intrusive-queue.ts';
import type { EventSource } from '../graph/source.ts';
import { asciiJson } from './frames.ts';

/** Makes the answer to an event: JSON in UTF-8, or a promise of it. Never throws, never rejects. */
export type ToPayload<T> = (event: T) => Bytes | Promise<Bytes>;

/** The connection, as its operations need it. */
export interface Outlet {
  sendText(head: string, body: Bytes | '', tail: string): void;
  /** Calls the reader's `turn()` when the socket can take an event. */
  wake(reader: Reader<Outlet>): void;
  /** Counts a delivered event. */
  delivered(): void;
  /** Drops an operation that has ended. */
  forget(operation: Operation<Outlet>): void;
}

/** One operation of a client, from `subscribe` to its end. Results that arrive after its end are dropped. */
export class Operation<Out extends Outlet> {
  readonly id: string;
  readonly connection: Out;
  /** Bytes of the `subscribe` message. */
  readonly bytes: number;
  /** Time of its `subscribe` message, as `performance.now()`. */
  readonly begunAt = performance.now();
  /** Whether the server is still beginning it. */
  isBeginning = true;
  isDone = false;
  /** Called at the end, also when the client left: the work on the answer can stop. */
  onEnd: (() => void) | null = null;
  /** Its id as JSON. */
  readonly #name: string;
  /**
   * `{"id":…,"type":"next","payload":`, kept for all events. Joined, not concatenated: V8 keeps a
   * concatenation as a tree of its parts, which every frame made of it would walk anew (2 us each, measured).
   */
  readonly #head: string;
  #reader: Reader<Out> | null = null;

  constructor(connection: Out, id: string, bytes: number) {
    this.connection = connection;
    this.id = id;
    this.bytes = bytes;
    this.#name = asciiJson(id);
    this.#head = ['{"id":', this.#name, ',"type":"next","payload":'].join('');
  }

  next(payload: Bytes): void {
    if (!this.isDone) this.connection.sendText(this.#head, payload, '}');
  }

  /** Sends the result of a query or mutation, and ends it. */
  answer(payload: Bytes): void {
    this.next(payload);
    this.complete();
  }

  complete(): void {
    if (this.isDone) return;
    this.end();
    this.connection.sendText(`{"id":${this.#name},"type":"complete"}`, '', '');
  }

  /** Sends `error` and ends it: it was refused, or cannot go on. */
  fail(errors: readonly GraphQLFormattedError[]): void {
    if (this.isDone) return;
    this.end();
    this.connection.sendText(`{"id":${this.#name},"type":"error","payload":`, toBytes(JSON.stringify(errors)), '}');
  }

  /**
   * Delivers the events of a source until it ends, each when the socket can take it. `toErrors` gives the
   * errors that the client gets if an error ended the source.
   */
  read<T extends object>(
    source: EventSource<T>,
    toPayload: ToPayload<T>,
    toErrors: (error: unknown) => readonly GraphQLFormattedError[],
  ): void {
    if (this.isDone) source.close();
    else this.#reader = new Reader(this, source as EventSource<never>, toPayload as ToPayload<never>, toErrors);
  }

  /** Ends it without a message: the client sent `complete`, or has left. */
  end(): void {
    if (this.isDone) return;
    this.isDone = true;
    this.connection.forget(this);
    this.#reader?.close();
    this.#reader = null;
    this.onEnd?.();
  }
}

/** Takes events from the source of a subscription, in turns that its connection gives. */
export class Reader<Out extends Outlet> implements Link<Reader<Out>> {
  next: Reader<Out> | null = null;
  isQueued = false;
  readonly #operation: Operation<Out>;
  readonly #source: EventSource<never>;
  readonly #toPayload: ToPayload<never>;
  readonly #toErrors: (error: unknown) => readonly GraphQLFormattedError[];
  /** Whether the answer to an event is in flight. Later events wait for it, to keep their order. */
  #isAwaiting = false;

  constructor(
    operation: Operation<Out>,
    source: EventSource<never>,
    toPayload: ToPayload<never>,
    toErrors: (error: unknown) => readonly GraphQLFormattedError[],
  ) {
    this.#operation = operation;
    this.#source = source;
    this.#toPayload = toPayload;
    this.#toErrors = toErrors;
    const { connection } = operation;
    source.onReady = () => connection.wake(this);
    connection.wake(this);
  }

  /** Delivers one event, if there is one. Returns false when there is nothing to do until `wake`. */
  turn(): boolean {
    const operation = this.#operation;
    if (operation.isDone || this.#isAwaiting) return false;
    const event = this.#source.take();
    if (event === null) {
      if (this.#source.ended) this.#finish(this.#source.ended.error);
      return false;
    }
    const payload = this.#toPayload(event);
    if (payload instanceof Promise) {
      this.#isAwaiting = true;
      void payload.then((made) => {
        this.#isAwaiting = false;
        operation.next(made);
        operation.connection.delivered();
        operation.connection.wake(this);
      });
      return false;
    }
    operation.next(payload);
    operation.connection.delivered();
    return true;
  }

  #finish(error: unknown): void {
    if (error) this.#operation.fail(this.#toErrors(error));
    else this.#operation.complete();
  }

  close(): void {
    this.#source.close();
  }
}
