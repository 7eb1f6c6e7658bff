/** Times, in ms. Tests make them shorter. */
export interface SocketTimes {
  /** How long a client may wait to be let in. */
  admission: number;
  /** Until `connection_init`. */
  init: number;
  /** How long a client without a token may stay. */
  nobody: number;
  /** Between two pings; who has not answered the one before is dead. */
  ping: number;
  /** How long a reader may take nothing. */
  drain: number;
  /** How long a client has to answer when its socket is closed. */
  close: number;
  /** How long clients have to close when the server stops. */
  grace: number;
  /** How often it is looked whose time is up. */
  look: number;
}

export const TIMES: SocketTimes = {
  admission: 20_000,
  init: 3_000,
  nobody: Number.POSITIVE_INFINITY,
  ping: 20_000,
  drain: 15_000,
  close: 10_000,
  grace: 2_000,
  look: 1_000,
};
