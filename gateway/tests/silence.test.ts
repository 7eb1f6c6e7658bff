import { setTimeout as sleep } from 'node:timers/promises';
import type { Service } from '../../launch/services.ts';
import { collect } from '../../testing/socket.ts';
import { waitFor } from '../../testing/wait.ts';
import { type GatewayStack, startGateway } from './harness.ts';

// Processes that are stopped in the middle of everything: their connections stay open, and nothing comes from
// them. So it is with a host or a network that dies.

const TICKS = 'subscription ($channel: ID!) { ticks(channel: $channel) { number } }';
const TICK = 'mutation ($c: ID!) { tick(channel: $c, from: 1, to: 1, thing: "each") }';

let gateway: GatewayStack;
let left: Service;
beforeAll(async () => {
  gateway = await startGateway({ left: 1, right: 1 });
  left = gateway.left[0] as Service;
});
afterAll(() => gateway?.stop());

async function subscribe(channel: string, service: Service) {
  const codes: number[] = [];
  const client = gateway.socket({ onClosed: (code) => codes.push(code) });
  const ticks = collect(client, TICKS, { channel });
  await waitFor(async () => (await gateway.state(service)).subscriptions === 1, { what: 'the only subscription' });
  return { client, ticks, codes };
}

test('a gateway that was held up itself takes no instance for dead', async () => {
  const { client, ticks, codes } = await subscribe('held up', left);
  const { pid } = await gateway.process();
  process.kill(pid, 'SIGSTOP');
  // Longer than an instance may be silent.
  await sleep(6_000);
  process.kill(pid, 'SIGCONT');
  await gateway.client.data(TICK, { c: 'held up' });
  await ticks.until(() => true);
  expect(codes).toEqual([]);
  await client.dispose();
  await waitFor(async () => (await gateway.state(left)).subscriptions === 0, {
    what: 'the end of the subscriptions at the silent instance',
  });
});

test('an instance that falls silent is left with RESUME within seconds, and passed over', async () => {
  const { client, codes } = await subscribe('silent', left);
  const other = await gateway.add('left');
  process.kill(left.pid, 'SIGSTOP');
  try {
    await waitFor(() => codes.length > 0, { timeout: 10_000, what: 'the close' });
    expect(codes).toEqual([4205]);
    const again = await subscribe('silent', other);
    await gateway.client.data(TICK, { c: 'silent' });
    await again.ticks.until(() => true);
    await Promise.all([client.dispose(), again.client.dispose()]);
  } finally {
    process.kill(left.pid, 'SIGCONT');
  }
});

describe('a service with a limit of its own', () => {
  let limited: GatewayStack;
  beforeAll(async () => {
    const own = { GATEWAY_FETCH_TIMEOUT_MS: '60000,left=1000' };
    limited = await startGateway({ left: 1, right: 1 }, {}, { own });
  });
  afterAll(() => limited?.stop());

  test('is waited for no longer than that, and the others as long as ever', async () => {
    const query = '{ things(count: 1) { slowName(milliseconds: 4000) } slow(milliseconds: 100) }';
    expect((await limited.client.send(query)).errors).toBeUndefined();
    const { data, errors } = await limited.client.send('{ slow(milliseconds: 4000) }');
    expect(data).toEqual({ slow: null });
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'UNAVAILABLE', serviceName: 'left' });
  });
});
