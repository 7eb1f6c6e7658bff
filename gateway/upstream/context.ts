import { setMaxListeners } from 'node:events';

/**
 * The client's `Authorization`, verified; every service gets it and verifies it again. A mutation that signs somebody in puts the new token here, for the fetches
 * that come after it. An object, because that of a socket may be renewed while its subscriptions are open.
 */
export interface Identity {
  authorization: string | undefined;
  /** Where the client calls from (see `clientAddress`). */
  readonly address: string;
}

/** What goes with one operation of a client, from the moment it is accepted to the last call to a service. */
export interface OperationContext {
  identity: Identity;
  requestId: string;
  /** Aborts when the client has left. */
  signal: AbortSignal;
  /** The files of a multipart request; null for every other operation. */
  files: RequestFiles | null;
}

/** Files of one request stream through the gateway once, to one service. */
export interface RequestFiles {
  count: number;
  /** Whether they are on their way. */
  sent: boolean;
}

/** An abort controller that many calls may listen to: an operation of many fetches is not a leak. */
export function createAbort(): AbortController {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  return controller;
}
