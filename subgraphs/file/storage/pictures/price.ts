import type { Metadata } from 'sharp';
import { InvalidImage } from '../../domain/errors.ts';

/** More pixels than any camera of today. */
export const MAX_PIXELS = 50_000_000;
/**
 * The longest side. A picture of one pixel's width costs a decoder some work for each row, whatever its
 * pixels.
 */
const MAX_SIDE = 16_384;
/** What decoding may take, in bytes of memory. */
const MAX_PRICE = 400_000_000;
/**
 * From here on decoding takes long enough that nobody else should wait for it: some 13 million pixels of 3
 * bytes.
 */
const DEAR_PRICE = 40_000_000;
/** Bytes of one sample, by libvips' name for its type. */
const SAMPLES: Record<string, number> = { ushort: 2, short: 2, uint: 4, int: 4, float: 4 };

type Header = Pick<Metadata, 'width' | 'height' | 'channels' | 'depth' | 'format' | 'isProgressive'>;

/**
 * Refuses a picture by what its header says it takes to decode: pixels × bytes of a pixel × how often the
 * decoder holds them. Rows that come in order are decoded in strips, so their price is an upper bound; the
 * others are measured (`npm run bench -- pictures`). Says of the others whether they are dear.
 * @throws InvalidImage
 */
export function requireAffordable(header: Header): { isDear: boolean } {
  const { width, height } = header;
  if (width * height > MAX_PIXELS)
    throw new InvalidImage(`The image has more than ${MAX_PIXELS / 1_000_000} million pixels.`);
  if (Math.max(width, height) > MAX_SIDE)
    throw new InvalidImage(`A side of the image has more than ${MAX_SIDE} pixels.`);
  const price = priceOf(header);
  if (price > MAX_PRICE) throw new InvalidImage(`The image takes too much memory to show: ${remedy(header)}.`);
  return { isDear: price > DEAR_PRICE };
}

export function priceOf({ width, height, channels, depth, format, isProgressive }: Header): number {
  const samples = channels * (SAMPLES[depth] ?? 1);
  // AVIF is decoded as a whole, into planes, and then converted. A progressive picture comes several times
  // over.
  const copies = format === 'heif' ? 6 : isProgressive ? 2 : 1;
  return width * height * samples * copies;
}

function remedy({ format, isProgressive }: Header): string {
  if (format === 'heif') return 'save it as JPEG, or smaller';
  return isProgressive ? 'save it without interlacing, or smaller' : 'save it smaller, or with 8 bits a channel';
}
