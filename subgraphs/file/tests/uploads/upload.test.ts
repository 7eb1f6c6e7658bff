import { createHash, randomBytes } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { uuidOf } from '../../../../kit/base/ids.ts';
import type { GraphClient } from '../../../../testing/client.ts';
import { stored } from '../../../../testing/files.ts';
import { photograph, png } from '../../../../testing/photographs.ts';
import { pngChunk } from '../../../../testing/pictures.ts';
import type { SignedIn, Stack } from '../../../../testing/stack.ts';
import { KINDS, SECRET, telling } from '../pictures/private.ts';
import { download, rows, slowUpload, startFile, storeContent } from '../support.ts';

let stack: Stack;
let ann: SignedIn;
let asAnn: GraphClient;

beforeAll(async () => {
  stack = await startFile({ FILE_MAX_BYTES: '300000000' });
  ann = await stack.signIn();
  asAnn = stack.client('file').as(ann.token);
});
afterAll(() => stack.stop());

async function usage(userId: string): Promise<number> {
  const [row] = await stack.mysql.query('SELECT bytes FROM file_usages WHERE owner_id = ?', [userId]);
  return row.bytes;
}

test('a photograph is shown the way the camera was held, and does not say where it was taken', async () => {
  const photo = await photograph();
  const file = await stored(asAnn, photo, { name: 'Ünser Hund.jpg', type: 'text/html' });
  expect(file).toMatchObject({
    name: 'Ünser Hund.jpg',
    contentType: 'image/jpeg',
    width: 600,
    height: 800,
  });

  // The file that is kept has every pixel, and says nothing else. Size, hash and quota are of this file.
  const original = Buffer.from(await (await download(stack, file.url)).arrayBuffer());
  expect(original.includes('BeaverCam')).toBe(false);
  expect((await sharp(original).raw().toBuffer()).equals(await sharp(photo).raw().toBuffer())).toBe(true);
  expect((await sharp(original).metadata()).autoOrient).toEqual({ width: 600, height: 800 });
  const [row] = await stack.mysql.query('SELECT size, sha256 FROM file_records WHERE id = ?', [file.id]);
  expect(row).toEqual({ size: original.length, sha256: createHash('sha256').update(original).digest('hex') });
  expect([file.size, await usage(ann.userId)]).toEqual([original.length, original.length]);

  const thumbnail = await download(stack, file.thumbnailUrl);
  expect(thumbnail.headers.get('content-type')).toBe('image/webp');
  const metadata = await sharp(Buffer.from(await thumbnail.arrayBuffer())).metadata();
  expect(metadata).toMatchObject({ format: 'webp', width: 240, height: 320 });
  expect(metadata.exif).toBeUndefined();
  expect(metadata.orientation).toBeUndefined();
  // The photograph itself does say it: else the two lines above would prove nothing.
  expect((await sharp(photo).metadata()).exif?.includes('BeaverCam')).toBe(true);
});

test.each(KINDS)(
  'a picture of kind %s is stored without what it says beside its picture, as an avatar too',
  async (kind) => {
    for (const purpose of ['MESSAGE', 'AVATAR'] as const) {
      const file = await stored(asAnn, await telling(kind, 6), { purpose });
      expect(file).toMatchObject({ width: kind === 'gif' ? 80 : 60, height: kind === 'gif' ? 60 : 80 });
      const bytes = Buffer.from(await (await download(stack, file.url)).arrayBuffer());
      expect([bytes.length, bytes.includes(SECRET)]).toEqual([file.size, false]);
    }
  },
);

test('a file that is no picture is kept as it came', async () => {
  const content = Buffer.concat([Buffer.from('%PDF-1.7\n1 0 obj\n'), Buffer.from(SECRET)]);
  const file = await stored(asAnn, content, { name: 'letter.pdf' });
  expect(Buffer.from(await (await download(stack, file.url)).arrayBuffer()).equals(content)).toBe(true);
});

test('an animated PNG is a picture', async () => {
  const still = await png(40, 30);
  const end = still.indexOf('IEND') - 4;
  const control = pngChunk('acTL', Buffer.from([0, 0, 0, 1, 0, 0, 0, 0]));
  const frame = Buffer.alloc(26);
  frame.writeUInt32BE(40, 4);
  frame.writeUInt32BE(30, 8);
  frame.writeUInt16BE(1, 20);
  frame.writeUInt16BE(10, 22);
  const apng = Buffer.concat([
    still.subarray(0, 33),
    control,
    pngChunk('fcTL', frame),
    still.subarray(33, end),
    still.subarray(end),
  ]);
  for (const purpose of ['MESSAGE', 'AVATAR'] as const) {
    const file = await stored(asAnn, apng, { purpose });
    expect(file).toMatchObject({ contentType: 'image/png', width: 40, height: 30 });
    expect(Buffer.from(await (await download(stack, file.url)).arrayBuffer()).includes(control)).toBe(true);
  }
});

test('an AVIF whose first brand is that of HEIF is a picture', async () => {
  const avif = await telling('avif');
  avif.write('mif1', 8, 'latin1');
  expect(await stored(asAnn, avif, { purpose: 'AVATAR' })).toMatchObject({ contentType: 'image/avif', width: 80 });
});

test.each([
  ['without its end', 2],
  ['without its last bytes', 16],
])('a JPEG %s is taken as browsers show it', async (_what, missing) => {
  for (const make of [
    photograph(),
    sharp(await photograph())
      .jpeg({ progressive: true })
      .toBuffer(),
  ]) {
    const jpeg = await make;
    const file = await stored(asAnn, jpeg.subarray(0, -missing));
    expect(file).toMatchObject({ contentType: 'image/jpeg', thumbnailUrl: expect.any(String) });
    const bytes = Buffer.from(await (await download(stack, file.url)).arrayBuffer());
    expect(bytes.subarray(-2)).toEqual(Buffer.of(0xff, 0xd9));
  }
});

test('a small PNG is not blown up', async () => {
  const file = await stored(asAnn, await png(40, 30), { name: 'icon.png' });
  expect(file).toMatchObject({ contentType: 'image/png', width: 40, height: 30 });
  const thumbnail = await download(stack, file.thumbnailUrl);
  expect(await sharp(Buffer.from(await thumbnail.arrayBuffer())).metadata()).toMatchObject({ width: 40, height: 30 });
});

test('text is text, whatever the client calls it; it has no picture', async () => {
  const file = await stored(asAnn, 'Grüße aus dem Bau', { name: 'photo.jpg', type: 'image/jpeg' });
  expect(file).toMatchObject({
    name: 'photo.jpg',
    contentType: 'text/plain',
    size: 19,
    width: null,
    height: null,
    thumbnailUrl: null,
  });
});

test.each([
  ['HTML', '<!doctype html><script>alert(1)</script>', 'text/plain'],
  ['SVG', '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', 'text/plain'],
  ['XML', '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>', 'text/plain'],
  ['noise', Buffer.from([0, 1, 2, 255, 254, 0]), 'application/octet-stream'],
  ['PDF', '%PDF-1.7\n1 0 obj\n', 'application/pdf'],
])('%s is never shown in place', async (_what, content, contentType) => {
  const file = await stored(asAnn, content, { name: 'x', type: 'image/png' });
  expect(file).toMatchObject({ contentType, width: null });
  const response = await download(stack, file.url);
  expect(response.headers.get('content-disposition')).toMatch(/^attachment;/);
  expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  expect(response.headers.get('content-security-policy')).toBe('sandbox');
});

test('an avatar has squares of two sizes', async () => {
  const file = await stored(asAnn, await photograph(), { name: 'me.jpg', purpose: 'AVATAR' });
  const variants = await stack.mysql.query(
    'SELECT name, width, height, size FROM file_variants WHERE file_id = ? ORDER BY name',
    [file.id],
  );
  expect(variants).toMatchObject([
    { name: 'avatar-128', width: 128, height: 128 },
    { name: 'avatar-512', width: 512, height: 512 },
    { name: 'thumbnail', width: 240, height: 320 },
  ]);
  const small = await stored(asAnn, await png(100, 60), { purpose: 'AVATAR' });
  const [square] = await stack.mysql.query(
    "SELECT width, height FROM file_variants WHERE file_id = ? AND name = 'avatar-512'",
    [small.id],
  );
  expect(square).toMatchObject({ width: 60, height: 60 });
});

test('size and SHA-256 are those of the bytes; all variants are in one folder, nothing is left of the arrival', async () => {
  const content = randomBytes(300_000);
  const file = await stored(asAnn, content, { name: 'data.bin' });
  const [row] = await stack.mysql.query('SELECT * FROM file_records WHERE id = ?', [file.id]);
  expect(row).toMatchObject({
    size: 300_000,
    sha256: createHash('sha256').update(content).digest('hex'),
    owner_id: ann.userId,
  });
  expect(row.completed_at).not.toBeNull();
  const content2 = await storeContent(stack);
  expect(content2).toContain(`stored/${uuidOf(file.id).slice(-2)}/${uuidOf(file.id)}/original`);
  expect(content2.filter((path) => path.startsWith('arriving'))).toEqual([]);
});

test('what is stored is for the user of the service alone', async () => {
  await stored(asAnn, await png(40, 30), { purpose: 'AVATAR' });
  const root = stack.environment.FILE_STORE_DIR as string;
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const modes = entries.map((entry) => {
    const { mode } = statSync(join(entry.parentPath, entry.name));
    return `${entry.isDirectory() ? 'folder' : 'file'} ${(mode & 0o777).toString(8)}`;
  });
  expect(new Set(modes)).toEqual(new Set(['folder 700', 'file 600']));
});

test('many files at once are all stored and counted', async () => {
  const bob = await stack.signIn();
  const asBob = stack.client('file').as(bob.token);
  const photo = await photograph(300, 200);
  const files = await Promise.all(Array.from({ length: 8 }, () => stored(asBob, photo)));
  expect(new Set(files.map((file) => file.id)).size).toBe(8);
  expect(await usage(bob.userId)).toBe(8 * files[0].size);
});

// The peak of another process's memory is only to be had on Linux.
const onLinux = process.platform === 'linux' ? test : test.skip;

onLinux('200 MB go through in flat memory', async () => {
  const pid = stack.services('file')[0]?.pid;
  const peak = () => Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024;
  const before = peak();
  const sending = slowUpload(stack, ann.token);
  const piece = randomBytes(1_000_000);
  for (let i = 0; i < 200; i += 1) await sending.write(piece);
  const answer = await sending.finish();
  expect(JSON.parse(answer.body).data.uploadFile.file.size).toBe(200_000_000);
  expect(peak() - before).toBeLessThan(100_000_000);
  expect((await rows(stack)).bytes).toBeGreaterThan(200_000_000);
});
