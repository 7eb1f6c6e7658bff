import type { GraphQLFormattedError } from 'graphql';
import { type Bytes, toBytes } from '../base/bytes.ts';
import type { Link } from '../base/containers/intrusive-queue.ts';
import type { EventSource } from '../graph/source.ts';
import { asciiJson } from './frames.ts';

/** Makes the answer to an event: JSON in UTF-8, or a promise of it. Never throws, never rejects. */
export type ToPayload<T> = (event: T) => Bytes | Promise<Bytes>;

/** The socket as an operation needs it. */
export interface Outlet {
  sendText(head: string, body: Bytes | '', tail: string): void;
  /** The reader may have an event to deliver: has `turn()` called when the socket can take one. */
  wake(reader: Reader<Outlet>): void;
  /** Counts an event that was delivered. */
  delivered(): void;
  /** The operation has ended. */
  forget(operation: Operation<Outlet>): void;
}

/**
 * One operation of a client, from `subscribe` to its end. Once it has ended, whatever is said to it is
 * dropped.
 */
export class Operation<Out extends Outlet> {
  readonly id: string;
  readonly connection: Out;
  /** Bytes of the message with which it began. */
  readonly bytes: number;
  /** When the client sent it, in ms as `performance.now()` has it. */
  readonly begunAt = performance.now();
  /** Whether the server still works on beginning it. */
  isBeginning = true;
  isDone = false;
  /** Called when it has ended, for whoever works on the answer. */
  onEnd: (() => void) | null = null;
  /** Its id as JSON. */
  readonly #name: string;
  /**
   * `{"id":…,"type":"next","payload":`, kept because each event needs it. Joined, not added up: V8 keeps a
   * sum as a tree of its parts, which every frame made of it would go through anew (2 us each, measured).
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

  /** The one answer of a query or mutation. */
  answer(payload: Bytes): void {
    this.next(payload);
    this.complete();
  }

  complete(): void {
    if (this.isDone) return;
    this.end();
    this.connection.sendText(`{"id":${this.#name},"type":"complete"}`, '', '');
  }

  /** It was refused, or cannot go on. */
  fail(errors: readonly GraphQLFormattedError[]): void {
    if (this.isDone) return;
    this.end();
    this.connection.sendText(`{"id":${this.#name},"type":"error","payload":`, toBytes(JSON.stringify(errors)), '}');
  }

  /**
   * Delivers the events of a source until it ends, each when the socket can take it. `toErrors` says what the
   * client may know of an error that ended it.
   */
  read<T extends object>(
    source: EventSource<T>,
    toPayload: ToPayload<T>,
    toErrors: (error: unknown) => readonly GraphQLFormattedError[],
  ): void {
    if (this.isDone) source.close();
    else this.#reader = new Reader(this, source as EventSource<never>, toPayload as ToPayload<never>, toErrors);
  }

  /** Ends it without a word: the client has said `complete`, or is gone. */
  end(): void {
    if (this.isDone) return;
    this.isDone = true;
    this.connection.forget(this);
    this.#reader?.close();
    this.#reader = null;
    this.onEnd?.();
  }
}

/** Takes events from the source of a subscription; the connection says when. */
export class Reader<Out extends Outlet> implements Link<Reader<Out>> {
  next: Reader<Out> | null = null;
  isQueued = false;
  readonly #operation: Operation<Out>;
  readonly #source: EventSource<never>;
  readonly #toPayload: ToPayload<never>;
  readonly #toErrors: (error: unknown) => readonly GraphQLFormattedError[];
  /** Whether the answer to an event is awaited; the events after it wait, so that they keep their order. */
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

  /** Delivers one event if there is one. False where there is nothing to do until it wakes. */
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
