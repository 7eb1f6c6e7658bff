import { CloseCode } from 'graphql-ws';
import type { Viewer } from '../identity/caller.ts';
import { RESUME_CODE } from './protocol.ts';
import type { SocketTimes } from './times.ts';

/** A connection, as the watch sees it. Moments are of `performance.now()`. */
export interface Watched {
  readonly openedAt: number;
  readonly closedAt: number | null;
  readonly blockedSince: number | null;
  readonly isAcknowledged: boolean;
  readonly viewer: Viewer | null;
  /** The look, within a round of pings, at which it is pinged. */
  readonly beat: number;
  close(code: number, reason: string): void;
  terminate(): void;
  ping(): void;
}

export interface Watch {
  /** The beat of the next connection: connections are spread over a round of pings. */
  nextBeat(): number;
  stop(): void;
}

/**
 * Pings connections and closes those whose time is up. Looks at all of them once a second, which costs less
 * than some timers for each.
 */
export function watchConnections(connections: Iterable<Watched>, times: SocketTimes): Watch {
  const beats = Math.max(1, Math.round(times.ping / times.look));
  let beat = 0;
  let watched = 0;

  function look(): void {
    const now = performance.now();
    const today = Date.now();
    beat = (beat + 1) % beats;
    for (const connection of connections) {
      const { closedAt } = connection;
      if (closedAt !== null) {
        if (now - closedAt > times.close) connection.terminate();
        continue;
      }
      const end = endOf(connection, times, now, today);
      if (end) connection.close(...end);
      if (connection.beat === beat) connection.ping();
    }
  }

  const timer = setInterval(look, times.look);
  return {
    nextBeat() {
      watched += 1;
      return watched % beats;
    },
    stop: () => clearInterval(timer),
  };
}

/** The code and reason with which a connection has to be closed now; null where it may go on. */
function endOf(connection: Watched, times: SocketTimes, now: number, today: number): [number, string] | null {
  const { openedAt, blockedSince, viewer } = connection;
  if (!connection.isAcknowledged && now - openedAt > times.init)
    return [CloseCode.ConnectionInitialisationTimeout, 'Connection initialisation timeout'];
  if (!viewer && now - openedAt > times.nobody) return [CloseCode.Forbidden, 'TOKEN_MISSING'];
  if (viewer && viewer.expiresAt <= today) return [CloseCode.Forbidden, 'TOKEN_EXPIRED'];
  if (blockedSince !== null && now - blockedSince > times.drain) return [RESUME_CODE, 'Read faster'];
  return null;
}
