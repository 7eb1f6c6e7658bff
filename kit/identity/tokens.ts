import { createPrivateKey, createPublicKey, generateKeyPairSync, type JsonWebKey, type KeyObject } from 'node:crypto';
import jwt from 'jsonwebtoken';
import { LRUCache } from 'lru-cache';
import { Unauthenticated } from '../base/errors.ts';
import { newUuid } from '../base/ids.ts';
import type { Etcd, Mirror } from '../discovery/etcd.ts';

/*
 * The clocks of hosts differ. Whoever signs says until when a token is valid by its own clock, and whoever
 * verifies looks at another one.
 *
 * - A token that is made in the future is taken: only the issuer can have signed it.
 * - Access tokens live for ten minutes from the clock of auth, so auth may be some minutes behind. The
 *   gateway decides when one has expired, without tolerance. A service that verifies it again allows
 *   `CLOCK_TOLERANCE_SECONDS` more, as otherwise a service whose clock is ahead refuses half of an operation
 *   that the gateway has let in.
 * - A service token is given out for 5 of its 15 minutes, so its signer may be 10 minutes behind and a minute
 *   more. It names the one service that takes it, and is void once the lease on its key is: a longer life
 *   gives a thief little.
 * - A grant is given out for 5 of its 10 minutes, so its signer may be 5 minutes behind and a minute more.
 * - No token lives longer than we let its kind live (`exp - iat`), and none is made more than two hours in
 *   the future: a key that somebody stole, or a fault of ours, makes no token for years.
 */

/** How long an access token is valid, in seconds. */
export const ACCESS_TOKEN_SECONDS = 600;
const SERVICE_TOKEN_SECONDS = 900;
const GRANT_SECONDS = 600;
/** How long service tokens and grants are given out again, in seconds. */
const REUSE_SECONDS = 300;
/** How long a service still takes a token that has expired, in seconds. */
export const CLOCK_TOLERANCE_SECONDS = 60;
/** How far the clock of a signer may be ahead, in seconds. */
const MAX_AHEAD_SECONDS = 7_200;
/** Verified tokens that are remembered, so that a signature is checked once and not in every request. */
const CACHE_SIZE = 10_000;

/** A P-256 key pair with its JOSE key id. */
export interface SigningKey {
  kid: string;
  privateKey: KeyObject;
  publicJwk: JsonWebKey;
}

/** What a valid token says. */
export interface Claims {
  iss: string;
  sub: string;
  iat: number;
  exp: number;
  aud?: string;
  sid?: string;
  scope?: string;
}

export function generateSigningKey(): SigningKey {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { kid: newUuid(), privateKey, publicJwk: publicKey.export({ format: 'jwk' }) };
}

/** A key from its PKCS #8 PEM text. */
export function readSigningKey(kid: string, pem: string): SigningKey {
  const privateKey = createPrivateKey(pem);
  return { kid, privateKey, publicJwk: createPublicKey(privateKey).export({ format: 'jwk' }) };
}

/** Signs claims with ES256. `iss` names the service whose keys verify it. */
export function signToken(
  key: SigningKey,
  claims: Record<string, unknown> & { iss: string; sub: string },
  seconds: number,
): string {
  return jwt.sign(claims, key.privateKey, { algorithm: 'ES256', keyid: key.kid, expiresIn: seconds });
}

/** The path in etcd of an issuer's public key, a JWK. */
export function keyPath(issuer: string, kid: string): string {
  return `keys/${issuer}/${kid}`;
}

/** Verifies tokens of all issuers with the public keys that are in etcd. */
export interface TokenVerifier {
  /** @throws Unauthenticated TOKEN_EXPIRED or TOKEN_INVALID */
  verify(token: string): Claims;
}

/** `toleranceSeconds`: how long an expired token is still taken. */
export async function createTokenVerifier(etcd: Etcd, toleranceSeconds: number): Promise<TokenVerifier> {
  const mirror: Mirror = await etcd.mirror('keys/');
  const keys = new Map<string, { jwk: string; key: KeyObject }>();
  const cache = new LRUCache<string, Claims>({ max: CACHE_SIZE });
  const options: jwt.VerifyOptions & { complete?: false } = { algorithms: ['ES256'], clockTolerance: toleranceSeconds };
  // A key that was withdrawn must stop working at once, so what it signed is forgotten too.
  mirror.onChange(() => {
    cache.clear();
    for (const path of keys.keys()) if (!mirror.entries.has(path)) keys.delete(path);
  });

  function publicKey(issuer: string, kid: string): KeyObject | null {
    const path = `${issuer}/${kid}`;
    const jwk = mirror.entries.get(path);
    if (jwk === undefined) return null;
    const known = keys.get(path);
    if (known?.jwk === jwk) return known.key;
    const key = createPublicKey({ key: JSON.parse(jwk) as JsonWebKey, format: 'jwk' });
    keys.set(path, { jwk, key });
    return key;
  }

  return {
    verify(token) {
      const cached = cache.get(token);
      if (cached) {
        if ((cached.exp + toleranceSeconds) * 1000 > Date.now()) return cached;
        cache.delete(token);
        throw new Unauthenticated('TOKEN_EXPIRED');
      }
      // Two kilobytes hold any token that we sign; longer ones are not worth parsing.
      const decoded = token.length > 2048 ? null : safeDecode(token);
      // Nothing is verified yet: the payload may be null, and the issuer and the key id may be anything that
      // JSON knows.
      const issuer: unknown = typeof decoded?.payload === 'object' ? decoded.payload?.iss : undefined;
      const kid: unknown = decoded?.header.kid;
      const key = typeof issuer === 'string' && typeof kid === 'string' ? publicKey(issuer, kid) : null;
      if (!key) throw new Unauthenticated('TOKEN_INVALID');
      try {
        // Extensions that a token says are critical are none that we know (RFC 7515, 4.1.11).
        if (decoded?.header.crit !== undefined) throw new Unauthenticated('TOKEN_INVALID');
        const claims = jwt.verify(token, key, options) as unknown as Claims;
        if (!isWellFormed(claims)) throw new Unauthenticated('TOKEN_INVALID');
        cache.set(token, claims);
        return claims;
      } catch (error) {
        throw new Unauthenticated(error instanceof jwt.TokenExpiredError ? 'TOKEN_EXPIRED' : 'TOKEN_INVALID');
      }
    },
  };
}

/** Whether the claims, whose signature is right, are such as we make. */
function isWellFormed({ sub, sid, iat, exp }: Claims): boolean {
  if (typeof sub !== 'string' || !(sid === undefined || typeof sid === 'string')) return false;
  if (!Number.isSafeInteger(iat) || !Number.isSafeInteger(exp)) return false;
  const life = exp - iat;
  return life > 0 && life <= longestLife(sub, sid) && iat <= Date.now() / 1000 + MAX_AHEAD_SECONDS;
}

/** How long a token of this kind may live, in seconds. */
function longestLife(sub: string, sid: string | undefined): number {
  if (sid !== undefined) return ACCESS_TOKEN_SECONDS;
  return sub.startsWith('service:') ? SERVICE_TOKEN_SECONDS : GRANT_SECONDS;
}

function safeDecode(token: string): jwt.Jwt | null {
  try {
    return jwt.decode(token, { complete: true });
  } catch {
    return null;
  }
}

/**
 * The identity of this process among the services: a key of its own whose public half is in etcd as long as
 * the process lives.
 */
export interface ServiceIdentity {
  /** A token with which the service named `audience` knows who calls; reused until it is about to expire. */
  serviceToken(audience: string): string;
  /**
   * A grant: whoever was given it through the graph may read the thing `subject` of the service `audience`.
   * The signer has checked that the viewer may; the receiver need not ask back. The same grant is given out
   * for some minutes, so that answers stay equal.
   */
  grant(audience: string, subject: string): string;
}

export async function createServiceIdentity(service: string, etcd: Etcd): Promise<ServiceIdentity> {
  const key = generateSigningKey();
  await etcd.putLeased(keyPath(service, key.kid), JSON.stringify(key.publicJwk));
  const made = new LRUCache<string, { token: string; renewAt: number }>({ max: CACHE_SIZE });
  const reuse = (audience: string, subject: string, seconds: number): string => {
    const name = `${audience} ${subject}`;
    const known = made.get(name);
    if (known && known.renewAt > Date.now()) return known.token;
    const token = signToken(key, { iss: service, sub: subject, aud: audience }, seconds);
    made.set(name, { token, renewAt: Date.now() + REUSE_SECONDS * 1000 });
    return token;
  };
  return {
    serviceToken: (audience) => reuse(audience, `service:${service}`, SERVICE_TOKEN_SECONDS),
    grant: (audience, subject) => reuse(audience, subject, GRANT_SECONDS),
  };
}
