/** Timeouts and intervals, in ms. Tests shorten them. */
export interface SocketTimes {
  /** Longest wait for admission. */
  admission: number;
  /** Longest wait for `connection_init`. */
  init: number;
  /** Longest life of a socket without a token. */
  nobody: number;
  /** Interval of pings. A client that did not answer the last one is dead. */
  ping: number;
  /** Longest time for which a client may read nothing. */
  drain: number;
  /** Longest wait for the client's part of closing the socket. */
  close: number;
  /** Longest wait for all clients when the server stops. */
  grace: number;
  /** Interval of the check of deadlines. */
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
