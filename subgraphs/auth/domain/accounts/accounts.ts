import { z } from 'zod';
import { InvalidInput, RateLimited } from '../../../../kit/base/errors.ts';
import { newId } from '../../../../kit/base/ids.ts';
import { parseInput } from '../../../../kit/base/input.ts';
import type { Slowdown } from '../../../../kit/base/slowdown.ts';
import { codePointCount } from '../../../../kit/base/text.ts';
import type { Log } from '../../../../kit/observe/log.ts';
import type { LoginAttempts } from '../attempts/attempts.ts';
import { addressTag, shortHash } from '../attempts/networks.ts';
import type { RegistrationLimit } from '../attempts/registrations.ts';
import { AccountLocked, EmailTaken, InvalidCredentials, UserNameTaken } from '../errors.ts';
import type { NewSession, SignedIn } from '../sessions/ports.ts';
import { deviceName, type Sessions } from '../sessions/sessions.ts';
import { canonicalEmail, emailRule } from './email.ts';
import { isGuessable } from './guessable.ts';
import type { Passwords } from './passwords.ts';
import type { Profiles } from './profiles.ts';

const USER_NAME = /^[a-z0-9_.]{3,32}$/;
const PRINTABLE_ASCII = /^[\x21-\x7e]+$/;
const PASSWORD = { min: 8, max: 128 };
const GUESSABLE = 'This password is among the first that attackers try. Choose another one, for example some words.';

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
  /**
   * Writes both or nothing. Says which of the names another account has: unique keys decide, whoever else
   * registers at this moment.
   */
  register(account: Account, session: NewSession): Promise<'created' | 'userNameTaken' | 'emailTaken'>;
  findByUserName(userName: string): Promise<Account | null>;
  findByEmail(email: string): Promise<Account | null>;
  /** Whether the account has a session, ended or not, that was used from a network with this tag. */
  hasSessionFrom(accountId: string, addressTag: number): Promise<boolean>;
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

/** `address`: the client's network, null where nobody said it. */
export interface Accounts {
  /** @throws InvalidInput, UserNameTaken, EmailTaken, RateLimited */
  register(input: unknown, address: string | null): Promise<SignedIn>;
  /** @throws InvalidInput, InvalidCredentials, AccountLocked, RateLimited */
  logIn(input: unknown, address: string | null): Promise<SignedIn>;
}

export function createAccounts(parts: {
  store: AccountStore;
  sessions: Sessions;
  passwords: Passwords;
  attempts: LoginAttempts;
  registrations: RegistrationLimit;
  profiles: Profiles;
  /** Pauses before an address that asked too often is refused. */
  slowdown: Slowdown;
  log: Log;
}): Accounts {
  const { store, sessions, passwords, attempts, registrations, profiles, slowdown, log } = parts;

  /** An unknown text is looked up nowhere it cannot be: the columns are ASCII. */
  async function find(login: string): Promise<Account | null> {
    if (USER_NAME.test(login)) return store.findByUserName(login);
    if (!login.includes('@')) return null;
    const email = canonicalEmail(login) ?? login;
    return PRINTABLE_ASCII.test(email) ? store.findByEmail(email) : null;
  }

  /**
   * Whether the account was used from this network before. Looks for what cannot be there too, so that it
   * takes as long.
   */
  async function isKnownThere(account: Account | null, address: string | null): Promise<boolean> {
    const id = account?.id ?? newId('user');
    return (await store.hasSessionFrom(id, addressTag(id, address ?? ''))) && account !== null && address !== null;
  }

  /** Whoever is refused at once comes again at once: such a refusal waits. */
  const slowed =
    (work: Accounts['logIn']): Accounts['logIn'] =>
    async (input, address) => {
      try {
        return await work(input, address);
      } catch (error) {
        if (error instanceof RateLimited || error instanceof AccountLocked) await slowdown.hold(`${address}`);
        throw error;
      }
    };

  return {
    register: slowed(async (input, address) => {
      const { userName, email, password, deviceName: name } = parseInput(registerInput, input);
      if (isGuessable(password, userName, email)) throw new InvalidInput('password', GUESSABLE);
      await registrations.take(address);
      // Before anybody looks whether the names are taken: that they are must not be told sooner, nor for
      // less.
      const passwordHash = await passwords.hash({ address, person: null, isKnown: false }, password);
      const account: Account = { id: newId('user'), userName, email, passwordHash, createdAt: new Date() };
      const opening = sessions.prepare(account.id, { name, address });
      const outcome = await store.register(account, opening.row);
      if (outcome === 'userNameTaken') throw new UserNameTaken();
      if (outcome === 'emailTaken') throw new EmailTaken();
      log.info({ userId: account.id, userName, sessionId: opening.row.id }, 'register: account created');
      await profiles.createSoon({ id: account.id, userName });
      return opening.signedIn();
    }),

    logIn: slowed(async (input, address) => {
      const { login, password, deviceName: name } = parseInput(logInInput, input);
      // A hash, as people type passwords into the wrong field.
      const loginHash = shortHash(login);
      const account = await find(login);
      const isKnown = await isKnownThere(account, address);
      const payer = { address, person: isKnown && account ? account.id : null, isKnown };
      const right = await attempts
        .run({ login, address, isKnown }, (count, mayMatch) =>
          passwords.check(payer, async (verify) => {
            await count();
            return verify((mayMatch && account?.passwordHash) || null, password);
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
      const signedIn = await sessions.open(account.id, { name, address });
      log.info({ userId: account.id, sessionId: signedIn.session.id }, 'login succeeded');
      return signedIn;
    }),
  };
}
