import { createCipheriv, createECDH, hkdfSync, randomBytes, sign } from 'node:crypto';
import type { WebPushSubscription } from '../../domain/push/devices.ts';
import type { PushKey } from './keys.ts';

/*
 * Web Push: how a message is encrypted for one browser (RFC 8291, RFC 8188) and how the push service knows
 * who sends it (VAPID, RFC 8292). Written here because the usual package makes its own connections, and an
 * endpoint is an address that a user gives.
 */

/** Seconds for which a push service believes a signature; a day is the most that it may. */
const SIGNED_FOR_S = 12 * 3600;
/** The one record of a message may not be larger. */
const RECORD_SIZE = 4_096;
/** Marks the last record. */
const LAST = Buffer.from([2]);

/** Encrypts a message of at most some 3,900 bytes, with keys that are used once. */
export function encryptPush({ p256dh, auth }: WebPushSubscription, message: string): Buffer {
  const theirs = Buffer.from(p256dh, 'base64url');
  const once = createECDH('prime256v1');
  const ours = once.generateKeys();
  const info = Buffer.concat([Buffer.from('WebPush: info\0'), theirs, ours]);
  const secret = derive(once.computeSecret(theirs), Buffer.from(auth, 'base64url'), info, 32);
  const salt = randomBytes(16);
  const key = derive(secret, salt, 'Content-Encoding: aes128gcm\0', 16);
  const nonce = derive(secret, salt, 'Content-Encoding: nonce\0', 12);
  const cipher = createCipheriv('aes-128-gcm', key, nonce);
  const size = Buffer.alloc(5);
  size.writeUInt32BE(RECORD_SIZE);
  size.writeUInt8(ours.length, 4);
  const encrypted = [cipher.update(message, 'utf8'), cipher.update(LAST), cipher.final(), cipher.getAuthTag()];
  return Buffer.concat([salt, size, ours, ...encrypted]);
}

function derive(secret: Buffer, salt: Buffer, info: string | Buffer, length: number): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, salt, info, length));
}

/** The authorization of a push. `contact`: whom the push service may write to, as a mailto: or https: URL. */
export function signPush({ privateKey, publicKey }: PushKey, endpoint: string, contact: string): string {
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
  const exp = Math.floor(Date.now() / 1_000) + SIGNED_FOR_S;
  const signed = `${encode({ typ: 'JWT', alg: 'ES256' })}.${encode({ aud: new URL(endpoint).origin, exp, sub: contact })}`;
  const signature = sign('sha256', Buffer.from(signed), { key: privateKey, dsaEncoding: 'ieee-p1363' });
  return `vapid t=${signed}.${signature.toString('base64url')}, k=${publicKey}`;
}
