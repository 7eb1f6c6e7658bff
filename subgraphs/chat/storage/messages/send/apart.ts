import type { GroupOptions, Pending } from './pending.ts';

export interface ApartOptions<Item, Result>
  extends Pick<GroupOptions<Item, Result>, 'run' | 'isHeld' | 'apart' | 'patience' | 'pause'> {
  /** Called when a key's items are settled; `isHeld` where that is because somebody holds the key. */
  release(key: string, isHeld: boolean): void;
}

/** Keys whose items are done each alone, beside the groups. */
export interface Apart<Item, Result> {
  add(key: string, items: Pending<Item, Result>[]): void;
  /** `waiting` are items, `running` are keys. */
  counts(): { waiting: number; running: number };
}

/**
 * Does the items of one key at a time, of a few keys side by side. A key that somebody holds is tried again
 * after a pause, and keys that are free pass it, until its items have waited for too long.
 */
export function createApart<Item, Result>(options: ApartOptions<Item, Result>): Apart<Item, Result> {
  /** In the order in which they are tried. */
  const line = new Map<string, Pending<Item, Result>[]>();
  let waiting = 0;
  let running = 0;

  function join(key: string, items: Pending<Item, Result>[]): void {
    line.set(key, items);
    start();
  }

  function start(): void {
    for (const [key, items] of line) {
      if (running === options.apart) return;
      line.delete(key);
      void run(key, items);
    }
  }

  async function run(key: string, items: Pending<Item, Result>[]): Promise<void> {
    running += 1;
    waiting -= items.length;
    const failed = await options.run(items, true).then(
      () => null,
      (error: unknown) => ({ error }),
    );
    running -= 1;
    const isHeld = failed !== null && options.isHeld(failed.error);
    const oldest = performance.now() - options.patience;
    const again = isHeld ? items.filter(({ since }) => since > oldest) : [];
    if (failed) for (const pending of items) if (!again.includes(pending)) pending.reject(failed.error);
    waiting += again.length;
    if (again.length > 0) setTimeout(join, options.pause, key, again);
    else options.release(key, isHeld);
    start();
  }

  return {
    add(key, items) {
      waiting += items.length;
      join(key, items);
    },
    counts: () => ({ waiting, running }),
  };
}
