import { randomFillSync } from 'node:crypto';
import { fromUUIDBytes, toUUIDBytes } from 'typeid-js';
import { stringify, v7 } from 'uuid';

/**
 * What an id can be of. The key is the prefix of the id; the value is the noun that error messages use. An
 * id fits CHAR(36), so a prefix has at most 9 characters.
 */
export const ID_TYPES = {
  user: 'user',
  session: 'session',
  conv: 'conversation',
  msg: 'message',
  file: 'file',
  friendreq: 'friend request',
  friend: 'friendship',
  block: 'block',
  device: 'device for pushes',
} as const;

export type IdType = keyof typeof ID_TYPES;

/**
 * Bytes of randomness that an id takes; they are made for many ids at a time, as each call to make some costs
 * more than the rest of an id.
 */
const RANDOM_BYTES = 16;
const pool = new Uint8Array(RANDOM_BYTES * 256);
let used = pool.length;

function nextRandom(): Uint8Array {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const random = pool.subarray(used, used + RANDOM_BYTES);
  used += RANDOM_BYTES;
  return random;
}

const bytes = new Uint8Array(16);

/**
 * A new id of an entity: a TypeID (https://github.com/jetify-com/typeid), the prefix of its type and a UUIDv7
 * in 26 characters of base 32. Ids of one type sort by the millisecond they were made in. The string is the
 * same in MySQL, logs, etcd and GraphQL.
 */
export function newId(type: IdType): string {
  return fromUUIDBytes(type, v7({ random: nextRandom() }, bytes));
}

/** A new name of what is no entity, such as a request or an instance of a service. UUIDv7, lower case. */
export function newUuid(): string {
  return v7({ random: nextRandom() });
}

/**
 * The type that a text names as an id; null for a text that isn't an id. Says nothing about whether such a
 * thing exists.
 */
export function typeOf(text: string): IdType | null {
  // The suffix takes 27 characters with its underscore. A longer text isn't looked at.
  const prefix = text.length > MAX_LENGTH ? '' : text.slice(0, -27);
  return Object.hasOwn(ID_TYPES, prefix) && SUFFIX.test(text.slice(-27)) ? (prefix as IdType) : null;
}

const MAX_LENGTH = 36;
/** Base 32 as TypeID writes it. The first digit is at most 7: 26 digits hold two bits more than a UUID. */
const SUFFIX = /^_[0-7][0-9a-hjkmnp-tv-z]{25}$/;

/** Whether the text has the form of an id of this type. Says nothing about whether such a thing exists. */
export function isId(type: IdType, text: string): boolean {
  return typeOf(text) === type;
}

/** When an id was made, to the millisecond; null for an id that does not say (another version of UUID). */
export function timeOf(id: string): Date | null {
  if (!typeOf(id)) return null;
  const uuid = Buffer.from(bytesOf(id));
  return uuid.readUInt8(6) >> 4 === 7 ? new Date(uuid.readUIntBE(0, 6)) : null;
}

/** The UUID inside an id, lower case with hyphens. */
export function uuidOf(id: string): string {
  return stringify(bytesOf(id));
}

function bytesOf(id: string): Uint8Array {
  return toUUIDBytes(id as Parameters<typeof toUUIDBytes>[0]);
}
