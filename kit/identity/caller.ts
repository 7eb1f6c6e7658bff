import { LRUCache } from 'lru-cache';
import { Forbidden, MalformedAuthorization, Unauthenticated } from '../base/errors.ts';
import type { Revocations } from './revocations.ts';
import type { Claims, TokenVerifier } from './tokens.ts';

/** The signed-in user, from an access token that this process verified. */
export interface Viewer {
  userId: string;
  sessionId: string;
  scopes: readonly string[];
  /** When the token expires, in ms since 1970. */
  expiresAt: number;
}

/** Hooks for a caller that answers `isViewer` and `isSignedIn` itself, to record the questions. */
export const IS_VIEWER: unique symbol = Symbol('isViewer');
export const IS_SIGNED_IN: unique symbol = Symbol('isSignedIn');

/** The sender of a request: a gateway, a service with a call of its own, or any other client of the port. */
export type Origin = 'gateway' | 'service' | 'direct';

/** How a request reached this process. */
export interface Way {
  origin: Origin;
  /**
   * The client's address as the gateway determined it (gateway/operation/limits/address.ts). Null without a
   * gateway, and for queries: equal queries of several clients share one fetch, so only mutations, uploads
   * and subscriptions carry it.
   */
  address: string | null;
}

/**
 * The caller of an operation: a user, another service, or nobody; never two of these. Don't copy it with
 * `{...caller}`, which reads the viewer: see `extendCaller`.
 */
export interface Caller extends Way {
  viewer: Viewer | null;
  /** The name of the calling service, for fields that only services may use. */
  service: string | null;
  /**
   * The access token of a user whom a mutation of this operation signed in. The rest of the operation runs
   * with it, in all services.
   */
  signedIn?: string;
  [IS_VIEWER]?(userId: string): boolean;
  [IS_SIGNED_IN]?(): boolean;
}

/**
 * Whether the viewer is this user. Subscribers who see the same share one answer to an event. Reading
 * `viewer` restricts the answer to this viewer; this function splits it in two, one for the user and one for
 * everybody else.
 */
export function isViewer(caller: Caller, userId: string): boolean {
  return caller[IS_VIEWER] ? caller[IS_VIEWER](userId) : caller.viewer?.userId === userId;
}

/** Whether there is a viewer. All signed-in subscribers share the answer. */
export function isSignedIn(caller: Caller): boolean {
  return caller[IS_SIGNED_IN] ? caller[IS_SIGNED_IN]() : caller.viewer !== null;
}

/** The context of an operation: the caller plus the service's parts. Reads the caller's viewer lazily. */
export function extendCaller<Parts extends object>(caller: Caller, parts: Parts): Caller & Parts {
  return Object.assign(new ExtendedCaller(caller), parts);
}

const CALLER: unique symbol = Symbol('caller');

/** Keeps its caller in a plain property: Apollo Server clones contexts, which drops private fields. */
class ExtendedCaller implements Caller {
  [CALLER]: Caller;

  constructor(caller: Caller) {
    this[CALLER] = caller;
  }

  get viewer(): Viewer | null {
    return this[CALLER].viewer;
  }

  /** Set by a mutation that signs somebody in. */
  set viewer(viewer: Viewer | null) {
    const { origin, address } = this[CALLER];
    this[CALLER] = { viewer, service: null, origin, address };
  }

  get service(): string | null {
    return this[CALLER].service;
  }

  get origin(): Origin {
    return this[CALLER].origin;
  }

  get address(): string | null {
    return this[CALLER].address;
  }

  [IS_VIEWER](userId: string): boolean {
    return isViewer(this[CALLER], userId);
  }

  [IS_SIGNED_IN](): boolean {
    return isSignedIn(this[CALLER]);
  }
}

/**
 * Response header from a subgraph to the gateway with `signedIn`. It lets a client that registers or logs in
 * read fields that need a viewer in the same operation: `register { … user { name } }`, although another
 * service owns `name`.
 */
export const SIGNED_IN_HEADER = 'x-beaver-signed-in';

/** Request header with the service token of the sending process. */
export const SERVICE_HEADER = 'x-beaver-service';
/** Request header from a gateway with the client's address. */
export const ADDRESS_HEADER = 'x-beaver-client-address';

/** A request from any client of the port. */
export const DIRECT: Way = { origin: 'direct', address: null };

/** Authenticates requests. One per process. */
export interface Authenticator {
  /**
   * Returns the caller for the text of an `Authorization` header; nobody without one. Rejects invalid tokens
   * and those of ended sessions. A service token makes the caller a service.
   * @throws Unauthenticated
   */
  authenticate(authorization: string | undefined, way?: Way): Caller;
  /**
   * The sender of a request, from the service token beside the client's authorization. `direct` without
   * one.
   * @throws Unauthenticated
   */
  originOf(serviceToken: unknown): Origin;
}

/** The name of the gateway among the issuers of service tokens. */
const GATEWAY = 'gateway';
/** Size of the cache of parsed headers. */
const HEADERS = 10_000;

/** `audience` is the name of this service. Service tokens for another one are invalid here. */
export function createAuthenticator(
  verifier: TokenVerifier,
  revocations: Revocations,
  audience: string,
): Authenticator {
  // A socket repeats the same text with each operation. A lookup costs a tenth of parsing it (measured).
  const tokens = new LRUCache<string, string>({ max: HEADERS });
  return {
    authenticate(authorization, way = DIRECT) {
      if (!authorization) return { viewer: null, service: null, origin: way.origin, address: way.address };
      const known = tokens.get(authorization);
      const token = known ?? readToken(authorization);
      const claims = verifier.verify(token);
      // Caches valid tokens only, so that an attacker cannot evict them.
      if (known === undefined) tokens.set(authorization, token);
      return claims.sid === undefined ? serviceCaller(claims, audience) : viewerCaller(claims, revocations, way);
    },
    originOf(serviceToken) {
      if (serviceToken === undefined) return 'direct';
      if (typeof serviceToken !== 'string') throw new Unauthenticated('TOKEN_INVALID');
      return serviceOf(verifier.verify(serviceToken), audience) === GATEWAY ? 'gateway' : 'service';
    },
  };
}

/** A token is a JWT with three parts. `Bearer undefined` comes from a client without one. */
const BEARER = /^Bearer +([^\s.]+\.[^\s.]+\.[^\s.]+)$/i;

/** Parses an authorization, which over a socket may be any JSON. */
function readToken(authorization: unknown): string {
  const token = typeof authorization === 'string' ? BEARER.exec(authorization)?.[1] : undefined;
  if (!token) throw new MalformedAuthorization();
  return token;
}

function viewerCaller(claims: Claims, revocations: Revocations, { origin, address }: Way): Caller {
  if (claims.iss !== 'auth' || claims.sid === undefined) throw new Unauthenticated('TOKEN_INVALID');
  if (revocations.isEnded(claims.sid)) throw new Unauthenticated('SESSION_ENDED');
  const viewer: Viewer = {
    userId: claims.sub,
    sessionId: claims.sid,
    scopes: claims.scope ? claims.scope.split(' ') : [],
    expiresAt: claims.exp * 1000,
  };
  return { viewer, service: null, origin, address };
}

function serviceCaller(claims: Claims, audience: string): Caller {
  return { viewer: null, service: serviceOf(claims, audience), origin: 'service', address: null };
}

/** The service that issued a token. @throws Unauthenticated if it is no service token for `audience` */
function serviceOf({ iss, sub, aud }: Claims, audience: string): string {
  if (aud !== audience || sub !== `service:${iss}`) throw new Unauthenticated('TOKEN_INVALID');
  return iss;
}

/** Returns the viewer. @throws Unauthenticated TOKEN_MISSING */
export function requireViewer(caller: Caller): Viewer {
  if (!caller.viewer) throw new Unauthenticated('TOKEN_MISSING');
  return caller.viewer;
}

/** Guards what every signed-in user may see. @throws Unauthenticated TOKEN_MISSING */
export function requireSignedIn(caller: Caller): void {
  if (!isSignedIn(caller)) throw new Unauthenticated('TOKEN_MISSING');
}

/** Guards fields for services only (`@inaccessible`). @throws Forbidden */
export function requireService(caller: Caller, ...services: string[]): void {
  if (caller.service === null || !services.includes(caller.service)) {
    throw new Forbidden('This field is for the services of this system only.');
  }
}
