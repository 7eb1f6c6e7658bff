import { newId } from '../../../../kit/base/ids.ts';
import type { Inbox } from '../../../../testing/inbox.ts';
import { type Person, pair, people, person } from '../../../../testing/people.ts';
import { sharedStack } from '../../../../testing/shared-stack.ts';
import { collect } from '../../../../testing/socket.ts';
import type { SharedStack } from '../../../../testing/stack.ts';
import { waitFor } from '../../../../testing/wait.ts';
import { sendOn } from '../sends.ts';

let stack: SharedStack;
beforeAll(async () => {
  stack = await sharedStack({ chat: 2, user: 1 });
});
afterAll(() => stack.stop());

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);

/** A group of an owner and two others. */
async function group(): Promise<{ ada: Person; bob: Person; carl: Person; id: string }> {
  const { ada, bob, carl } = await people(stack, 'ada', 'bob', 'carl');
  await ada.befriend(bob, carl);
  return { ada, bob, carl, id: await ada.group('Beavers', [bob, carl]) };
}

test('begins at the head, or after the entry given, and delivers of this conversation alone', async () => {
  const { ada, bob, id } = await pair(stack);
  const { carl } = await group();
  await ada.befriend(carl);
  const other = await ada.group('Beavers', [bob, carl]);
  await ada.send(id, 'missed');
  const [fromHead, fromStart] = [bob.openConversation(id), bob.at(1).openConversation(id, 0)];
  await fromHead.started();
  await fromStart.started();
  expect(fromHead.positions).toEqual([{ conversationId: id, seq: 2 }]);
  expect(fromStart.positions).toEqual([{ conversationId: id, seq: 0 }]);
  await ada.send(other, 'elsewhere');
  await ada.send(id, 'live');
  for (const events of [fromHead, fromStart]) await events.text('live');
  expect(fromHead.seqs()).toEqual([3]);
  expect(fromStart.seqs()).toEqual([1, 2, 3]);
  await Promise.all([fromHead.close(), fromStart.close()]);
});

test('is refused by name to who is not in the conversation, as where there is none', async () => {
  const { ada, id } = await pair(stack);
  const { carl, id: left } = await group();
  await carl.at(1).leave(left);
  const eve = await person(stack);
  for (const refused of [
    eve.openConversation(id),
    eve.openConversation(newId('conv')),
    carl.openConversation(left, 0),
  ]) {
    await waitFor(() => refused.ended, { what: 'the end' });
    expect(refused.errors.flat()).toMatchObject([{ extensions: { code: 'NOT_A_MEMBER' } }]);
    expect(refused.events).toEqual([]);
    await refused.close();
  }
  const wrong = [ada.openConversation('x'), ada.openConversation(id, -1)];
  for (const [index, field] of ['conversationId', 'seq'].entries()) {
    const refused = wrong[index] as Inbox;
    await waitFor(() => refused.ended, { what: 'the end' });
    expect(refused.errors.flat()).toMatchObject([{ extensions: { code: 'INVALID_INPUT', field } }]);
    await refused.close();
  }
  const nobody = collect(
    stack.socket('chat'),
    `subscription { conversationEvents(conversationId: "${id}") { __typename } }`,
  );
  await waitFor(() => nobody.ended, { what: 'the end' });
  expect(nobody.errors.flat()).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
});

test('is complete after the entry by which the viewer is out, and delivers nothing after it', async () => {
  const { ada, bob, carl, id } = await group();
  const [bobs, carls] = [bob.openConversation(id), carl.at(1).openConversation(id)];
  await bobs.started();
  await carls.started();
  const sending = sendOn([ada], (from, turn) => from.send(id, `${turn}`));
  await sending.during(async () => {
    await waitFor(() => bobs.entries().length > 2, { what: 'live messages' });
    await bob.at(1).leave(id);
    await waitFor(() => bobs.ended, { what: 'the end' });
  });
  await ada.send(id, 'after');
  await carls.text('after');
  const got = bobs.entries();
  expect(bobs.errors).toEqual([]);
  expect(got.at(-1)).toMatchObject({ __typename: 'MemberLeft', user: { id: bob.id } });
  expect(got).toEqual(carls.entries().slice(0, got.length));
  expect(carls.ended).toBe(false);
  await Promise.all([bobs.close(), carls.close()]);
});

test('ends with the session', async () => {
  const { ada, bob, id } = await pair(stack);
  const events = await bob.follow(id);
  await stack.endSession(bob.sessionId);
  await waitFor(() => events.ended, { what: 'the end' });
  expect(events.errors).toMatchObject([{ code: 4401, reason: 'SESSION_ENDED' }]);
  await ada.send(id, 'hello');
  expect(events.entries()).toEqual([]);
  await events.close();
});

test('many who resume at different places at once have every entry once, while others send', async () => {
  const { ada, bob, carl, id } = await group();
  for (let i = 0; i < 130; i += 1) await (i % 2 ? ada : carl).at(i % 2).send(id, `${i}`);
  const starts = range(0, 39).map((i) => i * 3);
  const all: Inbox[] = [];
  await sendOn([ada, carl], (from, turn) => from.at(turn % 2).send(id, `more ${turn}`)).during(async () => {
    for (const seq of starts) all.push(bob.openConversation(id, seq));
    for (const events of all) await events.until(({ seq }) => seq > 131, 'an entry after 131');
  });
  const last = await ada.send(id, 'end');
  for (const [index, events] of all.entries()) {
    await events.text('end');
    expect(events.seqs()).toEqual(range((starts[index] as number) + 1, last.seq));
    await events.close();
  }
});
