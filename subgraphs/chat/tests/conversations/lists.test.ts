import { newId } from '../../../../kit/base/ids.ts';
import { type Person, people } from '../../../../testing/people.ts';
import { sharedStack } from '../../../../testing/shared-stack.ts';
import type { SharedStack } from '../../../../testing/stack.ts';

/* Look-ups, filters and counts, each as the viewer may see it. */

let stack: SharedStack;
let ada: Person;
let bob: Person;
let carl: Person;
let stranger: Person;
let direct: string;
let group: string;
let left: string;
beforeAll(async () => {
  stack = await sharedStack({ chat: 1, user: 1 });
  ({ ada, bob, carl, stranger } = await people(stack, 'ada', 'bob', 'carl', 'stranger'));
  await ada.befriend(bob, carl);
  direct = await ada.direct(bob);
  group = await ada.group('Beavers', [bob, carl]);
  left = await ada.group('Beavers', [bob, carl]);
  await bob.send(direct, 'one');
  await bob.send(direct, 'two');
  await bob.send(group, 'three');
  await ada.send(left, 'four');
  await bob.leave(left);
});
afterAll(() => stack.stop());

async function list(viewer: Person, args: string): Promise<string[]> {
  const { conversations } = await viewer.chat.data(`{ conversations(${args}) { edges { node { id } } } }`);
  return conversations.edges.map(({ node }: { node: { id: string } }) => node.id);
}

test('conversations by kind, and by whether something is unread', async () => {
  expect(await list(ada, 'first: 100')).toEqual([left, group, direct]);
  expect(await list(ada, 'kind: DIRECT')).toEqual([direct]);
  expect(await list(ada, 'kind: GROUP')).toEqual([left, group]);
  expect(await list(ada, 'isUnread: true')).toEqual([group, direct]);
  expect(await list(ada, 'isUnread: false')).toEqual([left]);
  expect(await list(ada, 'isUnread: true, kind: GROUP')).toEqual([group]);
  expect(await list(ada, 'isUnread: null, kind: null')).toEqual([left, group, direct]);
  expect(await list(bob, 'kind: GROUP')).toEqual([group]);
  expect(await list(stranger, 'kind: GROUP')).toEqual([]);
});

test('pages of a filtered list meet', async () => {
  const query = `query ($after: String) { conversations(first: 1, after: $after, isUnread: true) {
    edges { node { id } } pageInfo { endCursor hasNextPage } } }`;
  const first = (await ada.chat.data(query)).conversations;
  const second = (await ada.chat.data(query, { after: first.pageInfo.endCursor })).conversations;
  expect([first, second].map(({ edges, pageInfo }) => [edges[0].node.id, pageInfo.hasNextPage])).toEqual([
    [group, true],
    [direct, false],
  ]);
});

test('conversations by their ids: in the order asked, each once, without those that are not the viewer’s', async () => {
  const ids = (...all: string[]) => `ids: [${all.map((id) => `"${id}"`).join(', ')}]`;
  expect(await list(ada, ids(direct, left, newId('conv'), group, direct, 'nonsense'))).toEqual([direct, left, group]);
  expect(await list(bob, ids(left, group))).toEqual([group]);
  expect(await list(carl, ids(direct, group))).toEqual([group]);
  expect(await list(stranger, ids(direct, left, group))).toEqual([]);
  expect(await list(ada, 'ids: []')).toEqual([]);
  const many = Array.from({ length: 99 }, () => newId('conv'));
  expect(await list(ada, `first: 100, ${ids(...many, group)}`)).toEqual([group]);
  for (const args of [
    ids(...many),
    `first: 100, ${ids(...many, group, direct)}`,
    `last: 1, ${ids(group)}`,
    `kind: GROUP, ${ids(group)}`,
    `isUnread: false, ${ids(group)}`,
  ]) {
    const { errors } = await ada.chat.send(`{ conversations(${args}) { edges { node { id } } } }`);
    expect(errors).toMatchObject([{ extensions: { code: 'INVALID_INPUT', field: 'ids' } }]);
  }
});

test('what is unread in all conversations', async () => {
  const total = async (viewer: Person) => (await viewer.chat.data('{ unreadTotal }')).unreadTotal;
  expect(await Promise.all([ada, bob, carl, stranger].map(total))).toEqual([3, 0, 2, 0]);
  await carl.markRead(group, 100);
  expect(await total(carl)).toBe(1);
});

test('how many are in a conversation follows who comes and leaves', async () => {
  const count = async (id: string) =>
    (await ada.chat.data('query ($id: ID!) { conversation(id: $id) { memberCount } }', { id })).conversation
      .memberCount;
  expect(await Promise.all([direct, group, left].map(count))).toEqual([2, 3, 2]);
  await ada.add(left, bob, carl);
  expect(await count(left)).toBe(3);
  await bob.leave(left);
  expect(await count(left)).toBe(2);
});

test('a message by its id, for who may see it', async () => {
  const early = await ada.send(left, 'early');
  const find = async (viewer: Person, id: string) =>
    (await viewer.chat.data('query ($id: ID!) { message(id: $id) { id seq preview conversationId } }', { id })).message;
  const found = { id: early.id, seq: early.seq, preview: 'early', conversationId: left };
  expect(await find(ada, early.id)).toEqual(found);
  expect(await find(carl, early.id)).toEqual(found);
  // He has left, comes back, and sees what follows.
  expect(await find(bob, early.id)).toBeNull();
  await ada.add(left, bob);
  expect(await find(bob, early.id)).toBeNull();
  expect(await find(bob, (await ada.send(left, 'late')).id)).toMatchObject({ preview: 'late' });
  expect(await find(stranger, early.id)).toBeNull();
  for (const id of [newId('msg'), 'nonsense']) expect(await find(ada, id)).toBeNull();
});

test.each(['{ unreadTotal }', `{ message(id: "${newId('msg')}") { id } }`])(
  '%s is for who has signed in',
  async (query) => {
    const { errors } = await stack.client('chat').send(query);
    expect(errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
  },
);
