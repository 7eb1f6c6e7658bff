import { createHash } from 'node:crypto';

/**
 * A network address, as it is stored with a session. 16 bits are enough to recognise a network that an
 * account was used from, and too few to tell which network that was: each value stands for some 65,000 IPv4
 * addresses. An attacker whose address has the same tag by chance gains nothing but attempts of their own.
 */
export function addressTag(accountId: string, address: string): number {
  return createHash('sha256').update(`${accountId} ${address}`).digest().readUInt16BE(0);
}

/** A text for keys of counters: of fixed length, and nobody reads the text from it at a glance. */
export function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}
