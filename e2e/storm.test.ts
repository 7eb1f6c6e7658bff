import { runStorm } from '../bench/storm.ts';
import { type Stack, startStack } from '../testing/stack.ts';

/**
 * What the survivor may need in RAM at most, in MiB, for this many clients: far above what it does need, far
 * below a collapse.
 */
const BOUND = 700;
const CLIENTS = 1_000;

let stack: Stack;
afterEach(() => stack.stop());

test('All clients of a chat instance that is killed come to the other one, and each has every message once', async () => {
  stack = await startStack({ chat: 2 });
  const figures = await runStorm(stack, 'chat', CLIENTS, false);
  expect(figures).toMatchObject({ clients: CLIENTS, lost: 0, doubled: 0 });
  // Each group of clients gets two messages a second, so each client has had some.
  expect(figures.entries).toBeGreaterThan(CLIENTS);
  expect(figures.survivor.peak).toBeLessThan(BOUND);
}, 300_000);
