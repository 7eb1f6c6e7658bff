import { type Bytes, toBytes } from '../base/bytes.ts';

/** Frames of a WebSocket server (RFC 6455): whole, not masked, not compressed. */

/** A ping without payload. */
export const PING = '\x89\x00' as Bytes;

/** A pong with the payload of the ping (at most 125 bytes). */
export function pongFrame(data: Buffer): Bytes {
  return `\x8a${String.fromCharCode(data.length)}${data.toString('latin1')}` as Bytes;
}

/** One text message made of ASCII, a body and more ASCII. */
export function textFrame(head: string, body: Bytes | '', tail: string): Bytes {
  return (headerOf(head.length + body.length + tail.length) + head + body + tail) as Bytes;
}

/** Cache of the last header: most frames of an event for thousands have the same size. */
let last = { size: -1, header: '' };

/** The frame header of a text message of `size` bytes. */
function headerOf(size: number): string {
  if (last.size !== size) last = { size, header: makeHeader(size) };
  return last.header;
}

function makeHeader(size: number): string {
  if (size < 126) return String.fromCharCode(0x81, size);
  if (size < 65_536) return String.fromCharCode(0x81, 126, size >> 8, size & 255);
  const header = Buffer.from([0x81, 127, 0, 0, 0, 0, 0, 0, 0, 0]);
  header.writeBigUInt64BE(BigInt(size), 2);
  return header.toString('latin1');
}

/** JSON text in ASCII, so that its length in bytes is its length. */
export function asciiJson(text: string): string {
  return JSON.stringify(text).replace(
    /[^\x20-\x7e]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** The member `payload` of a message of the server; empty where it has none. */
export function payloadOf(payload: object | null | undefined): Bytes | '' {
  return payload ? toBytes(`,"payload":${JSON.stringify(payload)}`) : '';
}
