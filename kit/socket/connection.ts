import type { Socket } from 'node:net';
import { CloseCode, MessageType } from 'graphql-ws';
import { WebSocket } from 'ws';
import type { Bytes } from '../base/bytes.ts';
import { IntrusiveQueue } from '../base/containers/intrusive-queue.ts';
import { ShortLivedMap } from '../base/containers/short-lived-map.ts';
import type { Viewer } from '../identity/caller.ts';
import { PING, payloadOf, pongFrame, textFrame } from './frames.ts';
import { Operation, type Outlet, type Reader } from './operation.ts';
import { Pace, type PaceLimits } from './pace.ts';
import type { Place } from './places.ts';
import { type ClientMessage, type OperationPayload, readMessage } from './protocol.ts';
import { Refusal } from './refusal.ts';

/** Bytes that are gathered for one write while there is more to send. */
const WRITE_SIZE = 65_536;
/** Events that one socket gets before the others have their turn. */
const TURNS = 256;

/** What connections need of their server. */
export interface Host<Data> {
  readonly maxOperations: number;
  readonly pace: PaceLimits | null;
  readonly counts: { operations: number; deliveries: number };
  /** The client has introduced itself: returns the payload of the acknowledgement. @throws Refusal */
  connect(connection: Connection<Data>, payload: Record<string, unknown>): object | undefined;
  /** Begins an operation; settles when it has begun or ended. Never rejects. */
  begin(operation: Operation<Connection<Data>>, payload: OperationPayload): Promise<void> | void;
  /** Closes it for what its client may try again at once. */
  refuse(connection: Connection<Data>, code: number, reason: string): void;
  /** Has `work()` called soon: when what goes on now has said all that it has to say. */
  schedule(connection: Connection<Data>): void;
  rebind(connection: Connection<Data>, viewer: Viewer | null): void;
}

/** The other end. */
export interface Client {
  peer: WebSocket;
  socket: Socket;
  address: string;
  place: Place;
}

/**
 * One client's socket in graphql-transport-ws. `ws` reads its frames; those of the server are written here,
 * all that one turn produces at once.
 */
export class Connection<Data> implements Outlet {
  /** What the owner of the server keeps with it; set when the client introduced itself. */
  data: Data | null = null;
  /** Whose socket it is: it ends with their token and their session. */
  viewer: Viewer | null = null;
  /** Where the client calls from. */
  readonly address: string;
  readonly place: Place;
  isScheduled = false;
  isAcknowledged = false;
  /** Whether something was heard since the last ping. */
  isAlive = true;
  /** Since when it takes nothing, in ms; null while it reads. */
  blockedSince: number | null = null;
  readonly openedAt = performance.now();
  closedAt: number | null = null;
  /** The code with which this server closed it; null where it did not. */
  closeCode: number | null = null;
  /** When in the round of pings its turn is. */
  readonly beat: number;
  readonly #host: Host<Data>;
  readonly pace: Pace | null;
  readonly #peer: WebSocket;
  readonly #socket: Socket;
  readonly #operations = new ShortLivedMap<string, Operation<Connection<Data>>>();
  /**
   * Operations that the client has ended while they still began: they count, or there could be any number.
   */
  #abandoned = 0;
  /** Frames that are written together. */
  #frames = '';
  readonly #ready = new IntrusiveQueue<Reader<Connection<Data>>>();

  constructor(host: Host<Data>, client: Client, beat: number) {
    this.beat = beat;
    this.#host = host;
    this.pace = host.pace && new Pace(host.pace, () => this.#readOrNot());
    this.#peer = client.peer;
    this.#socket = client.socket;
    this.address = client.address;
    this.place = client.place;
  }

  get isClosed(): boolean {
    return this.closedAt !== null;
  }

  /** Binds it to a viewer, or to another token of theirs. */
  identify(viewer: Viewer | null): void {
    this.#host.rebind(this, viewer);
    this.viewer = viewer;
  }

  receive(data: Buffer, isBinary: boolean): void {
    this.isAlive = true;
    if (this.isClosed) return;
    if (this.pace?.isSpent()) {
      this.pace.wait(() => void this.#peer.emit('message', data, isBinary));
      return;
    }
    if (isBinary) {
      this.close(CloseCode.BadRequest, 'A message is text.');
      return;
    }
    let message: ClientMessage;
    try {
      message = readMessage(data.toString());
    } catch (error) {
      this.close(CloseCode.BadRequest, (error as Error).message);
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
      this.close(CloseCode.TooManyInitialisationRequests, 'Too many initialisation requests');
      return;
    }
    try {
      const acknowledgement = this.#host.connect(this, payload);
      this.isAcknowledged = true;
      this.sendText('{"type":"connection_ack"', payloadOf(acknowledgement), '}');
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.close(error.code, error.message);
    }
  }

  #begin(id: string, payload: OperationPayload, bytes: number): void {
    if (!this.isAcknowledged) {
      this.close(CloseCode.Unauthorized, 'Unauthorized');
      return;
    }
    if (this.#operations.has(id)) {
      this.close(CloseCode.SubscriberAlreadyExists, 'An operation of this id is running');
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

  /** The operation has ended. */
  forget(operation: Operation<Connection<Data>>): void {
    if (this.#operations.get(operation.id) !== operation) return;
    this.#operations.delete(operation.id);
    this.#host.counts.operations -= 1;
    if (operation.isBeginning) this.#abandoned += 1;
  }

  delivered(): void {
    this.#host.counts.deliveries += 1;
  }

  /** The reader may have something to deliver. */
  wake(reader: Reader<Connection<Data>>): void {
    if (this.isClosed) return;
    this.#ready.push(reader);
    // Who does not read is woken by what makes room.
    if (this.blockedSince === null) this.#host.schedule(this);
  }

  /** Gives the readers their turns and returns how many. What is scheduled meanwhile is done here too. */
  work(): number {
    let turns = 0;
    for (; turns < TURNS && this.blockedSince === null; turns += 1) {
      const reader = this.#ready.shift();
      if (!reader) break;
      if (reader.turn()) this.wake(reader);
      if (this.#frames.length >= WRITE_SIZE) this.#write();
    }
    return turns;
  }

  /** Writes what there is now, and has the rest done later. */
  flush(): void {
    this.#write();
    this.isScheduled = false;
    if (this.#ready.first && this.blockedSince === null) this.#host.schedule(this);
  }

  sendText(head: string, body: Bytes | '', tail: string): void {
    if (!this.isClosed) this.#send(textFrame(head, body, tail));
  }

  #send(frame: Bytes): void {
    this.#frames += frame;
    this.#host.schedule(this);
  }

  #write(): void {
    const frames = this.#frames;
    if (frames === '') return;
    this.#frames = '';
    if (this.#peer.readyState !== WebSocket.OPEN) return;
    if (this.#socket.write(frames, 'latin1') || this.blockedSince !== null) return;
    // The socket holds as much as it may: nothing more is taken for it, nor from it, until it is all gone.
    this.blockedSince = performance.now();
    this.#readOrNot();
    this.#socket.once('drain', () => {
      this.blockedSince = null;
      this.#readOrNot();
      this.#host.schedule(this);
    });
  }

  /** Reads on, unless the client reads nothing, or what it sent waits. */
  #readOrNot(): void {
    const waits = this.blockedSince !== null || this.pace?.isWaiting;
    if (waits && !this.isClosed) this.#peer.pause();
    else this.#peer.resume();
  }

  /** Counts a message that costs nothing, and closes the socket where there are too many. */
  #isFlooded(): boolean {
    if (!this.pace?.isFlooded()) return false;
    this.#host.refuse(this, CloseCode.TooManyInitialisationRequests, 'Too many messages that ask for nothing');
    return true;
  }

  /** Asks whether somebody is there; ends it where nobody has answered since the last time. */
  ping(): void {
    if (!this.isAlive) this.#peer.terminate();
    this.isAlive = false;
    if (this.#peer.readyState === WebSocket.OPEN) this.#socket.write(PING, 'latin1');
  }

  pong(data: Buffer): void {
    this.isAlive = true;
    if (this.isClosed) return;
    if (this.pace?.isSpent()) this.pace.wait(() => void this.#peer.emit('ping', data));
    else if (!this.#isFlooded()) this.#send(pongFrame(data));
  }

  /** Writes what there is, and closes: after the pause, if there is one. Its operations end at once. */
  close(code: number, reason: string, pause?: Promise<void>): void {
    if (this.isClosed) return;
    this.closeCode = code;
    this.#write();
    this.closed();
    const say = () => {
      this.#peer.resume(); // The answer to the closing must be read.
      this.#peer.close(code, reason);
    };
    if (pause) this.#peer.pause();
    if (pause) void pause.then(say);
    else say();
  }

  terminate(): void {
    this.#peer.terminate();
  }

  /** Frees everything; for a socket that was closed from the other side. */
  closed(): void {
    this.closedAt ??= performance.now();
    this.#frames = '';
    this.#ready.clear();
    for (const operation of [...this.#operations.values()]) operation.end();
    this.identify(null);
  }
}
