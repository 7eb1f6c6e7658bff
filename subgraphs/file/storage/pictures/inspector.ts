import { open } from 'node:fs/promises';
import { fileTypeFromFile } from 'file-type';
import { createShares, type Payer } from '../../../../kit/base/containers/shares.ts';
import { RateLimited } from '../../../../kit/base/errors.ts';
import { InvalidImage } from '../../domain/errors.ts';
import type { Inspection, Inspector } from '../../domain/ports.ts';
import type { Purpose } from '../../domain/types.ts';
import { DEAR_PROCESSES, type PicturePool, PROCESSES } from './pool.ts';

/** How much of a file is looked at to see whether it is text, in bytes. */
const SAMPLE = 4096;
/** The types whose label alone says that a file should be a picture. */
const PICTURES = new Set(['image/jpeg', 'image/png', 'image/webp', 'image/gif', 'image/avif']);
/** The first bytes of all that libvips may load here: JPEG, PNG, GIF, WebP, HEIF. */
const PICTURE_HEADS = /^(?:\xff\xd8\xff|\x89PNG|GIF8|RIFF.{4}WEBP|.{4}ftyp(?:he|mi|ms|av))/s;
/** How long a picture waits for its turn, in ms: less than the gateway waits for the answer. */
const PATIENCE = 15_000;
const RETRY_SECONDS = 10;

/** Looks at files with file-type, and has a process look at what may be a picture. */
export function createInspector(pool: PicturePool): Inspector {
  // Half of the processes is kept, or everybody would wait for the picture of somebody new.
  const sharesOf = (places: number) =>
    createShares({
      places,
      keptPlaces: places / 2,
      queue: 100,
      perPerson: { places: 1, queue: 10 },
      perAddress: { places: 1, queue: 30 },
      patience: PATIENCE,
      refuse: () =>
        new RateLimited('Too many pictures wait to be looked at. Send this one again in a moment.', RETRY_SECONDS),
    });
  const shares = sharesOf(PROCESSES);
  const dearShares = sharesOf(DEAR_PROCESSES);

  /** Decodes a picture. One that takes seconds turns out by its header, and waits where only such ones do. */
  async function decode(job: { directory: string; purpose: Purpose }, payer: Payer): Promise<Inspection | null> {
    const found = await shares.run(payer, () => pool.run({ ...job, mayBeDear: false }));
    if (found !== 'dear') return found;
    const decoded = await dearShares.run(payer, () => pool.run({ ...job, mayBeDear: true }));
    if (decoded === 'dear') throw new Error('A process called a picture dear that may be.');
    return decoded;
  }

  return {
    async inspect({ directory, original }, purpose, payer) {
      const contentType = await sniff(original);
      const picture = PICTURE_HEADS.test(await headOf(original)) ? await decode({ directory, purpose }, payer) : null;
      if (picture) return picture;
      if (PICTURES.has(contentType)) throw new InvalidImage('The image is damaged or cannot be read.');
      if (purpose === 'AVATAR')
        throw new InvalidImage('An avatar must be an image, and this file is none that can be shown.');
      return { contentType, width: null, height: null, variants: [], rewritten: null };
    },
  };
}

/** The media type by content. Text is text whatever it means: HTML and SVG are never called so. */
async function sniff(path: string): Promise<string> {
  // A file that is cut off in the middle of what announces a format makes the library throw; it is then of no
  // known kind.
  const found = await fileTypeFromFile(path).catch(() => undefined);
  if (found && found.mime !== 'application/xml') return found.mime;
  return (await isText(path)) ? 'text/plain' : 'application/octet-stream';
}

async function isText(path: string): Promise<boolean> {
  try {
    // `stream`: the sample may end inside a character.
    const text = new TextDecoder('utf-8', { fatal: true }).decode(await readStart(path, SAMPLE), { stream: true });
    return !/[^\P{Cc}\t\n\r\f]/u.test(text);
  } catch (error) {
    if (error instanceof TypeError) return false;
    throw error;
  }
}

/** The first bytes of a file, a character for each. */
async function headOf(path: string): Promise<string> {
  return (await readStart(path, 16)).toString('latin1');
}

async function readStart(path: string, length: number): Promise<Buffer> {
  await using handle = await open(path, 'r');
  const { bytesRead, buffer } = await handle.read(Buffer.alloc(length), 0, length, 0);
  return buffer.subarray(0, bytesRead);
}
