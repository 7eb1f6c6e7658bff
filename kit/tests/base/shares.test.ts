import { waitFor } from '../../../testing/wait.ts';
import { createShares, type Payer, type ShareLimits } from '../../base/containers/shares.ts';
import { pause } from '../../base/pause.ts';

const FULL = new Error('full');
const LIMITS: ShareLimits = {
  places: 2,
  keptPlaces: 0,
  queue: 20,
  perPerson: { places: 2, queue: 4 },
  perAddress: { places: 2, queue: 6 },
  patience: 60_000,
  refuse: () => FULL,
};
const at = (address: string, person: string | null = null): Payer => ({ address, person, isKnown: false });
const known = (address: string, person: string | null = null): Payer => ({ address, person, isKnown: true });

/** Jobs that go on until they are ended, in the order in which they began. */
function observe(limits: Partial<ShareLimits> = {}) {
  const shares = createShares({ ...LIMITS, ...limits });
  const begun: { name: string; end(): void }[] = [];
  const refused: string[] = [];
  const jobs: Promise<void>[] = [];
  return {
    shares,
    refused,
    names: () => begun.map(({ name }) => name),
    ask(payer: Payer, ...names: string[]) {
      for (const name of names) {
        const { promise, resolve } = Promise.withResolvers<void>();
        const job = shares.run(payer, () => {
          begun.push({ name, end: resolve });
          return promise;
        });
        jobs.push(job.catch((error) => void (error === FULL ? refused.push(name) : refused.push(String(error)))));
      }
    },
    /** Ends each job in the order in which they began, until none is left. */
    async finish() {
      for (let index = 0; shares.running > 0; index += 1) {
        await waitFor(() => begun.length > index, { what: 'the next job' });
        begun[index]?.end();
        const left = shares.running + shares.waiting;
        await waitFor(() => shares.running + shares.waiting < left, { what: 'the end of the job' });
      }
      await Promise.all(jobs);
      return begun.map(({ name }) => name);
    },
  };
}

const many = (name: string, count: number) => Array.from({ length: count }, (_, i) => `${name}${i}`);

describe('shares', () => {
  test('free places go round robin to those who wait, and each in their own order', async () => {
    const jobs = observe({ places: 1 });
    jobs.ask(at('a'), ...many('a', 5));
    jobs.ask(at('b'), ...many('b', 2));
    jobs.ask(at('c'), ...many('c', 1));
    expect(jobs.shares).toMatchObject({ running: 1, waiting: 7 });
    expect(await jobs.finish()).toEqual(['a0', 'a1', 'b0', 'c0', 'a2', 'b1', 'a3', 'a4']);
    expect(jobs.shares).toMatchObject({ running: 0, waiting: 0 });
    expect(jobs.refused).toEqual([]);
  });

  test('an address that asks for more than its share is refused, and others get in', async () => {
    const jobs = observe();
    jobs.ask(at('flood'), ...many('x', 100));
    await waitFor(() => jobs.refused.length === 92, { what: 'the refusals' });
    jobs.ask(at('b'), 'b');
    expect((await jobs.finish()).slice(0, 4)).toEqual(['x0', 'x1', 'x2', 'b']);
    expect(jobs.refused).not.toContain('b');
  });

  test('a person has a share within that of the address', async () => {
    const jobs = observe({ perPerson: { places: 1, queue: 2 } });
    jobs.ask(at('office', 'eager'), ...many('x', 10));
    await waitFor(() => jobs.refused.length === 7, { what: 'the refusals' });
    jobs.ask(at('office', 'colleague'), 'y0', 'y1');
    await waitFor(() => jobs.names().length === 2, { what: 'the jobs that begin' });
    expect(jobs.names()).toEqual(['x0', 'y0']);
    await jobs.finish();
    expect(jobs.refused).toHaveLength(7);
  });

  test('a hundred people of one address have no more than the address', async () => {
    const jobs = observe();
    for (let i = 0; i < 100; i += 1) jobs.ask(at('flood', `made up ${i}`), `x${i}`);
    await waitFor(() => jobs.refused.length === 92, { what: 'the refusals' });
    await jobs.finish();
  });

  test('jobs that nobody gave an address for count as those of one', async () => {
    const jobs = observe();
    jobs.ask({ address: null, person: null, isKnown: false }, ...many('x', 10));
    await waitFor(() => jobs.refused.length === 2, { what: 'the refusals' });
    await jobs.finish();
  });

  test('known payers have half of the queue and every second place, whoever else comes', async () => {
    const jobs = observe({ places: 1 });
    for (let i = 0; i < 50; i += 1) jobs.ask(at(`bot ${i}`), `x${i}`);
    await waitFor(() => jobs.refused.length === 39, { what: 'the refusals' });
    jobs.ask(known('home', 'owner'), 'k0', 'k1', 'k2');
    const order = await jobs.finish();
    expect(order.slice(0, 6)).toEqual(['x0', 'k0', 'x1', 'k1', 'x2', 'k2']);
    expect(jobs.refused.filter((name) => name.startsWith('k'))).toEqual([]);
  });

  test('a known payer is not refused for a stranger at the same address', async () => {
    const jobs = observe({ perAddress: { places: 1, queue: 1 } });
    jobs.ask(at('cafe'), ...many('x', 9));
    jobs.ask(known('cafe', 'guest'), 'k');
    await waitFor(() => jobs.names().length === 2, { what: 'the jobs that begin' });
    expect(jobs.names()).toEqual(['x0', 'k']);
    await jobs.finish();
  });

  test('strangers never get the kept places', async () => {
    const jobs = observe({ places: 4, keptPlaces: 2 });
    for (const name of many('x', 6)) jobs.ask(at(name), name);
    jobs.ask(known('home'), 'k0');
    jobs.ask(known('work'), 'k1');
    await waitFor(() => jobs.names().length === 4, { what: 'the jobs that begin' });
    expect(jobs.names()).toEqual(['x0', 'x1', 'k0', 'k1']);
    await jobs.finish();
  });

  test('a job whose turn does not come in time is refused and leaves nothing behind', async () => {
    const jobs = observe({ places: 1, patience: 20 });
    jobs.ask(at('a'), 'a0', 'a1');
    await waitFor(() => jobs.refused.length === 1, { what: 'the refusal' });
    expect(jobs.shares).toMatchObject({ running: 1, waiting: 0 });
    expect(await jobs.finish()).toEqual(['a0']);
  });

  test('whoever rests leaves the place to others, and gets none before the rest is over', async () => {
    const REST = 300;
    const took: number[] = [];
    const { shares } = observe({
      ...{ places: 1, perAddress: { places: 1, queue: 6 } },
      rest: ({ address }, milliseconds) => {
        took.push(milliseconds);
        return address === 'a' ? REST : 0;
      },
    });
    const order: string[] = [];
    let began = 0;
    const run = (name: string) =>
      shares.run(at(name[0] as string), async () => {
        order.push(name);
        if (name === 'a1') expect(performance.now() - began).toBeGreaterThan(REST - 1);
        await pause(20);
        began = name === 'a0' ? performance.now() : began;
      });
    await Promise.all(['a0', 'a1', 'b0', 'b1'].map(run));
    expect(order).toEqual(['a0', 'b0', 'b1', 'a1']);
    expect(Math.min(...took)).toBeGreaterThan(18);
    expect(shares).toMatchObject({ running: 0, waiting: 0 });
  });

  test('a job that fails gives its place back', async () => {
    const { shares } = observe({ places: 1 });
    await expect(shares.run(at('a'), () => Promise.reject(new Error('failed')))).rejects.toThrow('failed');
    expect(await shares.run(at('a'), async () => 'next')).toBe('next');
  });

  test('whatever comes: no limit is passed, and everything that was taken is done', async () => {
    let seed = 7;
    const random = (below: number) => {
      seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
      return seed % below;
    };
    const shares = createShares({ ...LIMITS, places: 5, keptPlaces: 2, perPerson: { places: 2, queue: 2 } });
    const running = new Map<string, number>();
    let done = 0;
    let refused = 0;
    const jobs = Array.from({ length: 500 }, async (_, i) => {
      for (let rounds = random(40); rounds > 0; rounds -= 1) await new Promise(setImmediate);
      const isKnown = i % 3 === 0;
      const payer = { address: `a${random(6)}`, person: random(2) ? `p${random(9)}` : null, isKnown };
      const keys = [
        `${isKnown}`,
        `${isKnown} ${payer.address}`,
        ...(payer.person ? [`${isKnown} ${payer.person}`] : []),
      ];
      await shares
        .run(payer, async () => {
          for (const key of keys) running.set(key, (running.get(key) ?? 0) + 1);
          expect(shares.running).toBeLessThanOrEqual(5);
          expect(running.get('false') ?? 0).toBeLessThanOrEqual(3);
          for (const key of keys.slice(1)) expect(running.get(key)).toBeLessThanOrEqual(2);
          for (let rounds = random(3); rounds >= 0; rounds -= 1) await new Promise(setImmediate);
          for (const key of keys) running.set(key, (running.get(key) ?? 0) - 1);
          done += 1;
        })
        .catch((error) => {
          expect(error).toBe(FULL);
          refused += 1;
        });
    });
    await Promise.all(jobs);
    expect(done + refused).toBe(500);
    expect(done).toBeGreaterThan(50);
    expect(shares).toMatchObject({ running: 0, waiting: 0 });
  });
});
