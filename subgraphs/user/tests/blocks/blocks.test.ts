import { newId } from '../../../../kit/base/ids.ts';
import { type Person, people, person } from '../../../../testing/people.ts';
import { sharedStack } from '../../../../testing/shared-stack.ts';
import type { SharedStack } from '../../../../testing/stack.ts';
import { act, contactEvents, mayReach, relation } from '../relations.ts';

let stack: SharedStack;
beforeAll(async () => {
  stack = await sharedStack({ user: 2 });
});
afterAll(() => stack.stop());

const found = async (by: Person, whom: Person) =>
  (
    await by.user.data('query ($text: String!) { searchUsers(text: $text) { edges { node { id } } } }', {
      text: whom.userName,
    })
  ).searchUsers.edges.map((edge: { node: { id: string } }) => edge.node.id);

const blocked = async (by: Person) =>
  (await by.user.data('{ blockedUsers { edges { blockedAt node { id isBlocked } } } }')).blockedUsers.edges;

const waiting = async (of: Person, direction: 'RECEIVED' | 'SENT') =>
  (
    await of.user.data(`{ friendRequests(direction: ${direction}) { edges { node { id status isIgnored } } } }`)
  ).friendRequests.edges.map((edge: { node: object }) => edge.node);

/** What chat asks. */
async function mayWrite(one: Person, other: Person): Promise<boolean[]> {
  return mayReach(stack, 'WRITE', [
    [one.id, other.id],
    [other.id, one.id],
  ]);
}

describe('a block', () => {
  test('hides the blocker from searches, keeps chat from connecting the two, and goes with unblocking', async () => {
    const { ada, bob } = await people(stack, 'ada', 'bob');
    await ada.befriend(bob);
    expect(await mayWrite(ada, bob)).toEqual([true, true]);
    expect(await found(bob, ada)).toEqual([ada.id]);
    const answer = await act(ada, 'blockUser', { userId: bob.id });
    expect(answer.user).toEqual({ id: bob.id, friendship: 'FRIENDS', isBlocked: true });
    expect(await act(ada, 'blockUser', { userId: bob.id })).toEqual(answer);

    expect(await found(bob, ada)).toEqual([]);
    expect(await found(ada, bob)).toEqual([bob.id]);
    expect(await mayWrite(ada, bob)).toEqual([false, false]);
    const list = await blocked(ada);
    expect(list).toEqual([{ blockedAt: expect.any(String), node: { id: bob.id, isBlocked: true } }]);
    // The other does not see it.
    expect(await relation(bob, ada)).toEqual({ friendship: 'FRIENDS', remark: null, isBlocked: false });
    expect(await blocked(bob)).toEqual([]);

    await act(ada, 'unblockUser', { userId: bob.id });
    await act(ada, 'unblockUser', { userId: bob.id });
    expect(await found(bob, ada)).toEqual([ada.id]);
    expect(await mayWrite(ada, bob)).toEqual([true, true]);
    expect(await blocked(ada)).toEqual([]);
  });

  test('keeps requests of the blocked from being seen, without telling them', async () => {
    const { ada, bob } = await people(stack, 'ada', 'bob');
    const feed = await contactEvents(stack, ada);
    await act(ada, 'blockUser', { userId: bob.id });
    const { request } = await act(bob, 'sendFriendRequest', { userId: ada.id });
    expect(request).toMatchObject({ status: 'PENDING', isIgnored: null });
    expect(await waiting(bob, 'SENT')).toEqual([{ id: request.id, status: 'PENDING', isIgnored: null }]);
    expect(await waiting(ada, 'RECEIVED')).toEqual([]);
    // The blocker can neither ask nor accept before they unblock.
    const refusal = { __typename: 'UserBlocked', code: 'USER_BLOCKED' };
    expect(await act(ada, 'sendFriendRequest', { userId: bob.id })).toMatchObject(refusal);
    expect(await act(ada, 'acceptFriendRequest', { requestId: request.id })).toMatchObject(refusal);
    await act(ada, 'unblockUser', { userId: bob.id });
    expect(await act(ada, 'sendFriendRequest', { userId: bob.id })).toMatchObject({ request: { status: 'ACCEPTED' } });
    await feed.until((event) => event.user?.friendship === 'FRIENDS', 'the friendship');
    // Of the request Ada heard when it had been accepted, and not before.
    const requests = feed.events().filter((event) => event.requestId);
    expect(requests.map((event) => event.request?.status)).toEqual(['ACCEPTED']);
    await feed.stop();
  });

  test('puts a request aside that waited', async () => {
    const { ada, bob } = await people(stack, 'ada', 'bob');
    await act(bob, 'sendFriendRequest', { userId: ada.id });
    await act(ada, 'blockUser', { userId: bob.id });
    expect(await waiting(ada, 'RECEIVED')).toEqual([]);
    expect(await waiting(bob, 'SENT')).toHaveLength(1);
  });

  test('is of somebody else who is there', async () => {
    const ada = await person(stack, { name: 'Ada' });
    expect(await act(ada, 'blockUser', { userId: ada.id })).toMatchObject({ __typename: 'InvalidInput' });
    expect(await act(ada, 'blockUser', { userId: newId('user') })).toMatchObject({ __typename: 'NotFound' });
    expect(await act(ada, 'blockUser', { userId: newId('conv') })).toMatchObject({
      __typename: 'InvalidInput',
      message: expect.stringContaining('conversation'),
    });
    expect(await act(ada, 'unblockUser', { userId: newId('user') })).toMatchObject({ user: null });
  });
});

describe('a friend request', () => {
  test('is taken back by its sender alone, and can be sent again', async () => {
    const { ada, bob, cy } = await people(stack, 'ada', 'bob', 'cy');
    const { request } = await act(ada, 'sendFriendRequest', { userId: bob.id });
    const { id: requestId } = request;
    expect(await act(bob, 'cancelFriendRequest', { requestId })).toMatchObject({ __typename: 'Forbidden' });
    expect(await act(cy, 'cancelFriendRequest', { requestId })).toMatchObject({ __typename: 'NotFound' });
    const cancelled = await act(ada, 'cancelFriendRequest', { requestId });
    expect(cancelled.request).toMatchObject({ status: 'CANCELLED' });
    expect(await act(ada, 'cancelFriendRequest', { requestId })).toEqual(cancelled);
    expect(await act(bob, 'acceptFriendRequest', { requestId })).toMatchObject({ __typename: 'FriendRequestClosed' });
    expect(await waiting(bob, 'RECEIVED')).toEqual([]);
    const again = await act(ada, 'sendFriendRequest', { userId: bob.id });
    expect(again.request.id).not.toBe(requestId);
  });

  test('that is ignored waits, and its sender is not told', async () => {
    const { ada, bob } = await people(stack, 'ada', 'bob');
    const feed = await contactEvents(stack, ada);
    const { request } = await act(ada, 'sendFriendRequest', { userId: bob.id });
    const { id: requestId } = request;
    expect(await act(ada, 'ignoreFriendRequest', { requestId })).toMatchObject({ __typename: 'Forbidden' });
    expect((await act(bob, 'ignoreFriendRequest', { requestId })).request).toMatchObject({ isIgnored: true });
    expect(await waiting(bob, 'RECEIVED')).toEqual([]);
    expect(await waiting(ada, 'SENT')).toEqual([{ id: requestId, status: 'PENDING', isIgnored: null }]);
    expect((await act(ada, 'sendFriendRequest', { userId: bob.id })).request.id).toBe(requestId);
    await act(bob, 'acceptFriendRequest', { requestId });
    await feed.until((event) => event.user?.friendship === 'FRIENDS', 'the friendship');
    expect(feed.events().map(({ request: told }) => told?.status)).toEqual([
      undefined,
      'PENDING',
      'ACCEPTED',
      undefined,
    ]);
    await feed.stop();
  });
});

describe('a friend', () => {
  test('is removed for both, and can be asked again', async () => {
    const { ada, bob } = await people(stack, 'ada', 'bob');
    await ada.befriend(bob);
    await act(bob, 'updateFriend', { userId: ada.id, remark: 'Countess' });
    expect(await act(ada, 'removeFriend', { userId: bob.id })).toMatchObject({ user: { friendship: 'NONE' } });
    expect(await act(ada, 'removeFriend', { userId: bob.id })).toMatchObject({ user: { friendship: 'NONE' } });
    expect(await relation(bob, ada)).toEqual({ friendship: 'NONE', remark: null, isBlocked: false });
    expect(await act(bob, 'updateFriend', { userId: ada.id, remark: 'x' })).toMatchObject({ __typename: 'NotFound' });
    await ada.befriend(bob);
    expect(await relation(bob, ada)).toEqual({ friendship: 'FRIENDS', remark: null, isBlocked: false });
  });

  test('has a remark and a star that only the viewer sees', async () => {
    const { ada, bob, cy } = await people(stack, 'ada', 'bob', 'cy');
    await ada.befriend(bob);
    await ada.befriend(cy);
    await act(ada, 'updateFriend', { userId: bob.id, remark: 'B.', isStarred: true });
    await act(ada, 'updateFriend', { userId: bob.id, isStarred: true });
    const starred = '{ viewer { friends(isStarred: true) { edges { remark isStarred node { id remark } } } } }';
    expect((await ada.user.data(starred)).viewer.friends.edges).toEqual([
      { remark: 'B.', isStarred: true, node: { id: bob.id, remark: 'B.' } },
    ]);
    expect((await bob.user.data(starred)).viewer.friends.edges).toEqual([]);
    await act(ada, 'updateFriend', { userId: bob.id, remark: '', isStarred: false });
    expect((await relation(ada, bob)).remark).toBeNull();
    expect(await act(ada, 'updateFriend', { userId: bob.id })).toMatchObject({ user: { id: bob.id } });
    const long = await act(ada, 'updateFriend', { userId: bob.id, remark: 'x'.repeat(51) });
    expect(long).toMatchObject({ __typename: 'InvalidInput', message: expect.not.stringContaining('xxx') });
  });
});
