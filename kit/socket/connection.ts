import type { Socket } from 'node:net';
import { CloseCode, MessageType } from 'graphql-ws';
import type { WebSocket } from 'ws';
import type { Bytes } from '../base/bytes.ts';
import { ShortLivedMap } from '../base/containers/short-lived-map.ts';
import type { Viewer } from '../identity/caller.ts';
import { PING, payloadOf, pongFrame, textFrame } from './frames.ts';
import { Operation, type Outlet, type Reader } from './operation.ts';
import { Outbox, type OutboxOwner } from './outbox.ts';
import { Pace, type PaceLimits } from './pace.ts';
import type { Place } from './places.ts';
import { type ClientMessage, idOfUnread, type OperationPayload, RESUME_CODE, readMessage } from './protocol.ts';
import { Refusal } from './refusal.ts';
import type { Client } from './upgrades.ts';

/** Has an operation fail whose message nobody has parsed: now, or after a pause. */
export type FailUnread<Out extends Outlet> = (operation: Operation<Out>) => void;

/** The server, as its connections need it. */
export interface Host<Data> {
  readonly maxOperations: number;
  readonly pace: PaceLimits | null;
  readonly counts: { operations: number; deliveries: number };
  /** Takes the payload of `connection_init`; returns that of the acknowledgement. @throws Refusal */
  connect(connection: Connection<Data>, payload: Record<string, unknown>): object | undefined;
  /** Null where a message of so many bytes may be parsed; else what fails its operation. */
  admit(
    connection: Connection<Data>,
    bytes: number,
  ): FailUnread<Connection<Data>> | null | Promise<FailUnread<Connection<Data>> | null>;
  /** Begins an operation; settles when it has begun or ended. Never rejects. */
  begin(operation: Operation<Connection<Data>>, payload: OperationPayload): Promise<void> | void;
  /** Closes a connection for something that its client may try again at once: after a pause. */
  refuse(connection: Connection<Data>, code: number, reason: string): void;
  /** Has an outbox worked and flushed soon, when the present work has said all that it has to say. */
  schedule(outbox: Outbox): void;
  rebind(connection: Connection<Data>, viewer: Viewer | null): void;
}

/**
 * State of one client's socket in graphql-transport-ws: its introduction, its operations, its end. `ws` reads
 * the frames; the outbox writes those of the server.
 */
export class Connection<Data> implements Outlet, OutboxOwner {
  /** Data of the server's owner; set when the client has introduced itself. */
  data: Data | null = null;
  /** The user of the socket, which ends with their token and their session. */
  viewer: Viewer | null = null;
  /** Where the client calls from. */
  readonly address: string;
  readonly place: Place;
  isAcknowledged = false;
  /** Whether a message or pong arrived since the last ping. */
  isAlive = true;
  readonly openedAt = performance.now();
  closedAt: number | null = null;
  /** The code with which this server closed it; null where it did not. */
  closeCode: number | null = null;
  /** The look, within a round of pings, at which it is pinged. */
  readonly beat: number;
  readonly pace: Pace | null;
  readonly peer: WebSocket;
  readonly socket: Socket;
  readonly #host: Host<Data>;
  readonly #outbox: Outbox;
  readonly #operations = new ShortLivedMap<string, Operation<Connection<Data>>>();
  /** Operations that the client ended while they began. They count as open, or their number had no bound. */
  #abandoned = 0;

  constructor(host: Host<Data>, client: Client, beat: number) {
    this.beat = beat;
    this.#host = host;
    this.pace = host.pace && new Pace(host.pace, () => this.#readOrPause());
    this.peer = client.peer;
    this.socket = client.socket;
    this.address = client.address;
    this.place = client.place;
    this.#outbox = new Outbox(this);
  }

  get blockedSince(): number | null {
    return this.#outbox.blockedSince;
  }

  get isClosed(): boolean {
    return this.closedAt !== null;
  }

  /** Binds the connection to a viewer, or to a newer token of theirs. */
  identify(viewer: Viewer | null): void {
    this.#host.rebind(this, viewer);
    this.viewer = viewer;
  }

  /** Settles when the message is handled, where that is not at once. */
  receive(data: Buffer, isBinary: boolean): Promise<void> | undefined {
    this.isAlive = true;
    if (this.isClosed) return;
    if (this.pace?.isSpent()) {
      this.pace.wait(() => void this.peer.emit('message', data, isBinary));
      return;
    }
    if (isBinary) {
      this.#refuse(CloseCode.BadRequest, 'A message is text.');
      return;
    }
    const admitted = this.#host.admit(this, data.length);
    if (!(admitted instanceof Promise)) {
      this.#read(data, admitted);
      return;
    }
    const done = admitted.then((fail) => this.#read(data, fail));
    const over = () => {};
    void this.pace?.hold(done.then(over, over));
    return done;
  }

  #read(data: Buffer, fail: FailUnread<Connection<Data>> | null): void {
    if (this.isClosed) return;
    if (fail) {
      const id = idOfUnread(data);
      if (id === null) this.#refuse(RESUME_CODE, 'Too much was sent in a short time');
      else fail(new Operation(this, id, data.length));
      return;
    }
    let message: ClientMessage;
    try {
      message = readMessage(data.toString());
    } catch (error) {
      this.#refuse(CloseCode.BadRequest, (error as Error).message);
      return;
    }
    this.#handle(message, data.length);
  }

  #handle(message: ClientMessage, bytes: number): void {
    switch (message.type) {
      case MessageType.ConnectionInit:
        this.#connect(message.payload ?? {});
        break;
      case MessageType.Ping:
        if (this.#isFlooded()) break;
        this.sendText('{"type":"pong"', payloadOf(message.payload), '}');
        break;
      case MessageType.Subscribe:
        this.#begin(message.id, message.payload, bytes);
        break;
      case MessageType.Complete:
        if (this.#isFlooded()) break;
        this.#operations.get(message.id)?.end();
        break;
    }
  }

  #connect(payload: Record<string, unknown>): void {
    if (this.isAcknowledged) {
      this.#refuse(CloseCode.TooManyInitialisationRequests, 'Too many initialisation requests');
      return;
    }
    try {
      const acknowledgement = this.#host.connect(this, payload);
      this.isAcknowledged = true;
      this.sendText('{"type":"connection_ack"', payloadOf(acknowledgement), '}');
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.#refuse(error.code, error.message);
    }
  }

  #begin(id: string, payload: OperationPayload, bytes: number): void {
    if (!this.isAcknowledged) {
      this.#refuse(CloseCode.Unauthorized, 'Unauthorized');
      return;
    }
    if (this.#operations.has(id)) {
      this.#refuse(CloseCode.SubscriberAlreadyExists, 'An operation of this id is running');
      return;
    }
    const operation = new Operation(this, id, bytes);
    const isFull = this.#operations.size + this.#abandoned >= this.#host.maxOperations;
    this.#operations.set(id, operation);
    this.#host.counts.operations += 1;
    if (isFull) {
      if (this.#isFlooded()) return;
      const message = `A socket may have ${this.#host.maxOperations} operations at a time.`;
      operation.isBeginning = false;
      operation.fail([{ message, extensions: { code: 'TOO_MANY_OPERATIONS' } }]);
      return;
    }
    const begun = this.#host.begin(operation, payload);
    if (begun) void begun.then(() => this.#begun(operation));
    else this.#begun(operation);
  }

  #begun(operation: Operation<Connection<Data>>): void {
    if (operation.isDone && operation.isBeginning) this.#abandoned -= 1;
    operation.isBeginning = false;
  }

  /** Drops an operation that has ended. */
  forget(operation: Operation<Connection<Data>>): void {
    if (this.#operations.get(operation.id) !== operation) return;
    this.#operations.delete(operation.id);
    this.#host.counts.operations -= 1;
    if (operation.isBeginning) this.#abandoned += 1;
  }

  delivered(): void {
    this.#host.counts.deliveries += 1;
  }

  wake(reader: Reader<Connection<Data>>): void {
    this.#outbox.wake(reader);
  }

  schedule(outbox: Outbox): void {
    this.#host.schedule(outbox);
  }

  sendText(head: string, body: Bytes | '', tail: string): void {
    if (!this.isClosed) this.#outbox.send(textFrame(head, body, tail));
  }

  onBlockedChange(): void {
    this.#readOrPause();
  }

  /** Reads from the client, unless it reads nothing itself, or messages of it wait. */
  #readOrPause(): void {
    const isPaused = this.blockedSince !== null || this.pace?.isWaiting;
    if (isPaused && !this.isClosed) this.peer.pause();
    else this.peer.resume();
  }

  /** Closes the connection for a fault of its client, who would do the same again at once. */
  #refuse(code: number, reason: string): void {
    this.#host.refuse(this, code, reason);
  }

  /** Counts a message that has no price, and closes the socket where there are too many. */
  #isFlooded(): boolean {
    if (!this.pace?.isFlooded()) return false;
    this.#refuse(CloseCode.TooManyInitialisationRequests, 'Too many messages that ask for nothing');
    return true;
  }

  /** Sends a ping, or ends the connection where the last ping was not answered. */
  ping(): void {
    if (!this.isAlive) this.peer.terminate();
    this.isAlive = false;
    this.#outbox.sendAtOnce(PING);
  }

  /** Answers a ping of the client. */
  pong(data: Buffer): void {
    this.isAlive = true;
    if (this.isClosed) return;
    if (this.pace?.isSpent()) this.pace.wait(() => void this.peer.emit('ping', data));
    else if (!this.#isFlooded()) this.#outbox.send(pongFrame(data));
  }

  /** Ends the operations, writes what is in the outbox and closes: after the pause, if one is given. */
  close(code: number, reason: string, pause?: Promise<void>): void {
    if (this.isClosed) return;
    this.closeCode = code;
    this.#outbox.write();
    this.closed();
    const say = () => {
      this.peer.resume(); // The close frame of the client must be read.
      this.peer.close(code, reason);
    };
    if (pause) this.peer.pause();
    if (pause) void pause.then(say);
    else say();
  }

  terminate(): void {
    this.peer.terminate();
  }

  /** Frees everything; called also when the client or the network closed the socket. */
  closed(): void {
    this.closedAt ??= performance.now();
    this.#outbox.clear();
    for (const operation of [...this.#operations.values()]) operation.end();
    this.identify(null);
  }
}
