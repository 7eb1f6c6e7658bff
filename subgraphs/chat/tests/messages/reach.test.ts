import { pair, trio } from '../../../../testing/people.ts';
import type { Person } from '../../../../testing/person.ts';
import { type Stack, startStack } from '../../../../testing/stack.ts';
import { waitFor } from '../../../../testing/wait.ts';

let stack: Stack;
beforeAll(async () => {
  // Its user service dies.
  stack = await startStack({ chat: 2, user: 1 });
});
afterAll(() => stack.stop());

/** Until an instance of chat, whose answers may be ten seconds old, refuses or takes messages. */
async function until(from: Person, id: string, code: string | undefined): Promise<void> {
  const ask = async () => (await from.attemptSend(id, `until ${code}`)).code === code;
  await waitFor(ask, { what: `${code ?? 'a message that is taken'}`, timeout: 40_000 });
}

test('a direct conversation takes messages while its two are friends and neither has blocked the other', async () => {
  const { ada, bob, id } = await pair(stack);
  const sent = await bob.send(id, 'while friends');
  await ada.perform('blockUser', { userId: bob.id });
  for (const one of [ada, bob, bob.at(1)]) await until(one, id, 'NOT_REACHABLE');
  expect(await bob.attemptSend(id, 'x')).toMatchObject({ __typename: 'NotReachable', userIds: [ada.id] });
  // What was sent is given again to who has lost the answer.
  const again = await bob.attempt('sendMessage', {
    ...{ conversationId: id, clientMessageId: sent.clientMessageId, content: { text: { text: 'while friends' } } },
  });
  expect(again.__typename).toBe('SendMessagePayload');
  // The blocked is told of nothing: what they type goes nowhere.
  const inbox = await ada.inbox();
  await bob.perform('setTyping', { conversationId: id, isTyping: true });
  await ada.perform('unblockUser', { userId: bob.id });
  await until(bob, id, undefined);
  await inbox.text('until undefined');
  expect(inbox.events.map(({ __typename }) => __typename)).not.toContain('TypingChanged');

  await ada.perform('removeFriend', { userId: bob.id });
  await until(bob.at(1), id, 'NOT_REACHABLE');
});

test('a group takes messages of all its members, and a stranger learns nothing by it', async () => {
  const { owner, bob, stranger, id } = await trio(stack);
  const { id: direct } = await pair(stack);
  await owner.perform('blockUser', { userId: bob.id });
  await bob.send(id, 'in the group');
  await bob.at(1).send(id, 'in the group, elsewhere');
  expect((await stranger.attemptSend(id, 'x')).code).toBe('NOT_A_MEMBER');
  expect((await stranger.attemptSend(direct, 'x')).code).toBe('NOT_A_MEMBER');
});

test('while the user service is away, what was known goes on', async () => {
  const [open, shut] = [await pair(stack), await pair(stack)];
  await shut.ada.perform('blockUser', { userId: shut.bob.id });
  await until(shut.bob, shut.id, 'NOT_REACHABLE');
  await Promise.all(stack.services('user').map((service) => service.kill()));
  await open.bob.at(1).send(open.id, 'nobody can be asked');
  expect((await shut.bob.attemptSend(shut.id, 'x')).code).toBe('NOT_REACHABLE');
});
