import { LRUCache } from 'lru-cache';
import { Forbidden, MalformedAuthorization, Unauthenticated } from '../base/errors.ts';
import type { Revocations } from './revocations.ts';
import type { Claims, TokenVerifier } from './tokens.ts';

/** Who asks: a signed-in user, by an access token that was verified here. */
export interface Viewer {
  userId: string;
  sessionId: string;
  scopes: readonly string[];
  /** When the token expires, in ms since 1970. */
  expiresAt: number;
}

/** By these, a caller answers `isViewer` and `isSignedIn` itself and sees what was asked. */
export const IS_VIEWER: unique symbol = Symbol('isViewer');
export const IS_SIGNED_IN: unique symbol = Symbol('isSignedIn');

/**
 * Which process sent a request: a gateway, a service with a call of its own, or anybody else who reaches the
 * port.
 */
export type Origin = 'gateway' | 'service' | 'direct';

/** The way of a request to this process. */
export interface Way {
  origin: Origin;
  /**
   * The client's address as the gateway knows it (gateway/operation/limits/address.ts). Null where no gateway
   * said one: only mutations, uploads and subscriptions carry it, because equal queries of several clients
   * share one fetch.
   */
  address: string | null;
}

/**
 * Who a request comes from: a user, another service, or nobody. Never both. Don't copy it with `{...caller}`,
 * which reads the viewer: see `extendCaller`.
 */
export interface Caller extends Way {
  viewer: Viewer | null;
  /** The name of the service that calls, for fields that only services may use. */
  service: string | null;
  /**
   * Set by a mutation that has signed somebody in: the access token with which the rest of the operation goes
   * on, in all services.
   */
  signedIn?: string;
  [IS_VIEWER]?(userId: string): boolean;
  [IS_SIGNED_IN]?(): boolean;
}

/**
 * Whether the viewer is this user. The answer to an event of a subscription is made once for all who see the
 * same: reading `viewer` makes it one for this viewer alone, whereas this makes it one for this user and one
 * for everybody else.
 */
export function isViewer(caller: Caller, userId: string): boolean {
  return caller[IS_VIEWER] ? caller[IS_VIEWER](userId) : caller.viewer?.userId === userId;
}

/**
 * Whether there is a viewer, for what everybody may see who is signed in: such an answer is shared as well.
 */
export function isSignedIn(caller: Caller): boolean {
  return caller[IS_SIGNED_IN] ? caller[IS_SIGNED_IN]() : caller.viewer !== null;
}

/**
 * The context of an operation: the caller and what a service adds. The viewer is looked up at the caller when
 * it is asked for, and not before.
 */
export function extendCaller<Parts extends object>(caller: Caller, parts: Parts): Caller & Parts {
  return Object.assign(new ExtendedCaller(caller), parts);
}

const CALLER: unique symbol = Symbol('caller');

/** Its caller is a plain property because Apollo Server clones contexts, which loses private ones. */
class ExtendedCaller implements Caller {
  [CALLER]: Caller;

  constructor(caller: Caller) {
    this[CALLER] = caller;
  }

  get viewer(): Viewer | null {
    return this[CALLER].viewer;
  }

  /** For a mutation that signs somebody in. */
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
 * The header in which a subgraph tells the gateway of `signedIn`. Somebody who registers or logs in can so
 * read in the same operation what needs a viewer: `register { … user { name } }`, though name is another
 * service's.
 */
export const SIGNED_IN_HEADER = 'x-beaver-signed-in';

/** The header of a request over HTTP with the service token of the process that sends it. */
export const SERVICE_HEADER = 'x-beaver-service';
/** The header in which a gateway says the client's address. */
export const ADDRESS_HEADER = 'x-beaver-client-address';

/** The way of a request from anybody who reaches the port. */
export const DIRECT: Way = { origin: 'direct', address: null };

/** Turns the text of an `Authorization` header into a caller. One for each process. */
export interface Authenticator {
  /**
   * No text is nobody. Anything that is not a valid token of a session that goes on is refused. `way`: what
   * is known of the sender; a service token as authorization makes it a service.
   * @throws Unauthenticated
   */
  authenticate(authorization: string | undefined, way?: Way): Caller;
  /**
   * The sender of a request, by the service token that it shows beside its client's authorization. None is
   * `direct`.
   * @throws Unauthenticated
   */
  originOf(serviceToken: unknown): Origin;
}

/** The name of the gateway among the issuers of service tokens. */
const GATEWAY = 'gateway';
/** Headers whose tokens are remembered. */
const HEADERS = 10_000;

/** `audience` is the name of this service: tokens of services count only where they were made for it. */
export function createAuthenticator(
  verifier: TokenVerifier,
  revocations: Revocations,
  audience: string,
): Authenticator {
  // A socket gives the same text with each of its operations: to look it up costs a tenth of reading it
  // (measured).
  const tokens = new LRUCache<string, string>({ max: HEADERS });
  return {
    authenticate(authorization, way = DIRECT) {
      if (!authorization) return { viewer: null, service: null, origin: way.origin, address: way.address };
      const known = tokens.get(authorization);
      const token = known ?? readToken(authorization);
      const claims = verifier.verify(token);
      // Only what is valid: nobody fills it with what is not.
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

/** A token is a JWT, of three parts: `Bearer undefined` is a client that has none. */
const BEARER = /^Bearer +([^\s.]+\.[^\s.]+\.[^\s.]+)$/i;

/** Over a socket it is whatever JSON the client sent. */
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

/**
 * The service whose token this is. @throws Unauthenticated where it is none, or was made for another than
 * `audience`
 */
function serviceOf({ iss, sub, aud }: Claims, audience: string): string {
  if (aud !== audience || sub !== `service:${iss}`) throw new Unauthenticated('TOKEN_INVALID');
  return iss;
}

/** The viewer, for what needs one. @throws Unauthenticated TOKEN_MISSING */
export function requireViewer(caller: Caller): Viewer {
  if (!caller.viewer) throw new Unauthenticated('TOKEN_MISSING');
  return caller.viewer;
}

/** For what everybody may see who is signed in. @throws Unauthenticated TOKEN_MISSING */
export function requireSignedIn(caller: Caller): void {
  if (!isSignedIn(caller)) throw new Unauthenticated('TOKEN_MISSING');
}

/** For fields that are for services only (`@inaccessible`). @throws Forbidden */
export function requireService(caller: Caller, ...services: string[]): void {
  if (caller.service === null || !services.includes(caller.service)) {
    throw new Forbidden('This field is for the services of this system only.');
  }
}
