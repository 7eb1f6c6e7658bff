import { ShortLivedMap } from '../../../../../kit/base/containers/short-lived-map.ts';
import { createApart } from './apart.ts';
import type { GroupOptions, Pending } from './pending.ts';

export interface Groups<Item, Result> {
  /** Settles when the item's group is done. @throws what `refuse` makes, where too many wait */
  add(item: Item): Promise<Result>;
  counts(): { waiting: number; running: number };
  /** Resolves when nothing waits or runs any more. */
  drain(): Promise<void>;
}

/**
 * Does together what is asked for at about the same time. While there is room for a group, what comes in one
 * turn of the event loop is one; under load a group is all that has come meanwhile. So nobody waits for a
 * timer, and groups grow with the load.
 *
 * A group that is held up by one of its keys is taken apart: each key is then done alone, beside the groups,
 * so that a key that somebody holds for long takes no place of a group and delays no other key a second time.
 */
export function createGroups<Item, Result>(options: GroupOptions<Item, Result>): Groups<Item, Result> {
  /** What waits, by key: the key that has waited longest first. */
  const ready = new ShortLivedMap<string, Pending<Item, Result>[]>();
  /** The keys of what runs or is done apart, with what waits for its key. */
  const busy = new ShortLivedMap<string, Pending<Item, Result>[]>();
  const apart = createApart<Item, Result>({
    ...options,
    release(key, isHeld) {
      release(key, isHeld);
      start();
      tellDrained();
    },
  });
  let waiting = 0;
  let running = 0;
  let isScheduled = false;
  let onDrained: (() => void)[] = [];

  /** At the end of this turn, when everything that came with it is there. */
  function schedule(): void {
    if (isScheduled || running === options.groups) return;
    isScheduled = true;
    setImmediate(() => {
      isScheduled = false;
      start();
    });
  }

  function start(): void {
    while (ready.size > 0 && running < options.groups) void run(take());
  }

  function take(): Pending<Item, Result>[] {
    const group: Pending<Item, Result>[] = [];
    for (const [key, queue] of ready) {
      if (group.length === options.size) break;
      group.push(...queue.splice(0, options.size - group.length));
      ready.delete(key);
      busy.set(key, queue);
    }
    waiting -= group.length;
    return group;
  }

  async function run(group: Pending<Item, Result>[]): Promise<void> {
    running += 1;
    let isHeld = false;
    try {
      await options.run(group, false);
    } catch (error) {
      isHeld = options.isHeld(error);
      if (!isHeld) for (const { reject } of group) reject(error);
    }
    running -= 1;
    if (isHeld) for (const [key, items] of Map.groupBy(group, ({ item }) => options.keyOf(item))) apart.add(key, items);
    else for (const { item } of group) release(options.keyOf(item), false);
    start();
    tellDrained();
  }

  /** Lets what waits for a key be done; apart, where somebody still holds the key. */
  function release(key: string, isHeld: boolean): void {
    const queue = busy.get(key);
    if (!queue) return;
    if (isHeld && queue.length > 0) {
      const items = queue.splice(0, options.size);
      waiting -= items.length;
      apart.add(key, items);
      return;
    }
    busy.delete(key);
    if (queue.length > 0) ready.set(key, queue);
  }

  function tellDrained(): void {
    const { waiting, running } = counts();
    if (waiting > 0 || running > 0) return;
    for (const resolve of onDrained) resolve();
    onDrained = [];
  }

  function counts() {
    const aside = apart.counts();
    return { waiting: waiting + aside.waiting, running: running + aside.running };
  }

  return {
    async add(item) {
      if (counts().waiting >= options.queue) throw options.refuse();
      waiting += 1;
      const { promise, resolve, reject } = Promise.withResolvers<Result>();
      const pending = { item, since: performance.now(), resolve, reject };
      const key = options.keyOf(item);
      const queue = busy.get(key) ?? ready.get(key);
      if (queue) queue.push(pending);
      else ready.set(key, [pending]);
      schedule();
      return promise;
    },
    counts,
    async drain() {
      const { waiting, running } = counts();
      if (waiting > 0 || running > 0) await new Promise<void>((resolve) => onDrained.push(resolve));
    },
  };
}
