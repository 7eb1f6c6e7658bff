import { waitFor } from '../../../testing/wait.ts';
import { createDoor } from '../../socket/admission.ts';

/** Sends so many to a door, and keeps who was let in in which round of the event loop, or refused. */
function crowd(door: ReturnType<typeof createDoor>, size: number) {
  const rounds: number[][] = [[]];
  const refused: number[] = [];
  const count = () => {
    rounds.push([]);
    if (rounds.flat().length + refused.length < size) setImmediate(count);
  };
  setImmediate(count);
  for (let index = 0; index < size; index += 1) {
    door.enter(
      'here',
      () => rounds.at(-1)?.push(index),
      () => refused.push(index),
    );
  }
  return { rounds, refused, done: () => waitFor(() => rounds.flat().length + refused.length === size) };
}

test('a few are let in at once', () => {
  const { rounds } = crowd(createDoor(1_000), 3);
  expect(rounds).toEqual([[0, 1, 2]]);
});

test('a crowd is let in a few in each round of the event loop, in the order in which they came', async () => {
  const { rounds, refused, done } = crowd(createDoor(60_000), 100);
  await done();
  expect(rounds.flat()).toEqual(Array.from({ length: 100 }, (_, index) => index));
  expect(refused).toEqual([]);
  for (const round of rounds) expect(round.length).toBeLessThanOrEqual(8);
});

test('who has waited too long is refused, and not served late', async () => {
  const { rounds, refused, done } = crowd(createDoor(20), 12);
  const end = performance.now() + 40;
  while (performance.now() < end);
  await done();
  expect(rounds.flat()).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  expect(refused).toEqual([8, 9, 10, 11]);
});

test('addresses take turns: a crowd at one of them keeps nobody else waiting', async () => {
  const door = createDoor(60_000);
  const { rounds, done } = crowd(door, 1_000);
  let before = -1;
  door.enter(
    'elsewhere',
    () => {
      before = rounds.flat().length;
    },
    () => {},
  );
  await done();
  expect(before).toBeGreaterThanOrEqual(0);
  expect(before).toBeLessThan(20);
});

test('an address that may not enter now waits without keeping others, and is refused when its time is up', async () => {
  let isOpen = false;
  const door = createDoor(200, (address) => isOpen || address !== 'busy');
  const log: string[] = [];
  const enter = (address: string, name: string) =>
    door.enter(
      address,
      () => log.push(name),
      () => log.push(`no ${name}`),
    );
  enter('busy', 'first');
  enter('other', 'second');
  await waitFor(() => log.length === 1, { what: 'the other address' });
  expect(log).toEqual(['second']);
  await waitFor(() => log.length === 2, { what: 'the refusal' });
  expect(log).toEqual(['second', 'no first']);
  enter('busy', 'third');
  isOpen = true;
  await waitFor(() => log.length === 3, { what: 'the place' });
  expect([log.at(-1), door.waiting]).toEqual(['third', 0]);
});
