import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * Authenticates the records in etcd by an HMAC. An attacker who can write to etcd but lacks the secret that
 * our processes share cannot forge a record. The HMAC covers the path, so a record copied to another path is
 * invalid.
 */
export interface Seal {
  /** The text to write at a full path in etcd. */
  close(path: string, value: string): string;
  /** The value of the text at a path, or null if none of our processes wrote it there. */
  open(path: string, text: string): string | null;
}

/** Length of a SHA-256 in base64url. */
const MAC_LENGTH = 43;

/** Signs with the first secret and verifies with all, so that a secret can be rotated without downtime. */
export function createSeal(secrets: readonly string[]): Seal {
  const [first] = secrets;
  if (first === undefined) throw new Error('A seal needs a secret.');
  // NUL separates path and value unambiguously: no path of ours contains it.
  const macOf = (secret: string, path: string, value: string) =>
    createHmac('sha256', secret).update(`${path}\0${value}`).digest('base64url');
  return {
    close: (path, value) => `${macOf(first, path, value)} ${value}`,
    open(path, text) {
      if (text[MAC_LENGTH] !== ' ') return null;
      const given = Buffer.from(text.slice(0, MAC_LENGTH));
      const value = text.slice(MAC_LENGTH + 1);
      const isOurs = secrets.some((secret) => {
        const made = Buffer.from(macOf(secret, path, value));
        return made.length === given.length && timingSafeEqual(made, given);
      });
      return isOurs ? value : null;
    },
  };
}
