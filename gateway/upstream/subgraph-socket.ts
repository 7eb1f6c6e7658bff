import type { Socket } from 'node:net';
import type { GraphQLFormattedError } from 'graphql';
import { GRAPHQL_TRANSPORT_WS_PROTOCOL, MessageType } from 'graphql-ws';
import { WebSocket } from 'ws';
import { ShortLivedMap } from '../../kit/base/containers/short-lived-map.ts';
import { maskedFrames } from './frames.ts';

/** Outcome of an operation at an instance. Nothing is called after `error` or `complete`. */
export interface SubgraphSocketSink {
  /** A result in JSON, as the instance wrote it. */
  next(result: Buffer): void;
  error(errors: readonly GraphQLFormattedError[]): void;
  complete(): void;
}

/** How a socket ended. */
export interface SubgraphSocketEnd {
  /** It was silent: not closed, but nothing arrived any more, or ever. */
  isSilent?: boolean;
  /** Close code of the instance. */
  code?: number;
  reason?: string;
}

/** Interval of the silence check, in ms. */
const LOOK = 500;
/**
 * Silent checks before the instance is pinged, and before it counts as dead. Counts checks and not
 * milliseconds: arrived bytes are read between two checks, so a gateway that was busy itself takes no
 * instance for dead. The instance has three seconds to answer, as it may be busy too.
 */
const ASK_AFTER = 2;
const DEAD_AFTER = 8;
/**
 * Largest message, in bytes. Instances close a socket on a message of more than a million bytes, and with it
 * everybody's operations.
 */
export const MAX_PAYLOAD = 999_900;
/** Start of a message as our servers write it; any other message is parsed. */
const HEAD = /^\{"id":"(\d+)","type":"(?:next","payload":|(complete)"\}$)/;
const HEAD_LENGTH = 64;

/**
 * One socket to one instance in graphql-transport-ws, for the operations of many clients. Messages of one
 * turn of the event loop are one write. Results are not parsed here: most go on to a client as they are.
 */
export class SubgraphSocket {
  isAcknowledged = false;
  readonly #operations = new ShortLivedMap<string, { sink: SubgraphSocketSink; isSingle: boolean }>();
  readonly #peer: WebSocket;
  readonly #onClosed: (end: SubgraphSocketEnd) => void;
  #socket: Socket | null = null;
  #outgoing: string[] = [];
  #isScheduled = false;
  #isClosed = false;
  #lastId = 0;
  /** Bytes received by the last check, and checks since then without more. */
  #heard = 0;
  #silentLooks = 0;
  readonly #looks: NodeJS.Timeout;

  /**
   * `serviceToken` proves to the instance that this is a gateway. `onClosed` is called once, unless `close`
   * was called.
   */
  constructor(url: string, serviceToken: string, onClosed: (end: SubgraphSocketEnd) => void) {
    this.#onClosed = onClosed;
    this.#peer = new WebSocket(url, GRAPHQL_TRANSPORT_WS_PROTOCOL, { perMessageDeflate: false });
    this.#looks = setInterval(() => this.#look(), LOOK).unref();
    this.#peer
      .on('upgrade', ({ socket }) => {
        this.#socket = socket;
      })
      .on('open', () =>
        this.#peer.send(JSON.stringify({ type: MessageType.ConnectionInit, payload: { service: serviceToken } })),
      )
      .on('message', (data) => this.#receive(data as Buffer))
      .on('error', () => this.#lose({}))
      .on('close', (code, reason) => this.#lose({ code, reason: String(reason) }));
  }

  /**
   * Sends an operation; `payload` is that of `subscribe`, in JSON. `isSingle`: it ends with its first result.
   * Returns its id on this socket.
   */
  begin(payload: string, sink: SubgraphSocketSink, isSingle: boolean): string {
    this.#lastId += 1;
    const id = String(this.#lastId);
    this.#operations.set(id, { sink, isSingle });
    this.#say(`{"id":"${id}","type":"subscribe","payload":${payload}}`);
    return id;
  }

  /** Ends an operation, unless it has ended. */
  end(id: string): void {
    if (this.#operations.delete(id)) this.#say(`{"id":"${id}","type":"complete"}`);
  }

  close(): void {
    this.#end();
    this.#peer.close(1000);
  }

  #say(message: string): void {
    if (this.#isClosed) return;
    this.#outgoing.push(message);
    this.#schedule();
  }

  #schedule(): void {
    if (this.#isScheduled || !this.isAcknowledged) return;
    this.#isScheduled = true;
    // After the messages of all clients that had arrived are read.
    setImmediate(() => {
      this.#isScheduled = false;
      const messages = this.#outgoing;
      this.#outgoing = [];
      if (!this.#isClosed && messages.length > 0) this.#socket?.write(maskedFrames(messages));
    });
  }

  #receive(data: Buffer): void {
    const head = HEAD.exec(data.toString('latin1', 0, HEAD_LENGTH));
    if (!head) {
      this.#read(data);
      return;
    }
    const [start, id, isComplete] = head as unknown as [string, string, string | undefined];
    if (isComplete) this.#take(id)?.complete();
    else this.#next(id, data.subarray(start.length, -1));
  }

  #next(id: string, result: Buffer): void {
    const operation = this.#operations.get(id);
    if (operation?.isSingle) this.#operations.delete(id);
    operation?.sink.next(result);
  }

  /** Removes an operation and returns its sink. */
  #take(id: string): SubgraphSocketSink | undefined {
    const operation = this.#operations.get(id);
    this.#operations.delete(id);
    return operation?.sink;
  }

  /** Handles a message that is no result, or a result with another order of fields. */
  #read(data: Buffer): void {
    let message: { id?: string; type?: string; payload?: unknown };
    try {
      message = JSON.parse(data.toString());
    } catch {
      this.#lose({});
      return;
    }
    const { id = '', type, payload } = message;
    if (type === MessageType.ConnectionAck) {
      this.isAcknowledged = true;
      this.#schedule();
    } else if (type === MessageType.Ping) this.#say('{"type":"pong"}');
    else if (type === MessageType.Next) this.#next(id, Buffer.from(JSON.stringify(payload)));
    else if (type === MessageType.Complete) this.#take(id)?.complete();
    else if (type === MessageType.Error) this.#take(id)?.error(payload as readonly GraphQLFormattedError[]);
  }

  #look(): void {
    const heard = this.#socket?.bytesRead ?? 0;
    this.#silentLooks = heard === this.#heard ? this.#silentLooks + 1 : 0;
    this.#heard = heard;
    if (this.#silentLooks === ASK_AFTER && this.isAcknowledged) this.#peer.ping();
    if (this.#silentLooks >= DEAD_AFTER) this.#lose({ isSilent: true });
  }

  #lose(end: SubgraphSocketEnd): void {
    if (this.#isClosed) return;
    this.#end();
    this.#peer.terminate();
    this.#onClosed(end);
  }

  #end(): void {
    this.#isClosed = true;
    clearInterval(this.#looks);
    this.#operations.clear();
  }
}
