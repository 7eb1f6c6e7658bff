import { openAsStranger, openEtcd } from '../../../testing/etcd.ts';
import { waitFor } from '../../../testing/wait.ts';
import { newUuid } from '../../base/ids.ts';
import type { Etcd } from '../../discovery/etcd.ts';
import { createInstanceDirectory } from '../../discovery/instances.ts';
import { createSeal } from '../../discovery/seal.ts';
import { createLog } from '../../observe/log.ts';

const OLD = 'an old secret of more than 32 bytes';
const NEW = 'a new secret of more than 32 bytes';

describe('the certificate of a record', () => {
  const seal = createSeal([OLD]);
  const paths = ['/beaver/keys/auth/1', '/beaver/keys/auth/2', '/beaver/keys/chat/1', '/other/keys/auth/1', ''];
  const values = ['{"x":1}', '{"x":2}', '', ' ', '🦫', '\u0000', 'x'.repeat(10_000)];

  it('is good for its path and its value, and for no other', () => {
    for (const path of paths)
      for (const value of values) {
        const text = seal.close(path, value);
        for (const other of paths) expect(seal.open(other, text)).toBe(other === path ? value : null);
        const mac = text.slice(0, 44);
        for (const other of values) expect(seal.open(path, mac + other)).toBe(other === value ? value : null);
      }
  });

  it('is good with no byte changed, added or left out', () => {
    const path = '/beaver/keys/auth/1';
    const text = seal.close(path, '{"x":1}');
    for (let at = 0; at < text.length; at += 1) {
      expect(seal.open(path, text.slice(0, at))).toBeNull();
      expect(seal.open(path, `${text.slice(0, at)}A${text.slice(at)}`)).toBeNull();
      const changed = text[at] === 'B' ? 'C' : 'B';
      expect(seal.open(path, `${text.slice(0, at)}${changed}${text.slice(at + 1)}`)).toBeNull();
    }
    // A path that ends where the value begins is another record.
    expect(createSeal([OLD]).open('/a', seal.close('/a/b', 'c'))).toBeNull();
  });

  it('is of one secret: the first of several, and all of them are taken', () => {
    const both = createSeal([NEW, OLD]);
    expect(both.open('/p', seal.close('/p', 'v'))).toBe('v');
    expect(createSeal([NEW]).open('/p', both.close('/p', 'v'))).toBe('v');
    expect(seal.open('/p', both.close('/p', 'v'))).toBeNull();
  });
});

describe('etcd', () => {
  const namespace = `t${newUuid()}`;
  const lines: string[] = [];
  const log = { ...createLog('test', 'silent'), error: (...said: unknown[]) => lines.push(JSON.stringify(said)) };
  let stranger: Etcd;
  let ours: Etcd;

  beforeAll(() => {
    stranger = openAsStranger(namespace);
    ours = openEtcd({ namespace, secrets: [OLD] }, log as never);
  });
  afterAll(async () => {
    await Promise.all([ours.close(), stranger.close()]);
  });

  it('shows nothing that others have put there, before or later, and tells it once by its name', async () => {
    await ours.put('fruit/apple', 'red');
    await stranger.put('fruit/poison', 'a-secret-value');
    const mirror = await ours.mirror('fruit/');
    expect([...mirror.entries]).toEqual([['apple', 'red']]);
    const stored = (await stranger.mirror('fruit/')).entries;
    await stranger.put('fruit/moved', stored.get('apple') as string);
    await stranger.put('fruit/late', createSeal([NEW]).close(`/${namespace}/fruit/late`, 'a-secret-value'));
    await ours.put('fruit/pear', 'green');
    await waitFor(() => mirror.entries.has('pear'), { what: 'the last record' });
    expect([...mirror.entries.keys()].sort()).toEqual(['apple', 'pear']);
    const again = await ours.mirror('fruit/');
    expect(again.entries).toEqual(mirror.entries);
    const told = lines.filter((line) => line.includes('/fruit/poison'));
    expect(told.length).toBe(2);
    for (const name of ['poison', 'moved', 'late']) expect(lines.join()).toContain(`/${namespace}/fruit/${name}`);
    expect(lines.join()).not.toContain('a-secret-value');
  });

  it('forgets a record that somebody else has written over, until it is ours again', async () => {
    await ours.put('nuts/hazel', 'brown');
    const mirror = await ours.mirror('nuts/');
    await stranger.put('nuts/hazel', 'false');
    await waitFor(() => !mirror.entries.has('hazel'), { what: 'the false one to be noticed' });
    await ours.put('nuts/hazel', 'brown');
    await waitFor(() => mirror.entries.get('hazel') === 'brown', { what: 'ours' });
  });

  it('replaces what others have written as if nothing were there', async () => {
    await stranger.put('graph/kept', '{"chat":{"hash":"false"}}');
    expect(await ours.replace('graph/kept', '{"chat":{"hash":"false"}}', 'x')).toBe(false);
    expect(await ours.replace('graph/kept', null, 'ours')).toBe(true);
    expect(await ours.replace('graph/kept', null, 'again')).toBe(false);
    expect(await ours.replace('graph/kept', 'ours', 'again')).toBe(true);
    expect((await ours.mirror('graph/')).entries.get('kept')).toBe('again');
  });

  it('sends no request to an instance that somebody else has put there', async () => {
    const record = (name: string) =>
      JSON.stringify({ url: `http://${name}`, schemaHash: 'h', version: '1', startedAt: '2026-01-01T00:00:00Z' });
    await ours.putLeased('services/chat/ours', record('ours'));
    await stranger.put('services/chat/false', record('false'));
    const directory = await createInstanceDirectory(ours, log as never);
    expect(directory.instances('chat').map(({ id }) => id)).toEqual(['ours']);
  });

  it('changes its secret while everybody runs', async () => {
    const rolled = openEtcd({ namespace, secrets: [NEW, OLD] });
    const next = openEtcd({ namespace, secrets: [NEW] });
    await ours.put('herbs/by-old', '1');
    await rolled.put('herbs/by-both', '2');
    const seen = await Promise.all([ours, rolled, next].map((etcd) => etcd.mirror('herbs/')));
    expect(seen.map(({ entries }) => [...entries.keys()].sort())).toEqual([
      ['by-old'],
      ['by-both', 'by-old'],
      ['by-both'],
    ]);
    await Promise.all([rolled.close(), next.close()]);
  });
});
