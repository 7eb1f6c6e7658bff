import type { Reader, Writer } from './bytes.ts';

const IMAGE = 0x2c;
const EXTENSION = 0x21;
const TRAILER = 0x3b;
const GRAPHIC_CONTROL = 0xf9;
const APPLICATION = 0xff;
/** Applications whose blocks say how often an animation runs, and what its colours are. */
const KEPT = new Set(['NETSCAPE2.0', 'ANIMEXTS1.0', 'ICCRGBG1012']);

/**
 * Copies a GIF without comments, XMP, blocks that nobody knows, and all behind its end. An end that is
 * missing is added.
 */
export async function cleanGif(reader: Reader, writer: Writer): Promise<void> {
  const screen = await reader.take(13);
  await writer.write(screen);
  let isWhole = await reader.copy(colourTable(screen[10]), writer);
  while (isWhole) {
    reader.beginPart();
    const [kind] = await reader.take(1);
    if (kind === IMAGE) {
      const descriptor = await reader.take(9);
      await writer.write(Buffer.concat([Buffer.of(IMAGE), descriptor]));
      isWhole = (await reader.copy(colourTable(descriptor[8]) + 1, writer)) && (await copyBlocks(reader, writer));
    } else if (kind === EXTENSION) {
      isWhole = await copyExtension(reader, writer);
    } else {
      break;
    }
  }
  await writer.write(Buffer.of(TRAILER));
}

/** Bytes of the colour table that these flags announce. */
function colourTable(flags = 0): number {
  return flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0;
}

async function copyExtension(reader: Reader, writer: Writer): Promise<boolean> {
  const head = await reader.window(13);
  const [label, length] = [head[0], head[1]];
  const name = length === 11 ? head.toString('latin1', 2, 13) : '';
  const isKept = label === GRAPHIC_CONTROL || (label === APPLICATION && KEPT.has(name));
  if (isKept) await writer.write(Buffer.of(EXTENSION));
  return (await reader.copy(1, isKept ? writer : null)) && copyBlocks(reader, isKept ? writer : null);
}

/** A block with its length. */
const MAX_BLOCK = 256;

/**
 * Copies blocks up to the empty one that ends them, as many at a time as are at hand. False where the file
 * ends before.
 */
async function copyBlocks(reader: Reader, writer: Writer | null): Promise<boolean> {
  for (;;) {
    const window = await reader.window(MAX_BLOCK);
    let end = 0;
    let isLast = false;
    while (!isLast && end < window.length && end + (window[end] as number) < window.length) {
      isLast = window[end] === 0;
      end += (window[end] as number) + 1;
    }
    // A block that is not whole is the end of the file.
    const copied = end === 0 ? window : window.subarray(0, end);
    await writer?.write(copied);
    reader.advance(copied.length);
    if (isLast || end === 0) return isLast;
  }
}
