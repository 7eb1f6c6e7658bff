import { newId } from '../../../../kit/base/ids.ts';
import type { GraphClient } from '../../../../testing/client.ts';
import { people, person } from '../../../../testing/people.ts';
import { sharedStack } from '../../../../testing/shared-stack.ts';
import type { SharedStack } from '../../../../testing/stack.ts';

let stack: SharedStack;
let chat: GraphClient;
beforeAll(async () => {
  stack = await sharedStack({ user: 1 });
  chat = stack.client('user').as(await stack.serviceToken('chat', 'user'));
});
afterAll(() => stack.stop());

const ARE_FRIENDS = 'query ($userId: ID!, $otherId: ID!) { areFriends(userId: $userId, otherId: $otherId) }';
const FRIENDS_AMONG = 'query ($userId: ID!, $ids: [ID!]!) { friendsAmong(userId: $userId, ids: $ids) }';
const ENTITIES = `query ($of: [_Any!]!) { _entities(representations: $of) {
  ... on User { id name avatarFileId friendship friends { edges { cursor } } }
} }`;
const reference = (id: unknown) => ({ __typename: 'User', id });

test('chat asks whether two are friends', async () => {
  const { ada, bob, eve } = await people(stack, 'ada', 'bob', 'eve');
  await ada.perform('sendFriendRequest', { userId: bob.id });
  const ask = async (userId: string, otherId: string) => (await chat.data(ARE_FRIENDS, { userId, otherId })).areFriends;
  expect(await ask(ada.id, bob.id)).toBe(false);
  await bob.perform('sendFriendRequest', { userId: ada.id });
  expect([await ask(ada.id, bob.id), await ask(bob.id, ada.id)]).toEqual([true, true]);
  for (const other of [eve.id, ada.id, newId('user'), 'x', '', '%']) expect(await ask(ada.id, other)).toBe(false);
});

test('chat asks who of many are friends', async () => {
  const { ada, bob, cy, eve } = await people(stack, 'ada', 'bob', 'cy', 'eve');
  await ada.befriend(bob);
  await bob.befriend(eve);
  await ada.perform('sendFriendRequest', { userId: cy.id });
  const ids = [bob.id, cy.id, eve.id, ada.id, newId('user'), 'x', '海', bob.id];
  expect(await chat.data(FRIENDS_AMONG, { userId: ada.id, ids })).toEqual({ friendsAmong: [bob.id] });
  expect(await chat.data(FRIENDS_AMONG, { userId: ada.id, ids: [] })).toEqual({ friendsAmong: [] });
  const tooMany = await chat.send(FRIENDS_AMONG, {
    userId: ada.id,
    ids: Array.from({ length: 501 }, () => newId('user')),
  });
  expect(tooMany.errors).toMatchObject([{ extensions: { code: 'INVALID_INPUT', field: 'ids' } }]);
});

test('nobody else asks these', async () => {
  const { user: api, id } = await person(stack);
  const file = stack.client('user').as(await stack.serviceToken('file', 'user'));
  for (const caller of [api, file, stack.client('user')]) {
    const friends = await caller.send(ARE_FRIENDS, { userId: id, otherId: id });
    const among = await caller.send(FRIENDS_AMONG, { userId: id, ids: [id] });
    for (const { errors } of [friends, among]) expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
  }
});

test('references are resolved for a viewer and for a service, null where there is no such user', async () => {
  const [ada, bob] = [await person(stack, { name: 'Ada' }), await person(stack, { name: '小明' })];
  const of = [bob.id, newId('user'), ada.id, 'x', bob.id].map(reference);
  const asAda = await ada.user.data(ENTITIES, { of });
  const seen = (id: string, name: string, friendship: string | null, friends: unknown) => ({
    id,
    name,
    avatarFileId: null,
    friendship,
    friends,
  });
  const [adaSeen, bobSeen] = [seen(ada.id, 'Ada', 'SELF', { edges: [] }), seen(bob.id, '小明', 'NONE', null)];
  expect(asAda._entities).toEqual([bobSeen, null, adaSeen, null, bobSeen]);
  const asChat = await chat.data(ENTITIES, { of: [reference(bob.id)] });
  expect(asChat._entities).toEqual([seen(bob.id, '小明', null, null)]);
});

test('references grant nothing to nobody', async () => {
  const { id } = await person(stack);
  const { data, errors } = await stack.client('user').send(ENTITIES, { of: [reference(id)] });
  expect(data).toEqual({ _entities: [null] });
  expect(errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
});
