import { createGroups, type GroupOptions, type Pending } from '../storage/send/groups.ts';

interface Item {
  key: string;
  value: number;
}

/** Groups whose end the test decides; `begun` are those that were run, in order. */
function controlled(limits: Partial<Pick<GroupOptions<Item, string>, 'groups' | 'size' | 'queue'>> = {}) {
  const begun: { items: Item[]; end(error?: Error): void }[] = [];
  const groups = createGroups<Item, string>({
    groups: 2,
    size: 4,
    queue: 100,
    ...limits,
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

const turn = () => new Promise((resolve) => setImmediate(resolve));

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
