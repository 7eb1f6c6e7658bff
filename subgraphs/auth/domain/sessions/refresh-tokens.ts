import { createHash, createHmac, randomBytes } from 'node:crypto';

const FAMILY_BYTES = 16;
const SECRET_BYTES = 32;
const SHAPE = /^[\w-]{64}$/;

/**
 * What is stored of a refresh token: SHA-256 in base64url. The token has 256 random bits, so nothing slower
 * is needed.
 */
export interface RefreshTokenHashes {
  /** Of the part that all tokens of a session share: finds the session. */
  familyHash: string;
  /** Of the whole token: only the one that is stored is valid. */
  refreshHash: string;
}

/**
 * A refresh token: 16 random bytes that stay for the session, and 32 that are new at each use, as base64url.
 * Whoever shows the first part but not the current whole has had an earlier token of the session: that is how
 * reuse is seen, however old the token is, with one row a session.
 */
export interface RefreshToken extends RefreshTokenHashes {
  token: string;
}

/** The first token of a session. */
export function firstRefreshToken(): RefreshToken {
  return build(randomBytes(FAMILY_BYTES), randomBytes(SECRET_BYTES));
}

/** 32 random bytes, for one use of `successorOf`. */
export function newSalt(): string {
  return randomBytes(SECRET_BYTES).toString('base64url');
}

/**
 * The token that takes the place of this one. The salt is stored, the token is not: only both together give
 * the successor, the same each time. So a client whose answer was lost can be given the same token again,
 * while the table alone gives nobody a token.
 */
export function successorOf(token: string, salt: string): RefreshToken {
  const bytes = Buffer.from(token, 'base64url');
  const secret = createHmac('sha256', Buffer.from(salt, 'base64url')).update(bytes).digest();
  return build(bytes.subarray(0, FAMILY_BYTES), secret);
}

/** Null where the text doesn't have the form of a refresh token. */
export function hashRefreshToken(token: string): RefreshTokenHashes | null {
  if (!SHAPE.test(token)) return null;
  const bytes = Buffer.from(token, 'base64url');
  return { familyHash: sha256(bytes.subarray(0, FAMILY_BYTES)), refreshHash: sha256(bytes) };
}

function build(family: Buffer, secret: Buffer): RefreshToken {
  const bytes = Buffer.concat([family, secret]);
  return { token: bytes.toString('base64url'), familyHash: sha256(family), refreshHash: sha256(bytes) };
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('base64url');
}
