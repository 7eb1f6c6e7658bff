import { randomBytes } from 'node:crypto';
import type { GraphClient } from '../../../testing/client.ts';
import type { SharedStack, Stack } from '../../../testing/stack.ts';

export const PASSWORD = 'correct horse battery';

const SIGNED_IN = `
  tokens { accessToken accessTokenExpiresAt refreshToken refreshTokenExpiresAt }
  user { id }
  session { id deviceName createdAt lastUsedAt isCurrent }`;
const ERRORS = `
  ... on UserError { code message }
  ... on InvalidInput { field }`;

const operation = (name: string, input: string, more: string) => `mutation ($input: ${input}) {
  ${name}(input: $input) { __typename ${ERRORS} ${more} }
}`;

export const REGISTER = operation('register', 'RegisterInput!', `... on RegisterPayload { ${SIGNED_IN} }`);
export const LOG_IN = operation(
  'logIn',
  'LogInInput!',
  `... on LogInPayload { ${SIGNED_IN} } ... on AccountLocked { retryAfterSeconds } ... on RateLimited { retryAfterSeconds }`,
);
export const REFRESH = operation(
  'refreshSession',
  'RefreshSessionInput!',
  `... on RefreshSessionPayload { ${SIGNED_IN} }`,
);
export const LOG_OUT = operation('logOut', 'LogOutInput', '... on LogOutPayload { session { id isCurrent } }');
export const RENEW = operation(
  'renewConnection',
  'RenewConnectionInput!',
  '... on RenewConnectionPayload { expiresAt } ... on InvalidAccessToken { reason }',
);
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

/** Somebody with a user name and an address that nobody has. */
export function person(): { userName: string; email: string; password: string; deviceName: string } {
  const userName = `p${randomBytes(6).toString('hex')}`;
  return { userName, email: `${userName}@example.org`, password: PASSWORD, deviceName: 'Test device' };
}

async function run(api: GraphClient, document: string, input: object | undefined): Promise<Result> {
  const data = await api.data<Record<string, Result>>(document, { input });
  return Object.values(data)[0] as Result;
}

export const register = (api: GraphClient, input: object = person()) => run(api, REGISTER, input);
export const logIn = (api: GraphClient, login: string, password = PASSWORD) => run(api, LOG_IN, { login, password });
export const refresh = (api: GraphClient, refreshToken: string) => run(api, REFRESH, { refreshToken });
export const renew = (api: GraphClient, accessToken: string) => run(api, RENEW, { accessToken });
export const logOut = (api: GraphClient, sessionId?: string) =>
  run(api, LOG_OUT, sessionId === undefined ? undefined : { sessionId });

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
