import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { createShares, type Payer } from '../../../../kit/base/containers/shares.ts';
import { RateLimited } from '../../../../kit/base/errors.ts';

/** Hashes that are computed at once: one for each core, and two at least, so that nobody has them all. */
const RUNNING = Math.max(2, Math.min(4, availableParallelism()));
/** Of these for one address, or for one account that is known there. */
const RUNNING_OF_ONE = Math.floor(RUNNING / 2);
/** Requests that may wait for their turn: at about 30 ms each, the last one waits some seconds. */
const WAITING = 200;
/**
 * Requests of one address, or for one account that is known there, that may wait. An office at nine o'clock
 * has less.
 */
const WAITING_OF_ONE = 40;
/**
 * How long an address rests after a hash of somebody who is not known there, by how long that took. So it
 * uses a quarter of a core at most, and those who sign in beside it notice little.
 */
const REST = 3;
/** How long a request may wait, in ms: less than the gateway waits for an answer. */
const PATIENCE = 8_000;

/** Argon2, with parameters of its own choice. It does what it is asked at once. */
export interface Hasher {
  hash(password: string): Promise<string>;
  verify(hash: string, password: string): Promise<boolean>;
}

/**
 * Makes and checks password hashes, a bounded number at once: each takes 19 MiB and a core. The queue is
 * shared fairly (kit/base/containers/shares.ts), so a flood from one address keeps nobody else from signing
 * in.
 */
export interface Passwords {
  /** @throws RateLimited where too many wait */
  hash(payer: Payer, password: string): Promise<string>;
  /**
   * Runs `work` when it is its turn, and gives it what checks a password.
   * @throws RateLimited where too many wait; nothing of `work` is done then
   */
  check<T>(payer: Payer, work: (verify: Verify) => Promise<T>): Promise<T>;
}

/**
 * Whether the password is the hash's. With null for the hash (no such account) it takes as long, and is
 * false.
 */
export type Verify = (hash: string | null, password: string) => Promise<boolean>;

export async function createPasswords(hasher: Hasher): Promise<Passwords> {
  const share = { places: RUNNING_OF_ONE, queue: WAITING_OF_ONE };
  const shares = createShares({
    places: RUNNING,
    keptPlaces: 0,
    queue: WAITING,
    perPerson: share,
    perAddress: share,
    patience: PATIENCE,
    rest: ({ isKnown }, took) => (isKnown ? 0 : REST * took),
    refuse: () => new RateLimited('Too many people sign in at this moment. Try again.', 5),
  });
  const nobodys = await hasher.hash(randomBytes(32).toString('hex'));
  const verifyNow: Verify = async (known, password) => {
    const matches = await hasher.verify(known ?? nobodys, normalise(password));
    return matches && known !== null;
  };
  return {
    hash: (payer, password) => shares.run(payer, () => hasher.hash(normalise(password))),
    check: (payer, work) => shares.run(payer, () => work(verifyNow)),
  };
}

/** The same characters, whatever keyboard and system they were typed on (NIST SP 800-63B-3, 5.1.1.2). */
export function normalise(password: string): string {
  return password.normalize('NFKC');
}
