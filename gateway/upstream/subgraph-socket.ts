import type { Socket } from 'node:net';
import type { GraphQLFormattedError } from 'graphql';
import { GRAPHQL_TRANSPORT_WS_PROTOCOL, MessageType } from 'graphql-ws';
import { WebSocket } from 'ws';
import { ShortLivedMap } from '../../kit/base/containers/short-lived-map.ts';
import { maskedFrames } from './frames.ts';

/** What comes of an operation at an instance. Nothing more is called after `error` or `complete`. */
export interface SubgraphSocketSink {
  /** A result in JSON, as the instance wrote it. */
  next(result: Buffer): void;
  error(errors: readonly GraphQLFormattedError[]): void;
  complete(): void;
}

/** How a socket ended. */
export interface SubgraphSocketEnd {
  /** Nobody closed it, but nothing comes any more, or ever came. */
  isSilent?: boolean;
  /** With what the instance closed it. */
  code?: number;
  reason?: string;
}

/** How often it is looked whether the instance says anything, in ms. */
const LOOK = 500;
/**
 * Looks without a word from the instance after which it is asked for one, and after which it is taken for
 * dead. Looks are counted and not milliseconds, because whatever came is read between two of them: a gateway
 * that was busy itself does not take others for dead. The instance has three seconds to answer, as it may be
 * busy too.
 */
const ASK_AFTER = 2;
const DEAD_AFTER = 8;
/**
 * Bytes that one operation may have. Instances close a socket on which a message of more than a million
 * comes, and with it everybody's operations.
 */
export const MAX_PAYLOAD = 999_900;
/** How our servers begin a message; what is written otherwise is parsed. */
const HEAD = /^\{"id":"(\d+)","type":"(?:next","payload":|(complete)"\}$)/;
const HEAD_LENGTH = 64;

/**
 * One socket to one instance in graphql-transport-ws, for the operations of many clients. All that is said in
 * one turn of the event loop is one write, and a result is not parsed here: most go on to a client as they
 * are.
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
  /** Bytes that had come at the last look, and looks at which no more had. */
  #heard = 0;
  #silentLooks = 0;
  readonly #looks: NodeJS.Timeout;

  /**
   * `serviceToken` proves to the instance that a gateway is at this end. `onClosed` is called once, unless
   * `close` was.
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
   * Begins an operation; `payload` is that of `subscribe`, in JSON. `isSingle`: it ends with its first
   * result. Returns its id here.
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
    // When the messages of all clients that were there to be read are read.
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

  /** The sink of an operation that ends. */
  #take(id: string): SubgraphSocketSink | undefined {
    const operation = this.#operations.get(id);
    this.#operations.delete(id);
    return operation?.sink;
  }

  /** A message that is no result, or one of a server that orders its fields in another way. */
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
