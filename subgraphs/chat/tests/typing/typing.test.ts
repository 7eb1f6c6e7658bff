import { newId } from '../../../../kit/base/ids.ts';
import type { Inbox } from '../../../../testing/inbox.ts';
import { type Person, pair, people, person } from '../../../../testing/people.ts';
import { mutation } from '../../../../testing/schema.ts';
import { sharedStack } from '../../../../testing/shared-stack.ts';
import type { SharedStack } from '../../../../testing/stack.ts';

let stack: SharedStack;
beforeAll(async () => {
  stack = await sharedStack({ chat: 2, user: 1 });
});
afterAll(() => stack.stop());

const type = (who: Person, conversationId: string, isTyping = true) =>
  who.attempt('setTyping', { conversationId, isTyping }, 'conversationId');

const typed = (inbox: Inbox) => inbox.events.filter(({ __typename }) => __typename === 'TypingChanged');

test('is told to the members who are connected, to all their subscriptions, and not to who types', async () => {
  const { ada, bob, id } = await pair(stack);
  const eve = await person(stack);
  const others = [bob.openInbox(), bob.at(1).openInbox(), bob.openConversation(id), bob.at(1).openConversation(id)];
  const silent = [ada.at(1).openInbox(), ada.openConversation(id), eve.openInbox(), eve.at(1).openInbox()];
  for (const inbox of [...others, ...silent]) await inbox.started();
  expect(await type(ada, id)).toEqual({ __typename: 'SetTypingPayload', conversationId: id });
  for (const inbox of others) {
    await inbox.next('TypingChanged');
    expect(typed(inbox)).toEqual([
      { __typename: 'TypingChanged', conversationId: id, isTyping: true, userId: ada.id, user: { id: ada.id } },
    ]);
  }
  await type(ada.at(1), id, false);
  for (const inbox of others) await inbox.until(({ isTyping }) => isTyping === false, 'the end of typing');
  await ada.send(id, 'done');
  for (const inbox of [...others, ...silent.slice(0, 2)]) await inbox.text('done');
  for (const inbox of silent) expect(typed(inbox)).toEqual([]);
  await Promise.all([...others, ...silent].map((inbox) => inbox.close()));
});

test('is refused by name from who is not in the conversation', async () => {
  const { id } = await pair(stack);
  const eve = await person(stack);
  for (const conversationId of [id, newId('conv')]) {
    expect(await type(eve, conversationId)).toMatchObject({ __typename: 'NotAMember', code: 'NOT_A_MEMBER' });
  }
  expect(await type(eve, 'x')).toMatchObject({ __typename: 'InvalidInput', code: 'INVALID_INPUT' });
  const answer = await stack
    .client('chat')
    .send(mutation('setTyping'), { input: { conversationId: id, isTyping: true } });
  expect(answer.errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
});

test('is not told to who has left, and is told again to who came back', async () => {
  const { ada, bob, carl } = await people(stack, 'ada', 'bob', 'carl');
  await ada.befriend(bob, carl);
  const id = await ada.group('Beavers', [bob, carl]);
  const [bobs, carls] = [bob.openInbox(), carl.openInbox()];
  await bobs.started();
  await carls.started();
  await bob.leave(id);
  await bobs.next('MemberLeft');
  await type(ada, id);
  await carls.next('TypingChanged');
  expect(await type(bob, id)).toMatchObject({ code: 'NOT_A_MEMBER' });
  await ada.add(id, bob);
  await bobs.next('MemberJoined');
  expect(typed(bobs)).toEqual([]);
  await type(carl, id);
  await bobs.next('TypingChanged');
  expect(typed(bobs)).toMatchObject([{ user: { id: carl.id } }]);
  await Promise.all([bobs.close(), carls.close()]);
});

test('moves no position and is not delivered later', async () => {
  const { ada, bob, id } = await pair(stack);
  const before = await bob.follow(id);
  await type(ada, id);
  await before.next('TypingChanged');
  await before.close();
  const after = bob.openConversation(id, 0);
  await ada.send(id, 'hello');
  await after.text('hello');
  expect(typed(after)).toEqual([]);
  expect(after.entries().map(({ seq }) => seq)).toEqual([1, 2]);
  await after.close();
});
