import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { getPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { createLog } from '../../../../kit/observe/log.ts';
import { stored, upload } from '../../../../testing/files.ts';
import { png } from '../../../../testing/photographs.ts';
import { zeroPng } from '../../../../testing/pictures.ts';
import type { Stack } from '../../../../testing/stack.ts';
import { waitFor } from '../../../../testing/wait.ts';
import { createInspector } from '../../storage/pictures/inspector.ts';
import { createPicturePool, PROCESSES } from '../../storage/pictures/pool.ts';
import { startFile, traces } from '../support.ts';

// Pictures that are made to hold a server up: what they may take, and who waits for them.

let stack: Stack;
beforeAll(async () => {
  stack = await startFile();
});
afterAll(() => stack?.stop());

const signIn = async () => stack.client('file').as((await stack.signIn()).token);

/** The processes for pictures that a process has started. */
function childrenOf(pid: number): number[] {
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' }).split('\n');
  const fields = lines.filter((line) => line.includes('pictures/worker.ts')).map((line) => line.trim().split(/\s+/));
  return fields.filter(([, parent]) => Number(parent) === pid).map(([child]) => Number(child));
}

/** The threads of a process; on Linux each has a priority of its own. */
function threadsOf(pid: number): number[] {
  return process.platform === 'linux' ? readdirSync(`/proc/${pid}/task`).map(Number) : [pid];
}

/** Whether a process has started its threads, and all run when nothing else wants to. */
function isLast(pid: number): boolean {
  const threads = threadsOf(pid);
  const hasStarted = process.platform !== 'linux' || threads.length > 4;
  return hasStarted && threads.every((id) => getPriority(id) > 0);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

const flatAvif = () =>
  sharp({ create: { width: 7_000, height: 7_000, channels: 3, background: 'red' } })
    .avif({ effort: 0, quality: 10 })
    .toBuffer();

test.each<[string, () => Buffer | Promise<Buffer>, RegExp]>([
  [
    '16-bit, interlaced',
    () => zeroPng(7_000, 7_000, { depth: 16, colour: 6, isInterlaced: true }),
    /without interlacing/,
  ],
  ['AVIF of 49 million pixels', flatAvif, /as JPEG, or smaller/],
  ['one pixel wide', () => zeroPng(1, 16_385), /A side of the image has more than 16384 pixels/],
  ['one pixel high', () => zeroPng(16_385, 1), /A side of the image has more than 16384 pixels/],
])('a picture that is too dear is refused by its header: %s', async (_what, make, message) => {
  const picture = await make();
  const before = await traces(stack);
  const client = await signIn();
  for (const purpose of ['MESSAGE', 'AVATAR'] as const)
    expect(await upload(client, picture, { purpose })).toMatchObject({
      __typename: 'InvalidImage',
      message: expect.stringMatching(message),
    });
  expect(await traces(stack)).toEqual(before);
});

test('pictures of one person do not keep another from uploading', async () => {
  const [attacker, victim] = [await signIn(), await signIn()];
  const dear = zeroPng(7_000, 7_000, { colour: 6, isInterlaced: true });
  let answered = 0;
  // On a busy machine the last of them may wait for too long and be refused, which is as good here.
  const attack = Array.from({ length: 8 }, () =>
    upload(attacker, dear, { purpose: 'AVATAR' }).finally(() => {
      answered += 1;
    }),
  );
  await waitFor(async () => (await traces(stack)).files.some((path) => path.startsWith('arriving')), {
    what: 'the first picture',
  });
  await stored(victim, await png(60, 40));
  expect(answered).toBeLessThan(8);
  await Promise.all(attack);
});

test('a service that is killed leaves no process', async () => {
  const service = await stack.add('file');
  const children = childrenOf(service.pid as number);
  expect(children).toHaveLength(PROCESSES);
  await service.kill();
  await waitFor(() => !children.some(isAlive), { what: 'the end of the processes' });
});

test('a service that is stopped leaves no process', async () => {
  const service = await stack.add('file');
  const children = childrenOf(service.pid as number);
  await service.stop();
  expect(children.filter(isAlive)).toEqual([]);
});

describe('a process for pictures', () => {
  const log = createLog('test', 'silent');
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'beaver-pictures-'));
  });
  afterEach(() => rm(directory, { recursive: true }));

  /**
   * Each picture has a folder of its own, as uploads have: a process that was ended leaves what it had begun.
   */
  async function smallPicture(): Promise<string> {
    const folder = await mkdtemp(join(directory, 'small-'));
    await writeFile(join(folder, 'original'), zeroPng(20, 10));
    return folder;
  }

  test.each([
    ['time', { cpuMs: 60, memoryBytes: 4e9 }, /takes too long/],
    ['memory', { cpuMs: 60_000, memoryBytes: 150e6 }, /too much memory/],
  ])('ends with a picture that takes more %s than it may, and the next one is well', async (_what, limits, message) => {
    const pool = createPicturePool(log, limits);
    try {
      await writeFile(join(directory, 'original'), zeroPng(7_000, 7_000, { colour: 6, isInterlaced: true }));
      await expect(pool.run({ directory, purpose: 'MESSAGE', mayBeDear: true })).rejects.toMatchObject({
        typeName: 'InvalidImage',
        message: expect.stringMatching(message),
      });
      const small = await smallPicture();
      expect(await pool.run({ directory: small, purpose: 'MESSAGE', mayBeDear: false })).toMatchObject({
        width: 20,
        height: 10,
      });
    } finally {
      await pool.close();
    }
  });

  test('that something else ends costs the picture that it had, and no other', async () => {
    const pool = createPicturePool(log);
    try {
      await writeFile(join(directory, 'original'), zeroPng(7_000, 7_000, { colour: 6, isInterlaced: true }));
      const refused = expect(pool.run({ directory, purpose: 'MESSAGE', mayBeDear: true })).rejects.toMatchObject({
        typeName: 'InvalidImage',
      });
      const killed = childrenOf(process.pid);
      for (const child of killed) process.kill(child, 'SIGKILL');
      await refused;
      await waitFor(() => !killed.some(isAlive), { what: 'the end of the processes' });
      for (let count = 0; count < PROCESSES + 1; count += 1) {
        const small = await smallPicture();
        expect(await pool.run({ directory: small, purpose: 'MESSAGE', mayBeDear: false })).toMatchObject({ width: 20 });
      }
    } finally {
      await pool.close();
    }
  });

  test('dear pictures keep nobody waiting, and no other work of the machine', async () => {
    const pool = createPicturePool(log);
    try {
      const inspector = createInspector(pool);
      const from = (address: string) => ({ address, person: null, isKnown: false });
      const ask = (folder: string, address: string) =>
        inspector.inspect({ directory: folder, original: join(folder, 'original') }, 'MESSAGE', from(address));
      const order: string[] = [];
      const dear = await Promise.all(
        ['192.0.2.1', '192.0.2.3', '192.0.2.4'].map(async (address) => {
          const folder = await mkdtemp(join(directory, 'dear-'));
          await writeFile(join(folder, 'original'), zeroPng(7_000, 7_000, { colour: 6, depth: 16 }));
          return { address, folder };
        }),
      );
      // On a busy machine the last may wait for too long and be refused, which is as good here.
      const decoded = dear.map(({ folder, address }) =>
        ask(folder, address)
          .catch(() => {})
          .finally(() => order.push('dear')),
      );
      await waitFor(() => childrenOf(process.pid).some(isLast), {
        what: 'a process whose threads all have a low priority',
      });
      for (let count = 0; count < 4; count += 1)
        await ask(await smallPicture(), '192.0.2.2').then(() => order.push('small'));
      expect(order).toEqual(Array(4).fill('small'));
      await Promise.all(decoded);
    } finally {
      await pool.close();
    }
  });
});
