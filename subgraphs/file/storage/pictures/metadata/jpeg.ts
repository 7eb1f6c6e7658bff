import { orientationExif, type Reader, type Writer } from './bytes.ts';

const SOI = 0xd8;
const EOI = 0xd9;
const SOS = 0xda;
const TEM = 0x01;

/**
 * Copies a JPEG without what is not its picture: Exif, XMP, IPTC, comments, maker notes, previews, and all
 * behind its end, such as the film of a "live" photo. Its colour profile stays. Resolves to whether the end
 * was missing; it is then added.
 */
export async function cleanJpeg(reader: Reader, writer: Writer, orientation: number): Promise<boolean> {
  await reader.copy(2, writer);
  let exif = orientation === 1 ? null : Buffer.concat([Buffer.from('Exif\0\0'), orientationExif(orientation)]);
  for (let marker = await nextMarker(reader); marker !== null; ) {
    reader.beginPart();
    // JFIF wants its segment to be the first.
    if (exif && marker !== 0xe0) {
      await writeSegment(writer, 0xe1, exif);
      exif = null;
    }
    if (marker === EOI) {
      await writer.write(Buffer.of(0xff, EOI));
      return false;
    }
    if (marker === SOI || marker === TEM || isRestart(marker)) {
      await writer.write(Buffer.of(0xff, marker));
      marker = await nextMarker(reader);
      continue;
    }
    const length = await reader.take(2);
    const bodyLength = length.length < 2 ? -1 : length.readUInt16BE() - 2;
    const body = bodyLength < 0 ? null : await reader.take(bodyLength);
    if (body?.length !== bodyLength) break;
    const kept = keep(marker, body);
    if (kept) await writeSegment(writer, marker, kept);
    marker = marker === SOS ? await copyScan(reader, writer) : await nextMarker(reader);
  }
  await writer.write(Buffer.of(0xff, EOI));
  return true;
}

/** What stays of a segment; null for nothing. */
function keep(marker: number, body: Buffer): Buffer | null {
  const begins = (text: string) => body.subarray(0, text.length).equals(Buffer.from(text, 'latin1'));
  // Frames, tables, scans.
  if (marker >= 0xc0 && marker <= 0xdf) return body;
  // The small preview in a JFIF segment may show what was cut off the picture.
  if (marker === 0xe0 && begins('JFIF\0') && body.length >= 14)
    return Buffer.concat([body.subarray(0, 12), Buffer.of(0, 0)]);
  if (marker === 0xe2 && begins('ICC_PROFILE\0')) return body;
  // Says whether the colours are YCbCr, RGB, CMYK or YCCK.
  if (marker === 0xee && begins('Adobe') && body.length >= 12) return body.subarray(0, 12);
  return null;
}

async function writeSegment(writer: Writer, marker: number, body: Buffer): Promise<void> {
  const head = Buffer.of(0xff, marker, 0, 0);
  head.writeUInt16BE(body.length + 2, 2);
  await writer.write(head);
  await writer.write(body);
}

function isRestart(marker: number): boolean {
  return marker >= 0xd0 && marker <= 0xd7;
}

/**
 * Finds the next marker between segments, as decoders do: past whatever stands before it. Null at the end of
 * the file.
 */
async function nextMarker(reader: Reader): Promise<number | null> {
  for (;;) {
    const window = await reader.window(2);
    if (window.length < 2) return null;
    let at = window.indexOf(0xff);
    while (at !== -1 && at + 1 < window.length) {
      const marker = window[at + 1] as number;
      if (marker !== 0 && marker !== 0xff) {
        reader.advance(at + 2);
        return marker;
      }
      at = window.indexOf(0xff, at + (marker === 0xff ? 1 : 2));
    }
    reader.advance(at === -1 ? window.length : at);
  }
}

/**
 * Copies the data of a scan up to the marker behind it. Resolves to that marker; null at the end of the file.
 */
async function copyScan(reader: Reader, writer: Writer): Promise<number | null> {
  for (;;) {
    const window = await reader.window(2);
    if (window.length < 2) {
      if (window[0] !== undefined && window[0] !== 0xff) await writer.write(window);
      return null;
    }
    const { end, marker } = endOfScan(window);
    await writer.write(window.subarray(0, end));
    reader.advance(marker === null ? end : end + 2);
    if (marker !== null) return marker;
  }
}

/** Where the data of a scan ends within these bytes, and the marker that ends it; null where it goes on. */
function endOfScan(window: Buffer): { end: number; marker: number | null } {
  for (let at = window.indexOf(0xff); at !== -1; at = window.indexOf(0xff, at)) {
    const next = window[at + 1];
    // What follows is not at hand yet.
    if (next === undefined) return { end: at, marker: null };
    if (next === 0 || isRestart(next)) at += 2;
    else if (next === 0xff) at += 1;
    else return { end: at, marker: next };
  }
  return { end: window.length, marker: null };
}
