import { setTimeout as sleep } from 'node:timers/promises';
import type { Service } from '../../launch/services.ts';
import { startProxy, type TcpProxy } from '../../testing/proxy.ts';
import { collect } from '../../testing/socket.ts';
import { waitFor } from '../../testing/wait.ts';
import { type GatewayStack, startGateway } from './harness.ts';

// What clients notice of a change of the schema, of etcd's absence and of an instance that is killed while
// they ask and listen: nothing.

const ASKERS = 4;
const LISTENERS = 10;
/**
 * Events that the slowest listener may be behind before more are sent: a client who does not keep up is told
 * to come again, which is another test.
 */
const MAX_BEHIND = 50;
/** Longer than a lease lasts, in ms. */
const OUTAGE = 12_000;
const TICKS = 'subscription { ticks(channel: "load") { number thing { leftName rightName } } }';

let gateway: GatewayStack;
let etcd: TcpProxy;
beforeAll(async () => {
  const server = new URL(process.env.ETCD_SERVER as string);
  etcd = await startProxy({ host: server.hostname, port: Number(server.port) });
  gateway = await startGateway({ left: 1, right: 1 }, {}, { own: { ETCD_SERVER: `http://127.0.0.1:${etcd.port}` } });
});
afterAll(async () => {
  await gateway?.stop();
  await etcd?.stop();
});

/** Clients who ask, listen and send until they are told to stop. */
function startLoad() {
  const faults: unknown[] = [];
  const closes: number[] = [];
  let isStopped = false;
  let answers = 0;
  let sent = 0;
  const clients = Array.from({ length: LISTENERS }, () => gateway.socket({ onClosed: (code) => closes.push(code) }));
  const listeners = clients.map((client) => collect(client, TICKS, {}));

  async function repeat(work: () => Promise<unknown>): Promise<void> {
    while (!isStopped) await work().catch((error) => faults.push(error));
  }
  async function ask(): Promise<void> {
    const { data, errors } = await gateway.client.send('{ things(count: 2) { leftName rightName } leftInstance }');
    answers += 1;
    if (errors || !data) faults.push(errors ?? data);
  }
  async function send(): Promise<void> {
    const isNear = () => listeners.every(({ events }) => events.length > sent - MAX_BEHIND);
    if (!isNear()) await waitFor(isNear, { what: 'all listeners to keep up' });
    sent += 1;
    await gateway.client.data('mutation ($n: Int!) { tick(channel: "load", from: $n, to: $n, thing: "each") }', {
      n: sent,
    });
  }
  const begin = () => Promise.all([...Array.from({ length: ASKERS }, () => repeat(ask)), repeat(send)]);

  return {
    faults,
    closes,
    begin,
    listeners,
    /** Waits until so many more answers have come. */
    async flows(more = 50) {
      const before = answers;
      await waitFor(() => answers >= before + more, { timeout: 30_000, what: `${more} more answers` });
    },
    async stop(begun: Promise<unknown>) {
      isStopped = true;
      await begun;
      await Promise.all(listeners.map((ticks) => ticks.until(({ ticks: { number } }) => number === sent)));
      await Promise.all(clients.map((client) => client.dispose()));
      return sent;
    },
  };
}

test('no query fails, no subscription ends, and no event is lost', async () => {
  const load = startLoad();
  const left = gateway.left[0] as Service;
  await waitFor(async () => (await gateway.state(left)).subscriptions === LISTENERS, { what: 'all listeners' });
  const begun = load.begin();
  await load.flows();

  // Another schema, in the service that the subscriptions are at.
  await gateway.add('left', 'left-more');
  await waitFor(async () => (await gateway.client.send('{ added }')).errors === undefined, { what: 'the new field' });
  await load.flows();

  etcd.cut();
  await sleep(OUTAGE);
  etcd.mend();
  await load.flows();

  // One of two instances that complete the events.
  const other = await gateway.add('right');
  const { instance } = await gateway.state(other);
  await waitFor(async () => (await gateway.client.data('{ rightInstance }')).rightInstance === instance, {
    what: 'an answer of the new instance',
  });
  await gateway.right[0]?.kill();
  await load.flows();

  const sent = await load.stop(begun);
  expect(load.faults).toEqual([]);
  expect(load.closes.filter((code) => code !== 1000)).toEqual([]);
  const all = Array.from({ length: sent }, (_, index) => ({
    number: index + 1,
    thing: { leftName: `left t${index + 1}`, rightName: `right t${index + 1}` },
  }));
  for (const { events, errors } of load.listeners) {
    expect(errors).toEqual([]);
    expect(events.map(({ ticks }) => ticks)).toEqual(all);
  }
});
