import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { CloseCode, GRAPHQL_TRANSPORT_WS_PROTOCOL } from 'graphql-ws';
import { WebSocket, WebSocketServer } from 'ws';
import type { Slowdown } from '../base/slowdown.ts';
import { HttpError, refuseConnection } from '../http/refusals.ts';
import type { Revocations } from '../identity/revocations.ts';
import type { Log } from '../observe/log.ts';
import { countedElsewhere, counter, gauge } from '../observe/metrics.ts';
import { takeRequestId } from '../observe/request.ts';
import { createAdmission } from './admission.ts';
import { Connection, type Host } from './connection.ts';
import type { Operation } from './operation.ts';
import type { PaceLimits } from './pace.ts';
import { createPlaces, type Place, type PlaceLimits, refuseSocket, socketPayer } from './places.ts';
import type { OperationPayload } from './protocol.ts';
import { createSessions } from './sessions.ts';
import { type SocketTimes, TIMES } from './times.ts';

/**
 * The one close code of ours, beside those of graphql-ws: come again and resume from your positions
 * (PROTOCOL.md).
 */
export const RESUME_CODE = 4205;
/** At most 123 bytes: it is the reason of a close. */
const OTHER_SUBPROTOCOL =
  'This address speaks the subprotocol graphql-transport-ws, for example by the library graphql-ws.';
/** Bytes of one message of a client. */
const MAX_MESSAGE = 1_000_000;
/** How long sockets are worked on before others have their turn, in ms. */
const SLICE = 10;
/**
 * Sockets, and turns of their readers, between two looks at the clock, about. Their frames are made first and
 * then written in one go: measured, a write costs less when nothing else is done before the next, and more
 * again where there are so many frames that the first have left the processor's cache.
 */
const STRIDE = 64;

/** How many sockets one address and one user may have. */
export type SocketShares = Omit<PlaceLimits, 'total'>;

/** What the owner of the server decides. */
export interface SocketHooks<Data> {
  /**
   * A client introduces itself with `connection_init`: returns the payload of the acknowledgement. @throws
   * Refusal
   */
  connect(connection: Connection<Data>, payload: Record<string, unknown>): object | undefined;
  /**
   * Begins an operation: has it answered, failed or read from a source, now or later; settles when that is
   * done. It has to ask `isDone` before it begins what is costly: the client may have gone.
   */
  begin(operation: Operation<Connection<Data>>, payload: OperationPayload): Promise<void> | void;
  /**
   * Where a client calls from, kept as `address` of its connection: the peer's address, where it is not said.
   */
  addressOf?(request: IncomingMessage): string;
}

export interface SocketServerOptions<Data> extends SocketHooks<Data> {
  revocations: Pick<Revocations, 'onEnded'>;
  log: Log;
  /** Sockets at a time; more are asked to come again later. */
  maxSockets?: number;
  /** How many of them one address and one user may have. */
  shares?: SocketShares;
  /** Operations that one socket may have at a time. */
  maxOperations?: number;
  pace?: PaceLimits;
  /** Pauses before sockets are refused, or closed for what their clients may try again at once. */
  slowdown?: Slowdown;
  times?: Partial<SocketTimes>;
}

export interface SocketServer {
  /** What there is now, and what was done since the start. */
  counts(): { sockets: number; waiting: number; operations: number; deliveries: number };
  /**
   * Closes every socket with RESUME, so that clients come again elsewhere, and ends those that don't close.
   */
  close(): Promise<void>;
}

const closed = counter(
  'beaver_sockets_closed_total',
  'Sockets that have ended, by the code with which this server closed them.',
  ['code'],
);

/**
 * `/graphql` over WebSocket (graphql-transport-ws) on an HTTP server. What operations mean is its owner's to
 * say.
 */
export function createSocketServer<Data>(server: Server, options: SocketServerOptions<Data>): SocketServer {
  const { log, maxSockets = 50_000, maxOperations = 100_000 } = options;
  const times = { ...TIMES, ...options.times };
  const connections = new Set<Connection<Data>>();
  const sessions = createSessions<Connection<Data>>();
  const counts = { operations: 0, deliveries: 0 };
  const places = createPlaces({ total: maxSockets, ...options.shares });
  const admission = createAdmission(times.admission, places.mayArrive);
  const { addressOf = ({ socket }: IncomingMessage) => socket.remoteAddress ?? 'unknown' } = options;
  const beats = Math.max(1, Math.round(times.ping / times.look));
  let beat = 0;
  let accepted = 0;
  let due: Connection<Data>[] = [];
  /** How many of these are done. */
  let done = 0;
  let isRunning = false;
  let isClosing = false;

  /**
   * Writes for whoever has something, some milliseconds at a time: an event for ten thousand must not stop
   * everything else.
   */
  function run(): void {
    const until = performance.now() + SLICE;
    // Those that are scheduled meanwhile come after.
    const count = due.length;
    while (done < count && performance.now() < until) {
      let end = done;
      for (let steps = 0; end < count && steps < STRIDE; end += 1) steps += 1 + (due[end] as Connection<Data>).work();
      for (; done < end; done += 1) due[done]?.flush();
    }
    isRunning = done < due.length;
    if (done * 2 >= due.length) {
      due = due.slice(done);
      done = 0;
    }
    if (isRunning) setImmediate(run);
  }

  const host: Host<Data> = {
    maxOperations,
    pace: options.pace ?? null,
    refuse: closeSlowly,
    counts,
    connect: options.connect,
    begin: options.begin,
    schedule(connection) {
      if (connection.isScheduled) return;
      connection.isScheduled = true;
      due.push(connection);
      if (isRunning) return;
      isRunning = true;
      // After all that is promised now: what one commit answers goes out in one write.
      queueMicrotask(() => process.nextTick(run));
    },
    rebind(connection, viewer) {
      sessions.move(connection, connection.viewer?.sessionId, viewer?.sessionId);
      if (connection.isClosed) return;
      const reason = connection.place.settle(viewer?.userId ?? null);
      if (reason) closeSlowly(connection, RESUME_CODE, reason);
    },
  };

  class Peer extends WebSocket {
    connection!: Connection<Data>;
  }
  const sockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: MAX_MESSAGE,
    autoPong: false,
    // One that is not spoken here is taken too, and then closed with a reason: of a handshake that fails,
    // browsers and most libraries show nothing.
    handleProtocols: (offered) =>
      offered.has(GRAPHQL_TRANSPORT_WS_PROTOCOL) ? GRAPHQL_TRANSPORT_WS_PROTOCOL : ([...offered][0] ?? false),
    WebSocket: Peer,
  });

  sockets.on('wsClientError', ({ message }, socket, { headers }) => {
    const refusal = new HttpError(400, 'BAD_REQUEST', `This is no handshake of a WebSocket. ${message}.`);
    refuseConnection(socket, refusal, takeRequestId(headers['x-request-id']));
  });

  function accept(peer: Peer, socket: Socket, address: string, place: Place): void {
    if (peer.protocol !== GRAPHQL_TRANSPORT_WS_PROTOCOL) {
      peer.on('error', ignore);
      peer.close(CloseCode.SubprotocolNotAcceptable, OTHER_SUBPROTOCOL);
      return;
    }
    accepted += 1;
    const connection = new Connection(host, { peer, socket, address, place }, accepted % beats);
    peer.connection = connection;
    connections.add(connection);
    peer.on('message', onMessage).on('ping', onPing).on('pong', onPong).on('error', onError).on('close', onClose);
  }

  // One function each for all sockets: a closure for each would be memory for nothing.
  function onMessage(this: WebSocket, data: unknown, isBinary: boolean): void {
    const { connection } = this as Peer;
    try {
      connection.receive(data as Buffer, isBinary);
    } catch (error) {
      log.error({ err: error }, 'a message of a socket could not be handled');
      connection.close(CloseCode.InternalServerError, 'Internal server error');
    }
  }
  function onPing(this: WebSocket, data: Buffer): void {
    (this as Peer).connection.pong(data);
  }
  function onPong(this: WebSocket): void {
    (this as Peer).connection.isAlive = true;
  }
  function onError(this: WebSocket, error: Error): void {
    log.debug({ err: error }, 'a socket failed');
  }
  function onClose(this: WebSocket): void {
    const { connection } = this as Peer;
    connections.delete(connection);
    closed.add(String(connection.closeCode ?? 'by the client'));
    connection.closed();
  }

  /** The pause before one of this address is refused; null where too many wait: its connection breaks off. */
  const pauseFor = (address: string) =>
    options.slowdown ? options.slowdown.hold(socketPayer(address)) : Promise.resolve();

  function closeSlowly(connection: Connection<Data>, code: number, reason: string): void {
    const pause = pauseFor(connection.address);
    if (pause) connection.close(code, reason, pause);
    else connection.terminate();
  }

  function refuseSlowly(socket: Socket, request: IncomingMessage, address: string): void {
    const pause = pauseFor(address);
    if (pause) void pause.then(() => refuseSocket(socket, request));
    else socket.destroy();
  }

  function onUpgrade(request: IncomingMessage, stream: Duplex, head: Buffer): void {
    // What comes over HTTP is a socket of the network.
    const socket = stream as Socket;
    socket.on('error', ignore);
    const address = addressOf(request);
    const place = places.take(address);
    if (!place) {
      refuseSlowly(socket, request, address);
      return;
    }
    socket.once('close', place.free);
    admission.enter(
      address,
      () => {
        place.arrive();
        if (isClosing) refuseSocket(socket, request);
        else sockets.handleUpgrade(request, socket, head, (peer) => accept(peer, socket, address, place));
      },
      () => refuseSlowly(socket, request, address),
    );
  }
  server.on('upgrade', onUpgrade);

  /**
   * One look at all sockets a second, instead of some timers for each. Each pings at its own beat, so that
   * they don't all do it at once.
   */
  function look(): void {
    const now = performance.now();
    const today = Date.now();
    beat = (beat + 1) % beats;
    for (const connection of connections) {
      const { blockedSince, closedAt, viewer } = connection;
      if (closedAt !== null) {
        if (now - closedAt > times.close) connection.terminate();
      } else if (!connection.isAcknowledged && now - connection.openedAt > times.init)
        connection.close(CloseCode.ConnectionInitialisationTimeout, 'Connection initialisation timeout');
      else if (!viewer && now - connection.openedAt > times.nobody)
        connection.close(CloseCode.Forbidden, 'TOKEN_MISSING');
      else if (viewer && viewer.expiresAt <= today) connection.close(CloseCode.Forbidden, 'TOKEN_EXPIRED');
      else if (blockedSince !== null && now - blockedSince > times.drain) connection.close(RESUME_CODE, 'Read faster');
      if (closedAt === null && connection.beat === beat) connection.ping();
    }
  }
  const looks = setInterval(look, times.look);
  const stopEnded = options.revocations.onEnded((sessionId) => {
    for (const connection of [...sessions.of(sessionId)]) connection.close(CloseCode.Unauthorized, 'SESSION_ENDED');
  });

  gauge('beaver_sockets', 'Sockets that are open.', () => connections.size);
  gauge(
    'beaver_socket_operations',
    'Operations of sockets that have not ended: nearly all are subscriptions.',
    () => counts.operations,
  );
  countedElsewhere('beaver_deliveries_total', 'Events that were delivered to subscribers.', () => counts.deliveries);

  return {
    counts: () => ({ sockets: connections.size, waiting: admission.waiting, ...counts }),
    async close() {
      isClosing = true;
      stopEnded();
      for (const connection of connections) connection.close(RESUME_CODE, 'Resume');
      const end = performance.now() + times.grace;
      while (connections.size > 0 && performance.now() < end) await new Promise((resolve) => setTimeout(resolve, 20));
      for (const connection of connections) connection.terminate();
      clearInterval(looks);
      server.off('upgrade', onUpgrade);
    },
  };
}

function ignore(): void {}
