import { WebSocket } from 'ws';
import type { Service } from '../../launch/services.ts';
import { collect } from '../../testing/socket.ts';
import { waitFor } from '../../testing/wait.ts';
import { type GatewayStack, startGateway } from './harness.ts';

const TICKS = `subscription ($channel: ID!) { ticks(channel: $channel) { number viewer thing { id leftName rightName } } }`;
const TICK = 'mutation ($c: ID!, $from: Int!, $to: Int!) { tick(channel: $c, from: $from, to: $to, thing: "each") }';

let gateway: GatewayStack;
let left: Service;
beforeAll(async () => {
  gateway = await startGateway({ left: 1, right: 1 }, { GATEWAY_MAX_QUEUED_EVENTS: '50' });
  left = gateway.left[0] as Service;
});
afterAll(() => gateway?.stop());

/** Waits until the fixture has so many subscriptions open. */
function openAt(service: Service, count: number) {
  return waitFor(async () => (await gateway.state(service)).subscriptions === count, {
    what: `${count} open subscriptions at the fixture`,
  });
}

const tick = (channel: string, from: number, to: number) => gateway.client.data(TICK, { c: channel, from, to });

/** Subscribes on a socket of its own that does not reconnect, and waits until the fixture knows. */
async function subscribe(channel: string, service = left) {
  const closed = Promise.withResolvers<number>();
  const client = gateway.socket({ onClosed: closed.resolve });
  const { subscriptions } = await gateway.state(service);
  const ticks = collect(client, TICKS, { channel });
  await openAt(service, subscriptions + 1);
  return { client, ticks, closed: closed.promise };
}

test('delivers events with fields of another service, in the order of the events', async () => {
  const viewer = await gateway.stack.signIn();
  const client = gateway.socket({ token: viewer.token });
  const ticks = collect(client, TICKS, { channel: 'order' });
  await openAt(left, 1);
  await tick('order', 1, 40);
  await ticks.until(({ ticks: { number } }) => number === 40);
  expect(ticks.errors).toEqual([]);
  // Things with an odd number take right 30 ms longer.
  expect(ticks.events.map(({ ticks }) => ticks.number)).toEqual(Array.from({ length: 40 }, (_, i) => i + 1));
  expect(ticks.events[6]?.ticks).toEqual({
    number: 7,
    viewer: viewer.userId,
    thing: { id: 't7', leftName: 'left t7', rightName: 'right t7' },
  });
  ticks.stop();
  await openAt(left, 0);
  await client.dispose();
});

test('keys and names in any script come and go as they are', async () => {
  const client = gateway.socket();
  const ticks = collect(client, TICKS, { channel: 'scripts' });
  await openAt(left, 1);
  const query = 'mutation ($thing: ID!) { tick(channel: "scripts", from: 1, to: 1, thing: $thing) }';
  await gateway.client.data(query, { thing: 'Büber 海狸 🦫 "x"' });
  const { ticks: event } = await ticks.until(() => true);
  expect(event.thing).toEqual({
    id: 'Büber 海狸 🦫 "x"',
    leftName: 'left Büber 海狸 🦫 "x"',
    rightName: 'right Büber 海狸 🦫 "x"',
  });
  await client.dispose();
  await openAt(left, 0);
});

test('many viewers share one socket to the instance, each with a token of their own', async () => {
  const viewers = await Promise.all(Array.from({ length: 5 }, () => gateway.stack.signIn()));
  const clients = viewers.map(({ token }) => gateway.socket({ token }));
  const all = clients.map((client) => collect(client, TICKS, { channel: 'shared' }));
  await openAt(left, 5);
  await tick('shared', 1, 1);
  const seen = await Promise.all(all.map((ticks) => ticks.until(() => true)));
  expect(seen.map(({ ticks }) => ticks.viewer)).toEqual(viewers.map(({ userId }) => userId));
  // One leaves; the others go on.
  all[0]?.stop();
  await openAt(left, 4);
  await tick('shared', 2, 2);
  await Promise.all(all.slice(1).map((ticks) => ticks.until(({ ticks: { number } }) => number === 2)));
  await Promise.all(clients.map((client) => client.dispose()));
  await openAt(left, 0);
});

test('a client that vanishes without a word ends what was open for it', async () => {
  const socket = new WebSocket(gateway.client.url.replace('http', 'ws'), 'graphql-transport-ws');
  socket.on('open', () => socket.send('{"type":"connection_init"}'));
  const payload = { query: TICKS, variables: { channel: 'vanish' } };
  socket.once('message', () => socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload })));
  await openAt(left, 1);
  socket.terminate();
  await openAt(left, 0);
});

test('goes on through a schema change of another service, and of its own while its instance lives', async () => {
  const { client, ticks } = await subscribe('survive');
  await tick('survive', 1, 1);
  await ticks.until(({ ticks: { number } }) => number === 1);

  const changed = await gateway.add('left', 'left-more');
  await waitFor(async () => (await gateway.client.send('{ added }')).errors === undefined, {
    what: 'the field of the new schema',
  });
  await tick('survive', 2, 3);
  await ticks.until(({ ticks: { number } }) => number === 3);
  expect(ticks.events.map(({ ticks }) => ticks.number)).toEqual([1, 2, 3]);
  expect(ticks.errors).toEqual([]);
  // New ones go to the instance that has the composed schema.
  const second = await subscribe('survive2', changed);
  expect((await gateway.state(left)).subscriptions).toBe(1);

  ticks.stop();
  second.ticks.stop();
  await Promise.all([client.dispose(), second.client.dispose()]);
  await changed.stop();
  await waitFor(async () => (await gateway.client.send('{ added }')).status === 400, {
    what: 'the graph without the new field',
  });
});

test('closes with RESUME when its field is gone from the graph', async () => {
  const { closed } = await subscribe('gone');
  const silent = await gateway.add('left', 'left-silent');
  expect(await closed).toBe(4205);
  await openAt(left, 0);
  await silent.stop();
  await waitFor(async () => (await gateway.client.send('{ leftInstance }')).errors === undefined, {
    what: 'the graph of the first schema',
  });
});

test('closes with RESUME when the instance drains, and finds another', async () => {
  const other = await gateway.add('left');
  const { instance } = await gateway.state(other);
  await waitFor(async () => (await gateway.client.data('{ leftInstance }')).leftInstance === instance, {
    what: 'an answer of the new instance',
  });
  const subscribed = [await socketAt('drain'), await socketAt('drain')];
  await waitFor(
    async () => {
      const states = await Promise.all([gateway.state(left), gateway.state(other)]);
      return states.reduce((sum, { subscriptions }) => sum + subscriptions, 0) === 2;
    },
    { what: 'all subscriptions at the instances' },
  );
  const atOther = (await gateway.state(other)).subscriptions;
  expect(atOther).toBeGreaterThan(0);
  await other.stop();
  await waitFor(() => subscribed.filter(({ codes }) => codes.length > 0).length === atOther, {
    what: 'the end of the subscriptions of the other instance',
  });
  for (const { codes } of subscribed) if (codes.length > 0) expect(codes).toEqual([4205]);
  const again = await subscribe('drain');
  await tick('drain', 1, 1);
  await again.ticks.until(({ ticks: { number } }) => number === 1);
  await Promise.all([again.client.dispose(), ...subscribed.map(({ client }) => client.dispose())]);
  await openAt(left, 0);
});

async function socketAt(channel: string) {
  const codes: number[] = [];
  const client = gateway.socket({ onClosed: (code) => codes.push(code) });
  return { client, codes, ticks: collect(client, TICKS, { channel }) };
}

test('begins at another instance where one is dead that etcd still has', async () => {
  const dead = await gateway.add('left');
  const { instance } = await gateway.state(dead);
  await waitFor(async () => (await gateway.client.data('{ leftInstance }')).leftInstance === instance, {
    what: 'an answer of the new instance',
  });
  await dead.kill();
  const all = await Promise.all(Array.from({ length: 4 }, () => socketAt('dead')));
  await openAt(left, 4);
  await tick('dead', 1, 1);
  await Promise.all(all.map(({ ticks }) => ticks.until(() => true)));
  expect(all.flatMap(({ codes }) => codes)).toEqual([]);
  await Promise.all(all.map(({ client }) => client.dispose()));
  await openAt(left, 0);
});

test('passes on why the service refuses', async () => {
  const client = gateway.socket();
  const ticks = collect(client, 'subscription { ticks(channel: "refused") { number } }');
  await waitFor(() => ticks.ended, { what: 'the end of the ticks' });
  expect(ticks.errors.flat()).toEqual([
    {
      message: 'This channel is closed.',
      path: ['ticks'],
      extensions: { code: 'FORBIDDEN', serviceName: 'left', requestId: expect.any(String) },
    },
  ]);
  await client.dispose();
});

test('ends with the error of a service that does not take the token', async () => {
  // The gateway takes it, as it was made for the gateway; left was not meant.
  const token = await gateway.stack.serviceToken('someone', 'gateway');
  const client = gateway.socket({ token });
  const ticks = collect(client, 'subscription { ticks(channel: "refused") { number } }');
  await waitFor(() => ticks.ended, { what: 'the end of the ticks' });
  expect(ticks.errors.flat()).toMatchObject([
    { extensions: { code: 'UNAUTHENTICATED', reason: 'TOKEN_INVALID', serviceName: 'left' } },
  ]);
  await client.dispose();
});

test('a reader that does not read is let go with RESUME, and holds no more than its queue', async () => {
  const socket = new WebSocket(gateway.client.url.replace('http', 'ws'), 'graphql-transport-ws');
  socket.on('open', () => socket.send('{"type":"connection_init"}'));
  const query = 'subscription { ticks(channel: "slow", size: 200000) { number thing { leftName } } }';
  socket.once('message', () => socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query } })));
  await openAt(left, 1);
  socket.pause();
  const numbers: number[] = [];
  socket.on('message', (data) => {
    const { payload } = JSON.parse(String(data));
    if (payload?.data) numbers.push(payload.data.ticks.number);
  });
  await tick('slow', 1, 150);
  // The queue is full: the gateway asks for no more.
  await openAt(left, 0);
  const closed = new Promise((resolve) => socket.on('close', resolve));
  socket.resume();
  expect(await closed).toBe(4205);
  // What came is a beginning without a gap, so that the client knows where to go on.
  expect(numbers.length).toBeGreaterThan(0);
  expect(numbers.length).toBeLessThan(150);
  expect(numbers).toEqual(Array.from({ length: numbers.length }, (_, i) => i + 1));
});

test('closes with RESUME when the instance is killed; the graphql-ws client comes again by itself', async () => {
  const codes: number[] = [];
  const client = gateway.socket({ retryAttempts: 5, onClosed: (code) => codes.push(code) });
  const ticks = collect(client, TICKS, { channel: 'kill' });
  await openAt(left, 1);
  const other = await gateway.add('left');
  await left.kill();
  await openAt(other, 1);
  expect(codes).toEqual([4205]);
  await tick('kill', 5, 5);
  await ticks.until(({ ticks: { number } }) => number === 5);
  await client.dispose();
});
