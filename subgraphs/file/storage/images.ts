import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, rename, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { fileTypeFromFile } from 'file-type';
import sharp, { type FailOnOptions, type Metadata, type Sharp } from 'sharp';
import type { Inspection, Inspector, Place } from '../domain/ports.ts';
import type { Purpose, Variant } from '../domain/types.ts';
import { InvalidImage } from '../errors.ts';
import { cleanPicture } from './metadata/index.ts';

/** More pixels than any camera of today; an image of this size needs some 200 MB while it is worked on. */
const MAX_PIXELS = 50_000_000;
/** Images that are worked on at once. Each has threads of its own. */
const MAX_PARALLEL = 2;
const TIMEOUT_SECONDS = 20;
const THUMBNAIL = 320;
const AVATARS = [128, 512] as const;
const WEBP = { quality: 80 } as const;
/** Side of the square in which it is looked how much of a cut picture is there, in pixels. */
const LOOK = 64;
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
      const metadata = await readMetadata(place.original, inTurn).catch((error: Error) => {
        // The label alone says that it should be a picture.
        if (contentType in LOADERS) throw refusal(error);
        return null;
      });
      if (metadata) return inTurn(() => inspectImage(place, purpose, metadata));
      if (purpose === 'AVATAR')
        throw new InvalidImage('An avatar must be an image, and this file is none that can be shown.');
      return { contentType, width: null, height: null, variants: [], rewritten: null };
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

type PictureMetadata = Metadata & { mediaType: NonNullable<Metadata['mediaType']> };

/**
 * What libvips finds in a file, whatever its label says: it decides by looking into the file, as browsers do. Null for what it cannot load, and for
 * HEIF pictures that it can open but not decode.
 */
async function readMetadata(path: string, inTurn: InTurn): Promise<PictureMetadata | null> {
  const metadata = await load(path).metadata();
  const { format, mediaType } = metadata;
  if (mediaType !== undefined && mediaType in LOADERS) return { ...metadata, mediaType };
  if (format !== 'heif') return null;
  // HEIF by its first brand, and libvips believes it: whether it is AVIF shows when it is decoded, as AV1 is the only codec here.
  const isAvif = await inTurn(() => load(path).stats()).then(
    () => true,
    () => false,
  );
  return isAvif ? { ...metadata, mediaType: 'image/avif' } : null;
}

async function inspectImage(
  place: Place,
  purpose: Purpose,
  { mediaType: contentType, orientation, autoOrient: { width, height } }: PictureMetadata,
): Promise<Inspection> {
  try {
    const clean = place.variant('clean');
    const { isCut } = await cleanPicture(contentType, place.original, clean, orientation ?? 1);
    if (isCut) await requireMostOf(clean);
    // What is shown from here on is made of what is kept.
    await rename(clean, place.original);
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
    return { contentType, width, height, variants, rewritten: await measure(place.original) };
  } catch (error) {
    throw refusal(error);
  }
}

/** What the owner is told of a picture that cannot be worked on; a fault of the disk is none of theirs. */
function refusal(error: unknown): unknown {
  if (error instanceof InvalidImage || (error as NodeJS.ErrnoException).syscall !== undefined) return error;
  if (/pixel limit/i.test((error as Error).message)) {
    return new InvalidImage(`The image has more than ${MAX_PIXELS / 1_000_000} million pixels.`);
  }
  return new InvalidImage('The image is damaged or cannot be read.');
}

/**
 * Refuses a JPEG without its end unless it lacks a little only. Browsers show what is there, and decoders fill the rest with one colour: so most of a
 * picture is there where all of it can be decoded, or where its lowest part is not of one colour.
 */
async function requireMostOf(path: string): Promise<void> {
  const isWhole = await load(path, 'warning')
    .stats()
    .then(
      () => true,
      () => false,
    );
  if (isWhole) return;
  // As it is stored: what is missing is at the end of the file, wherever that is shown.
  const { data, info } = await sharp(path, { limitInputPixels: MAX_PIXELS, failOn: 'error' })
    .timeout({ seconds: TIMEOUT_SECONDS })
    .resize(LOOK, LOOK, { fit: 'fill' })
    .greyscale()
    .raw()
    .toBuffer({ resolveWithObject: true });
  const lowest = data.subarray(-info.width * info.channels * (LOOK / 8));
  if (lowest.every((value) => Math.abs(value - (lowest[0] as number)) <= 1)) {
    throw new InvalidImage('Much of the image is missing: it was cut off.');
  }
}

async function measure(path: string): Promise<{ size: number; sha256: string }> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return { size: (await stat(path)).size, sha256: hash.digest('hex') };
}

/** Opens the first frame, turned the way the camera was held. What sharp writes has none of the original's metadata (place, camera). */
function load(path: string, failOn: FailOnOptions = 'error'): Sharp {
  return sharp(path, { limitInputPixels: MAX_PIXELS, failOn, autoOrient: true }).timeout({
    seconds: TIMEOUT_SECONDS,
  });
}

async function writeVariant(path: string, name: Variant['name'], image: Sharp): Promise<Variant> {
  const { width, height } = await image.webp(WEBP).toFile(path);
  return { name, contentType: 'image/webp', size: (await stat(path)).size, width, height };
}

type InTurn = <T>(work: () => Promise<T>) => Promise<T>;

/** Runs at most `count` of the works at once, the others in the order they came. */
function limit(count: number): InTurn {
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
