import { createGroups } from '../../storage/messages/send/groups.ts';
import type { GroupOptions, Pending } from '../../storage/messages/send/pending.ts';

interface Item {
  key: string;
  value: number;
}

/** Groups whose end the test decides; `begun` are those that were run, in order. */
function controlled(limits: Partial<Pick<GroupOptions<Item, string>, 'groups' | 'size' | 'queue' | 'patience'>> = {}) {
  const begun: { items: Item[]; end(error?: Error): void }[] = [];
  const groups = createGroups<Item, string>({
    groups: 2,
    size: 4,
    queue: 100,
    apart: 1,
    pause: 0,
    patience: Number.POSITIVE_INFINITY,
    ...limits,
    isHeld: (error) => error === HELD,
    keyOf: ({ key }) => key,
    refuse: () => new Error('too many'),
    async run(group: readonly Pending<Item, string>[]) {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      begun.push({
        items: group.map(({ item }) => item),
        end: (error) => (error ? reject(error) : resolve()),
      });
      await promise;
      for (const { item, resolve: done } of group) done(`${item.key}${item.value}`);
    },
  });
  const add = (key: string, ...values: number[]) => values.map((value) => groups.add({ key, value }));
  const shown = () => begun.map(({ items }) => items.map(({ key, value }) => `${key}${value}`).join(' '));
  const end = async (index: number, error?: Error) => {
    begun[index]?.end(error);
    await turn();
  };
  return { groups, add, shown, end };
}

/** What `run` throws where somebody else holds a key. */
const HELD = new Error('held');

/** Longer than the pause, so that what is due after it comes first. */
const turn = () => new Promise((resolve) => setTimeout(resolve, 5));

test('what comes in one turn of the event loop is one group', async () => {
  const { add, shown, end } = controlled();
  const results = [...add('a', 1), ...add('b', 1, 2)];
  expect(shown()).toEqual([]);
  await turn();
  expect(shown()).toEqual(['a1 b1 b2']);
  await end(0);
  expect(await Promise.all(results)).toEqual(['a1', 'b1', 'b2']);
});

test('a key is in one group at a time; what waits for it keeps its order, and others pass', async () => {
  const { add, shown, end } = controlled();
  add('a', 1, 2, 3, 4, 5, 6);
  add('b', 1);
  await turn();
  // The first group is full with a; b has the second.
  expect(shown()).toEqual(['a1 a2 a3 a4', 'b1']);
  add('a', 7);
  add('c', 1);
  await end(1);
  expect(shown().slice(2)).toEqual(['c1']);
  await end(0);
  expect(shown().slice(3)).toEqual(['a5 a6 a7']);
});

test('a key with much to do lets the others have their turn', async () => {
  const { add, shown, end } = controlled({ groups: 1, size: 2 });
  add('a', 1, 2, 3, 4, 5);
  add('b', 1);
  await turn();
  for (let i = 0; i < 4; i += 1) await end(i);
  expect(shown()).toEqual(['a1 a2', 'b1 a3', 'a4 a5']);
});

test('one more than may wait is refused, and there is room again when a group begins', async () => {
  const { groups, add, shown, end } = controlled({ groups: 1, queue: 2 });
  add('a', 1);
  await turn();
  add('a', 2, 3);
  expect(groups.counts()).toEqual({ waiting: 2, running: 1 });
  await expect(groups.add({ key: 'b', value: 1 })).rejects.toThrow('too many');
  await end(0);
  expect(groups.counts()).toEqual({ waiting: 0, running: 1 });
  add('b', 1);
  await end(1);
  expect(shown()).toEqual(['a1', 'a2 a3', 'b1']);
});

test('a group that fails rejects its own, and the next goes on', async () => {
  const { add, end } = controlled({ groups: 1 });
  const [first] = add('a', 1);
  await turn();
  const [second] = add('a', 2);
  const failed = expect(first).rejects.toThrow('broken');
  await end(0, new Error('broken'));
  await failed;
  await end(1);
  expect(await second).toBe('a2');
});

test('drained means that nothing waits or runs', async () => {
  const { groups, add, end } = controlled({ groups: 1 });
  await groups.drain();
  add('a', 1);
  await turn();
  add('a', 2);
  let isDrained = false;
  const drained = groups.drain().then(() => {
    isDrained = true;
  });
  await end(0);
  expect(isDrained).toBe(false);
  await end(1);
  await drained;
  expect(groups.counts()).toEqual({ waiting: 0, running: 0 });
});

describe('a key that somebody else holds', () => {
  test('delays the others of its group once, and then no longer', async () => {
    const { groups, add, shown, end } = controlled({ groups: 1 });
    const results = [...add('a', 1), ...add('b', 1), ...add('c', 1)];
    await turn();
    await end(0, HELD);
    // Each alone, one after the other; the place of the group is free.
    expect(shown().slice(1)).toEqual(['a1']);
    add('d', 1);
    await turn();
    expect(shown().slice(2)).toEqual(['d1']);
    await end(1, HELD);
    // The key that is held goes to the end of the line.
    await end(3);
    await end(4);
    expect(shown().slice(3)).toEqual(['b1', 'c1', 'a1']);
    await end(5);
    await end(2);
    expect(await Promise.all(results)).toEqual(['a1', 'b1', 'c1']);
    expect(groups.counts()).toEqual({ waiting: 0, running: 0 });
  });

  test('keeps the order of what waits for it', async () => {
    const { add, shown, end } = controlled({ groups: 1 });
    add('a', 1, 2);
    await turn();
    await end(0, HELD);
    const later = add('a', 3, 4);
    await end(1, HELD);
    await end(2);
    expect(shown().slice(1)).toEqual(['a1 a2', 'a1 a2', 'a3 a4']);
    await end(3);
    expect(await Promise.all(later)).toEqual(['a3', 'a4']);
  });

  test('takes no more at a time than a group does', async () => {
    const { groups, add, shown, end } = controlled({ groups: 1, size: 2, patience: 0 });
    const [first] = add('a', 1);
    const failed = expect(first).rejects.toBe(HELD);
    await turn();
    await end(0, HELD);
    const later = add('a', 2, 3, 4, 5);
    await end(1, HELD);
    await failed;
    expect(shown().slice(2)).toEqual(['a2 a3']);
    expect(groups.counts()).toEqual({ waiting: 2, running: 1 });
    await end(2);
    await end(3);
    expect(shown().slice(3)).toEqual(['a4 a5']);
    expect(await Promise.all(later)).toEqual(['a2', 'a3', 'a4', 'a5']);
  });

  test('fails what has waited for too long, and what came meanwhile is tried apart too', async () => {
    const { groups, add, shown, end } = controlled({ groups: 1, patience: 0 });
    const [first] = add('a', 1) as [Promise<string>];
    const failed = expect(first).rejects.toBe(HELD);
    await turn();
    await end(0, HELD);
    const [second] = add('a', 2) as [Promise<string>];
    const alsoFailed = expect(second).rejects.toBe(HELD);
    await end(1, HELD);
    await failed;
    // Beside a group of others, not in it.
    add('b', 1);
    await turn();
    expect(shown().slice(2)).toEqual(['a2', 'b1']);
    let isDrained = false;
    const drained = groups.drain().then(() => {
      isDrained = true;
    });
    await end(2, HELD);
    await alsoFailed;
    expect(isDrained).toBe(false);
    await end(3);
    await drained;
    // Nothing remembers the key: it is in a group again.
    const [third] = add('a', 3);
    await turn();
    await end(4);
    expect(await third).toBe('a3');
  });
});
