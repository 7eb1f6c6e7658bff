import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { CloseCode, GRAPHQL_TRANSPORT_WS_PROTOCOL } from 'graphql-ws';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Slowdown } from '../base/slowdown.ts';
import { HttpError, refuseConnection } from '../http/refusals.ts';
import { takeRequestId } from '../observe/request.ts';
import { createAdmission } from './admission.ts';
import type { Wire } from './outbox.ts';
import { type Place, type Places, refuseSocket, socketPayer } from './places.ts';

/** At most 123 bytes: it is the reason of a close. */
const OTHER_SUBPROTOCOL =
  'This address speaks the subprotocol graphql-transport-ws, for example by the library graphql-ws.';
/** Bytes of one message of a client. */
const MAX_MESSAGE = 1_000_000;

/** A socket that was admitted and whose handshake is done. */
export interface Client<Peer extends WebSocket = WebSocket> extends Wire {
  peer: Peer;
  address: string;
  place: Place;
}

export interface Upgrades {
  /** Upgrades that wait for admission. */
  readonly waiting: number;
  /** Refuses every upgrade from now on, also those that wait. */
  refuseAll(): void;
  stop(): void;
}

/**
 * Takes upgrades of an HTTP server to WebSockets: finds a place, waits for admission, shakes hands. Refuses
 * with a reason where there is no place, after a pause.
 */
export function takeUpgrades<Peer extends WebSocket>(
  server: Server,
  options: {
    places: Places;
    /** How long an upgrade may wait for admission, in ms. */
    patience: number;
    slowdown: Slowdown | undefined;
    addressOf(request: IncomingMessage): string;
    /** The class of the sockets. */
    Peer: new (
      ...parameters: never[]
    ) => Peer;
    accept(client: Client<Peer>): void;
  },
): Upgrades {
  const { places, slowdown, addressOf, accept } = options;
  const admission = createAdmission(options.patience, places.mayArrive);
  let isClosing = false;

  const handshakes = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: MAX_MESSAGE,
    autoPong: false,
    // Another subprotocol is accepted too, and its socket closed with a reason: browsers and most libraries
    // show nothing of a handshake that fails.
    handleProtocols: (offered) =>
      offered.has(GRAPHQL_TRANSPORT_WS_PROTOCOL) ? GRAPHQL_TRANSPORT_WS_PROTOCOL : ([...offered][0] ?? false),
    WebSocket: options.Peer as unknown as typeof WebSocket,
  });
  handshakes.on('wsClientError', ({ message }, socket, { headers }) => {
    const refusal = new HttpError(400, 'BAD_REQUEST', `This is no handshake of a WebSocket. ${message}.`);
    refuseConnection(socket, refusal, takeRequestId(headers['x-request-id']));
  });

  function refuse(socket: Socket, request: IncomingMessage, address: string): void {
    const pause = pauseFor(slowdown, address);
    if (pause) void pause.then(() => refuseSocket(socket, request));
    else socket.destroy();
  }

  function onUpgrade(request: IncomingMessage, stream: Duplex, head: Buffer): void {
    // Node gives HTTP's upgrades the network socket itself.
    const socket = stream as Socket;
    socket.on('error', ignore);
    const address = addressOf(request);
    const place = places.take(address);
    if (!place) {
      refuse(socket, request, address);
      return;
    }
    socket.once('close', place.free);
    const shakeHands = () =>
      handshakes.handleUpgrade(request, socket, head, (given) => {
        const peer = given as Peer;
        if (peer.protocol === GRAPHQL_TRANSPORT_WS_PROTOCOL) accept({ peer, socket, address, place });
        else refuseSubprotocol(peer);
      });
    const letIn = () => {
      place.arrive();
      if (isClosing) refuseSocket(socket, request);
      else shakeHands();
    };
    admission.enter(address, letIn, () => refuse(socket, request, address));
  }
  server.on('upgrade', onUpgrade);

  return {
    get waiting() {
      return admission.waiting;
    },
    refuseAll() {
      isClosing = true;
    },
    stop: () => server.off('upgrade', onUpgrade),
  };
}

function refuseSubprotocol(peer: WebSocket): void {
  peer.on('error', ignore);
  peer.close(CloseCode.SubprotocolNotAcceptable, OTHER_SUBPROTOCOL);
}

/** The pause before an address is refused. Null where too many refusals wait: the socket breaks off. */
export function pauseFor(slowdown: Slowdown | undefined, address: string): Promise<void> | null {
  return slowdown ? slowdown.hold(socketPayer(address)) : Promise.resolve();
}

function ignore(): void {}
