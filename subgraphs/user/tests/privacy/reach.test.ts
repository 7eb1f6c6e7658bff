import { newId } from '../../../../kit/base/ids.ts';
import { type Person, people, person } from '../../../../testing/people.ts';
import { createRandom } from '../../../../testing/random.ts';
import { sharedStack } from '../../../../testing/shared-stack.ts';
import type { SharedStack } from '../../../../testing/stack.ts';
import { act, contactEvents, MAY_REACH, mayReach, relation } from '../relations.ts';

let stack: SharedStack;
beforeAll(async () => {
  stack = await sharedStack({ user: 2 });
});
afterAll(() => stack.stop());

// biome-ignore lint/suspicious/noExplicitAny: what is asserted is the value
type Loose = any;

/** Each action, its setting, and the setting of whoever has chosen nothing. */
const ACTIONS = {
  ASK: ['whoMayAsk', 'EVERYONE'],
  ADD_TO_GROUP: ['whoMayAddToGroups', 'FRIENDS'],
  WRITE: ['whoMayWrite', 'FRIENDS'],
  SEE_PRESENCE: ['whoMaySeePresence', 'FRIENDS'],
  SEE_LAST_SEEN: ['whoMaySeeLastSeen', 'FRIENDS'],
  SEE_RECEIPTS: ['whoMaySeeReceipts', 'EVERYONE'],
  SEE_TYPING: ['whoMaySeeTyping', 'EVERYONE'],
  FIND: ['whoMayFind', 'EVERYONE'],
} as const;
const AUDIENCES = ['EVERYONE', 'FRIENDS', 'NOBODY'] as const;
const ALL = `privacySettings { ${Object.values(ACTIONS)
  .map(([setting]) => setting)
  .join(' ')} }`;

const choose = (who: Person, settings: Record<string, string | null>) =>
  who.attempt('updatePrivacySettings', settings, ALL);
const own = async (of: Person) => (await of.user.data(`{ viewer { ${ALL} } }`)).viewer.privacySettings;
const found = async (by: Person, text: string) =>
  (
    await by.user.data('query ($text: String!) { searchUsers(text: $text) { edges { node { id } } } }', { text })
  ).searchUsers.edges.map((edge: { node: { id: string } }) => edge.node.id);

/** Somebody, and one of each kind of relation to them. */
async function surroundings() {
  const made = await people(stack, 'owner', 'stranger', 'friend', 'blocked', 'blocker', 'blockedFriend');
  const { owner, friend, blocked, blocker, blockedFriend } = made;
  await owner.befriend(friend, blockedFriend);
  await act(owner, 'blockUser', { userId: blocked.id });
  await act(owner, 'blockUser', { userId: blockedFriend.id });
  await act(blocker, 'blockUser', { userId: owner.id });
  return made;
}

describe('who reaches whom', () => {
  test('is as the settings, the friendships and the blocks say, for each action', async () => {
    const { owner, ...others } = await surroundings();
    for (const audience of ['default', ...AUDIENCES] as const) {
      if (audience !== 'default')
        await choose(owner, Object.fromEntries(Object.values(ACTIONS).map(([setting]) => [setting, audience])));
      for (const [action, [, preset]] of Object.entries(ACTIONS)) {
        const effective = audience === 'default' ? preset : audience;
        const roles = Object.entries(others);
        const answers = await mayReach(
          stack,
          action,
          roles.map(([, { id }]) => [id, owner.id]),
        );
        const allowed = roles.flatMap(([role], index) => (answers[index] ? [role] : []));
        const expected = {
          // Whoever blocks somebody still finds them.
          EVERYONE: action === 'FIND' ? ['stranger', 'friend', 'blocker'] : ['stranger', 'friend'],
          FRIENDS: ['friend'],
          NOBODY: [],
        }[effective];
        expect([action, audience, allowed]).toEqual([action, audience, expected]);
      }
    }
  });

  test('is answered for many pairs at once, in their order, and is no for whom there is not', async () => {
    const { ada, bob, cy, eve } = await people(stack, 'ada', 'bob', 'cy', 'eve');
    await ada.befriend(bob);
    await ada.perform('sendFriendRequest', { userId: cy.id });
    const ids = [bob.id, cy.id, eve.id, ada.id, newId('user'), newId('conv'), 'x', '海', '', '%', bob.id];
    const pairs = ids.map((id): [string, string] => [ada.id, id]);
    const only = (yes: string[]) => ids.map((id) => yes.includes(id));
    expect(await mayReach(stack, 'WRITE', pairs)).toEqual(only([bob.id]));
    // Everybody sees what is their own, and nobody writes to themselves.
    expect(await mayReach(stack, 'SEE_TYPING', pairs)).toEqual(only([bob.id, cy.id, eve.id, ada.id]));
    expect(await mayReach(stack, 'WRITE', [])).toEqual([]);
  });

  test('is the same for pairs asked alone and among many, whoever of the two they have in common', async () => {
    const random = createRandom(7);
    const crowd = await Promise.all(Array.from({ length: 12 }, () => person(stack)));
    const some = () => crowd[random(crowd.length)] as Person;
    for (let n = 0; n < 30; n += 1) {
      const [one, other] = [some(), some()];
      if (one !== other) await act(one, n % 3 === 0 ? 'blockUser' : 'sendFriendRequest', { userId: other.id });
    }
    const all = crowd.flatMap((one) => crowd.map((other): [string, string] => [one.id, other.id]));
    // More people on both sides than one statement has conditions.
    const unknown = Array.from({ length: 120 }, (): [string, string] => [newId('user'), newId('user')]);
    const alone = new Map<string, boolean>();
    for (const pair of all) alone.set(pair.join(' '), (await mayReach(stack, 'SEE_TYPING', [pair]))[0] as boolean);
    expect(new Set(alone.values()).size).toBe(2);
    const ofOne = crowd.map(({ id }) => all.filter((pair) => pair.includes(id)));
    for (const pairs of [all, [...unknown, ...all, ...unknown], ...ofOne])
      expect(await mayReach(stack, 'SEE_TYPING', pairs)).toEqual(
        pairs.map((pair) => alone.get(pair.join(' ')) ?? false),
      );
  });

  test('is for chat to ask, and not about more than 500 pairs', async () => {
    const { user: api, id } = await person(stack);
    const client = stack.client('user');
    const pairs = (count: number) => Array.from({ length: count }, () => ({ userId: id, otherId: newId('user') }));
    for (const caller of [api, client, client.as(await stack.serviceToken('file', 'user'))]) {
      const { errors } = await caller.send(MAY_REACH, { action: 'WRITE', pairs: pairs(1) });
      expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
    }
    const chat = client.as(await stack.serviceToken('chat', 'user'));
    expect((await chat.data(MAY_REACH, { action: 'WRITE', pairs: pairs(500) })).mayReach).toHaveLength(500);
    const tooMany = await chat.send(MAY_REACH, { action: 'WRITE', pairs: pairs(501) });
    expect(tooMany.errors).toMatchObject([{ extensions: { code: 'INVALID_INPUT', field: 'pairs' } }]);
  });
});

describe('privacy settings', () => {
  test('are the defaults until they are chosen, change one by one, and are told to all devices', async () => {
    const { ada, bob } = await people(stack, 'ada', 'bob');
    await ada.befriend(bob);
    const feeds = [await contactEvents(stack, ada), await contactEvents(stack, ada, undefined, 1)];
    const bobs = await contactEvents(stack, bob);
    const presets = Object.fromEntries(Object.values(ACTIONS));
    expect(await own(ada)).toEqual(presets);
    expect(await choose(ada, { whoMayAsk: 'NOBODY', whoMayFind: null })).toMatchObject({
      privacySettings: { ...presets, whoMayAsk: 'NOBODY' },
    });
    await choose(ada.at(1), { whoMayFind: 'FRIENDS' });
    expect(await own(ada)).toEqual({ ...presets, whoMayAsk: 'NOBODY', whoMayFind: 'FRIENDS' });
    for (const feed of feeds) {
      const told = await feed.until((event) => event.privacySettings?.whoMayFind === 'FRIENDS', 'the settings');
      expect(told).toMatchObject({
        __typename: 'SettingsChanged',
        privacySettings: { whoMayAsk: 'NOBODY', whoMayFind: 'FRIENDS' },
      });
      await feed.stop();
    }
    // A replay has them once, in their present state.
    const again = await contactEvents(stack, ada, 0);
    await again.until((event) => event.__typename === 'SettingsChanged', 'the settings');
    expect(again.events().filter(({ __typename }) => __typename === 'SettingsChanged')).toHaveLength(1);
    await again.stop();
    expect(bobs.events().map(({ __typename }) => __typename)).toEqual(['ContactsStarted']);
    await bobs.stop();
  });

  test('are shown to nobody else, and changed by nobody who is not there', async () => {
    const { ada, bob } = await people(stack, 'ada', 'bob');
    const document = 'query ($id: ID!) { user(id: $id) { privacySettings { whoMayAsk } } }';
    expect(await bob.user.data(document, { id: ada.id })).toEqual({ user: { privacySettings: null } });
    const { token } = await stack.signIn();
    const nobody = stack.client('user').as(token);
    expect(await nobody.attempt('updatePrivacySettings', { whoMayAsk: 'NOBODY' })).toMatchObject({
      __typename: 'NotFound',
    });
  });

  test('that close friend requests say so to everybody alike, and a block is still not told', async () => {
    const { owner, ...others } = await surroundings();
    const { stranger, blocked } = others;
    const ask = (by: Person) => act(by, 'sendFriendRequest', { userId: owner.id });
    // Blocked, but the settings let everybody ask: it looks sent.
    expect(await ask(blocked)).toMatchObject({ request: { status: 'PENDING' } });
    await act(blocked, 'cancelFriendRequest', { requestId: (await ask(blocked)).request.id });
    for (const whoMayAsk of ['FRIENDS', 'NOBODY']) {
      await choose(owner, { whoMayAsk });
      const refusals = [await ask(stranger), await ask(blocked)];
      expect(refusals[0]).toMatchObject({
        __typename: 'NotReachable',
        code: 'NOT_REACHABLE',
        userIds: [owner.id],
      });
      expect(refusals[1]).toEqual(refusals[0]);
    }
    // Whom the owner asks may answer, and asking back is an answer.
    await act(owner, 'sendFriendRequest', { userId: stranger.id });
    expect(await ask(stranger)).toMatchObject({ request: { status: 'ACCEPTED' } });
    expect(await relation(owner, stranger)).toMatchObject({ friendship: 'FRIENDS' });
    expect(await ask(others.friend)).toMatchObject({ __typename: 'AlreadyFriends' });
  });

  test('that hide from searches leave no gap in the pages of those who are found', async () => {
    const word = `x${newId('user').slice(-10)}`;
    const seeker = await person(stack);
    const crowd = await Promise.all(
      Array.from({ length: 9 }, (_, n) =>
        person(stack, { name: `${word} ${n}`, userName: `u${newId('user').slice(-12)}` }),
      ),
    );
    const hidden = crowd.filter((_, n) => n % 3 !== 1);
    await Promise.all(hidden.map((one, n) => choose(one, { whoMayFind: n % 2 ? 'NOBODY' : 'FRIENDS' })));
    await seeker.befriend(hidden[0] as Person, hidden[1] as Person);
    // More in a row whom nobody finds than are read at once.
    const many = Array.from({ length: 120 }, (_, n) => ({ id: newId('user'), term: `${word} 4 ${n}` }));
    await stack.mysql.batch(
      "INSERT INTO user_profiles (id, user_name, name, created_at) VALUES (?, ?, ?, '2026-01-01')",
      many.map(({ id, term }, n) => [id, `hidden${n}`, term]),
    );
    await stack.mysql.batch(
      'INSERT INTO user_search_terms (term, user_id) VALUES (?, ?)',
      many.map(({ id, term }) => [term, id]),
    );
    await stack.mysql.batch(
      "INSERT INTO user_privacy_settings (user_id, who_may_find) VALUES (?, 'NOBODY')",
      many.map(({ id }) => [id]),
    );
    // The first lets friends find them, the second nobody.
    const visible = crowd.filter((one, n) => n % 3 === 1 || one === hidden[0]).map(({ id }) => id);
    expect(await found(seeker, word)).toEqual(visible);
    const page = `query ($text: String!, $first: Int, $after: String, $last: Int, $before: String) {
      searchUsers(text: $text, first: $first, after: $after, last: $last, before: $before) {
        edges { node { id } } pageInfo { startCursor endCursor hasNextPage hasPreviousPage } } }`;
    const seen: string[] = [];
    for (let after: string | null = null, isMore = true; isMore; ) {
      const { searchUsers }: Loose = await seeker.user.data(page, { text: word, first: 1, after });
      seen.push(...searchUsers.edges.map((edge: { node: { id: string } }) => edge.node.id));
      after = searchUsers.pageInfo.endCursor;
      isMore = searchUsers.pageInfo.hasNextPage;
    }
    expect(seen).toEqual(visible);
    const { searchUsers: last } = await seeker.user.data(page, { text: word, last: 3 });
    expect(last.edges.map((edge: { node: { id: string } }) => edge.node.id)).toEqual(visible.slice(-3));
    expect(last.pageInfo.hasPreviousPage).toBe(true);
  });
});
