import { setTimeout as sleep } from 'node:timers/promises';
import { RateLimited } from '../../../../kit/base/errors.ts';
import { AccountLocked } from '../errors.ts';
import { shortHash } from './networks.ts';

const MINUTE = 60;
/** Wrong passwords for one login from one address that lock it there, and for how long. */
const LIMIT = 5;
const LOCK_SECONDS = 15 * MINUTE;
/**
 * Wrong passwords of strangers for one login, from wherever, in an hour, after which each further one waits
 * longer.
 */
const UNHURRIED = 10;
const SLOW_SECONDS = 60 * MINUTE;
const FIRST_DELAY_MS = 100;
/** The longest delay: the gateway waits some seconds more. */
const MAX_DELAY_MS = 3_000;

/** Counters that expire and are shared by all instances. */
export interface AttemptCounters {
  increment(key: string, seconds: number): Promise<{ count: number; secondsLeft: number }>;
  read(key: string): Promise<{ count: number; secondsLeft: number }>;
  clear(key: string): Promise<void>;
}

/** Who tries to sign in, and as whom. */
export interface Attempt {
  /** The login as it was typed, in small letters. */
  login: string;
  /** The client's network; null where nobody said it. */
  address: string | null;
  /** Whether the account of the login was used from there before. */
  isKnown: boolean;
}

/**
 * Limits wrong passwords so that they cost the one who tries:
 *
 * - Five wrong ones for a login from an address lock this login for this address.
 * - An address has only so many for all logins together. Who signed in from there before is not bound by it.
 * - Many for one login from many addresses slow strangers down at this login, and never lock it.
 *
 * All are counted by the text of the login and never by the account: an unknown login is counted like a known
 * one, and a user name and an e-mail address of one account like those of two. So no answer tells who has an
 * account, or which address belongs to which name.
 */
export interface LoginAttempts {
  /**
   * Runs `verify`, unless the login is locked for the address. `verify` has to call `count` before it looks
   * at the password: requests at once get no more attempts than one after the other, and a request that is
   * turned away before costs none. Resolves to whether the password is right.
   * @throws AccountLocked
   * @throws RateLimited where the address has used up its wrong passwords
   */
  run(attempt: Attempt, verify: VerifyCounted): Promise<boolean>;
}

/** Whether the password is right. `mayMatch` is false where it must not be looked at, but take as long. */
export type VerifyCounted = (count: () => Promise<void>, mayMatch: boolean) => Promise<boolean>;

/** `perAddress`: wrong passwords of strangers that an address has in 15 minutes. */
export function createLoginAttempts(counters: AttemptCounters, perAddress: number): LoginAttempts {
  const inTurn = createTurns();

  /**
   * Refuses a login that is locked. Resolves to how long a stranger has to wait, and whether the address has
   * attempts left.
   */
  async function look(keys: Keys): Promise<{ delay: number; refusal: RateLimited | null }> {
    const [lock, slow, address] = await Promise.all([
      counters.read(keys.lock),
      counters.read(keys.slow),
      counters.read(keys.address),
    ]);
    if (lock.count > 0) throw new AccountLocked(Math.max(1, lock.secondsLeft));
    return {
      delay: delayAfter(slow.count),
      refusal: address.count >= perAddress ? tooMany(address.secondsLeft) : null,
    };
  }

  async function run(keys: Keys, isKnown: boolean, verify: VerifyCounted): Promise<boolean> {
    const { delay, refusal } = await look(keys);
    const mayMatch = isKnown || !refusal;
    if (delay > 0 && !isKnown) await sleep(delay);
    let count = 0;
    const right = await verify(async () => {
      const counted = await counters.increment(keys.wrong, LOCK_SECONDS);
      ({ count } = counted);
      // The five before it are being looked at by other instances at this moment, or were wrong a moment ago.
      if (count > LIMIT) throw new AccountLocked(Math.max(1, counted.secondsLeft));
    }, mayMatch);
    if (right) {
      await counters.clear(keys.wrong);
      return true;
    }
    await Promise.all([
      counters.increment(keys.address, LOCK_SECONDS),
      ...(isKnown ? [] : [counters.increment(keys.slow, SLOW_SECONDS)]),
      // A counter of its own, so that the lock lasts its whole time from the fifth wrong password on.
      ...(count === LIMIT ? [counters.increment(keys.lock, LOCK_SECONDS)] : []),
    ]);
    // Said after the work: by its time, nobody at the address of a known user learns that the account is
    // known there.
    if (refusal) throw refusal;
    return false;
  }

  return {
    run({ login, address, isKnown }, verify) {
      const keys = keysOf(login, address, isKnown);
      // In turn, so that a user who signs in on several devices at once with the right password isn't taken
      // for someone who guesses.
      return inTurn(keys.wrong, () => run(keys, isKnown, verify));
    },
  };
}

type Keys = ReturnType<typeof keysOf>;

function keysOf(login: string, address: string | null, isKnown: boolean) {
  const here = shortHash(`${isKnown} ${address} ${login}`);
  return {
    wrong: `login-attempts:${here}`,
    lock: `login-lock:${here}`,
    slow: `login-slow:${shortHash(login)}`,
    address: `login-failures:${shortHash(`${address}`)}`,
  };
}

/** How long a stranger waits before the next password for a login that had so many wrong ones, in ms. */
export function delayAfter(wrong: number): number {
  return wrong <= UNHURRIED ? 0 : Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** (wrong - UNHURRIED - 1));
}

function tooMany(secondsLeft: number): RateLimited {
  const minutes = Math.max(1, Math.ceil(secondsLeft / 60));
  const message = `There were too many wrong passwords from your network. Try again in ${minutes} min.`;
  return new RateLimited(message, Math.max(1, secondsLeft));
}

/** Runs what has the same key one after the other. */
function createTurns(): <T>(key: string, work: () => Promise<T>) => Promise<T> {
  const last = new Map<string, Promise<unknown>>();
  return (key, work) => {
    const turn = (last.get(key) ?? Promise.resolve()).then(work, work);
    last.set(key, turn);
    const forget = () => {
      if (last.get(key) === turn) last.delete(key);
    };
    turn.then(forget, forget);
    return turn;
  };
}
