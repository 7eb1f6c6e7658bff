import { type Bytes, toBytes } from '../base/bytes.ts';

/** Frames of a WebSocket server (RFC 6455): whole, not masked, not compressed. */

/** A ping without a word. */
export const PING = '\x89\x00' as Bytes;

/** An answer to a ping, with its words (at most 125 bytes). */
export function pongFrame(data: Buffer): Bytes {
  return `\x8a${String.fromCharCode(data.length)}${data.toString('latin1')}` as Bytes;
}

/** One text message made of ASCII, a body and more ASCII. */
export function textFrame(head: string, body: Bytes | '', tail: string): Bytes {
  return (headerOf(head.length + body.length + tail.length) + head + body + tail) as Bytes;
}

/** The last header that was made: an event for thousands has one size for most of them. */
let last = { size: -1, header: '' };

/** What comes before a text message of so many bytes. */
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

/** JSON text that is ASCII alone, so that its length in bytes is its length. */
export function asciiJson(text: string): string {
  return JSON.stringify(text).replace(
    /[^\x20-\x7e]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** The member `payload` of a message of the server's; nothing where it has none. */
export function payloadOf(payload: object | null | undefined): Bytes | '' {
  return payload ? toBytes(`,"payload":${JSON.stringify(payload)}`) : '';
}
