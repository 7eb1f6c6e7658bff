import { sharedStack } from '../../../testing/shared-stack.ts';
import type { SharedStack } from '../../../testing/stack.ts';
import { waitFor } from '../../../testing/wait.ts';
import { Pace } from '../../socket/pace.ts';
import { startServer, type TestServer } from './server.ts';

/** A client that floods its socket has its messages worked on in turns, in order, and starves nobody else. */

test('so many messages in a turn of the event loop, in the order in which they came', async () => {
  let turn = 0;
  let isCounting = true;
  const count = () => {
    turn += 1;
    if (isCounting) setImmediate(count);
  };
  setImmediate(count);
  const changes: boolean[] = [];
  const pace: Pace = new Pace({ perTurn: 4, freePerSecond: 1 }, () => changes.push(pace.isWaiting));
  const done: { n: number; turn: number }[] = [];
  const receive = (n: number): void => {
    if (pace.isSpent()) pace.wait(() => receive(n));
    else done.push({ n, turn });
  };
  for (let n = 0; n < 50; n += 1) receive(n);
  expect(done).toHaveLength(4);
  // Turn by turn: a wait by the clock may miss all of them on a busy machine.
  while (done.length <= 20) await new Promise((resolve) => setImmediate(resolve));
  // What comes while others wait comes after them.
  for (let n = 50; n < 60; n += 1) receive(n);
  await waitFor(() => done.length === 60, { what: 'the last' });
  isCounting = false;
  expect(done.map(({ n }) => n)).toEqual(Array.from({ length: 60 }, (_, n) => n));
  const inTurns = Map.groupBy(done, (one) => one.turn);
  expect(Math.max(...[...inTurns.values()].map(({ length }) => length))).toBeLessThanOrEqual(4);
  // It is read on when nothing waits.
  expect(changes).toEqual([true, false]);
});

test('while a pause goes on, everything waits; then it goes on in order', async () => {
  const changes: boolean[] = [];
  const pace: Pace = new Pace({ perTurn: 4, freePerSecond: 1 }, () => changes.push(pace.isWaiting));
  const done: number[] = [];
  const end = Promise.withResolvers<void>();
  const receive = (n: number): void => {
    if (pace.isSpent()) {
      pace.wait(() => receive(n));
      return;
    }
    done.push(n);
    // The second of those that waited begins a pause.
    if (n === 5) void pace.hold(end.promise);
  };
  for (let n = 0; n < 20; n += 1) receive(n);
  await waitFor(() => done.length === 6, { what: 'the pause' });
  for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  receive(20);
  expect(done).toEqual([0, 1, 2, 3, 4, 5]);
  end.resolve();
  await waitFor(() => done.length === 21, { what: 'the last' });
  expect(done).toEqual(Array.from({ length: 21 }, (_, n) => n));
  expect(changes).toEqual([true, false]);
  // With nothing that waits, the pause alone stops the reading.
  await pace.hold(Promise.resolve());
  expect(changes).toEqual([true, false, true, false]);
});

describe('a socket', () => {
  let stack: SharedStack;
  let server: TestServer;
  beforeAll(async () => {
    stack = await sharedStack({});
    server = await startServer(stack, { maxOperations: 3, pace: { perTurn: 8, freePerSecond: 500 } });
  });
  afterAll(async () => {
    await server.stop();
    await stack.stop();
  });

  test('is answered in order, however much comes at once', async () => {
    const client = await server.raw();
    for (let n = 0; n < 200; n += 1) client.say({ type: 'ping', payload: { n } });
    client.say({ type: 'subscribe', id: 'last', payload: { query: '{ me }' } });
    await waitFor(() => client.messages.some(({ id, type }) => id === 'last' && type === 'complete'), {
      what: 'the end of the last operation',
    });
    const pongs = client.messages.filter(({ type }) => type === 'pong').map(({ payload }) => payload);
    expect(pongs).toEqual(Array.from({ length: 200 }, (_, n) => ({ n })));
    client.socket.close();
  });

  test.each<[string, (client: Awaited<ReturnType<TestServer['raw']>>) => void]>([
    ['pings', (client) => client.say({ type: 'ping' })],
    ['pings of the protocol below', (client) => client.socket.ping('x')],
    ['ends of operations', (client) => client.say({ type: 'complete', id: 'none' })],
  ])('is closed where too many messages ask for nothing: %s', async (_what, send) => {
    const client = await server.raw();
    for (let n = 0; n < 5_000; n += 1) send(client);
    const other = await server.raw();
    expect(await other.ask('1', '{ me }')).toMatchObject({ type: 'next' });
    expect(await waitFor(() => client.closed, { what: 'the close' })).toEqual([
      4429,
      'Too many messages that ask for nothing',
    ]);
    other.socket.close();
  });
});
