import { crc32, deflateSync } from 'node:zlib';

// PNG files that are small and dear: all pixels are zero.

/** Samples of a pixel, by PNG's colour type. */
const CHANNELS: Record<number, number> = { 0: 1, 2: 3, 6: 4 };
/**
 * Where each pass of an interlaced PNG begins, and how far apart its pixels are: x, y, then across and down.
 */
const PASSES = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

export interface ZeroPng {
  /** Bits of a sample. */
  depth?: 8 | 16;
  /** 0 grey, 2 RGB, 6 RGB with alpha. */
  colour?: 0 | 2 | 6;
  isInterlaced?: boolean;
}

export function zeroPng(
  width: number,
  height: number,
  { depth = 8, colour = 0, isInterlaced = false }: ZeroPng = {},
): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([depth, colour, 0, 0, isInterlaced ? 1 : 0], 8);
  const bytes = (across: number, down: number) =>
    across > 0 && down > 0 ? down * (1 + (across * (CHANNELS[colour] as number) * depth) / 8) : 0;
  const size = isInterlaced
    ? PASSES.map(([x, y, dx, dy]) => bytes(Math.ceil((width - x) / dx), Math.ceil((height - y) / dy)))
    : [bytes(width, height)];
  const pixels = deflateSync(Buffer.alloc(size.reduce((sum, one) => sum + one)), { level: 1 });
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([signature, pngChunk('IHDR', header), pngChunk('IDAT', pixels), pngChunk('IEND')]);
}

export function pngChunk(type: string, data = Buffer.alloc(0)): Buffer {
  const bytes = Buffer.concat([Buffer.alloc(4), Buffer.from(type, 'latin1'), data, Buffer.alloc(4)]);
  bytes.writeUInt32BE(data.length);
  bytes.writeUInt32BE(crc32(bytes.subarray(4, -4)), bytes.length - 4);
  return bytes;
}
