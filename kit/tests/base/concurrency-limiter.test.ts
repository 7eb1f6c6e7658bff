import { waitFor } from '../../../testing/wait.ts';
import { createBatches } from '../../base/containers/batches.ts';
import { createConcurrencyLimiter } from '../../base/containers/concurrency-limiter.ts';
import { Overloaded } from '../../base/errors.ts';

describe('a gate', () => {
  /** Work that goes on until it is ended. */
  function open(gate: ReturnType<typeof createConcurrencyLimiter>, name: string, log: string[]) {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const done = gate.run(() => {
      log.push(name);
      return promise;
    });
    done.catch(() => {});
    return { done, end: resolve, fail: reject };
  }

  test('lets so many in at once, and the next in the order in which they came, also after a failure', async () => {
    const gate = createConcurrencyLimiter({ atOnce: 2, waiting: 10, patience: 10_000, refusal: 'no' });
    const log: string[] = [];
    const works = ['a', 'b', 'c', 'd'].map((name) => open(gate, name, log));
    await waitFor(() => log.length === 2, { what: 'two that run' });
    expect([log.join(''), gate.running, gate.waiting]).toEqual(['ab', 2, 2]);
    works[1]?.fail(new Error('failed'));
    await expect(works[1]?.done).rejects.toThrow('failed');
    await waitFor(() => log.length === 3, { what: 'the third that runs' });
    expect(log.join('')).toBe('abc');
    for (const work of works) work.end();
    await Promise.allSettled(works.map(({ done }) => done));
    expect([log.join(''), gate.running, gate.waiting]).toEqual(['abcd', 0, 0]);
  });

  test('refuses at once who finds the line full, and later who has waited too long', async () => {
    const gate = createConcurrencyLimiter({ atOnce: 1, waiting: 2, patience: 50, refusal: 'come again' });
    const log: string[] = [];
    const works = ['in', 'first', 'second', 'too many'].map((name) => open(gate, name, log));
    await expect(works[3]?.done).rejects.toThrow(new Overloaded('come again'));
    expect(gate.waiting).toBe(2);
    for (const late of [1, 2]) await expect(works[late]?.done).rejects.toThrow(Overloaded);
    expect([gate.running, gate.waiting]).toEqual([1, 0]);
    works[0]?.end();
    await works[0]?.done;
    const next = open(gate, 'next', log);
    next.end();
    await next.done;
    expect(log).toEqual(['in', 'next']);
  });
});

describe('batches', () => {
  test('read one after the other; what is asked for meanwhile goes together, each key once', async () => {
    const read: string[][] = [];
    const ends: (() => void)[] = [];
    const batches = createBatches(async (keys) => {
      read.push(keys);
      await new Promise<void>((resolve) => ends.push(resolve));
      return new Map(keys.filter((key) => key !== 'none').map((key) => [key, `${key} ${read.length}`]));
    }, 3);
    const first = ['a', 'b'].map((key) => batches.get(key));
    await waitFor(() => ends.length === 1, { what: 'the first end' });
    // 'a' again: what is being read may be older than this question.
    const later = ['a', 'c', 'c', 'none', 'd'].map((key) => batches.get(key));
    ends[0]?.();
    expect(await Promise.all(first)).toEqual(['a 1', 'b 1']);
    await waitFor(() => ends.length === 2, { what: 'the second end' });
    ends[1]?.();
    await waitFor(() => ends.length === 3, { what: 'the third end' });
    ends[2]?.();
    expect(await Promise.all(later)).toEqual(['a 2', 'c 2', 'c 2', undefined, 'd 3']);
    expect(read).toEqual([['a', 'b'], ['a', 'c', 'none'], ['d']]);
  });

  test('reject those alone whose batch failed', async () => {
    let fails = true;
    const batches = createBatches<string>(async (keys) => {
      if (fails) throw new Error('away');
      return new Map(keys.map((key) => [key, key]));
    }, 10);
    await expect(Promise.all([batches.get('a'), batches.get('b')])).rejects.toThrow('away');
    fails = false;
    expect(await batches.get('a')).toBe('a');
  });
});
