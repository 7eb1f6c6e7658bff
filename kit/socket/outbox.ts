import type { Socket } from 'node:net';
import { WebSocket } from 'ws';
import type { Bytes } from '../base/bytes.ts';
import { IntrusiveQueue } from '../base/containers/intrusive-queue.ts';
import type { Outlet, Reader } from './operation.ts';

/** Bytes of frames that are joined into one write while there is more to send. */
const WRITE_SIZE = 65_536;
/** Events that one socket gets before the others have their turn. */
const TURNS = 256;

/** The two ends of an open socket: `ws` reads its frames, ours are written to the socket below. */
export interface Wire {
  peer: WebSocket;
  socket: Socket;
}

/** The connection, as its outbox needs it. */
export interface OutboxOwner extends Wire {
  readonly isClosed: boolean;
  /** Calls `work()` and `flush()` soon, after everything that the present work has to send. */
  schedule(outbox: Outbox): void;
  /** Called when the client stops reading, and when it reads again. */
  onBlockedChange(): void;
}

/**
 * Outgoing frames of one socket, and the readers that have more for it. Joins all frames of one turn into one
 * write. Backpressure: takes nothing from readers while the socket's buffer is full.
 */
export class Outbox {
  isScheduled = false;
  /** When the client stopped reading, as `performance.now()`; null while it reads. */
  blockedSince: number | null = null;
  readonly #owner: OutboxOwner;
  #frames = '';
  readonly #ready = new IntrusiveQueue<Reader<Outlet>>();

  constructor(owner: OutboxOwner) {
    this.#owner = owner;
  }

  send(frame: Bytes): void {
    this.#frames += frame;
    this.#owner.schedule(this);
  }

  /** Writes a frame ahead of those that wait. */
  sendAtOnce(frame: Bytes): void {
    if (this.#isOpen) this.#owner.socket.write(frame, 'latin1');
  }

  /** Gives a reader its turn when the socket can take an event. */
  wake(reader: Reader<Outlet>): void {
    if (this.#owner.isClosed) return;
    this.#ready.push(reader);
    // A blocked socket is scheduled by its `drain`.
    if (this.blockedSince === null) this.#owner.schedule(this);
  }

  /** Gives the readers their turns, also those that wake meanwhile. Returns the number of turns. */
  work(): number {
    let turns = 0;
    for (; turns < TURNS && this.blockedSince === null; turns += 1) {
      const reader = this.#ready.shift();
      if (!reader) break;
      if (reader.turn()) this.wake(reader);
      if (this.#frames.length >= WRITE_SIZE) this.write();
    }
    return turns;
  }

  /** Writes the frames, and schedules the readers that still wait. */
  flush(): void {
    this.write();
    this.isScheduled = false;
    if (this.#ready.first && this.blockedSince === null) this.#owner.schedule(this);
  }

  write(): void {
    const frames = this.#frames;
    if (frames === '') return;
    this.#frames = '';
    if (!this.#isOpen) return;
    if (this.#owner.socket.write(frames, 'latin1') || this.blockedSince !== null) return;
    // The socket's buffer is full: readers wait until it is empty again.
    this.blockedSince = performance.now();
    this.#owner.onBlockedChange();
    this.#owner.socket.once('drain', () => {
      this.blockedSince = null;
      this.#owner.onBlockedChange();
      this.#owner.schedule(this);
    });
  }

  clear(): void {
    this.#frames = '';
    this.#ready.clear();
  }

  get #isOpen(): boolean {
    return this.#owner.peer.readyState === WebSocket.OPEN;
  }
}
