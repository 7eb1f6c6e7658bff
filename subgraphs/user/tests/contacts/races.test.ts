import { newId } from '../../../../kit/base/ids.ts';
import { type Person, people } from '../../../../testing/people.ts';
import { createRandom } from '../../../../testing/random.ts';
import { sharedStack } from '../../../../testing/shared-stack.ts';
import type { SharedStack } from '../../../../testing/stack.ts';
import { act, type ContactEvent, contactEvents, relation } from '../relations.ts';

/*
 * Two people who befriend, block, unblock and leave each other at the same time, from several connections:
 * whatever the order, the end is a legal state, and the feeds of both tell it.
 */

let stack: SharedStack;
beforeAll(async () => {
  stack = await sharedStack({ user: 2 });
});
afterAll(() => stack.stop());

/** Connections of each of the two, and what each does one after the other. */
const CONNECTIONS = 4;
const STEPS = 8;

const pending = async (of: Person, direction: 'SENT' | 'RECEIVED'): Promise<string[]> =>
  (
    await of.user.data(`{ friendRequests(direction: ${direction}) { edges { node { id } } } }`)
  ).friendRequests.edges.map((edge: { node: { id: string } }) => edge.node.id);

/** Does something at random, and accepts what it may end with: anything but a mistake. */
async function step(by: Person, other: Person, choice: number): Promise<string> {
  const [first] = await pending(by, choice % 2 === 0 ? 'RECEIVED' : 'SENT');
  const done = await [
    () => act(by, 'sendFriendRequest', { userId: other.id }),
    () => act(by, 'sendFriendRequest', { userId: other.id }),
    () => act(by, 'blockUser', { userId: other.id }),
    () => act(by, 'unblockUser', { userId: other.id }),
    () => act(by, 'unblockUser', { userId: other.id }),
    () => act(by, 'removeFriend', { userId: other.id }),
    () => (first ? act(by, 'acceptFriendRequest', { requestId: first }) : { __typename: 'None' }),
    () => (first ? act(by, 'cancelFriendRequest', { requestId: first }) : { __typename: 'None' }),
  ][choice]?.();
  return done.__typename;
}

/** What a feed told last of each thing. */
function toldLast(events: readonly ContactEvent[]) {
  const last = (kind: string) => events.filter(({ __typename }) => __typename === kind).at(-1)?.user;
  const requests = new Map(events.flatMap((event) => (event.requestId ? [[event.requestId, event.request]] : [])));
  const waiting = [...requests].flatMap(([id, request]) =>
    request?.status === 'PENDING' && request.isIgnored !== true ? [id] : [],
  );
  return {
    isFriend: last('FriendChanged')?.friendship === 'FRIENDS',
    isBlocked: last('BlockChanged')?.isBlocked === true,
    waiting,
  };
}

test.each([1, 2, 3, 4, 5, 6])('two at once end in a legal state that both feeds tell (seed %i)', async (seed) => {
  const random = createRandom(seed);
  const { ada, bob } = await people(stack, 'ada', 'bob');
  const feeds = [await contactEvents(stack, ada), await contactEvents(stack, bob, undefined, 1)] as const;
  const ended = await Promise.all(
    Array.from({ length: CONNECTIONS * 2 }, async (_, n) => {
      const [by, other] = n % 2 === 0 ? [ada, bob] : [bob, ada];
      const choices = Array.from({ length: STEPS }, () => random(8));
      const results: string[] = [];
      for (const choice of choices) results.push(await step(by.at((n >> 1) % 2), other, choice));
      return results;
    }),
  );
  const legal = /Payload$|^(AlreadyFriends|UserBlocked|FriendRequestClosed|NotFound|Forbidden|None)$/;
  expect(ended.flat().filter((name) => !legal.test(name))).toEqual([]);

  // Each renames themselves: what their feed tells up to there is all that was.
  const marker = newId('msg').slice(-8);
  for (const one of [ada, bob]) await one.perform('updateProfile', { name: marker });
  const states = await Promise.all(
    [
      [ada, bob, feeds[0]],
      [bob, ada, feeds[1]],
    ].map(async ([one, other, feed]) => {
      const [me, them, mine] = [one as Person, other as Person, feed as (typeof feeds)[number]];
      const isMarker = (event: ContactEvent) => event.__typename === 'ProfileChanged' && event.userId === me.id;
      await mine.until((event) => isMarker(event) && event.user?.name === marker, 'the marker');
      const now = await relation(me, them);
      const waiting = [...(await pending(me, 'RECEIVED')), ...(await pending(me, 'SENT'))];
      expect(toldLast(mine.events())).toEqual({
        isFriend: now.friendship === 'FRIENDS',
        isBlocked: now.isBlocked,
        waiting,
      });
      expect(mine.collected.errors).toEqual([]);
      await mine.stop();
      return now;
    }),
  );
  // Of a friendship both have the same, and friends wait for nothing.
  const both = [ada.id, bob.id];
  const [{ friendships }] = await stack.mysql.query(
    'SELECT COUNT(*) AS friendships FROM user_friendships WHERE user_id IN (?) AND friend_id IN (?)',
    [both, both],
  );
  const areFriends = states[0].friendship === 'FRIENDS';
  expect(states[1].friendship === 'FRIENDS').toBe(areFriends);
  expect(Number(friendships)).toBe(areFriends ? 2 : 0);
  const open = await stack.mysql.query(
    `SELECT sender_id AS senderId, is_ignored AS isIgnored FROM user_friend_requests
     WHERE status = 'PENDING' AND sender_id IN (?) AND addressee_id IN (?)`,
    [both, both],
  );
  expect(open.length).toBeLessThanOrEqual(areFriends ? 0 : 1);
  // Of whom they have blocked nobody is asked.
  for (const { senderId, isIgnored } of open) {
    const addressee = senderId === ada.id ? 1 : 0;
    if (states[addressee].isBlocked) expect(Boolean(isIgnored)).toBe(true);
  }
});
