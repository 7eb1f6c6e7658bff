import { waitFor } from '../../../testing/wait.ts';
import { createAdmission } from '../../socket/admission.ts';

/** Sends so many to a admission, and keeps who was let in in which round of the event loop, or refused. */
function crowd(admission: ReturnType<typeof createAdmission>, size: number) {
  const rounds: number[][] = [[]];
  const refused: number[] = [];
  const count = () => {
    rounds.push([]);
    if (rounds.flat().length + refused.length < size) setImmediate(count);
  };
  setImmediate(count);
  for (let index = 0; index < size; index += 1) {
    admission.enter(
      'here',
      () => rounds.at(-1)?.push(index),
      () => refused.push(index),
    );
  }
  return {
    rounds,
    refused,
    done: () => waitFor(() => rounds.flat().length + refused.length === size, { what: 'an outcome of every arrival' }),
  };
}

test('a few are let in at once', () => {
  const { rounds } = crowd(createAdmission(1_000), 3);
  expect(rounds).toEqual([[0, 1, 2]]);
});

test('a crowd is let in a few in each round of the event loop, in the order in which they came', async () => {
  const { rounds, refused, done } = crowd(createAdmission(60_000), 100);
  await done();
  expect(rounds.flat()).toEqual(Array.from({ length: 100 }, (_, index) => index));
  expect(refused).toEqual([]);
  for (const round of rounds) expect(round.length).toBeLessThanOrEqual(8);
});

test('who has waited too long is refused, and not served late', async () => {
  const { rounds, refused, done } = crowd(createAdmission(20), 12);
  const end = performance.now() + 40;
  while (performance.now() < end);
  await done();
  expect(rounds.flat()).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  expect(refused).toEqual([8, 9, 10, 11]);
});

test('addresses take turns: a crowd at one of them keeps nobody else waiting', async () => {
  const admission = createAdmission(60_000);
  const { rounds, done } = crowd(admission, 1_000);
  let before = -1;
  admission.enter(
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
  const admission = createAdmission(200, (address) => isOpen || address !== 'busy');
  const log: string[] = [];
  const enter = (address: string, name: string) =>
    admission.enter(
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
  expect([log.at(-1), admission.waiting]).toEqual(['third', 0]);
});
