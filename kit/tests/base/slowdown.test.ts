import { createSlowdown } from '../../base/slowdown.ts';

const HOUR = 3_600_000;

test('a refusal waits, and longer the more of its payer wait', async () => {
  const slowdown = createSlowdown({ shortest: 20, longest: 60, perPayer: 10, total: 100 });
  const began = performance.now();
  const ends = [1, 2, 3, 4, 5].map(async () => {
    await slowdown.hold('one');
    return performance.now() - began;
  });
  expect(slowdown.waitingOf('one')).toBe(5);
  const other = slowdown.hold('other');
  const times = await Promise.all(ends);
  for (const [n, least] of [20, 40, 60, 60, 60].entries()) expect(times[n]).toBeGreaterThan(least - 2);
  await other;
  expect(slowdown.waitingOf('one')).toBe(0);
});

test('a refusal waits longer for what was received for nothing, and not for ever', async () => {
  const slowdown = createSlowdown({ shortest: 10, longest: 10, perPayer: 10, total: 100 });
  const began = performance.now();
  const after = async (bytes: number) => {
    await slowdown.hold('one', bytes);
    return performance.now() - began;
  };
  const [little, much, most] = await Promise.all([after(1_500), after(60_000), after(10 ** 12)]);
  expect(little).toBeGreaterThan(18);
  expect(much).toBeGreaterThan(408);
  expect(most).toBeGreaterThan(4_000);
});

test('so many wait of one payer, and of all; when it closes, none', async () => {
  const slowdown = createSlowdown({ shortest: HOUR, longest: HOUR, perPayer: 2, total: 3 });
  const held = ['one', 'one', 'other'].map((payer) => slowdown.hold(payer));
  expect(held).not.toContain(null);
  expect(slowdown.hold('one')).toBeNull();
  expect(slowdown.hold('third')).toBeNull();
  slowdown.close();
  await Promise.all(held);
  expect(slowdown.waitingOf('one')).toBe(0);
  await slowdown.hold('one');
});
