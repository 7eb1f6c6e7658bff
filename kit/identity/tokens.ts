import { createPrivateKey, createPublicKey, generateKeyPairSync, type JsonWebKey, type KeyObject } from 'node:crypto';
import jwt from 'jsonwebtoken';
import { LRUCache } from 'lru-cache';
import { Unauthenticated } from '../base/errors.ts';
import { newUuid } from '../base/ids.ts';
import type { Etcd, Mirror } from '../discovery/etcd.ts';

/*
 * Clock skew. The issuer sets the expiry of a token by its own clock, and the verifier checks it by another.
 *
 * - `iat` in the future is accepted: only the issuer can have signed the token.
 * - Access tokens live for ten minutes by the clock of auth, so auth may be some minutes behind. The gateway
 *   decides on expiry without tolerance. Services add `CLOCK_TOLERANCE_SECONDS`; otherwise a service whose
 *   clock is ahead would refuse half of an operation that the gateway accepted.
 * - Service tokens are reused for 5 of their 15 minutes, so the signer may be 10 minutes behind, plus the
 *   tolerance. Each names the one service that accepts it, and is void as soon as the lease on its key ends,
 *   so a longer life gives a thief little.
 * - Grants are reused for 5 of their 10 minutes, so the signer may be 5 minutes behind, plus the tolerance.
 * - Lifetime is limited by the kind of token (`exp - iat`), and `iat` to two hours ahead: neither a stolen
 * key
 *   nor a bug of ours makes a token that lasts for years.
 */

/** Lifetime of an access token in seconds. */
export const ACCESS_TOKEN_SECONDS = 600;
const SERVICE_TOKEN_SECONDS = 900;
const GRANT_SECONDS = 600;
/** How long service tokens and grants are reused, in seconds. */
const REUSE_SECONDS = 300;
/** How long a service accepts an expired token, in seconds. */
export const CLOCK_TOLERANCE_SECONDS = 60;
/** The most that a signer's clock may be ahead, in seconds. */
const MAX_AHEAD_SECONDS = 7_200;
/** Size of the cache of verified tokens, which saves checking a signature in every request. */
const CACHE_SIZE = 10_000;

/** A P-256 key pair with its JOSE key id. */
export interface SigningKey {
  kid: string;
  privateKey: KeyObject;
  publicJwk: JsonWebKey;
}

/** The claims of a valid token. */
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

/** Reads a key from PKCS #8 PEM. */
export function readSigningKey(kid: string, pem: string): SigningKey {
  const privateKey = createPrivateKey(pem);
  return { kid, privateKey, publicJwk: createPublicKey(privateKey).export({ format: 'jwk' }) };
}

/** Signs claims with ES256. `iss` names the service whose keys verify the token. */
export function signToken(
  key: SigningKey,
  claims: Record<string, unknown> & { iss: string; sub: string },
  seconds: number,
): string {
  return jwt.sign(claims, key.privateKey, { algorithm: 'ES256', keyid: key.kid, expiresIn: seconds });
}

/** Path in etcd of an issuer's public key (JWK). */
export function keyPath(issuer: string, kid: string): string {
  return `keys/${issuer}/${kid}`;
}

/** Verifies tokens of all issuers with the public keys in etcd. */
export interface TokenVerifier {
  /** @throws Unauthenticated TOKEN_EXPIRED or TOKEN_INVALID */
  verify(token: string): Claims;
}

/** `toleranceSeconds`: how long an expired token is still accepted. */
export async function createTokenVerifier(etcd: Etcd, toleranceSeconds: number): Promise<TokenVerifier> {
  const mirror: Mirror = await etcd.mirror('keys/');
  const keys = new Map<string, { jwk: string; key: KeyObject }>();
  const cache = new LRUCache<string, Claims>({ max: CACHE_SIZE });
  const options: jwt.VerifyOptions & { complete?: false } = { algorithms: ['ES256'], clockTolerance: toleranceSeconds };
  // Clears the cache with each change: the tokens of a withdrawn key must stop working at once.
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
      // Two kilobytes hold any token that we sign. Longer ones are not parsed.
      const decoded = token.length > 2048 ? null : safeDecode(token);
      // Nothing is verified yet: the payload may be null, and issuer and key id may be any JSON.
      const issuer: unknown = typeof decoded?.payload === 'object' ? decoded.payload?.iss : undefined;
      const kid: unknown = decoded?.header.kid;
      const key = typeof issuer === 'string' && typeof kid === 'string' ? publicKey(issuer, kid) : null;
      if (!key) throw new Unauthenticated('TOKEN_INVALID');
      try {
        // Rejects critical extensions, as we support none (RFC 7515, 4.1.11).
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

/** Whether verified claims have the shape and the lifetime of ours. */
function isWellFormed({ sub, sid, iat, exp }: Claims): boolean {
  if (typeof sub !== 'string' || !(sid === undefined || typeof sid === 'string')) return false;
  if (!Number.isSafeInteger(iat) || !Number.isSafeInteger(exp)) return false;
  const life = exp - iat;
  return life > 0 && life <= longestLife(sub, sid) && iat <= Date.now() / 1000 + MAX_AHEAD_SECONDS;
}

/** The longest lifetime of this kind of token, in seconds. */
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
 * The identity of this process among the services: a key pair whose public key is in etcd under its lease.
 */
export interface ServiceIdentity {
  /** Returns a token that authenticates us to the service `audience`. Reused for some minutes. */
  serviceToken(audience: string): string;
  /**
   * Returns a grant: its holder may read `subject` of the service `audience`. The signer has checked the
   * viewer's permission, so the receiver need not ask back. Reused for some minutes, so that answers stay
   * equal.
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
