import { AccountLocked } from '../errors.ts';

/** Wrong passwords that lock, and for how long (seed/names.md). */
const LIMIT = 5;
const LOCK_SECONDS = 15 * 60;

/** Counters that expire and are shared by all instances. `count` is 0 while they cannot be used. */
export interface AttemptCounters {
  increment(key: string, seconds: number): Promise<{ count: number; secondsLeft: number }>;
  read(key: string): Promise<{ count: number; secondsLeft: number }>;
  clear(key: string): Promise<void>;
}

/**
 * Counts wrong passwords. What is counted is a subject: the text of the login, so that an unknown login locks like a known one and the lock
 * tells nobody which accounts exist; and the account where there is one, so that its user name and its e-mail address together give five attempts, not ten.
 */
export interface LoginAttempts {
  /**
   * Runs `verify`, unless one of the subjects is locked. It has to call `count` before it looks at the password: so many requests at once get no
   * more attempts than one after the other, and one that is turned away before costs none.
   * @throws AccountLocked
   */
  attempt(subjects: readonly string[], verify: VerifyCounted): Promise<boolean>;
}

/** Whether the password is right. `count` throws AccountLocked where the attempts are used up. */
export type VerifyCounted = (count: () => Promise<void>) => Promise<boolean>;

export function createLoginAttempts(counters: AttemptCounters): LoginAttempts {
  const inTurn = createTurns();
  const wrong = (subject: string) => `login-attempts:${subject}`;
  const locked = (subject: string) => `login-lock:${subject}`;

  async function refuseIfLocked(subjects: readonly string[]): Promise<void> {
    const locks = await Promise.all(subjects.map((subject) => counters.read(locked(subject))));
    const seconds = Math.max(...locks.map(({ count, secondsLeft }) => (count > 0 ? Math.max(1, secondsLeft) : 0)));
    if (seconds > 0) throw new AccountLocked(seconds);
  }

  async function attempt(subjects: readonly string[], verify: VerifyCounted): Promise<boolean> {
    await refuseIfLocked(subjects);
    let counted: { count: number; secondsLeft: number }[] = [];
    const right = await verify(async () => {
      counted = await Promise.all(subjects.map((subject) => counters.increment(wrong(subject), LOCK_SECONDS)));
      const over = counted.filter(({ count }) => count > LIMIT);
      // The five before it are being looked at by other instances at this moment, or were wrong a moment ago.
      if (over.length > 0) throw new AccountLocked(Math.max(1, ...over.map(({ secondsLeft }) => secondsLeft)));
    });
    if (right) {
      await Promise.all(subjects.map((subject) => counters.clear(wrong(subject))));
      return true;
    }
    const full = subjects.filter((_, i) => counted[i]?.count === LIMIT);
    // A counter of its own, so that the lock lasts its whole time from the fifth wrong password on; that of the attempts ends before it does.
    await Promise.all(full.map((subject) => counters.increment(locked(subject), LOCK_SECONDS)));
    return false;
  }

  return {
    // In turn, so that a user who signs in on several devices at once with the right password isn't taken for someone who guesses.
    attempt: (subjects, verify) => inTurn(subjects.at(-1) ?? '', () => attempt(subjects, verify)),
  };
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
