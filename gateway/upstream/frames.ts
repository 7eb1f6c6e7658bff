/** Length of a frame's header with its mask, by the length of its message, in bytes. */
function headerSize(size: number): number {
  return size < 126 ? 6 : size < 65_536 ? 8 : 14;
}

/**
 * Frames of a WebSocket client (RFC 6455) for text messages, one behind the other. A client must mask its
 * frames, so that a page in a browser cannot write to proxies what looks like HTTP. There are no pages here:
 * the mask is zero, which changes nothing and costs nothing.
 */
export function maskedFrames(messages: readonly string[]): Buffer {
  const sizes = messages.map((message) => Buffer.byteLength(message));
  const bytes = Buffer.allocUnsafe(sizes.reduce((sum, size) => sum + headerSize(size) + size, 0));
  let at = 0;
  messages.forEach((message, index) => {
    const size = sizes[index] as number;
    bytes[at] = 0x81;
    if (size < 126) bytes[at + 1] = 0x80 | size;
    else if (size < 65_536) {
      bytes[at + 1] = 0x80 | 126;
      bytes.writeUInt16BE(size, at + 2);
    } else {
      bytes[at + 1] = 0x80 | 127;
      bytes.writeBigUInt64BE(BigInt(size), at + 2);
    }
    at += headerSize(size);
    bytes.writeUInt32BE(0, at - 4);
    at += bytes.write(message, at);
  });
  return bytes;
}
