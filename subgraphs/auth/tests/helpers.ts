import type { GraphClient } from '../../../testing/client.ts';
import { newAccount, PASSWORD } from '../../../testing/people.ts';
import { mutation } from '../../../testing/schema.ts';
import type { SharedStack, Stack } from '../../../testing/stack.ts';

const SIGNED_IN = `
  tokens { accessToken accessTokenExpiresAt refreshToken refreshTokenExpiresAt }
  user { id }
  session { id deviceName createdAt lastUsedAt isCurrent }`;
const LOGGED_OUT = 'session { id isCurrent }';

export const REGISTER = mutation('register', SIGNED_IN);
export const LOG_IN = mutation('logIn', SIGNED_IN);
export const REFRESH = mutation('refreshSession', SIGNED_IN);
export const LOG_OUT = mutation('logOut', LOGGED_OUT);
export const RENEW = mutation('renewConnection', 'expiresAt');
export const SESSIONS = `query ($id: ID!) {
  _entities(representations: [{ __typename: "User", id: $id }]) {
    ... on User { id sessions { id deviceName createdAt lastUsedAt isCurrent } }
  }
}`;

export interface SessionShown {
  id: string;
  deviceName: string;
  createdAt: string;
  lastUsedAt: string;
  isCurrent: boolean;
}

/** Any member of a result union. */
export interface Result {
  __typename: string;
  code?: string;
  message?: string;
  field?: string;
  retryAfterSeconds?: number;
  reason?: string;
  expiresAt?: string;
  tokens: {
    accessToken: string;
    accessTokenExpiresAt: string;
    refreshToken: string;
    refreshTokenExpiresAt: string;
  };
  user: { id: string };
  session: SessionShown;
}

export const register = (api: GraphClient, input: object = newAccount()) =>
  api.attempt<Result>('register', input, SIGNED_IN);
export const logIn = (api: GraphClient, login: string, password = PASSWORD) =>
  api.attempt<Result>('logIn', { login, password }, SIGNED_IN);
export const refresh = (api: GraphClient, refreshToken: string) =>
  api.attempt<Result>('refreshSession', { refreshToken }, SIGNED_IN);
export const renew = (api: GraphClient, accessToken: string) =>
  api.attempt<Result>('renewConnection', { accessToken }, 'expiresAt');
export const logOut = (api: GraphClient, sessionId?: string) =>
  api.attempt<Result>('logOut', sessionId === undefined ? undefined : { sessionId }, LOGGED_OUT);

/** The viewer's sessions. */
export async function sessionsOf(api: GraphClient, id: string): Promise<SessionShown[]> {
  const data = await api.data<{ _entities: { sessions: SessionShown[] }[] }>(SESSIONS, { id });
  return data._entities[0]?.sessions as SessionShown[];
}

/**
 * Whether a request with the client's token is answered; false where it is refused because the session has
 * ended.
 */
export async function isRefused(api: GraphClient): Promise<boolean> {
  const { status, errors } = await api.send('{ __typename }');
  return status === 401 && errors?.[0]?.extensions?.reason === 'SESSION_ENDED';
}

/** How many rows the tables of auth hold; to see that nothing was written. */
export async function countRows(stack: SharedStack): Promise<{ accounts: number; sessions: number; ended: number }> {
  const [row] = await stack.mysql.query(
    `SELECT (SELECT COUNT(*) FROM auth_accounts) AS accounts, (SELECT COUNT(*) FROM auth_sessions) AS sessions,
      (SELECT COUNT(*) FROM auth_sessions WHERE ended_at IS NOT NULL) AS ended`,
  );
  return { accounts: Number(row.accounts), sessions: Number(row.sessions), ended: Number(row.ended) };
}

/** All that the instances of auth have logged. */
export function logged(stack: Stack): string {
  return stack
    .services('auth')
    .flatMap(({ lines }) => lines)
    .join('\n');
}
