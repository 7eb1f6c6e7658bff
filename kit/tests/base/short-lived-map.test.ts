import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { ShortLivedMap } from '../../base/containers/short-lived-map.ts';

/** Bytes in the old generation, where only a full collection ends anything. */
function old(): number {
  const space = getHeapSpaceStatistics().find(({ space_name: name }) => name === 'old_space');
  return space?.space_used_size ?? 0;
}

describe('a map of what comes and goes', () => {
  it('is a map', () => {
    const map = new ShortLivedMap<number, string>();
    for (let key = 0; key < 1_000; key += 1) map.set(key, `value ${key}`);
    for (let key = 0; key < 990; key += 1) expect(map.delete(key)).toBe(true);
    map.set(995, 'another');
    expect(map.size).toBe(10);
    expect([map.get(989), map.get(990), map.get(995)]).toEqual([undefined, 'value 990', 'another']);
    expect([map.has(5), map.has(999), map.delete(5)]).toEqual([false, true, false]);
    expect([...map].map(([key]) => key)).toEqual([990, 991, 992, 993, 994, 995, 996, 997, 998, 999]);
    expect([...map.values()].at(-5)).toBe('another');
    map.clear();
    expect([map.size, map.get(999), [...map]]).toEqual([0, undefined, []]);
  });

  it('keeps nothing of what has gone, also after a full collection', () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as (options: object) => void;
    const map = new ShortLivedMap<number, { filled: number[] }>();
    const pass = (from: number, to: number) => {
      for (let key = from; key < to; key += 1) {
        map.set(key, { filled: Array.from({ length: 100 }, (_, index) => index * key) });
        map.delete(key - 16);
      }
    };
    pass(0, 1_000);
    collect({ type: 'major' });
    const before = old();
    for (let round = 1; round <= 20; round += 1) {
      pass(round * 1_000, round * 1_000 + 1_000);
      collect({ type: 'minor' });
    }
    // Sixteen megabytes have come and gone; of a `Map`, all of them would be here.
    expect(old() - before).toBeLessThan(1_000_000);
  });
});
