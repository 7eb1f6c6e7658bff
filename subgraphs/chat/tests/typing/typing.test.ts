import { newId } from '../../../../kit/base/ids.ts';
import { sharedStack } from '../../../../testing/shared-stack.ts';
import type { SharedStack } from '../../../../testing/stack.ts';
import { befriend, createGroup, type Person, pair, person, send, type TestEvent, type TestInbox } from '../people.ts';

let stack: SharedStack;
beforeAll(async () => {
  stack = await sharedStack({ chat: 2, user: 1 });
});
afterAll(() => stack.stop());

const SET = `mutation ($input: SetTypingInput!) { setTyping(input: $input) {
  __typename ... on SetTypingPayload { conversationId } ... on UserError { code }
} }`;
const type = async (who: Person, conversationId: string, isTyping = true, instance = 0) =>
  (await who.chat(instance).data(SET, { input: { conversationId, isTyping } })).setTyping;

const isStarted = ({ inbox }: { inbox: TestEvent }) => inbox.__typename === 'InboxStarted';
const hasText = (text: string) => (event: { inbox: TestEvent }) => event.inbox.message?.content.text === text;
const isTyping = ({ inbox }: { inbox: TestEvent }) => inbox.__typename === 'TypingChanged';
const typed = (inbox: TestInbox) => inbox.events.filter(isTyping).map((event) => event.inbox);

test('is told to the members who are connected, to all their subscriptions, and not to who types', async () => {
  const { ada, bob, id } = await pair(stack);
  const eve = await person(stack);
  const others = [
    bob.inbox({ instance: 0 }),
    bob.inbox({ instance: 1 }),
    bob.follow(id),
    bob.follow(id, { instance: 1 }),
  ];
  const silent = [ada.inbox({ instance: 1 }), ada.follow(id), eve.inbox(), eve.inbox({ instance: 1 })];
  for (const inbox of [...others, ...silent]) await inbox.until(isStarted);
  expect(await type(ada, id)).toEqual({ __typename: 'SetTypingPayload', conversationId: id });
  for (const inbox of others) {
    await inbox.until(isTyping);
    expect(typed(inbox)).toEqual([
      { __typename: 'TypingChanged', conversationId: id, isTyping: true, user: { id: ada.id } },
    ]);
  }
  await type(ada, id, false, 1);
  for (const inbox of others) await inbox.until(({ inbox: event }) => event.isTyping === false);
  await send(ada, id, 'done');
  for (const inbox of [...others, ...silent.slice(0, 2)]) await inbox.until(hasText('done'));
  for (const inbox of silent) expect(typed(inbox)).toEqual([]);
  await Promise.all([...others, ...silent].map((inbox) => inbox.close()));
});

test('is refused by name from who is not in the conversation', async () => {
  const { id } = await pair(stack);
  const eve = await person(stack);
  for (const conversationId of [id, newId('conv')]) {
    expect(await type(eve, conversationId)).toEqual({ __typename: 'NotAMember', code: 'NOT_A_MEMBER' });
  }
  expect(await type(eve, 'x')).toEqual({ __typename: 'InvalidInput', code: 'INVALID_INPUT' });
  const answer = await stack.client('chat').send(SET, { input: { conversationId: id, isTyping: true } });
  expect(answer.errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
});

test('is not told to who has left, and is told again to who came back', async () => {
  const [ada, bob, carl] = [await person(stack), await person(stack), await person(stack)];
  await befriend(stack, ada, bob, carl);
  const id = await createGroup(ada, [bob, carl]);
  const [bobs, carls] = [bob.inbox(), carl.inbox()];
  await bobs.until(isStarted);
  await carls.until(isStarted);
  await bob.chat().data('mutation ($input: LeaveGroupInput!) { leaveGroup(input: $input) { __typename } }', {
    input: { conversationId: id },
  });
  await bobs.until(({ inbox }) => inbox.__typename === 'MemberLeft');
  await type(ada, id);
  await carls.until(isTyping);
  expect(await type(bob, id)).toMatchObject({ code: 'NOT_A_MEMBER' });
  await ada.chat().data('mutation ($input: AddGroupMembersInput!) { addGroupMembers(input: $input) { __typename } }', {
    input: { conversationId: id, memberIds: [bob.id] },
  });
  await bobs.until(({ inbox }) => inbox.__typename === 'MemberJoined');
  expect(typed(bobs)).toEqual([]);
  await type(carl, id);
  await bobs.until(isTyping);
  expect(typed(bobs)).toMatchObject([{ user: { id: carl.id } }]);
  await Promise.all([bobs.close(), carls.close()]);
});

test('moves no position and is not delivered later', async () => {
  const { ada, bob, id } = await pair(stack);
  const before = bob.follow(id);
  await before.until(isStarted);
  await type(ada, id);
  await before.until(isTyping);
  await before.close();
  const after = bob.follow(id, { seq: 0 });
  await send(ada, id, 'hello');
  await after.until(hasText('hello'));
  expect(typed(after)).toEqual([]);
  expect(after.entries().map(({ seq }) => seq)).toEqual([1, 2]);
  await after.close();
});
