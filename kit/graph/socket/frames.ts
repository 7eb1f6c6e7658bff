/** Frames of a WebSocket server (RFC 6455): whole, not masked, not compressed. */

/**
 * Bytes as a string that has one character for each, which is how a socket takes them at the least cost: it copies them once, in its own code, and a frame that
 * is a shared body between a head and a tail needs no memory of its own before that. JSON that is ASCII alone is already so.
 */
export type Bytes = string & { readonly isBytes: true };

/** A ping without a word. */
export const PING = '\x89\x00' as Bytes;

/** An answer to a ping, with its words (at most 125 bytes). */
export function pongFrame(data: Buffer): Bytes {
  return `\x8a${String.fromCharCode(data.length)}${data.toString('latin1')}` as Bytes;
}

/** The UTF-8 of a text, or a text that is UTF-8 already. */
export function toBytes(text: string | Buffer): Bytes {
  if (typeof text !== 'string') return text.toString('latin1') as Bytes;
  return (Buffer.byteLength(text) === text.length ? text : Buffer.from(text).toString('latin1')) as Bytes;
}

/** One text message made of ASCII, a body and more ASCII. */
export function textFrame(head: string, body: Bytes | '', tail: string): Bytes {
  return (headerOf(head.length + body.length + tail.length) + head + body + tail) as Bytes;
}

/** What comes before a text message of so many bytes. */
function headerOf(size: number): string {
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
