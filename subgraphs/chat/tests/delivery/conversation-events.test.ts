import { newId } from '../../../../kit/base/ids.ts';
import { sharedStack } from '../../../../testing/shared-stack.ts';
import { collect } from '../../../../testing/socket.ts';
import type { SharedStack } from '../../../../testing/stack.ts';
import { waitFor } from '../../../../testing/wait.ts';
import {
  befriend,
  createGroup,
  type Person,
  pair,
  person,
  send,
  sendOn,
  type TestEvent,
  type TestInbox,
} from '../people.ts';

let stack: SharedStack;
beforeAll(async () => {
  stack = await sharedStack({ chat: 2, user: 1 });
});
afterAll(() => stack.stop());

const isStarted = ({ inbox }: { inbox: TestEvent }) => inbox.__typename === 'InboxStarted';
const hasText = (text: string) => (event: { inbox: TestEvent }) => event.inbox.message?.content.text === text;
const seqsOf = (entries: TestEvent[]) => entries.map(({ seq }) => seq);
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);
const leave = (who: Person, conversationId: string) =>
  who.chat(1).data('mutation ($input: LeaveGroupInput!) { leaveGroup(input: $input) { __typename } }', {
    input: { conversationId },
  });

/** A group of an owner and two others. */
async function group(): Promise<{ ada: Person; bob: Person; carl: Person; id: string }> {
  const [ada, bob, carl] = [await person(stack), await person(stack), await person(stack)];
  await befriend(stack, ada, bob, carl);
  return { ada, bob, carl, id: await createGroup(ada, [bob, carl]) };
}

test('begins at the head, or after the entry given, and delivers of this conversation alone', async () => {
  const { ada, bob, id } = await pair(stack);
  const { carl } = await group();
  await befriend(stack, ada, carl);
  const other = await createGroup(ada, [bob, carl]);
  await send(ada, id, 'missed');
  const [fromHead, fromStart] = [bob.follow(id), bob.follow(id, { seq: 0, instance: 1 })];
  await fromHead.until(isStarted);
  await fromStart.until(isStarted);
  expect(fromHead.events[0]?.inbox.positions).toEqual([{ conversationId: id, seq: 2 }]);
  expect(fromStart.events[0]?.inbox.positions).toEqual([{ conversationId: id, seq: 0 }]);
  await send(ada, other, 'elsewhere');
  await send(ada, id, 'live');
  for (const events of [fromHead, fromStart]) await events.until(hasText('live'));
  expect(seqsOf(fromHead.entries())).toEqual([3]);
  expect(seqsOf(fromStart.entries())).toEqual([1, 2, 3]);
  await Promise.all([fromHead.close(), fromStart.close()]);
});

test('is refused by name to who is not in the conversation, as where there is none', async () => {
  const { ada, id } = await pair(stack);
  const { carl, id: left } = await group();
  await leave(carl, left);
  const eve = await person(stack);
  for (const refused of [eve.follow(id), eve.follow(newId('conv')), carl.follow(left, { seq: 0 })]) {
    await waitFor(() => refused.ended, { what: 'the end' });
    expect(refused.errors.flat()).toMatchObject([{ extensions: { code: 'NOT_A_MEMBER' } }]);
    expect(refused.events).toEqual([]);
    await refused.close();
  }
  const wrong = [ada.follow('x'), ada.follow(id, { seq: -1 })];
  for (const [index, field] of ['conversationId', 'seq'].entries()) {
    const refused = wrong[index] as TestInbox;
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
  const [bobs, carls] = [bob.follow(id), carl.follow(id, { instance: 1 })];
  await bobs.until(isStarted);
  await carls.until(isStarted);
  const sending = sendOn([ada], (from, turn) => send(from, id, `${turn}`));
  await sending.during(async () => {
    await waitFor(() => bobs.entries().length > 2, { what: 'live messages' });
    await leave(bob, id);
    await waitFor(() => bobs.ended, { what: 'the end' });
  });
  await send(ada, id, 'after');
  await carls.until(hasText('after'));
  const got = bobs.entries();
  expect(bobs.errors).toEqual([]);
  expect(got.at(-1)).toMatchObject({ __typename: 'MemberLeft', user: { id: bob.id } });
  expect(got).toEqual(carls.entries().slice(0, got.length));
  expect(carls.ended).toBe(false);
  await Promise.all([bobs.close(), carls.close()]);
});

test('ends with the session', async () => {
  const { ada, bob, id } = await pair(stack);
  const events = bob.follow(id);
  await events.until(isStarted);
  await stack.endSession(bob.sessionId);
  await waitFor(() => events.ended, { what: 'the end' });
  expect(events.errors).toMatchObject([{ code: 4401, reason: 'SESSION_ENDED' }]);
  await send(ada, id, 'hello');
  expect(events.entries()).toEqual([]);
  await events.close();
});

test('many who resume at different places at once have every entry once, while others send', async () => {
  const { ada, bob, carl, id } = await group();
  for (let i = 0; i < 130; i += 1) await send(i % 2 ? ada : carl, id, `${i}`, i % 2);
  const starts = range(0, 39).map((i) => i * 3);
  const all: TestInbox[] = [];
  await sendOn([ada, carl], (from, turn) => send(from, id, `more ${turn}`, turn % 2)).during(async () => {
    for (const seq of starts) all.push(bob.follow(id, { seq, instance: 0 }));
    for (const events of all) await events.until(({ inbox }) => inbox.seq > 131);
  });
  const last = await send(ada, id, 'end');
  for (const [index, events] of all.entries()) {
    await events.until(hasText('end'));
    expect(seqsOf(events.entries())).toEqual(range((starts[index] as number) + 1, last.seq));
    await events.close();
  }
});
