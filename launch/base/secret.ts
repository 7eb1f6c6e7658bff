import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';

/** A random secret: made at the first start, in a file that only this user can read. */
export function keptSecret(path: string): string {
  if (existsSync(path)) {
    chmodSync(path, 0o600);
    return readFileSync(path, 'utf8');
  }
  const secret = newSecret();
  writeFileSync(path, secret, { mode: 0o600 });
  return secret;
}

/** 32 random bytes, as text. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url');
}
