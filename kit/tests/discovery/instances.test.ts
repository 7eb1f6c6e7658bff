import { openEtcd } from '../../../testing/etcd.ts';
import { waitFor } from '../../../testing/wait.ts';
import type { Etcd } from '../../discovery/etcd.ts';
import { createInstanceDirectory, type Instance, type InstanceDirectory } from '../../discovery/instances.ts';
import { createLog } from '../../observe/log.ts';

const log = createLog('test', 'silent');
let etcd: Etcd;
let directory: InstanceDirectory;

beforeEach(async () => {
  etcd = openEtcd();
  directory = await createInstanceDirectory(etcd, log);
});
afterEach(() => etcd.close());

/** Registers instances, which nobody needs to run for this, and returns them in the order of their ids. */
async function register(...ids: string[]): Promise<Instance[]> {
  for (const id of ids) {
    const record = { url: `http://${id}`, schemaHash: 'x', version: '0', startedAt: new Date().toISOString() };
    await etcd.put(`services/fruit/${id}`, JSON.stringify(record));
  }
  await waitFor(() => directory.instances('fruit').length === ids.length, { what: 'all instances in the directory' });
  return [...directory.instances('fruit')].sort((one, other) => one.id.localeCompare(other.id));
}

/** As if so much time had gone by. */
function passes(milliseconds: number): void {
  for (const instance of directory.instances('fruit')) {
    instance.ejectedUntil -= milliseconds;
    instance.failedAt -= milliseconds;
  }
}

const picked = () => directory.pick('fruit')?.id ?? null;

test('the instance with the fewest outstanding requests is the next, and equals take turns', async () => {
  const [apple, pear] = (await register('apple', 'pear')) as [Instance, Instance];
  expect(new Set(Array.from({ length: 4 }, picked))).toEqual(new Set(['apple', 'pear']));
  apple.outstanding = 2;
  pear.outstanding = 1;
  expect(Array.from({ length: 4 }, picked)).toEqual(Array(4).fill('pear'));
});

test('one that failed is passed over, longer each time it fails again, and asked one thing when it may be well', async () => {
  const [apple] = (await register('apple', 'pear')) as [Instance];
  directory.eject(apple);
  expect(Array.from({ length: 4 }, picked)).toEqual(Array(4).fill('pear'));
  passes(5_100);
  expect(new Set(Array.from({ length: 4 }, picked))).toEqual(new Set(['apple', 'pear']));
  apple.outstanding = 1;
  expect(Array.from({ length: 4 }, picked)).toEqual(Array(4).fill('pear'));
  directory.eject(apple);
  apple.outstanding = 0;
  passes(5_100);
  expect(Array.from({ length: 4 }, picked)).toEqual(Array(4).fill('pear'));
  passes(5_100);
  expect(new Set(Array.from({ length: 4 }, picked))).toEqual(new Set(['apple', 'pear']));
});

test('the only one that fails again and again is asked one thing at a time, until it answers', async () => {
  const [apple] = (await register('apple')) as [Instance];
  for (let failure = 0; failure < 5; failure += 1) {
    // A hundred requests on one connection that breaks are one failure.
    for (let request = 0; request < 100; request += 1) directory.eject(apple);
    expect(picked()).toBe('apple');
    passes(600);
  }
  apple.outstanding = 1;
  expect(picked()).toBeNull();
  apple.outstanding = 0;
  expect(picked()).toBe('apple');
  apple.failures = 0;
  apple.outstanding = 7;
  expect(picked()).toBe('apple');
});
