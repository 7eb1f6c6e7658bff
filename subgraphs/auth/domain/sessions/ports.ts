import type { Viewer } from '../../../../kit/identity/caller.ts';
import type { RefreshTokenHashes } from './refresh-tokens.ts';

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
   * Puts `successor` in the place of `current`, if `current` is the valid refresh token of a session that
   * goes on. Of several calls with the same `current`, one is true.
   */
  rotate(current: RefreshTokenHashes, successor: Successor, lastUsedAt: Date, expiresAt: Date): Promise<boolean>;
  /** The session is used from another network. */
  move(id: string, addressTag: number): Promise<void>;
  /**
   * What has taken the place of `current`, if that was the last to take place in a session that goes on, and
   * not longer ago than so many seconds.
   */
  successor(current: RefreshTokenHashes, seconds: number): Promise<Successor | null>;
  /** The first sessions of an account that go on at `now`, newest first. */
  list(accountId: string, limit: number, now: Date): Promise<SessionRecord[]>;
  /**
   * Of an account's sessions that go on at `now` those that are more than `limit`: the longest unused, up to
   * a hundred of them.
   */
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
