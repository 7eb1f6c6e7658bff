import { deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { pngChunk } from './pictures.ts';

/** Bytes like those of a photograph: noise that doesn't compress to nothing. */
function noise(width: number, height: number) {
  return sharp({
    create: { width, height, channels: 3, background: '#888', noise: { type: 'gaussian', mean: 128, sigma: 30 } },
  });
}

/**
 * As a phone writes it: lying pixels with an orientation that stands them up, a camera, a place. 600 × 800 as
 * shown.
 */
export function photograph(width = 800, height = 600): Promise<Buffer> {
  return noise(width, height)
    .jpeg({ quality: 90 })
    .withExif({
      IFD0: { Make: 'BeaverCam' },
      IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '51/1 30/1 0/1', GPSLongitudeRef: 'E', GPSLongitude: '7/1 28/1 0/1' },
    })
    .withMetadata({ orientation: 6 })
    .toBuffer();
}

export function png(width: number, height: number): Promise<Buffer> {
  return noise(width, height).png().toBuffer();
}

/** A PNG of one grey, which is small whatever its size. */
export function flat(width: number, height: number): Promise<Buffer> {
  const create = { width, height, channels: 3 as const, background: '#888' };
  return sharp({ create, limitInputPixels: false }).toColourspace('b-w').png().toBuffer();
}

/** A JPEG of a few megapixels as a browser gives it to a form. */
export async function photographFile(width = 1600, height = 1200): Promise<File> {
  return new File([new Uint8Array(await photograph(width, height))], 'harbour.jpg', { type: 'image/jpeg' });
}

/** A PNG whose header promises more pixels than anybody has memory for. */
export function bomb(width: number, height: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 0, 0, 0, 0], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const pixels = deflateSync(Buffer.alloc(1_000_000));
  return Buffer.concat([signature, pngChunk('IHDR', header), pngChunk('IDAT', pixels), pngChunk('IEND')]);
}
