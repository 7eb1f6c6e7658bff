import { crc32 } from 'node:zlib';
import { orientationExif, type Reader, type Writer } from './bytes.ts';

/**
 * Chunks that belong to the picture: of PNG 3, with APNG. Critical chunks, whose names begin with a capital
 * letter, stay too.
 */
const KEPT = new Set('tRNS cHRM gAMA iCCP sBIT sRGB cICP mDCV cLLI bKGD hIST pHYs sPLT acTL fcTL fdAT'.split(' '));

/** Copies a PNG without Exif, texts, its time, chunks that nobody knows, and all behind its end. */
export async function cleanPng(reader: Reader, writer: Writer, orientation: number): Promise<void> {
  await reader.copy(8, writer);
  for (;;) {
    reader.beginPart();
    const head = await reader.take(8);
    if (head.length < 8) return;
    const length = head.readUInt32BE();
    const type = head.toString('latin1', 4);
    const isKept = KEPT.has(type) || /^[A-Z]/.test(type);
    if (isKept) await writer.write(head);
    // With its checksum.
    if (!(await reader.copy(length + 4, isKept ? writer : null))) return;
    if (type === 'IHDR' && orientation !== 1) await writer.write(chunk('eXIf', orientationExif(orientation)));
    if (type === 'IEND') return;
  }
}

function chunk(type: string, data: Buffer): Buffer {
  const bytes = Buffer.concat([Buffer.alloc(4), Buffer.from(type, 'latin1'), data, Buffer.alloc(4)]);
  bytes.writeUInt32BE(data.length);
  bytes.writeUInt32BE(crc32(bytes.subarray(4, -4)), bytes.length - 4);
  return bytes;
}
