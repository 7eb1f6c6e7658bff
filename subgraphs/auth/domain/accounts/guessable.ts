import { dictionary } from '@zxcvbn-ts/language-common';
import { normalise } from './passwords.ts';

/** Some fifty thousand passwords that people have chosen most often, in small letters. */
const COMMON = new Set(dictionary['passwords-common']);
/** Characters that make a password of a name the owner's. */
const OWN_CHARACTERS = 4;
const DIFFERENT_CHARACTERS = 3;

/**
 * Whether a password is among the first that attackers try (NIST SP 800-63B-4, 3.1.1.2): one of the
 * commonest, one or two characters over and over, or the user's own name or e-mail address with next to
 * nothing added.
 */
export function isGuessable(password: string, userName: string, email: string): boolean {
  const text = normalise(password).toLowerCase();
  if (COMMON.has(text.trim()) || new Set(text).size < DIFFERENT_CHARACTERS) return true;
  const [mailbox = ''] = email.split('@');
  return [email, userName, mailbox].some(
    (name) => name !== '' && text.includes(name) && text.replaceAll(name, '').length < OWN_CHARACTERS,
  );
}
