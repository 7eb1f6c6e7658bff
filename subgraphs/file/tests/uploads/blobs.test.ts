import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { newId } from '../../../../kit/base/ids.ts';
import { createPace, TooSlow } from '../../../../kit/http/pace.ts';
import { StreamBroken } from '../../domain/ports.ts';
import { type DiskBlobs, openBlobs } from '../../storage/uploads/blobs.ts';

let directory: string;
let blobs: DiskBlobs;
const pace = () => createPace({ bytesPerSecond: 10, windowMs: 300 });

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'beaver-blobs-'));
  blobs = await openBlobs(directory);
});
afterAll(() => rm(directory, { recursive: true }));

test('a sender who says nothing for too long is given up; one who is only slow is not', async () => {
  const silent = new PassThrough();
  silent.write('x');
  await expect(blobs.receive(newId('file'), silent, 1000, pace())).rejects.toBeInstanceOf(TooSlow);
  expect(silent.destroyed).toBe(true);

  const slow = Readable.from(
    (async function* () {
      for (let i = 0; i < 6; i += 1) {
        await new Promise((resolve) => setTimeout(resolve, 100));
        yield Buffer.from('xxxx');
      }
    })(),
  );
  expect(await blobs.receive(newId('file'), slow, 1000, pace())).toMatchObject({ size: 24 });
});

test('a sender who goes away is not called slow', async () => {
  const left = new PassThrough();
  left.write('x');
  // As the multipart parser does: an error may come before anybody reads.
  left.on('error', () => {});
  const receiving = blobs.receive(newId('file'), left, 1000, pace());
  left.destroy(new Error('left'));
  await expect(receiving).rejects.toBeInstanceOf(StreamBroken);
});

test('what the parser cut off at its limit is not taken for whole', async () => {
  const cut = Object.assign(Readable.from([Buffer.from('half')]), { truncated: true });
  expect(await blobs.receive(newId('file'), cut, 1000, pace())).toBeNull();
});

test('more than may come is not read to its end', async () => {
  let read = 0;
  const endless = Readable.from(
    (function* () {
      for (;;) {
        read += 1;
        yield Buffer.alloc(1000);
      }
    })(),
  );
  expect(await blobs.receive(newId('file'), endless, 10_000, pace())).toBeNull();
  expect(read).toBeLessThan(50);
});

test('a disk that fails is not taken for a sender who went away', async () => {
  const id = newId('file');
  await blobs.receive(id, Readable.from([Buffer.from('x')]), 10, pace());
  await expect(blobs.receive(id, Readable.from([Buffer.from('x')]), 10, pace())).rejects.toMatchObject({
    code: 'EEXIST',
  });
});

test('what arrived is apart from what is stored, and goes there as a whole', async () => {
  const id = newId('file');
  await blobs.receive(id, Readable.from([Buffer.from('x')]), 10, pace());
  expect(await readdir(join(directory, 'arriving', id))).toEqual(['original']);
  await blobs.publish(id);
  expect(await readdir(join(directory, 'arriving'))).not.toContain(id);
  expect(await readdir(join(directory, blobs.path(id, ''), ''))).toEqual(['original']);
  await blobs.discard(id);
  await expect(readdir(join(directory, blobs.path(id, '')))).rejects.toMatchObject({ code: 'ENOENT' });
});

test('a store that is not there is said by the check', async () => {
  const gone = await openBlobs(join(directory, 'gone'));
  await gone.check();
  await rm(join(directory, 'gone'), { recursive: true });
  await expect(gone.check()).rejects.toMatchObject({ code: 'ENOENT' });
});

test('a store that cannot be made is named by its variable', async () => {
  await writeFile(join(directory, 'occupied'), '');
  await expect(openBlobs(join(directory, 'occupied'))).rejects.toThrow(
    /cannot be written to \(ENOTDIR\).* set FILE_STORE_DIR/,
  );
});
