import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { GraphClient } from '../../../../testing/client.ts';
import { stored, upload } from '../../../../testing/files.ts';
import { photograph } from '../../../../testing/photographs.ts';
import type { Stack } from '../../../../testing/stack.ts';
import { startFile } from '../support.ts';

const MIB = 1024 ** 2;
const store = mkdtempSync(join(tmpdir(), 'beaver-full-disk-'));
// A disk of our own takes root, which CI is.
const isMounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=12m', 'beaver-test', store]).status === 0;
const withDisk = isMounted ? describe : describe.skip;

withDisk('a disk that is full', () => {
  let stack: Stack;
  let viewer: GraphClient;
  beforeAll(async () => {
    stack = await startFile({ FILE_STORE_DIR: store });
    viewer = stack.client('file').as((await stack.signIn()).token);
  });
  afterAll(async () => {
    await stack?.stop();
    spawnSync('umount', [store]);
    rmSync(store, { recursive: true, force: true });
  });
  const url = () => stack.services('file')[0]?.url;
  const health = async () => {
    const response = await fetch(`${url()}/health`);
    return {
      code: response.status,
      ...((await response.json()) as { status: string; checks: Record<string, object> }),
    };
  };

  test('is told to the sender, and nothing of the file is left', async () => {
    expect(await upload(viewer, Buffer.alloc(30 * MIB, 'x'))).toEqual({
      __typename: 'StorageUnavailable',
      code: 'STORAGE_UNAVAILABLE',
      message: 'The server cannot store files at the moment. Nothing of this one was kept: send it again later.',
      retryAfterSeconds: 300,
    });
    expect([...readdirSync(join(store, 'arriving')), ...readdirSync(join(store, 'stored'))]).toEqual([]);
  });

  test('is told in the health, which stays 200, and in a metric', async () => {
    expect(await health()).toMatchObject({
      code: 200,
      status: 'degraded',
      checks: {
        store: { status: 'degraded', space: 'full', reason: expect.stringMatching(/^The file store is full: /) },
      },
    });
    const metrics = await (await fetch(`${url()}/metrics`)).text();
    const [, free = '0'] = /^beaver_file_store_free_bytes\S* (\d+)$/m.exec(metrics) ?? [];
    expect(Number(free)).toBeGreaterThan(0);
    expect(Number(free)).toBeLessThanOrEqual(12 * MIB);
  });

  test('is told where a picture fits and what is made of it does not', async () => {
    const photo = await photograph();
    const { bavail, bsize } = statfsSync(store);
    // Two pages beside it: its folder's, and none for its copy without what it says.
    const room = (Math.ceil(photo.length / bsize) + 1) * bsize;
    writeFileSync(join(store, 'filler'), Buffer.alloc(bavail * bsize - room));
    expect(await upload(viewer, photo)).toMatchObject({ code: 'STORAGE_UNAVAILABLE' });
    rmSync(join(store, 'filler'));
    expect(readdirSync(join(store, 'arriving'))).toEqual([]);
  });

  test('is well again with more room', async () => {
    execFileSync('mount', ['-o', 'remount,size=1g', store]);
    expect(await stored(viewer, Buffer.alloc(30 * MIB, 'x'))).toMatchObject({ size: 30 * MIB });
    expect(await health()).toMatchObject({ code: 200, checks: { store: { status: 'degraded', space: 'low' } } });
    execFileSync('mount', ['-o', 'remount,size=8g', store]);
    expect(await health()).toMatchObject({ status: 'ok', checks: { store: { status: 'ok', space: 'ok' } } });
  });
});
