import { PassThrough, Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { createPace, TooSlow } from '../../http/pace.ts';

const SLOWEST = { bytesPerSecond: 10_000, windowMs: 100 };

async function sizeOf(chunks: AsyncIterable<Buffer>): Promise<number> {
  let size = 0;
  for await (const chunk of chunks) size += chunk.length;
  return size;
}

test('a stream that comes at once is read whole', async () => {
  const stream = Readable.from([Buffer.alloc(10), Buffer.alloc(20)]);
  expect(await sizeOf(createPace(SLOWEST).read(stream))).toBe(30);
});

test('a sender who stands still is refused, and its stream is ended', async () => {
  const stream = new PassThrough();
  stream.write(Buffer.alloc(10));
  await expect(sizeOf(createPace(SLOWEST).read(stream))).rejects.toThrow(TooSlow);
  expect(stream.destroyed).toBe(true);
});

test('a sender who drips is refused, though it never stands still', async () => {
  const stream = new PassThrough();
  const drip = setInterval(() => stream.write('x'), 5);
  await expect(sizeOf(createPace(SLOWEST).read(stream))).rejects.toMatchObject({
    status: 408,
    code: 'REQUEST_TIMEOUT',
    message: expect.stringContaining('10000 bytes a second'),
  });
  clearInterval(drip);
});

test('a sender who has sent its share may pause for the rest of the window', async () => {
  const stream = new PassThrough();
  stream.write(Buffer.alloc(1_000));
  const reading = sizeOf(createPace(SLOWEST).read(stream));
  // The first window ends with its share; the pause goes on in the second.
  setTimeout(() => stream.end(), 150);
  expect(await reading).toBe(1_000);
});

test('a reader who takes its time is no fault of the sender', async () => {
  const stream = Readable.from(Array.from({ length: 5 }, () => Buffer.alloc(1)));
  let size = 0;
  for await (const chunk of createPace(SLOWEST).read(stream)) {
    size += chunk.length;
    await sleep(SLOWEST.windowMs);
  }
  expect(size).toBe(5);
});

test('a file that never begins is refused', async () => {
  await expect(createPace(SLOWEST).next(new Promise(() => {}))).rejects.toThrow(TooSlow);
});

test('what fails is not called slow', async () => {
  await expect(createPace(SLOWEST).next(Promise.reject(new Error('left')))).rejects.toThrow('left');
});
