import { z } from 'zod';
import { Forbidden, NotFound, Unauthenticated } from '../../../../kit/base/errors.ts';
import type { Failpoint } from '../../../../kit/base/failpoint.ts';
import { newId } from '../../../../kit/base/ids.ts';
import { cutLabel, id, optional, parseInput } from '../../../../kit/base/input.ts';
import type { Viewer } from '../../../../kit/identity/caller.ts';
import type { Log } from '../../../../kit/observe/log.ts';
import { addressTag } from '../attempts/networks.ts';
import {
  type AccessTokenFault,
  InvalidAccessToken,
  InvalidRefreshToken,
  RefreshTokenReused,
  SessionEnded,
} from '../errors.ts';
import { type RoleStore, scopesOf } from '../roles/roles.ts';
import type { SessionEnds } from './ends.ts';
import {
  firstRefreshToken,
  hashRefreshToken,
  newSalt,
  type RefreshToken,
  type RefreshTokenHashes,
  successorOf,
} from './refresh-tokens.ts';

/** How long a session lives without being used, in ms. */
const IDLE = 30 * 24 * 60 * 60 * 1000;
/** Sessions of an account that go on at once. More than anybody has devices; it bounds the list, and what somebody with a password can fill. */
const MAX_SESSIONS = 100;
/** How long a refresh token that was used gives the same successor again, in seconds: a client whose answer was lost repeats the request, and two tabs may refresh at once. */
const REPEAT_SECONDS = 30;

export interface SessionRecord {
  id: string;
  accountId: string;
  deviceName: string;
  createdAt: Date;
  lastUsedAt: Date;
  expiresAt: Date;
  endedAt: Date | null;
  /** The network that it was used from last (`addressTag`); null where nobody said it. */
  addressTag: number | null;
}

export interface NewSession extends SessionRecord, RefreshTokenHashes {}

/** What is known of the device of a sign-in. */
export interface Device {
  name: string | null | undefined;
  /** The client's network; null where nobody said it. */
  address: string | null;
}

/** What is stored of the token that takes the place of another, and how it is made of that one. */
export interface Successor {
  refreshHash: string;
  salt: string;
}

export interface SessionStore {
  insert(session: NewSession): Promise<void>;
  find(id: string): Promise<SessionRecord | null>;
  findByFamily(familyHash: string): Promise<SessionRecord | null>;
  /**
   * Puts `successor` in the place of `current`, if `current` is the valid refresh token of a session that goes on. Of several calls with the same
   * `current`, one is true.
   */
  rotate(current: RefreshTokenHashes, successor: Successor, lastUsedAt: Date, expiresAt: Date): Promise<boolean>;
  /** The session is used from another network. */
  move(id: string, addressTag: number): Promise<void>;
  /** What has taken the place of `current`, if that was the last to take place in a session that goes on, and not longer ago than so many seconds. */
  successor(current: RefreshTokenHashes, seconds: number): Promise<Successor | null>;
  /** The first sessions of an account that go on at `now`, newest first. */
  list(accountId: string, limit: number, now: Date): Promise<SessionRecord[]>;
  /** Of an account's sessions that go on at `now` those that are more than `limit`: the longest unused, up to a hundred of them. */
  surplus(accountId: string, limit: number, now: Date): Promise<SessionRecord[]>;
  /** Forgets sessions that were over before `time`. */
  deleteOver(time: Date): Promise<number>;
}

export interface AccessTokenSigner {
  sign(userId: string, sessionId: string, scopes: readonly string[]): { token: string; expiresAt: Date };
}

/** What every process does with the access token of a request. */
export interface AccessTokenReader {
  /** Whose it is; null where it is no user's. @throws Unauthenticated */
  read(token: string): Viewer | null;
}

/** A session as its user sees it. */
export interface Session {
  id: string;
  deviceName: string;
  createdAt: Date;
  lastUsedAt: Date;
  isCurrent: boolean;
}

export interface SessionTokens {
  accessToken: string;
  accessTokenExpiresAt: Date;
  refreshToken: string;
  refreshTokenExpiresAt: Date;
}

/** What a client gets that has signed in, or goes on. */
export interface SignedIn {
  tokens: SessionTokens;
  user: { id: string };
  session: Session;
}

/** A session that is not stored yet, and what its client gets once it is. */
export interface Opening {
  row: NewSession;
  signedIn(): SignedIn;
}

export const deviceName = cutLabel(64);
const refreshInput = z.object({ refreshToken: token('The refresh token', 256) });
const renewInput = z.object({ accessToken: token('The access token', 2048) });
const logOutInput = z.object({ sessionId: optional(id('The session id')) });

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
  /** Whose connection it is from now on, and until when. `viewer` is who has it now, if anybody. @throws InvalidInput, InvalidAccessToken */
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
  const show = (row: SessionRecord, currentId: string): Session => ({
    id: row.id,
    deviceName: row.deviceName,
    createdAt: row.createdAt,
    lastUsedAt: row.lastUsedAt,
    isCurrent: row.id === currentId,
  });

  function signIn(row: SessionRecord, refreshToken: string, accountRoles: readonly string[]): SignedIn {
    const access = signer.sign(row.accountId, row.id, scopesOf(accountRoles));
    const tokens: SessionTokens = {
      accessToken: access.token,
      accessTokenExpiresAt: access.expiresAt,
      refreshToken,
      refreshTokenExpiresAt: row.expiresAt,
    };
    return { tokens, user: { id: row.accountId }, session: show(row, row.id) };
  }

  function prepare(accountId: string, { name, address }: Device, accountRoles: readonly string[] = []): Opening {
    const { token, familyHash, refreshHash } = firstRefreshToken();
    const now = new Date();
    const row: NewSession = {
      id: newId(),
      accountId,
      deviceName: name ?? 'Unknown device',
      createdAt: now,
      lastUsedAt: now,
      expiresAt: new Date(now.getTime() + IDLE),
      endedAt: null,
      addressTag: tagOf(accountId, address),
      familyHash,
      refreshHash,
    };
    return { row, signedIn: () => signIn(row, token, accountRoles) };
  }

  const tagOf = (accountId: string, address: string | null) =>
    address === null ? null : addressTag(accountId, address);

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
    prepare: (accountId, device) => prepare(accountId, device),

    async open(accountId, device) {
      const opening = prepare(accountId, device, await roles.list(accountId));
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
      const expiresAt = new Date(now.getTime() + IDLE);
      const rotated = await store.rotate(current, { refreshHash: next.refreshHash, salt }, now, expiresAt);
      if (rotated) failpoint('auth.refreshed');
      const row = await store.findByFamily(current.familyHash);
      if (!row) throw new InvalidRefreshToken();
      if (rotated) {
        const tag = tagOf(row.accountId, address);
        if (tag !== null && tag !== row.addressTag) await store.move(row.id, tag);
        return signIn({ ...row, lastUsedAt: now, expiresAt }, next.token, await roles.list(row.accountId));
      }
      if (row.endedAt || row.expiresAt <= now) throw new SessionEnded();
      const repeated = await successorAgain(refreshToken, current);
      if (repeated) {
        log.info({ sessionId: row.id, userId: row.accountId }, 'a refresh was repeated');
        return signIn(row, repeated.token, await roles.list(row.accountId));
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
      const row = await store.find(sessionId ?? viewer.sessionId);
      if (row?.accountId !== viewer.userId) throw new NotFound('session');
      await ends.end(row, 'logout');
      return show(row, viewer.sessionId);
    },

    async list(viewer, accountId) {
      if (viewer.userId !== accountId) throw new Forbidden('Only the user may see the sessions of an account.');
      const rows = await store.list(accountId, MAX_SESSIONS, new Date());
      return rows.map((row) => show(row, viewer.sessionId));
    },

    async sweep() {
      const count = await store.deleteOver(new Date(Date.now() - IDLE));
      if (count > 0) log.info({ count }, 'old sessions were deleted');
    },
  };
}
