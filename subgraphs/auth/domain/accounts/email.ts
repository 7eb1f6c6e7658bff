import { domainToASCII } from 'node:url';
import { z } from 'zod';

/**
 * RFC 5321, 4.5.3.1: bytes of the part before the @, and of an address between the angle brackets of a
 * command.
 */
const LOCAL_LENGTH = 64;
const LENGTH = 254;
/** The top-level domain: two characters or more, and not a number, or the domain would be an IP address. */
const PUBLIC = /\.(?!\d+$)[a-z0-9-]{2,}$/;

/**
 * The one form of an e-mail address in which it is stored and compared: small letters, an international
 * domain in Punycode. Null for what is no address. The rule is that of browsers (`<input type=email>`), and
 * the domain needs a dot. Before the @ stand ASCII characters only: other letters would need SMTPUTF8 on
 * every server between us and the mailbox, so we might never reach the user.
 */
export function canonicalEmail(text: string): string | null {
  const at = text.lastIndexOf('@');
  const local = text.slice(0, at);
  const given = text.slice(at + 1);
  // What is percent-encoded is right in a URL only.
  const domain = given.includes('%') ? '' : domainToASCII(given);
  const email = `${local}@${domain}`;
  const isEmail = z.regexes.html5Email.test(email) && PUBLIC.test(domain);
  return isEmail && local.length <= LOCAL_LENGTH && email.length <= LENGTH ? email.toLowerCase() : null;
}

export const emailRule = z
  .string()
  .trim()
  .max(LENGTH, `The e-mail address must have at most ${LENGTH} characters.`)
  .transform((value, context) => {
    const email = canonicalEmail(value);
    if (email !== null) return email;
    const message = /[^\0-\x7f]/.test(value.slice(0, value.lastIndexOf('@')))
      ? 'The part before the @ must have ASCII characters only: most mail servers take no others there.'
      : 'This is not an e-mail address.';
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  });
