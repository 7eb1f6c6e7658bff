import { type Service, spawnService } from '../../launch/services.ts';
import { GraphClient } from '../../testing/client.ts';
import { waitFor } from '../../testing/wait.ts';
import { type GatewayStack, type Health, startGateway } from './harness.ts';

// A gateway that starts while a service is away serves the last complete graph.

const KEPT = 'graph/';

let gateway: GatewayStack;
const others: Promise<Service | null>[] = [];
const end = new AbortController();
beforeAll(async () => {
  gateway = await startGateway({ left: 1, right: 1 });
});
afterAll(async () => {
  // One that waits for a service is not ready, and so only its start can be ended.
  end.abort();
  await Promise.all(others.map(async (other) => (await other)?.stop()));
  await gateway?.stop();
});

/** Starts another gateway and waits until it listens: it may never be ready. */
async function another(environment: Record<string, string> = {}): Promise<GraphClient> {
  const listening = Promise.withResolvers<string>();
  const spawned = spawnService({
    name: 'gateway',
    environment: { ...gateway.stack.environment, GATEWAY_EXPECTS: 'left,right', ...environment },
    signal: end.signal,
    onLine(line) {
      const { msg, url } = JSON.parse(line) as { msg: string; url: string };
      if (msg === 'listening') listening.resolve(`${url}/graphql`);
    },
  });
  others.push(spawned.catch(() => null));
  return new GraphClient(await listening.promise);
}

function healthOf(client: GraphClient, status: number, what: string): Promise<Health> {
  return waitFor(
    async () => {
      const response = await fetch(client.url.replace(/graphql$/, 'health'));
      return response.status === status ? ((await response.json()) as Health) : null;
    },
    { what, timeout: 20_000 },
  );
}

test('the graph is kept when it is complete, and the same by all gateways', async () => {
  const kept = await gateway.stack.etcd.mirror(KEPT);
  const text = await waitFor(() => kept.entries.get('kept'), { what: 'a kept graph' });
  expect(Object.keys(JSON.parse(text))).toEqual(['left', 'right']);
  let changes = 0;
  kept.onChange(() => {
    changes += 1;
  });
  const client = await another();
  await healthOf(client, 200, 'a second gateway');
  expect(changes).toBe(0);
  // Older than what is kept: neither gateway takes it back by itself, and one that composes anew does not
  // write it.
  const future = JSON.stringify({
    ...JSON.parse(text),
    right: { ...JSON.parse(text).right, startedAt: '2999-01-01T00:00:00Z' },
  });
  expect(await gateway.stack.etcd.replace(`${KEPT}kept`, 'something else', future)).toBe(false);
  expect(await gateway.stack.etcd.replace(`${KEPT}kept`, text, future)).toBe(true);
  await waitFor(() => kept.entries.get('kept') === future, { what: 'the newer graph in the mirror' });
  await gateway.add('left', 'left-more');
  await waitFor(async () => (await client.send('{ added }')).errors === undefined, { what: 'the changed graph' });
  expect(kept.entries.get('kept')).toBe(future);
  expect(await gateway.stack.etcd.replace(`${KEPT}kept`, future, text)).toBe(true);
  await waitFor(() => kept.entries.get('kept') !== text && kept.entries.get('kept') !== future, {
    what: 'the graph of now',
  });
});

test('a gateway that starts while a service is away serves the rest, and says who is away', async () => {
  await gateway.right[0]?.stop();
  const client = await another();
  const health = await healthOf(client, 200, 'a gateway with a kept graph');
  expect(health.checks.graph).toMatchObject({ status: 'degraded', away: ['right'] });
  expect(health.checks.graph.reason).toMatch(/right/);
  const { status, data, errors } = await client.send(
    '{ leftInstance rightInstance things(count: 1) { leftName rightName } }',
  );
  expect(status).toBe(200);
  expect(data).toEqual({
    leftInstance: expect.any(String),
    rightInstance: null,
    things: [{ leftName: 'left t0', rightName: null }],
  });
  expect(errors?.map(({ extensions }) => [extensions?.code, extensions?.serviceName])).toEqual([
    ['UNAVAILABLE', 'right'],
    ['UNAVAILABLE', 'right'],
  ]);
  await gateway.add('right');
  await waitFor(async () => (await client.send('{ rightInstance }')).data?.rightInstance, {
    what: 'the service that came',
  });
  await waitFor(async () => (await healthOf(client, 200, 'its health')).checks.graph.status === 'ok', {
    what: 'a gateway that is well',
  });
});

test('where a service was never seen, operations for it say what is awaited', async () => {
  const client = await another({ GATEWAY_EXPECTS: 'left,right,third' });
  const health = await healthOf(client, 503, 'a gateway that waits');
  expect(health.checks.graph.reason).toMatch(/third/);
  const answer = await waitFor(
    async () => {
      const sent = await client.send('{ ofThird }');
      return sent.errors?.[0]?.message.includes('waiting for third') ? sent : null;
    },
    { what: 'a graph without third' },
  );
  expect([answer.status, answer.errors?.[0]?.extensions?.code]).toEqual([503, 'UNAVAILABLE']);
  expect((await client.send('{ leftInstance }')).errors).toBeUndefined();
});
