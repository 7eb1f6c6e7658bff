import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { HttpError, refuseConnection } from '../http/refusals.ts';
import { takeRequestId } from '../observe/request.ts';

/** Seconds after which a client may try again where there is no place. */
const RETRY_AFTER = '5';

/** Limits on the number of open sockets. What is left out is unlimited. */
export interface PlaceLimits {
  /** Sockets of all clients. */
  total: number;
  /** Sockets of one user. */
  perUser?: number;
  /** Sockets of all clients that introduced themselves without a token. */
  nobodys?: number;
  /** Sockets of one address, signed in or not. */
  perAddress?: number;
  /** Sockets of one address without a user: waiting for admission, not introduced yet, or without a token. */
  strangersPerAddress?: number;
  /** Sockets of one address, introduced without a token. */
  nobodysPerAddress?: number;
  /** Sockets of one address, admitted and not introduced; more wait for admission. */
  arrivingPerAddress?: number;
}

/** The place of one socket, from the upgrade until the connection has ended. */
export interface Place {
  /** Counts it as admitted. */
  arrive(): void;
  /** Counts it for a user, or for null where it has none. Returns the reason where there are too many. */
  settle(userId: string | null): string | null;
  free(): void;
}

/** Bounds the sockets of each address and each user, so that nobody can take the places of all. */
export interface Places {
  /** Takes a place for a client at this address; null where the limits are reached. */
  take(address: string): Place | null;
  /** Whether another socket of this address may be admitted. */
  mayArrive(address: string): boolean;
  readonly taken: number;
}

const NOBODY = '';

export function createPlaces(limits: PlaceLimits): Places {
  const { total, perUser, nobodys, perAddress, strangersPerAddress, nobodysPerAddress, arrivingPerAddress } = limits;
  const ofAddress = createCounts();
  const strangers = createCounts();
  const arriving = createCounts();
  /** By user; sockets without a token are under `NOBODY`. */
  const ofUser = createCounts();
  const nobodysAt = createCounts();
  let taken = 0;

  const isFull = (counts: Counts, key: string, limit = Number.POSITIVE_INFINITY) => counts.of(key) >= limit;

  function why(address: string, owner: string): string | null {
    if (owner !== NOBODY) return isFull(ofUser, owner, perUser) ? 'Too many sockets of this user' : null;
    const isNobodysFull = isFull(ofUser, NOBODY, nobodys) || isFull(nobodysAt, address, nobodysPerAddress);
    return isNobodysFull ? 'Too many sockets without a token' : null;
  }

  function take(address: string): Place | null {
    const isRefused = isFull(ofAddress, address, perAddress) || isFull(strangers, address, strangersPerAddress);
    if (isRefused || taken >= total) return null;
    taken += 1;
    ofAddress.add(address, 1);
    strangers.add(address, 1);
    let isArriving = false;
    let isFree = false;
    /** The user, or `NOBODY`; null until the client has introduced itself. */
    let owner: string | null = null;

    function leave(): void {
      if (isArriving) arriving.add(address, -1);
      isArriving = false;
      if (owner !== null) ofUser.add(owner, -1);
      if (owner === NOBODY) nobodysAt.add(address, -1);
      if (owner === null || owner === NOBODY) strangers.add(address, -1);
      owner = null;
    }

    return {
      arrive() {
        if (isFree || isArriving || owner !== null) return;
        isArriving = true;
        arriving.add(address, 1);
      },
      settle(userId) {
        const next = userId ?? NOBODY;
        if (isFree || owner === next) return null;
        const reason = why(address, next);
        if (reason) return reason;
        leave();
        owner = next;
        ofUser.add(next, 1);
        if (next !== NOBODY) return null;
        nobodysAt.add(address, 1);
        strangers.add(address, 1);
        return null;
      },
      free() {
        if (isFree) return;
        isFree = true;
        leave();
        taken -= 1;
        ofAddress.add(address, -1);
      },
    };
  }

  return {
    take,
    mayArrive: (address) => !isFull(arriving, address, arrivingPerAddress),
    get taken() {
      return taken;
    },
  };
}

type Counts = ReturnType<typeof createCounts>;

function createCounts() {
  const counts = new Map<string, number>();
  return {
    of: (key: string) => counts.get(key) ?? 0,
    add(key: string, by: number): void {
      const count = (counts.get(key) ?? 0) + by;
      if (count === 0) counts.delete(key);
      else counts.set(key, count);
    },
  };
}

/**
 * The payer under which refused sockets of an address wait. Separate from its operations, which may be within
 * budget.
 */
export function socketPayer(address: string): string {
  return `socket:${address}`;
}

/** Refuses an upgrade with 503 and `Retry-After`: there are too many sockets in all, or of this address. */
export function refuseSocket(socket: Duplex, { headers }: IncomingMessage): void {
  const message =
    'This server has as many sockets as it can serve now, or as one network may have. Try again in some seconds.';
  const refusal = new HttpError(503, 'OVERLOADED', message, { 'retry-after': RETRY_AFTER });
  refuseConnection(socket, refusal, takeRequestId(headers['x-request-id']));
}
