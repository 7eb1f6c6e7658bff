import { newId } from '../../../../kit/base/ids.ts';
import { addressTag } from '../attempts/networks.ts';
import { scopesOf } from '../roles/roles.ts';
import type {
  AccessTokenSigner,
  Device,
  NewSession,
  Opening,
  Session,
  SessionRecord,
  SessionTokens,
  SignedIn,
} from './ports.ts';
import { firstRefreshToken } from './refresh-tokens.ts';

/** How long a session lives without being used, in ms. */
export const IDLE_MS = 30 * 24 * 60 * 60 * 1000;

/** Makes sessions and the tokens of those who are signed in; what it makes is not stored yet. */
export interface Issuing {
  /** A new session; `roles` are those of its account. */
  prepare(accountId: string, device: Device, roles?: readonly string[]): Opening;
  /** The tokens of a session that goes on with this refresh token. */
  signIn(row: SessionRecord, refreshToken: string, roles: readonly string[]): SignedIn;
}

export function createIssuing(signer: AccessTokenSigner): Issuing {
  function signIn(row: SessionRecord, refreshToken: string, roles: readonly string[]): SignedIn {
    const access = signer.sign(row.accountId, row.id, scopesOf(roles));
    const tokens: SessionTokens = {
      accessToken: access.token,
      accessTokenExpiresAt: access.expiresAt,
      refreshToken,
      refreshTokenExpiresAt: row.expiresAt,
    };
    return { tokens, user: { id: row.accountId }, session: show(row, row.id) };
  }

  return {
    signIn,
    prepare(accountId, { name, address }, roles = []) {
      const { token, familyHash, refreshHash } = firstRefreshToken();
      const now = new Date();
      const row: NewSession = {
        id: newId('session'),
        accountId,
        deviceName: name ?? 'Unknown device',
        createdAt: now,
        lastUsedAt: now,
        expiresAt: new Date(now.getTime() + IDLE_MS),
        endedAt: null,
        addressTag: tagOf(accountId, address),
        familyHash,
        refreshHash,
      };
      return { row, signedIn: () => signIn(row, token, roles) };
    },
  };
}

/** A session as its user sees it who asks by the session `currentId`. */
export function show(row: SessionRecord, currentId: string): Session {
  const { id, deviceName, createdAt, lastUsedAt } = row;
  return { id, deviceName, createdAt, lastUsedAt, isCurrent: id === currentId };
}

/** The network that a session is used from; null where nobody said it. */
export function tagOf(accountId: string, address: string | null): number | null {
  return address === null ? null : addressTag(accountId, address);
}
