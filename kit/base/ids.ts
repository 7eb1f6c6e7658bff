import { randomFillSync } from 'node:crypto';
import { v7, validate } from 'uuid';

/**
 * Bytes of randomness that an id takes; they are made for many ids at a time, as each call to make some costs
 * more than the rest of an id.
 */
const RANDOM = 16;
const pool = new Uint8Array(RANDOM * 256);
let used = pool.length;

/**
 * A new id: UUIDv7 (RFC 9562), lower case; ids sort by the millisecond they were made in. The same string in
 * MySQL and GraphQL.
 */
export function newId(): string {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const random = pool.subarray(used, used + RANDOM);
  used += RANDOM;
  return v7({ random });
}

/** When an id was made, to the millisecond; null for an id that does not say (another version of UUID). */
export function timeOf(id: string): Date | null {
  if (id[14] !== '7') return null;
  return new Date(Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16));
}

/** Whether the text has the form of an id. Says nothing about whether such a thing exists. */
export function isId(text: string): boolean {
  return text.length === 36 && validate(text);
}
