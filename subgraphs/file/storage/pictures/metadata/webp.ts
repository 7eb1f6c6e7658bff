import { orientationExif, type Reader, type Writer } from './bytes.ts';

const KEPT = new Set(['VP8 ', 'VP8L', 'VP8X', 'ALPH', 'ANIM', 'ANMF', 'ICCP']);
/** Bits of the first byte of VP8X. */
const HAS_EXIF = 0x08;
const HAS_XMP = 0x04;

/**
 * Copies a WebP without Exif, XMP, chunks that nobody knows, and all behind its end. Resolves to the size
 * that its header has to say.
 */
export async function cleanWebp(reader: Reader, writer: Writer, orientation: number): Promise<number> {
  const header = await reader.take(12);
  await writer.write(header);
  let left = header.readUInt32LE(4) - 4;
  let isExtended = false;
  while (left >= 8) {
    reader.beginPart();
    const head = await reader.take(8);
    if (head.length < 8) break;
    const type = head.toString('latin1', 0, 4);
    const length = head.readUInt32LE(4);
    // Chunks begin at even places.
    const padded = length + (length % 2);
    left -= 8 + padded;
    const isKept = KEPT.has(type);
    if (isKept) await writer.write(head);
    let rest = padded;
    if (type === 'VP8X' && length >= 1) {
      isExtended = true;
      const [flags = 0] = await reader.take(1);
      await writer.write(Buffer.of((flags & ~(HAS_EXIF | HAS_XMP)) | (orientation === 1 ? 0 : HAS_EXIF)));
      rest -= 1;
    }
    if (!(await reader.copy(rest, isKept ? writer : null))) break;
  }
  if (isExtended && orientation !== 1) {
    const exif = orientationExif(orientation);
    const head = Buffer.from('EXIF\0\0\0\0', 'latin1');
    head.writeUInt32LE(exif.length, 4);
    await writer.write(Buffer.concat([head, exif]));
  }
  return writer.size - 8;
}
