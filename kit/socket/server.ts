import type { IncomingMessage, Server } from 'node:http';
import { CloseCode } from 'graphql-ws';
import { WebSocket } from 'ws';
import type { Slowdown } from '../base/slowdown.ts';
import type { Revocations } from '../identity/revocations.ts';
import type { Log } from '../observe/log.ts';
import { countedElsewhere, counter, gauge } from '../observe/metrics.ts';
import { Connection, type Host } from './connection.ts';
import type { Operation } from './operation.ts';
import type { PaceLimits } from './pace.ts';
import { createPlaces, type PlaceLimits } from './places.ts';
import { type OperationPayload, RESUME_CODE } from './protocol.ts';
import { createScheduler } from './scheduler.ts';
import { createSessions } from './sessions.ts';
import { type SocketTimes, TIMES } from './times.ts';
import { type Client, pauseFor, takeUpgrades } from './upgrades.ts';
import { watchConnections } from './watch.ts';

/** Limits on the sockets of one address and of one user. */
export type SocketShares = Omit<PlaceLimits, 'total'>;

/** Decisions of the server's owner. */
export interface SocketHooks<Data> {
  /** Takes the payload of `connection_init`; returns that of the acknowledgement. @throws Refusal */
  connect(connection: Connection<Data>, payload: Record<string, unknown>): object | undefined;
  /**
   * Begins an operation: has it answered, failed or read from a source, now or later. Settles when that is
   * done. Checks `isDone` before costly work: the client may have left.
   */
  begin(operation: Operation<Connection<Data>>, payload: OperationPayload): Promise<void> | void;
  /**
   * Null where a message of so many bytes may be parsed; else what fails its operation, which is not read.
   * What the client sends meanwhile waits. Without it every message is parsed.
   */
  admit?: Host<Data>['admit'];
  /** The `address` of the connection; the peer's own address by default. */
  addressOf?(request: IncomingMessage): string;
}

export interface SocketServerOptions<Data> extends SocketHooks<Data> {
  revocations: Pick<Revocations, 'onEnded'>;
  log: Log;
  /** Open sockets; more are refused with `Retry-After`. */
  maxSockets?: number;
  /** Open sockets of one address and of one user. */
  shares?: SocketShares;
  /** Open operations of one socket. */
  maxOperations?: number;
  pace?: PaceLimits;
  /** Pauses before a socket is refused, or closed for something that its client may try again at once. */
  slowdown?: Slowdown;
  times?: Partial<SocketTimes>;
}

export interface SocketServer {
  /** Present numbers; `deliveries` since the start. */
  counts(): { sockets: number; waiting: number; operations: number; deliveries: number };
  /** Closes every socket with RESUME, so that clients reconnect elsewhere; terminates those that stay. */
  close(): Promise<void>;
}

const closed = counter(
  'beaver_sockets_closed_total',
  'Sockets that have ended, by the code with which this server closed them.',
  ['code'],
);

/**
 * Serves `/graphql` over WebSocket (graphql-transport-ws) on an HTTP server. Its owner answers operations.
 */
export function createSocketServer<Data>(server: Server, options: SocketServerOptions<Data>): SocketServer {
  const { log, slowdown, maxSockets = 50_000, maxOperations = 100_000 } = options;
  const times = { ...TIMES, ...options.times };
  const connections = new Set<Connection<Data>>();
  const sessions = createSessions<Connection<Data>>();
  const counts = { operations: 0, deliveries: 0 };

  const host: Host<Data> = {
    maxOperations,
    pace: options.pace ?? null,
    refuse,
    counts,
    connect: options.connect,
    begin: options.begin,
    admit: options.admit ?? (() => null),
    schedule: createScheduler(),
    rebind(connection, viewer) {
      sessions.move(connection, connection.viewer?.sessionId, viewer?.sessionId);
      if (connection.isClosed) return;
      const reason = connection.place.settle(viewer?.userId ?? null);
      if (reason) refuse(connection, RESUME_CODE, reason);
    },
  };

  function refuse(connection: Connection<Data>, code: number, reason: string): void {
    const pause = pauseFor(slowdown, connection.address);
    if (pause) connection.close(code, reason, pause);
    else connection.terminate();
  }

  class Peer extends WebSocket {
    connection!: Connection<Data>;
  }

  function accept(client: Client<Peer>): void {
    const { peer } = client;
    peer.connection = new Connection(host, client, watch.nextBeat());
    connections.add(peer.connection);
    peer.on('message', onMessage).on('ping', onPing).on('pong', onPong).on('error', onError).on('close', onClose);
  }

  // One function each for all sockets: a closure for each costs memory.
  function onMessage(this: WebSocket, data: unknown, isBinary: boolean): void {
    const { connection } = this as Peer;
    try {
      connection.receive(data as Buffer, isBinary)?.catch((error) => fail(connection, error));
    } catch (error) {
      fail(connection, error);
    }
  }
  function fail(connection: Connection<Data>, error: unknown): void {
    log.error({ err: error }, 'a message of a socket could not be handled');
    connection.close(CloseCode.InternalServerError, 'Internal server error');
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

  const watch = watchConnections(connections, times);
  const upgrades = takeUpgrades<Peer>(server, {
    places: createPlaces({ total: maxSockets, ...options.shares }),
    patience: times.admission,
    slowdown,
    addressOf: options.addressOf ?? (({ socket }) => socket.remoteAddress ?? 'unknown'),
    Peer,
    accept,
  });
  const stopEnded = options.revocations.onEnded((sessionId) => {
    for (const connection of [...sessions.of(sessionId)]) connection.close(CloseCode.Unauthorized, 'SESSION_ENDED');
  });

  gauge('beaver_sockets', 'Sockets that are open.', () => connections.size);
  gauge('beaver_sockets_limit', 'Sockets that this process lets in.', () => maxSockets);
  gauge(
    'beaver_socket_operations',
    'Operations of sockets that have not ended: nearly all are subscriptions.',
    () => counts.operations,
  );
  countedElsewhere('beaver_deliveries_total', 'Events that were delivered to subscribers.', () => counts.deliveries);

  return {
    counts: () => ({ sockets: connections.size, waiting: upgrades.waiting, ...counts }),
    async close() {
      upgrades.refuseAll();
      stopEnded();
      for (const connection of connections) connection.close(RESUME_CODE, 'Resume');
      const end = performance.now() + times.grace;
      while (connections.size > 0 && performance.now() < end) await new Promise((resolve) => setTimeout(resolve, 20));
      for (const connection of connections) connection.terminate();
      watch.stop();
      upgrades.stop();
    },
  };
}
