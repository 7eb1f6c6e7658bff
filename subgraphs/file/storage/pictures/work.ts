import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import sharp, { type FailOnOptions, type Metadata, type OutputInfo, type Sharp } from 'sharp';
import { InvalidImage } from '../../domain/errors.ts';
import type { Inspection } from '../../domain/ports.ts';
import type { Purpose, Variant } from '../../domain/types.ts';
import type { Job, Result } from './messages.ts';
import { cleanPicture } from './metadata/index.ts';
import { MAX_PIXELS, requireAffordable } from './price.ts';

const THUMBNAIL = 320;
const AVATARS = [128, 512] as const;
const WEBP = { quality: 80 } as const;
/** Side of the square in which it is looked how much of a cut picture is there, in pixels. */
const LOOK = 64;

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

/**
 * Cleans the original in `directory` and makes the pictures that its purpose wants. Runs in a process of its
 * own (worker.ts). Decodes nothing of a picture that takes long, unless the job says that it may be dear.
 * @returns null where libvips finds no picture that is shown
 * @throws InvalidImage
 */
export async function inspectPicture({ directory, purpose, mayBeDear }: Job): Promise<Result> {
  const original = join(directory, 'original');
  const metadata = await readMetadata(original, mayBeDear);
  return metadata && metadata !== 'dear' ? inspectImage(directory, original, purpose, metadata) : metadata;
}

type PictureMetadata = Metadata & { mediaType: NonNullable<Metadata['mediaType']> };

/**
 * What libvips finds in a file, whatever its label says: it decides by looking into the file, as browsers do.
 * Null for what it cannot load, and for HEIF pictures that it can open but not decode.
 * @throws InvalidImage for a picture that takes too much
 */
async function readMetadata(path: string, mayBeDear: boolean): Promise<PictureMetadata | 'dear' | null> {
  const metadata = await sharp(path, { limitInputPixels: false, autoOrient: true })
    .metadata()
    .catch(() => null);
  const { mediaType } = metadata ?? {};
  if (metadata && mediaType !== undefined && mediaType in LOADERS)
    return requireAffordable(metadata).isDear && !mayBeDear ? 'dear' : { ...metadata, mediaType };
  return metadata?.format === 'heif' ? readAvif(path, metadata, mayBeDear) : null;
}

/**
 * HEIF by its first brand, and libvips believes it: whether it is AVIF shows when it is decoded, as AV1 is
 * the only codec here.
 */
async function readAvif(
  path: string,
  metadata: Metadata,
  mayBeDear: boolean,
): Promise<PictureMetadata | 'dear' | null> {
  try {
    if (requireAffordable(metadata).isDear && !mayBeDear) return 'dear';
    await load(path).stats();
    return { ...metadata, mediaType: 'image/avif' };
  } catch {
    return null;
  }
}

async function inspectImage(
  directory: string,
  original: string,
  purpose: Purpose,
  { mediaType: contentType, orientation, autoOrient: { width, height } }: PictureMetadata,
): Promise<Inspection> {
  try {
    const clean = join(directory, 'clean');
    const { isCut } = await cleanPicture(contentType, original, clean, orientation ?? 1);
    if (isCut) await requireMostOf(clean);
    // What is shown from here on is made of what is kept.
    await rename(clean, original);
    const variants = await writeVariants(directory, original, purpose, Math.min(width, height));
    return { contentType, width, height, variants, rewritten: await measure(original) };
  } catch (error) {
    throw refusal(error);
  }
}

/** The pictures of all sizes, of which the original is decoded once. */
async function writeVariants(
  directory: string,
  original: string,
  purpose: Purpose,
  shorter: number,
): Promise<Variant[]> {
  const isInside = { fit: 'inside', withoutEnlargement: true } as const;
  const write = (name: Variant['name'], image: Sharp) => writeVariant(join(directory, name), name, image);
  if (purpose !== 'AVATAR') return [await write('thumbnail', load(original).resize(THUMBNAIL, THUMBNAIL, isInside))];
  const side = Math.min(Math.max(...AVATARS), shorter);
  const picture = await load(original)
    .resize(side, side, { fit: 'outside' })
    .raw()
    .toBuffer({ resolveWithObject: true });
  const variants = [await write('thumbnail', again(picture).resize(THUMBNAIL, THUMBNAIL, isInside))];
  for (const size of AVATARS) {
    const square = Math.min(size, shorter);
    variants.push(await write(`avatar-${size}`, again(picture).resize(square, square, { fit: 'cover' })));
  }
  return variants;
}

/** A picture that was decoded before. */
function again({ data, info: { width, height, channels } }: { data: Buffer; info: OutputInfo }): Sharp {
  return sharp(data, { raw: { width, height, channels } });
}

/** What the owner is told of a picture that cannot be worked on; a fault of the disk is none of theirs. */
function refusal(error: unknown): unknown {
  if (error instanceof InvalidImage || (error as NodeJS.ErrnoException).syscall !== undefined) return error;
  return new InvalidImage('The image is damaged or cannot be read.');
}

/**
 * Refuses a JPEG without its end unless it lacks a little only. Browsers show what is there, and decoders
 * fill the rest with one colour: so most of a picture is there where all of it can be decoded, or where its
 * lowest part is not of one colour.
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

/**
 * Opens the first frame, turned the way the camera was held. What sharp writes has none of the original's
 * metadata (place, camera).
 */
function load(path: string, failOn: FailOnOptions = 'error'): Sharp {
  return sharp(path, { limitInputPixels: MAX_PIXELS, failOn, autoOrient: true });
}

async function writeVariant(path: string, name: Variant['name'], image: Sharp): Promise<Variant> {
  // Written by Node and not by libvips, which does not say with which code the disk fails.
  const { data, info } = await image.webp(WEBP).toBuffer({ resolveWithObject: true });
  await writeFile(path, data);
  return { name, contentType: 'image/webp', size: data.length, width: info.width, height: info.height };
}
