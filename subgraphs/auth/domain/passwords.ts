import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { hash, verify } from '@node-rs/argon2';
import { RateLimited } from '../../../kit/errors.ts';

/** OWASP's Password Storage Cheat Sheet, Argon2id: 19 MiB, two iterations, one lane. */
const PARAMETERS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** Hashes that are computed at once: Argon2 runs on libuv's four threads, which files and DNS need too. */
const RUNNING = Math.min(3, availableParallelism());
/** Requests that may wait for their turn; at about 30 ms each the last waits some seconds, the next is refused. */
const WAITING = 100;

/** Makes and checks password hashes, a bounded number at once: each takes 19 MiB and a core. */
export interface Passwords {
  /** @throws RateLimited where too many wait */
  hash(password: string): Promise<string>;
  /**
   * Runs `work` when it is its turn, and gives it what checks a password.
   * @throws RateLimited where too many wait; nothing of `work` is done then
   */
  check<T>(work: (verify: Verify) => Promise<T>): Promise<T>;
}

/** Whether the password is the hash's. With null for the hash (no such account) it takes as long, and is false. */
export type Verify = (hash: string | null, password: string) => Promise<boolean>;

export async function createPasswords(): Promise<Passwords> {
  const limit = createLimiter(RUNNING, WAITING);
  const nobodys = await hash(randomBytes(32), PARAMETERS);
  const verifyNow: Verify = async (known, password) => {
    const matches = await verify(known ?? nobodys, normalise(password));
    return matches && known !== null;
  };
  return {
    hash: (password) => limit(() => hash(normalise(password), PARAMETERS)),
    check: (work) => limit(() => work(verifyNow)),
  };
}

/** The same characters, whatever keyboard and system they were typed on (NIST SP 800-63B-3, 5.1.1.2). */
function normalise(password: string): string {
  return password.normalize('NFKC');
}

function createLimiter(running: number, waiting: number): <T>(work: () => Promise<T>) => Promise<T> {
  const queue: (() => void)[] = [];
  let active = 0;
  return async (work) => {
    if (active >= running) {
      if (queue.length >= waiting) throw new RateLimited('Too many people sign in at this moment. Try again.', 5);
      // The one that ends hands its place over, so `active` stays.
      await new Promise<void>((resolve) => queue.push(resolve));
    } else {
      active += 1;
    }
    try {
      return await work();
    } finally {
      const next = queue.shift();
      if (next) next();
      else active -= 1;
    }
  };
}
