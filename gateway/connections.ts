import { Unauthenticated } from '../kit/errors.ts';
import type { Revocations } from '../kit/revocations.ts';
import type { Authenticator, Caller, Viewer } from '../kit/viewer.ts';
import { createAbort, type Identity } from './context.ts';

/** Come again with another token: this one was refused, or has expired. The reason of the close says which. graphql-ws's client tries again. */
export const FORBIDDEN_CODE = 4403;
/** The session has ended; no token of it will be taken again. graphql-ws's client gives up. */
export const SESSION_ENDED_CODE = 4401;

/** The longest that a timer can wait, in ms: a longer one would fire at once. */
const MAX_TIMER = 2 ** 31 - 1;

/** One client's socket, and whose it is. */
export interface Connection {
  close(code: number, reason: string): void;
  /** The token as it is now: what its open subscriptions ask other services goes with it, also after a renewal. */
  identity: Identity;
  viewer: Viewer | null;
  expiry: NodeJS.Timeout | undefined;
  /** Aborts when the socket is gone. */
  abort: AbortController;
}

/** Whose the sockets are: each ends with its token, or with its session, unless a later token takes the place of the first. */
export interface Connections {
  accept(close: Connection['close']): Connection;
  /** Binds it to the token of connection_init. False where the token is refused, and the socket with it. */
  bind(connection: Connection, authorization: string | undefined): boolean;
  /** Why its token is no longer taken, if so; the socket is closed then. */
  check(connection: Connection): Unauthenticated | null;
  /** An operation has signed somebody in. Where it is the user of the socket, or the socket had none, it goes on with the new token. */
  renew(connection: Connection, authorization: string | undefined): void;
  forget(connection: Connection): void;
  close(): void;
}

export function createConnections(authenticator: Authenticator, revocations: Revocations): Connections {
  const bySession = new Map<string, Set<Connection>>();

  /** @throws what is no refusal */
  function authenticate(authorization: string | undefined): Caller | Unauthenticated {
    try {
      return authenticator.authenticate(authorization);
    } catch (error) {
      if (error instanceof Unauthenticated) return error;
      throw error;
    }
  }

  function refuse(connection: Connection, { reason }: Unauthenticated): void {
    connection.close(reason === 'SESSION_ENDED' ? SESSION_ENDED_CODE : FORBIDDEN_CODE, reason);
  }

  function enter(connection: Connection, authorization: string | undefined, viewer: Viewer | null): void {
    connection.identity.authorization = authorization;
    connection.viewer = viewer;
    if (!viewer) return;
    const end = () => connection.close(FORBIDDEN_CODE, 'TOKEN_EXPIRED');
    connection.expiry = setTimeout(end, Math.min(viewer.expiresAt - Date.now(), MAX_TIMER)).unref();
    const siblings = bySession.get(viewer.sessionId) ?? new Set();
    bySession.set(viewer.sessionId, siblings.add(connection));
  }

  function leave(connection: Connection): void {
    clearTimeout(connection.expiry);
    const { viewer } = connection;
    const siblings = viewer && bySession.get(viewer.sessionId);
    if (!viewer || !siblings) return;
    siblings.delete(connection);
    if (siblings.size === 0) bySession.delete(viewer.sessionId);
  }

  const stopEnded = revocations.onEnded((sessionId) => {
    for (const connection of bySession.get(sessionId) ?? []) connection.close(SESSION_ENDED_CODE, 'SESSION_ENDED');
  });

  return {
    accept: (close) => ({
      close,
      identity: { authorization: undefined },
      viewer: null,
      expiry: undefined,
      abort: createAbort(),
    }),

    bind(connection, authorization) {
      const caller = authenticate(authorization);
      if (caller instanceof Unauthenticated) {
        refuse(connection, caller);
        return false;
      }
      enter(connection, authorization, caller.viewer);
      return true;
    },

    check(connection) {
      const caller = authenticate(connection.identity.authorization);
      if (!(caller instanceof Unauthenticated)) return null;
      refuse(connection, caller);
      return caller;
    },

    renew(connection, authorization) {
      // The answer to its last operation may come after the socket has gone.
      if (connection.abort.signal.aborted) return;
      const caller = authenticate(authorization);
      if (caller instanceof Unauthenticated) {
        // It ended at once. Any other fault of a token that a service has just made or taken is ours: the socket stays as it was.
        if (caller.reason === 'SESSION_ENDED') refuse(connection, caller);
        return;
      }
      const { viewer } = caller;
      if (!viewer || (connection.viewer && connection.viewer.userId !== viewer.userId)) return;
      leave(connection);
      enter(connection, authorization, viewer);
    },

    forget(connection) {
      leave(connection);
      connection.abort.abort();
    },

    close: stopEnded,
  };
}
