import { openEtcd } from '../../../testing/etcd.ts';
import { startProxy, type TcpProxy } from '../../../testing/proxy.ts';
import { type Stack, startStack } from '../../../testing/stack.ts';
import { waitFor } from '../../../testing/wait.ts';
import { newUuid } from '../../base/ids.ts';
import type { Etcd } from '../../discovery/etcd.ts';

/*
 * An outage in which etcd compacts: afterwards it no longer has the revisions that watches would go on from,
 * and cancels them.
 */

const ETCD = (process.env.ETCD_SERVER as string).split(',')[0] as string;
const ROUNDS = 4;
const PREFIXES = ['fruits/', 'vegetables/', 'herbs/', 'nuts/'];

let proxy: TcpProxy;
let near: Etcd;
let namespace: string;

beforeEach(async () => {
  const server = new URL(ETCD);
  proxy = await startProxy({ host: server.hostname, port: Number(server.port) });
  namespace = `t${newUuid()}`;
  near = openEtcd({ namespace });
});
afterEach(async () => {
  await near.close();
  await proxy.stop();
});

/** Has etcd forget all revisions but the present one. */
async function compact(): Promise<void> {
  const ask = async (path: string, body: object) => {
    const response = await fetch(`${ETCD}/v3/kv/${path}`, { method: 'POST', body: JSON.stringify(body) });
    return (await response.json()) as { header?: { revision: string } };
  };
  const { header } = await ask('range', { key: Buffer.from('x').toString('base64') });
  await ask('compaction', { revision: header?.revision });
}

test('mirrors see all that changes after an outage in which etcd compacted, again and again', async () => {
  const far = openEtcd({ namespace, servers: [`http://127.0.0.1:${proxy.port}`] });
  try {
    const mirrors = await Promise.all(PREFIXES.map((prefix) => far.mirror(prefix)));
    for (let round = 0; round < ROUNDS; round += 1) {
      proxy.cut();
      for (const prefix of PREFIXES) {
        await near.put(`${prefix}missed`, `in round ${round}`);
        await near.put(`elsewhere/${round}`, 'x');
      }
      await compact();
      proxy.mend();
      await waitFor(() => mirrors.every(({ entries }) => entries.get('missed') === `in round ${round}`), {
        what: `all mirrors to know what they missed in round ${round}`,
      });
      // What comes now is told by a watch; the comparison with etcd as a whole comes twice a minute.
      for (const prefix of PREFIXES) await near.put(`${prefix}later`, `in round ${round}`);
      await waitFor(() => mirrors.every(({ entries }) => entries.get('later') === `in round ${round}`), {
        timeout: 5_000,
        what: `all mirrors to watch again in round ${round}`,
      });
    }
  } finally {
    await far.close();
  }
}, 60_000);

test('a service lives through it, registers again, and knows keys that are published later', async () => {
  const stack: Stack = await startStack({});
  try {
    const user = await stack.add('user', { ETCD_SERVER: `http://127.0.0.1:${proxy.port}` });
    let ended = false;
    void user.ended.then(() => {
      ended = true;
    });
    const isRegistered = await stack.etcd.mirror('services/user/');
    expect(isRegistered.entries.size).toBe(1);
    for (let round = 0; round < ROUNDS; round += 1) {
      proxy.cut();
      if (round === 0) {
        await waitFor(() => isRegistered.entries.size === 0, { timeout: 30_000, what: 'the lease to run out' });
      }
      await stack.serviceToken(`missed-${round}`, 'user');
      await stack.etcd.put(`elsewhere/${round}`, 'x');
      await compact();
      proxy.mend();
      await waitFor(() => ended || isRegistered.entries.size === 1, { what: 'the service to register again' });
      // The key is published when the service watches again, or before: it has to learn of it either way.
      const token = await stack.serviceToken(`later-${round}`, 'user');
      const client = stack.client('user').as(token);
      await waitFor(async () => ended || (await client.send('{ __typename }')).status === 200, {
        timeout: 10_000,
        what: `the service to know the key of round ${round}`,
      });
      expect(ended).toBe(false);
    }
  } finally {
    await stack.stop();
  }
}, 120_000);
