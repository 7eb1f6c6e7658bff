import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * The certificate that each record in etcd carries: whoever can write to etcd, and does not know the secret
 * that all our processes share, can put nothing there that they believe. It covers the path, so that a record
 * means nothing elsewhere.
 */
export interface Seal {
  /** The text to write at a full path in etcd. */
  close(path: string, value: string): string;
  /** The value of a text that stands at a path; null where none of ours has written it there. */
  open(path: string, text: string): string | null;
}

/** Characters of a SHA-256 in base64url. */
const MAC_LENGTH = 43;

/** The first secret signs and all verify, so that a secret can be replaced while everything runs. */
export function createSeal(secrets: readonly string[]): Seal {
  const [first] = secrets;
  if (first === undefined) throw new Error('A seal needs a secret.');
  // No path in etcd of ours has a NUL, so that no other path and value make the same text.
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
