/** Frames of a WebSocket server (RFC 6455): whole, not masked, not compressed. */

/** A ping without a word. */
export const PING = Buffer.from([0x89, 0x00]);

/** An answer to a ping, with its words (at most 125 bytes). */
export function pongFrame(data: Buffer): Buffer {
  return Buffer.concat([Buffer.from([0x8a, data.length]), data]);
}

/**
 * One text message made of ASCII, a body and more ASCII. A frame that may wait has memory of its own: a slice of a pool that everybody's frames share would keep
 * all of it.
 */
export function textFrame(head: string, body: Buffer | string, tail: string, mayWait: boolean): Buffer {
  const bodySize = typeof body === 'string' ? Buffer.byteLength(body) : body.length;
  const size = head.length + bodySize + tail.length;
  const headerSize = size < 126 ? 2 : size < 65_536 ? 4 : 10;
  const frame = mayWait ? Buffer.allocUnsafeSlow(headerSize + size) : Buffer.allocUnsafe(headerSize + size);
  frame[0] = 0x81;
  if (headerSize === 2) frame[1] = size;
  else if (headerSize === 4) {
    frame[1] = 126;
    frame[2] = size >> 8;
    frame[3] = size & 255;
  } else {
    frame[1] = 127;
    frame.writeBigUInt64BE(BigInt(size), 2);
  }
  let at = headerSize + frame.write(head, headerSize, 'latin1');
  if (typeof body === 'string') at += frame.write(body, at);
  else {
    frame.set(body, at);
    at += bodySize;
  }
  frame.write(tail, at, 'latin1');
  return frame;
}

/** JSON text that is ASCII alone, so that its length in bytes is its length. */
export function asciiJson(text: string): string {
  return JSON.stringify(text).replace(
    /[^\x20-\x7e]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
