import { newId } from '../../../../kit/base/ids.ts';
import { type Person, pair, people } from '../../../../testing/people.ts';
import { sharedStack } from '../../../../testing/shared-stack.ts';
import type { SharedStack } from '../../../../testing/stack.ts';
import { waitFor } from '../../../../testing/wait.ts';

/*
 * Privacy settings and blocks, as chat obeys them. Each test chooses before chat asks for the first time: its
 * answers may be ten seconds old.
 */

let stack: SharedStack;
beforeAll(async () => {
  stack = await sharedStack({ chat: 2, user: 1 });
});
afterAll(() => stack.stop());

const choose = (who: Person, settings: Record<string, string>) => who.perform('updatePrivacySettings', settings);
const open = (by: Person, whom: Person) =>
  by.attempt('openDirectConversation', { userId: whom.id }, 'conversation { id }');

describe('a direct conversation', () => {
  test('is opened with whoever lets everybody write, who may answer', async () => {
    const { ada, bob, cy } = await people(stack, 'ada', 'bob', 'cy');
    await choose(bob, { whoMayWrite: 'EVERYONE' });
    const { conversation } = await open(ada, bob);
    await ada.send(conversation.id, 'to a stranger');
    // Ada lets friends write to her, and has begun this one.
    await bob.send(conversation.id, 'an answer');
    await bob.at(1).send(conversation.id, 'and another');
    expect(await open(bob, cy)).toMatchObject({ __typename: 'NotReachable', userIds: [cy.id] });
    // What Bob lets others do lets him do nothing.
    const { dan, eve } = await people(stack, 'dan', 'eve');
    await dan.befriend(eve);
    const id = await dan.direct(eve);
    await dan.perform('removeFriend', { userId: eve.id });
    await choose(eve, { whoMayWrite: 'EVERYONE' });
    expect(await eve.attemptSend(id, 'still here')).toMatchObject({ code: 'NOT_REACHABLE' });
    await dan.send(id, 'goodbye');
  });

  test('is opened with nobody who lets nobody write, and the refusal is that of a block and of no user', async () => {
    const { ada, bob, cy } = await people(stack, 'ada', 'bob', 'cy');
    await ada.befriend(bob, cy);
    await choose(bob, { whoMayWrite: 'NOBODY' });
    await cy.perform('blockUser', { userId: ada.id });
    const refusals = await Promise.all(
      [bob.id, cy.id, newId('user')].map(async (userId) => {
        const refusal = await ada.attempt('openDirectConversation', { userId });
        expect(refusal.userIds).toEqual([userId]);
        return { ...refusal, userIds: [] };
      }),
    );
    expect(refusals[0]).toMatchObject({ __typename: 'NotReachable' });
    expect(new Set(refusals.map((refusal) => JSON.stringify(refusal))).size).toBe(1);
    // A change counts at once.
    await choose(bob, { whoMayWrite: 'FRIENDS' });
    expect(await open(ada, bob)).toMatchObject({ __typename: 'OpenDirectConversationPayload' });
  });
});

test('a group is made with and added to by whom its members let do so', async () => {
  const {
    ada,
    friend,
    open: everybody,
    shut,
    blocker,
  } = await people(stack, 'ada', 'friend', 'open', 'shut', 'blocker');
  await ada.befriend(friend, shut, blocker);
  await choose(everybody, { whoMayAddToGroups: 'EVERYONE' });
  await choose(shut, { whoMayAddToGroups: 'NOBODY' });
  await blocker.perform('blockUser', { userId: ada.id });
  const memberIds = [friend, everybody, shut, blocker].map(({ id }) => id);
  const refusal = { __typename: 'NotReachable', userIds: [shut.id, blocker.id] };
  expect(await ada.attempt('createGroup', { title: 'Beavers', memberIds })).toMatchObject(refusal);
  const id = await ada.group('Beavers', [friend, everybody]);
  const add = (ids: string[]) => ada.attempt('addGroupMembers', { conversationId: id, memberIds: ids });
  expect(await add([shut.id, blocker.id])).toMatchObject(refusal);
  await choose(shut, { whoMayAddToGroups: 'FRIENDS' });
  expect(await add([shut.id])).toMatchObject({ __typename: 'AddGroupMembersPayload' });
});

/** A group of an owner and friends of hers, who are strangers to each other. */
async function group() {
  const { owner, bob, carl } = await people(stack, 'owner', 'bob', 'carl');
  await owner.befriend(bob, carl);
  return { owner, bob, carl, id: await owner.group('Beavers', [bob, carl]) };
}

test('read positions are shown to whom their owner lets see them, and always to the owner', async () => {
  const READ = `query ($id: ID!) { conversation(id: $id) {
    viewerMembership { readSeq } members { edges { node { userId readSeq } } } } }`;
  const positions = async (by: Person, id: string) => {
    const { conversation } = await by.chat.data(READ, { id });
    const seen = conversation.members.edges.map((edge: { node: { userId: string; readSeq: number | null } }) => [
      edge.node.userId,
      edge.node.readSeq,
    ]);
    return { own: conversation.viewerMembership.readSeq, ...Object.fromEntries(seen) };
  };
  for (const [whoMaySeeReceipts, seenByOwner, seenByCarl] of [
    ['EVERYONE', 2, 2],
    ['FRIENDS', 2, null],
    ['NOBODY', null, null],
  ] as const) {
    const { owner, bob, carl, id } = await group();
    await choose(bob, { whoMaySeeReceipts });
    await owner.send(id, 'read this');
    await bob.markRead(id, 2);
    expect(await positions(owner, id)).toEqual({ own: 2, [owner.id]: 2, [bob.id]: seenByOwner, [carl.id]: 1 });
    expect(await positions(carl.at(1), id)).toEqual({ own: 1, [owner.id]: 2, [bob.id]: seenByCarl, [carl.id]: 1 });
    expect(await positions(bob, id)).toEqual({ own: 2, [owner.id]: 2, [bob.id]: 2, [carl.id]: 1 });
  }
  // A block hides it in both directions.
  const { owner, bob, carl, id } = await group();
  await bob.perform('blockUser', { userId: carl.id });
  expect(await positions(bob, id)).toMatchObject({ [owner.id]: 1, [carl.id]: null });
  expect(await positions(carl, id)).toMatchObject({ [owner.id]: 1, [bob.id]: null });
});

test('typing is told to whom its owner lets see it', async () => {
  for (const [whoMaySeeTyping, isSeenByOwner, isSeenByCarl] of [
    ['EVERYONE', true, true],
    ['FRIENDS', true, false],
    ['NOBODY', false, false],
  ] as const) {
    const { owner, bob, carl, id } = await group();
    await choose(bob, { whoMaySeeTyping });
    const inboxes = [await owner.inbox(), await carl.at(1).inbox()] as const;
    const typedBy = (inbox: (typeof inboxes)[number], who: Person) =>
      inbox.events.some((event) => event.__typename === 'TypingChanged' && event.user?.id === who.id);
    const isDone = () =>
      (typedBy(inboxes[0], bob) || !isSeenByOwner) &&
      (typedBy(inboxes[1], bob) || !isSeenByCarl) &&
      // Typing that everybody sees says that the one before it was decided on.
      typedBy(inboxes[0], carl) &&
      typedBy(inboxes[1], owner);
    const type = async () => {
      for (const who of [bob, owner, carl]) await who.perform('setTyping', { conversationId: id, isTyping: true });
      return isDone();
    };
    await waitFor(type, { what: `typing that is told with ${whoMaySeeTyping}` });
    expect(inboxes.map((inbox) => typedBy(inbox, bob))).toEqual([isSeenByOwner, isSeenByCarl]);
    await Promise.all(inboxes.map((inbox) => inbox.close()));
  }
});

test('a direct conversation of two who let nobody see them is silent, and its messages arrive', async () => {
  const { ada, bob, id } = await pair(stack);
  await choose(bob, { whoMaySeeTyping: 'NOBODY', whoMaySeeReceipts: 'NOBODY' });
  const inbox = await ada.inbox();
  await bob.perform('setTyping', { conversationId: id, isTyping: true });
  await bob.send(id, 'hello');
  await inbox.text('hello');
  expect(inbox.events.map(({ __typename }) => __typename)).not.toContain('TypingChanged');
  await inbox.close();
});
