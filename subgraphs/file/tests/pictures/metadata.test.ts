import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { pngChunk } from '../../../../testing/pictures.ts';
import { cleanPicture } from '../../storage/pictures/metadata/index.ts';
import { KINDS, type Kind, SECRET, telling } from './private.ts';

let folder: string;
let count = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'beaver-metadata-'));
});
afterAll(() => rm(folder, { recursive: true }));

const TYPES = { jpeg: 'jpeg', progressive: 'jpeg', png: 'png', webp: 'webp', gif: 'gif', avif: 'avif' };

async function clean(kind: Kind, bytes: Buffer, orientation = 1): Promise<{ bytes: Buffer; isCut: boolean }> {
  count += 1;
  const [from, to] = [join(folder, `${count}.from`), join(folder, `${count}.to`)];
  await writeFile(from, bytes);
  const { isCut } = await cleanPicture(`image/${TYPES[kind]}`, from, to, orientation);
  return { bytes: await readFile(to), isCut };
}

/** All frames, as they are stored. */
const pixels = (bytes: Buffer) => sharp(bytes, { animated: true }).raw().toBuffer();

describe.each(KINDS)('a picture of kind %s', (kind) => {
  test('loses what it says beside its picture, and not a pixel', async () => {
    const before = await telling(kind);
    expect(before.includes(SECRET)).toBe(true);
    const after = await clean(kind, before);
    expect(after.isCut).toBe(false);
    for (const word of [SECRET, 'GPS', 'adobe:ns:meta', 'ftypmp42']) expect(after.bytes.includes(word)).toBe(false);
    const [was, is] = [await sharp(before).metadata(), await sharp(after.bytes).metadata()];
    expect((await pixels(after.bytes)).equals(await pixels(before))).toBe(true);
    for (const name of [
      'width',
      'height',
      'space',
      'channels',
      'depth',
      'isProgressive',
      'chromaSubsampling',
    ] as const) {
      expect([name, is[name]]).toEqual([name, was[name]]);
    }
    expect(is.icc?.equals(was.icc as Buffer)).toBe(kind === 'gif' ? undefined : true);
  });

  test('is turned as it was', async () => {
    for (const orientation of [1, 2, 3, 6, 8]) {
      const before = await telling(kind, orientation);
      const { orientation: found, autoOrient } = await sharp(before).metadata();
      const after = await clean(kind, before, found ?? 1);
      expect((await sharp(after.bytes).metadata()).autoOrient).toEqual(autoOrient);
      const upright = (bytes: Buffer) => sharp(bytes).autoOrient().raw().toBuffer();
      expect((await upright(after.bytes)).equals(await upright(before))).toBe(true);
    }
  });

  test('is the same when it is cleaned again', async () => {
    const once = (await clean(kind, await telling(kind, 6), 6)).bytes;
    expect((await clean(kind, once, 6)).bytes.equals(once)).toBe(true);
  });

  test('that is cut anywhere, or has wrong bytes, is refused or cleaned, and never takes long', async () => {
    const whole = await telling(kind);
    let seed = 7;
    const random = (below: number) => {
      seed = (seed * 1103515245 + 12345) % 2147483648;
      return Math.floor((seed / 2147483648) * below);
    };
    for (let round = 0; round < 150; round += 1) {
      const bytes = Buffer.from(round % 3 === 0 ? whole.subarray(0, 12 + random(whole.length)) : whole);
      for (let i = 0; i < round % 5; i += 1) bytes[12 + random(Math.min(bytes.length - 12, 600))] = random(256);
      const result = await clean(kind, bytes).catch(() => null);
      if (result) expect(result.bytes.length).toBeLessThanOrEqual(bytes.length + 64);
    }
  });
});

test.each(['webp', 'gif'] as const)(
  'an animated %s keeps its frames, their times and how often it runs',
  async (kind) => {
    const before = await telling(kind, 1, 4);
    const after = (await clean(kind, before)).bytes;
    expect(after.includes(SECRET)).toBe(false);
    const { pages, delay, loop } = await sharp(before).metadata();
    expect(pages).toBe(4);
    expect(await sharp(after).metadata()).toMatchObject({ pages, delay, loop });
    expect((await pixels(after)).equals(await pixels(before))).toBe(true);
  },
);

test('an animated PNG keeps its frames', async () => {
  const png = await telling('png');
  const control = pngChunk('acTL', Buffer.from([0, 0, 0, 1, 0, 0, 0, 0]));
  const frames = [pngChunk('fcTL', Buffer.alloc(26, 1)), pngChunk('fdAT', Buffer.alloc(100, 2))];
  const end = png.indexOf('IEND') - 4;
  const animated = Buffer.concat([png.subarray(0, 33), control, png.subarray(33, end), ...frames, png.subarray(end)]);
  const after = (await clean('png', animated)).bytes;
  for (const part of [control, ...frames]) expect(after.includes(part)).toBe(true);
  expect(after.includes(SECRET)).toBe(false);
});

test('a JPEG without its end gets one', async () => {
  const jpeg = await sharp(await telling('jpeg'))
    .jpeg()
    .toBuffer();
  const after = await clean('jpeg', jpeg.subarray(0, -2));
  expect(after).toEqual({ bytes: jpeg, isCut: true });
});

test('stray and fill bytes between the segments of a JPEG do no harm', async () => {
  const jpeg = await sharp(await telling('jpeg'))
    .jpeg()
    .toBuffer();
  const stray = Buffer.concat([jpeg.subarray(0, 2), Buffer.of(0, 1, 0xff, 0xff, 0xff), jpeg.subarray(2)]);
  expect((await clean('jpeg', stray)).bytes.equals((await clean('jpeg', jpeg)).bytes)).toBe(true);
});

function heifBox(type: string, content: Uint8Array = Buffer.alloc(0)) {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(8 + content.length);
  head.write(type, 4, 'latin1');
  return Buffer.concat([head, content]);
}

describe('an AVIF keeps nothing in', () => {
  const secret = Buffer.from(SECRET);
  const full = (type: string, ...content: Uint8Array[]) => heifBox(type, Buffer.concat([Buffer.alloc(4), ...content]));

  test.each([
    ['room that a program left', heifBox('free', secret)],
    ['room that a program skipped', heifBox('skip', secret)],
    ['a `meta` that leads to no picture', full('meta', heifBox('xml ', secret))],
    [
      'a box of `meta` beside its items',
      full('meta', full('iinf', Buffer.of(0, 0)), full('iloc', Buffer.of(0, 0, 0, 0)), heifBox('uuid', secret)),
    ],
    ['room in a film', heifBox('moov', heifBox('trak', heifBox('free', secret)))],
  ])('%s', async (_what, box) => {
    const before = Buffer.concat([await telling('avif'), box]);
    const { bytes } = await clean('avif', before);
    expect(bytes).toHaveLength(before.length);
    expect(bytes.includes(SECRET)).toBe(false);
    // Null where libheif reads no file of this form.
    const shown = (file: Buffer) => pixels(file).catch(() => null);
    expect(await shown(bytes)).toEqual(await shown(before));
  });

  test('a preview of another picture', async () => {
    const entry = full('infe', Buffer.of(0, 7, 0, 0), Buffer.from('av01\0')).fill(2, 8, 9);
    const reference = heifBox('thmb', Buffer.of(0, 7, 0, 1, 0, 1));
    // One item, with one extent of four-byte numbers: the bytes of `mdat`, which stands in front.
    const place = Buffer.of(0x44, 0, 0, 1, 0, 7, 0, 0, 0, 1, 0, 0, 0, 8, 0, 0, 0, secret.length);
    const meta = full('meta', full('iinf', Buffer.of(0, 1), entry), full('iref', reference), full('iloc', place));
    const { bytes } = await clean('avif', Buffer.concat([heifBox('mdat', secret), meta]));
    expect(bytes.includes(SECRET)).toBe(false);
  });
});

describe('a picture of very many parts', () => {
  const MANY = 100_000;
  const repeated = (part: Buffer) => Buffer.concat(Array(MANY).fill(part));
  const manyAt = (bytes: Buffer, at: number, part: Buffer) =>
    Buffer.concat([bytes.subarray(0, at), repeated(part), bytes.subarray(at)]);

  /** Behind the header of a GIF and its colours. */
  const gifBegin = (gif: Buffer) => 13 + ((gif[10] as number) & 0x80 ? 3 * 2 ** (((gif[10] as number) & 7) + 1) : 0);

  test.each<[string, Kind, (whole: Buffer) => Buffer]>([
    ['boxes', 'avif', (whole) => Buffer.concat([whole, repeated(heifBox('free'))])],
    ['boxes of unknown kinds', 'avif', (whole) => Buffer.concat([whole, repeated(heifBox('abcd'))])],
    ['segments', 'jpeg', (whole) => manyAt(whole, 2, Buffer.of(0xff, 0xfe, 0, 2))],
    ['chunks', 'png', (whole) => manyAt(whole, 33, pngChunk('tEXt', Buffer.alloc(0)))],
    ['extensions', 'gif', (whole) => manyAt(whole, gifBegin(whole), Buffer.of(0x21, 0xfe, 0))],
  ])('is refused: %s of %s', async (_what, kind, make) => {
    await expect(clean(kind, make(await telling(kind)))).rejects.toThrow('too many parts');
  });

  test('is refused where items take no bytes', async () => {
    const extents = Buffer.of(0, 2, 0, 0, 0xff, 0xff);
    const places = Buffer.concat([Buffer.of(0, 0, 0, 0, 0, 0, 0, 200), ...Array(200).fill(extents)]);
    const entry = heifBox('infe', Buffer.concat([Buffer.of(2, 0, 0, 0, 0, 1, 0, 0), Buffer.from('Exif\0')]));
    const items = heifBox('iinf', Buffer.concat([Buffer.of(0, 0, 0, 0, 0, 1), entry]));
    const meta = heifBox('meta', Buffer.concat([Buffer.alloc(4), items, heifBox('iloc', places)]));
    await expect(clean('avif', meta)).rejects.toThrow('too many parts');
  });

  test('is refused where its items cover one another', async () => {
    const extent = Buffer.of(0, 0, 0, 0, 0, 0, 0, 200);
    const places = Buffer.concat([
      Buffer.of(0, 0, 0, 0, 0x44, 0, 0, 1, 0, 1, 0, 0, 0, 100),
      ...Array(100).fill(extent),
    ]);
    const entry = heifBox('infe', Buffer.concat([Buffer.of(2, 0, 0, 0, 0, 1, 0, 0), Buffer.from('Exif\0')]));
    const items = heifBox('iinf', Buffer.concat([Buffer.of(0, 0, 0, 0, 0, 1), entry]));
    const meta = heifBox('meta', Buffer.concat([Buffer.alloc(4), items, heifBox('iloc', places)]));
    await expect(clean('avif', meta)).rejects.toThrow('cover one another');
  });

  test('is cleaned where they are small blocks or fill bytes, which have no number', async () => {
    const gif = await telling('gif');
    const blocks = Buffer.concat([Buffer.of(0x21, 0xfe), repeated(Buffer.of(1, 65)), Buffer.of(0)]);
    const at = gifBegin(gif);
    const commented = Buffer.concat([gif.subarray(0, at), blocks, gif.subarray(at)]);
    expect((await clean('gif', commented)).bytes.equals((await clean('gif', gif)).bytes)).toBe(true);
    const jpeg = await telling('jpeg');
    const filled = manyAt(jpeg, 2, Buffer.of(0xff, 0xff, 0xff, 0xff));
    expect((await clean('jpeg', filled)).bytes.equals((await clean('jpeg', jpeg)).bytes)).toBe(true);
  });
});
