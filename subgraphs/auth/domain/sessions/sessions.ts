import { z } from 'zod';
import { Unauthenticated } from '../../../../kit/base/errors.ts';
import type { Failpoint } from '../../../../kit/base/failpoint.ts';
import { cutLabel, id, optional, parseInput } from '../../../../kit/base/input.ts';
import type { Viewer } from '../../../../kit/identity/caller.ts';
import type { Log } from '../../../../kit/observe/log.ts';
import {
  type AccessTokenFault,
  InvalidAccessToken,
  InvalidRefreshToken,
  RefreshTokenReused,
  SessionEnded,
} from '../errors.ts';
import { requireOwnAccount, requireOwnSession } from '../policies.ts';
import type { RoleStore } from '../roles/roles.ts';
import type { SessionEnds } from './ends.ts';
import { createIssuing, IDLE_MS, show, tagOf } from './issuing.ts';
import type {
  AccessTokenReader,
  AccessTokenSigner,
  Device,
  Opening,
  Session,
  SessionStore,
  SignedIn,
} from './ports.ts';
import {
  hashRefreshToken,
  newSalt,
  type RefreshToken,
  type RefreshTokenHashes,
  successorOf,
} from './refresh-tokens.ts';

/**
 * Sessions of an account that go on at once. More than anybody has devices; it bounds the list, and what
 * somebody with a password can fill.
 */
const MAX_SESSIONS = 100;
/**
 * How long a refresh token that was used gives the same successor again, in seconds: a client whose answer
 * was lost repeats the request, and two tabs may refresh at once.
 */
const REPEAT_SECONDS = 30;

export const deviceName = cutLabel(64);
const refreshInput = z.object({ refreshToken: token('The refresh token', 256) });
const renewInput = z.object({ accessToken: token('The access token', 2048) });
const logOutInput = z.object({ sessionId: optional(id('session', 'The session id')) });

function token(name: string, max: number) {
  return z.string().trim().min(1, `${name} is empty.`).max(max, `${name} is none of this system: it is too long.`);
}

export interface Sessions {
  /** Begins a session for an account whose user has proved who they are. */
  open(accountId: string, device: Device): Promise<SignedIn>;
  /** A new session for an account that is not stored yet: the caller stores both. */
  prepare(accountId: string, device: Device): Opening;
  /** @throws InvalidInput, InvalidRefreshToken, RefreshTokenReused, SessionEnded */
  refresh(input: unknown, address: string | null): Promise<SignedIn>;
  /**
   * Whose connection it is from now on, and until when. `viewer` is who has it now, if anybody. @throws
   * InvalidInput, InvalidAccessToken
   */
  renew(viewer: Viewer | null, input: unknown): { viewer: Viewer; accessToken: string };
  /** Ends the viewer's session, or another one of theirs. @throws InvalidInput, NotFound */
  logOut(viewer: Viewer, input: unknown): Promise<Session>;
  /** @throws Forbidden where the account isn't the viewer's */
  list(viewer: Viewer, accountId: string): Promise<Session[]>;
  /** Forgets sessions that were over for 30 days. */
  sweep(): Promise<void>;
}

export function createSessions(
  store: SessionStore,
  roles: Pick<RoleStore, 'list'>,
  signer: AccessTokenSigner,
  reader: AccessTokenReader,
  ends: SessionEnds,
  failpoint: Failpoint,
  log: Log,
): Sessions {
  const issuing = createIssuing(signer);

  function readToken(token: string): Viewer {
    try {
      const viewer = reader.read(token);
      if (viewer) return viewer;
    } catch (error) {
      if (!(error instanceof Unauthenticated)) throw error;
      throw new InvalidAccessToken(error.reason as AccessTokenFault);
    }
    throw new InvalidAccessToken('TOKEN_INVALID');
  }

  /** The token that has just taken the place of this one, while it is itself unused. */
  async function successorAgain(token: string, current: RefreshTokenHashes): Promise<RefreshToken | null> {
    const stored = await store.successor(current, REPEAT_SECONDS);
    if (!stored) return null;
    const successor = successorOf(token, stored.salt);
    return successor.refreshHash === stored.refreshHash ? successor : null;
  }

  return {
    prepare: (accountId, device) => issuing.prepare(accountId, device),

    async open(accountId, device) {
      const opening = issuing.prepare(accountId, device, await roles.list(accountId));
      await store.insert(opening.row);
      const surplus = await store.surplus(accountId, MAX_SESSIONS, new Date());
      for (const row of surplus) await ends.end(row, 'too many sessions');
      return opening.signedIn();
    },

    async refresh(input, address) {
      const { refreshToken } = parseInput(refreshInput, input);
      const current = hashRefreshToken(refreshToken);
      if (!current) throw new InvalidRefreshToken();
      const salt = newSalt();
      const next = successorOf(refreshToken, salt);
      const now = new Date();
      const expiresAt = new Date(now.getTime() + IDLE_MS);
      const rotated = await store.rotate(current, { refreshHash: next.refreshHash, salt }, now, expiresAt);
      if (rotated) failpoint('auth.refreshed');
      const row = await store.findByFamily(current.familyHash);
      if (!row) throw new InvalidRefreshToken();
      if (rotated) {
        const tag = tagOf(row.accountId, address);
        if (tag !== null && tag !== row.addressTag) await store.move(row.id, tag);
        return issuing.signIn({ ...row, lastUsedAt: now, expiresAt }, next.token, await roles.list(row.accountId));
      }
      if (row.endedAt || row.expiresAt <= now) throw new SessionEnded();
      const repeated = await successorAgain(refreshToken, current);
      if (repeated) {
        log.info({ sessionId: row.id, userId: row.accountId }, 'a refresh was repeated');
        return issuing.signIn(row, repeated.token, await roles.list(row.accountId));
      }
      // The thief and the owner look the same from here.
      log.warn({ sessionId: row.id, userId: row.accountId }, 'a used refresh token came again');
      await ends.end(row, 'refresh token reused');
      throw new RefreshTokenReused();
    },

    renew(viewer, input) {
      const { accessToken } = parseInput(renewInput, input);
      const next = readToken(accessToken);
      if (viewer && viewer.userId !== next.userId) throw new InvalidAccessToken('OTHER_USER');
      return { viewer: next, accessToken };
    },

    async logOut(viewer, input) {
      const { sessionId } = parseInput(logOutInput, input ?? {});
      const row = requireOwnSession(viewer, await store.find(sessionId ?? viewer.sessionId));
      await ends.end(row, 'logout');
      return show(row, viewer.sessionId);
    },

    async list(viewer, accountId) {
      requireOwnAccount(viewer, accountId);
      const rows = await store.list(accountId, MAX_SESSIONS, new Date());
      return rows.map((row) => show(row, viewer.sessionId));
    },

    async sweep() {
      const count = await store.deleteOver(new Date(Date.now() - IDLE_MS));
      if (count > 0) log.info({ count }, 'old sessions were deleted');
    },
  };
}
