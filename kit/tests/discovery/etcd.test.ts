import { openEtcd } from '../../../testing/etcd.ts';
import { startProxy, type TcpProxy } from '../../../testing/proxy.ts';
import { waitFor } from '../../../testing/wait.ts';
import { newUuid } from '../../base/ids.ts';
import type { Etcd } from '../../discovery/etcd.ts';
import { createInstanceDirectory } from '../../discovery/instances.ts';
import { createLog } from '../../observe/log.ts';

const log = createLog('test', 'silent');

describe('etcd', () => {
  let proxy: TcpProxy;
  let far: Etcd;
  let near: Etcd;

  beforeEach(async () => {
    const server = new URL((process.env.ETCD_SERVER as string).split(',')[0] as string);
    proxy = await startProxy({ host: server.hostname, port: Number(server.port) });
    const namespace = `t${newUuid()}`;
    // One connection can be cut; the other sees what etcd has.
    far = openEtcd({ namespace, servers: [`http://127.0.0.1:${proxy.port}`] });
    near = openEtcd({ namespace });
  });
  afterEach(async () => {
    await Promise.all([far.close(), near.close()]);
    await proxy.stop();
  });

  it('shows in a mirror what others write and delete', async () => {
    await near.put('fruit/apple', 'red');
    const mirror = await far.mirror('fruit/');
    expect([...mirror.entries]).toEqual([['apple', 'red']]);
    await near.put('fruit/pear', 'green');
    await near.put('vegetable/leek', 'white');
    await waitFor(() => mirror.entries.get('pear') === 'green', { what: 'the new value in the mirror' });
    await near.delete('fruit/apple');
    await waitFor(() => mirror.entries.size === 1, { what: 'one entry in the mirror' });
  });

  it('keeps what it knows while etcd is away, and learns what happened meanwhile', async () => {
    const mirror = await far.mirror('fruit/');
    await near.put('fruit/apple', 'red');
    await waitFor(() => mirror.entries.size === 1, { what: 'one entry in the mirror' });
    proxy.cut();
    await near.put('fruit/pear', 'green');
    await near.delete('fruit/apple');
    await expect(far.check()).rejects.toThrow();
    expect([...mirror.entries]).toEqual([['apple', 'red']]);
    proxy.mend();
    await waitFor(() => mirror.entries.has('pear') && !mirror.entries.has('apple'), { what: 'the mirror to catch up' });
  });

  it('takes a lease that was lost again, with all its keys', async () => {
    await far.putLeased('services/a', 'one');
    await far.putLeased('keys/b', 'two');
    await far.put('schemas/c', 'three');
    const seen = await near.mirror('');
    expect(seen.entries.size).toBe(3);
    proxy.cut();
    await waitFor(() => seen.entries.size === 1, { timeout: 30_000, what: 'the lease to run out' });
    // As if etcd had lost all its data.
    await near.delete('schemas/c');
    proxy.mend();
    await waitFor(() => seen.entries.size === 3, { what: 'the keys to be back' });
    await far.withdraw('services/a');
    await waitFor(() => !seen.entries.has('services/a'), { what: 'the lost key to be gone' });
  });
});

describe('the directory of instances', () => {
  let etcd: Etcd;

  beforeEach(() => {
    etcd = openEtcd();
  });
  afterEach(() => etcd.close());

  const record = (name: string) =>
    JSON.stringify({ url: `http://${name}`, wsUrl: `ws://${name}`, schemaHash: 'h', version: '1', startedAt: '' });

  it('takes the instance with the fewest outstanding requests, in turns, and passes over one that failed', async () => {
    await etcd.put('services/chat/a', record('a'));
    await etcd.put('services/chat/b', record('b'));
    await etcd.put('services/chat/c', 'not a record');
    const directory = await createInstanceDirectory(etcd, log);
    const turns = [1, 2, 3, 4].map(() => directory.pick('chat')?.id);
    expect(new Set(turns)).toEqual(new Set(['a', 'b']));
    const busy = directory.instances('chat').find(({ id }) => id === 'a');
    if (busy) busy.outstanding = 3;
    expect([1, 2, 3].map(() => directory.pick('chat')?.id)).toEqual(['b', 'b', 'b']);
    const failed = directory.pick('chat');
    if (failed) directory.eject(failed);
    expect(directory.pick('chat')?.id).toBe('a');
    expect(directory.pick('chat', ({ id }) => id === 'b')?.id).toBe('b');
    expect(directory.pick('nothing')).toBeNull();
  });

  it('forgets an instance that left, but not the last ones known', async () => {
    await etcd.put('services/chat/a', record('a'));
    await etcd.put('services/chat/b', record('b'));
    const directory = await createInstanceDirectory(etcd, log);
    await etcd.delete('services/chat/a');
    await waitFor(() => directory.instances('chat').length === 1, { what: 'the instance of chat in the directory' });
    await etcd.delete('services/chat/b');
    await etcd.put('services/user/c', record('c'));
    await waitFor(() => directory.services().includes('user'), { what: 'the user service in the directory' });
    expect(directory.instances('chat').map(({ id }) => id)).toEqual(['b']);
  });
});
