import { newUuid } from '../../../../kit/base/ids.ts';
import { type Person, person } from '../../../../testing/people.ts';
import { SENT_MESSAGE } from '../../../../testing/person.ts';
import { sharedStack } from '../../../../testing/shared-stack.ts';
import type { SharedStack } from '../../../../testing/stack.ts';
import { expectWholeLog, messagesIn } from '../log-rows.ts';
import { holding, sendingOf } from '../sends.ts';

/*
 * A conversation whose row somebody else has locked: an operator at a prompt, a backup, a transaction of
 * another instance that hangs.
 */

let stack: SharedStack;
let owner: Person;
let members: Person[];
beforeAll(async () => {
  stack = await sharedStack({ chat: 1, user: 1 });
  owner = await person(stack);
  members = [await person(stack), await person(stack)];
  await owner.befriend(...members);
});
afterAll(() => stack.stop());

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);
const groups = (count: number) => Promise.all(range(1, count).map(() => owner.group('Beavers', members)));

test('conversations that are locked, more than are written at a time, hold up no other, and miss nothing', async () => {
  const ids = await groups(12);
  const locked = ids.slice(0, 5);
  const others = ids.slice(5);
  const drafts = locked.flatMap((conversationId) =>
    range(1, 3).map((i) => ({ conversationId, clientMessageId: newUuid(), content: { text: { text: `held ${i}` } } })),
  );
  const { held } = await holding(stack, locked, async () => {
    const held = drafts.map((draft) => owner.attempt('sendMessage', draft, SENT_MESSAGE));
    // In the same turns as those that are held, and after it is known that they are. It ends only when all of
    // these are sent.
    for (const round of range(1, 4)) await Promise.all(others.map((id) => owner.send(id, `${round}`)));
    return { held };
  });
  // Sent in the end, or refused by name where all of this took long.
  for (const answer of await Promise.all(held)) {
    expect(['SendMessagePayload', 'Unavailable']).toContain(answer.__typename);
  }
  await Promise.all(drafts.map((draft) => owner.attempt('sendMessage', draft, SENT_MESSAGE)));
  for (const id of locked) expect((await messagesIn(stack, id)).map(({ text }) => text)).toHaveLength(3);
  for (const id of ids) await expectWholeLog(stack, id);
  await sendingOf(stack, 0, (counts) => counts.waiting + counts.running === 0);
});

test('a message to one that stays locked is refused by name before anybody has given up waiting, and was not sent', async () => {
  const [id] = (await groups(1)) as [string];
  const input = { conversationId: id, clientMessageId: newUuid(), content: { text: { text: 'refused' } } };
  const refusal = await holding(stack, [id], () => owner.attempt('sendMessage', input, SENT_MESSAGE));
  expect(refusal).toMatchObject({ __typename: 'Unavailable', message: expect.stringContaining('this conversation') });
  await expectWholeLog(stack, id);
  expect((await owner.attempt('sendMessage', input, SENT_MESSAGE)).sentMessage).toMatchObject({
    seq: 2,
    preview: 'refused',
  });
});
