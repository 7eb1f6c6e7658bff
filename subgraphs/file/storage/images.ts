import { open, stat } from 'node:fs/promises';
import { fileTypeFromFile } from 'file-type';
import sharp, { type Sharp } from 'sharp';
import type { Inspection, Inspector } from '../domain/ports.ts';
import type { Purpose, Variant } from '../domain/types.ts';
import { InvalidImage } from '../errors.ts';

/** More pixels than any camera of today; an image of this size needs some 200 MB while it is worked on. */
const MAX_PIXELS = 50_000_000;
/** Images that are worked on at once. Each has threads of its own. */
const MAX_PARALLEL = 2;
const TIMEOUT_SECONDS = 20;
const THUMBNAIL = 320;
const AVATARS = [128, 512] as const;
const WEBP = { quality: 80 } as const;
/** How much of a file is looked at to see whether it is text, in bytes. */
const SAMPLE = 4096;

/** The kinds of image that browsers show and libvips is trusted with; the rest are ordinary files. */
const LOADERS: Record<string, string> = {
  'image/jpeg': 'VipsForeignLoadJpegFile',
  'image/png': 'VipsForeignLoadPngFile',
  'image/webp': 'VipsForeignLoadWebpFile',
  'image/gif': 'VipsForeignLoadNsgifFile',
  'image/avif': 'VipsForeignLoadHeifFile',
};

// Nothing is read twice, so libvips' cache would only hold memory and open files.
sharp.cache(false);
sharp.concurrency(1);
// libvips looks for the format itself: let it find none but these.
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({ operation: Object.values(LOADERS) });

/** Looks at files with file-type and sharp. */
export function createInspector(): Inspector {
  const inTurn = limit(MAX_PARALLEL);
  return {
    async inspect(place, purpose) {
      const contentType = await sniff(place.original);
      if (contentType in LOADERS) return inTurn(() => inspectImage(place, purpose, contentType));
      if (purpose === 'AVATAR')
        throw new InvalidImage('An avatar must be an image, and this file is none that can be shown.');
      return { contentType, width: null, height: null, variants: [] };
    },
  };
}

/** The media type by content. Text is text whatever it means: HTML and SVG are never called so. */
async function sniff(path: string): Promise<string> {
  // A file that is cut off in the middle of what announces a format makes the library throw; it is then of no known kind.
  const found = await fileTypeFromFile(path).catch(() => undefined);
  if (found && found.mime !== 'application/xml') return found.mime;
  return (await isText(path)) ? 'text/plain' : 'application/octet-stream';
}

async function isText(path: string): Promise<boolean> {
  const handle = await open(path, 'r');
  try {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(SAMPLE), 0, SAMPLE, 0);
    // `stream`: the sample may end inside a character.
    const text = new TextDecoder('utf-8', { fatal: true }).decode(buffer.subarray(0, bytesRead), { stream: true });
    return !/[^\P{Cc}\t\n\r\f]/u.test(text);
  } catch (error) {
    if (error instanceof TypeError) return false;
    throw error;
  } finally {
    await handle.close();
  }
}

async function inspectImage(
  place: { original: string; variant(name: string): string },
  purpose: Purpose,
  contentType: string,
): Promise<Inspection> {
  try {
    const { autoOrient } = await load(place.original).metadata();
    const { width, height } = autoOrient;
    const write = (name: Variant['name'], image: Sharp) => writeVariant(place.variant(name), name, image);
    const variants = [
      await write(
        'thumbnail',
        load(place.original).resize(THUMBNAIL, THUMBNAIL, { fit: 'inside', withoutEnlargement: true }),
      ),
    ];
    for (const size of purpose === 'AVATAR' ? AVATARS : []) {
      const side = Math.min(size, width, height);
      variants.push(await write(`avatar-${size}`, load(place.original).resize(side, side, { fit: 'cover' })));
    }
    return { contentType, width, height, variants };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall !== undefined) throw error;
    if (/pixel limit/i.test((error as Error).message)) {
      throw new InvalidImage(`The image has more than ${MAX_PIXELS / 1_000_000} million pixels.`);
    }
    throw new InvalidImage('The image is damaged or cannot be read.');
  }
}

/** Opens the first frame, turned the way the camera was held. What sharp writes has none of the original's metadata (place, camera). */
function load(path: string): Sharp {
  return sharp(path, { limitInputPixels: MAX_PIXELS, failOn: 'error', autoOrient: true }).timeout({
    seconds: TIMEOUT_SECONDS,
  });
}

async function writeVariant(path: string, name: Variant['name'], image: Sharp): Promise<Variant> {
  const { width, height } = await image.webp(WEBP).toFile(path);
  return { name, contentType: 'image/webp', size: (await stat(path)).size, width, height };
}

/** Runs at most `count` of the works at once, the others in the order they came. */
function limit(count: number): <T>(work: () => Promise<T>) => Promise<T> {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (running >= count) await new Promise<void>((resolve) => waiting.push(resolve));
    else running += 1;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else running -= 1;
    }
  };
}
