import { createHash } from 'node:crypto';
import { z } from 'zod';
import { newId } from '../../../kit/ids.ts';
import { parseInput } from '../../../kit/input.ts';
import type { Log } from '../../../kit/log.ts';
import { codePointCount } from '../../../kit/text.ts';
import { EmailTaken, InvalidCredentials, UserNameTaken } from '../errors.ts';
import type { LoginAttempts } from './attempts.ts';
import { canonicalEmail, emailRule } from './email.ts';
import type { Passwords } from './passwords.ts';
import type { Profiles } from './profiles.ts';
import { deviceName, type NewSession, type Sessions, type SignedIn } from './sessions.ts';

const USER_NAME = /^[a-z0-9_.]{3,32}$/;
const PRINTABLE_ASCII = /^[\x21-\x7e]+$/;
const PASSWORD = { min: 8, max: 128 };

export interface Account {
  id: string;
  /** Lower case. */
  userName: string;
  /** As `canonicalEmail` gives it. */
  email: string;
  passwordHash: string;
  createdAt: Date;
}

export interface AccountStore {
  /** Writes both or nothing. Says which of the names another account has: unique keys decide, whoever else registers at this moment. */
  register(account: Account, session: NewSession): Promise<'created' | 'userNameTaken' | 'emailTaken'>;
  findByUserName(userName: string): Promise<Account | null>;
  findByEmail(email: string): Promise<Account | null>;
}

const lower = (value: string) => value.toLowerCase();

const registerInput = z.object({
  userName: z
    .string()
    .trim()
    .transform(lower)
    .refine((value) => USER_NAME.test(value), 'The user name must have 3 to 32 characters of a-z, 0-9, _ and a dot.'),
  email: emailRule,
  password: z.string().refine((value) => {
    if (value.length > PASSWORD.max * 2 || !value.isWellFormed()) return false;
    const count = codePointCount(value);
    return count >= PASSWORD.min && count <= PASSWORD.max;
  }, `The password must have ${PASSWORD.min} to ${PASSWORD.max} characters.`),
  deviceName,
});

const logInInput = z.object({
  login: z
    .string()
    .trim()
    .min(1, 'The login is empty.')
    .max(254, 'A login has at most 254 characters.')
    .transform(lower),
  password: z
    .string()
    .min(1, 'The password is empty.')
    .max(PASSWORD.max * 2, `A password has at most ${PASSWORD.max} characters.`),
  deviceName,
});

export interface Accounts {
  /** @throws InvalidInput, UserNameTaken, EmailTaken, RateLimited */
  register(input: unknown): Promise<SignedIn>;
  /** @throws InvalidInput, InvalidCredentials, AccountLocked, RateLimited */
  logIn(input: unknown): Promise<SignedIn>;
}

export function createAccounts(parts: {
  store: AccountStore;
  sessions: Sessions;
  passwords: Passwords;
  attempts: LoginAttempts;
  profiles: Profiles;
  log: Log;
}): Accounts {
  const { store, sessions, passwords, attempts, profiles, log } = parts;

  /** An unknown text is looked up nowhere it cannot be: the columns are ASCII. */
  async function find(login: string): Promise<Account | null> {
    if (USER_NAME.test(login)) return store.findByUserName(login);
    if (!login.includes('@')) return null;
    const email = canonicalEmail(login) ?? login;
    return PRINTABLE_ASCII.test(email) ? store.findByEmail(email) : null;
  }

  return {
    async register(input) {
      const { userName, email, password, deviceName: device } = parseInput(registerInput, input);
      // Spares the hash where the answer is known; the unique keys decide below.
      if (await store.findByUserName(userName)) throw new UserNameTaken();
      if (await store.findByEmail(email)) throw new EmailTaken();
      const passwordHash = await passwords.hash(password);
      const account: Account = { id: newId(), userName, email, passwordHash, createdAt: new Date() };
      const opening = sessions.prepare(account.id, device);
      const outcome = await store.register(account, opening.row);
      if (outcome === 'userNameTaken') throw new UserNameTaken();
      if (outcome === 'emailTaken') throw new EmailTaken();
      log.info({ userId: account.id, userName, sessionId: opening.row.id }, 'register: account created');
      await profiles.createSoon({ id: account.id, userName });
      return opening.signedIn();
    },

    async logIn(input) {
      const { login, password, deviceName: device } = parseInput(logInInput, input);
      // A hash, as people type passwords into the wrong field.
      const loginHash = createHash('sha256').update(login).digest('hex').slice(0, 32);
      const account = await find(login);
      const subjects = account ? [`login:${loginHash}`, `account:${account.id}`] : [`login:${loginHash}`];
      const right = await attempts
        .attempt(subjects, (count) =>
          passwords.check(async (verify) => {
            await count();
            return verify(account?.passwordHash ?? null, password);
          }),
        )
        .catch((error: Error) => {
          log.warn({ loginHash, userId: account?.id, reason: error.name }, 'login refused');
          throw error;
        });
      if (!right || !account) {
        log.warn({ loginHash, userId: account?.id, reason: 'InvalidCredentials' }, 'login refused');
        throw new InvalidCredentials();
      }
      const signedIn = await sessions.open(account.id, device);
      log.info({ userId: account.id, sessionId: signedIn.session.id }, 'login succeeded');
      return signedIn;
    },
  };
}
