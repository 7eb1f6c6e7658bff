import { newId } from '../kit/base/ids.ts';
import { type Person, registered } from '../testing/people.ts';
import { photograph } from '../testing/photographs.ts';
import { sharedStack } from '../testing/shared-stack.ts';
import type { SharedStack } from '../testing/stack.ts';

/*
 * `node` and `nodes`: whatever has an id is found by it alone, with the permissions of every other read.
 */

const NODE = `query ($id: ID!) {
  node(id: $id) {
    __typename
    id
    ... on User { name }
    ... on Conversation { headSeq lastMessage { preview } }
    ... on Message { preview sender { name } }
    ... on File { contentType }
    ... on FriendRequest { status sender { name } }
  }
}`;
const NODES = 'query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id ... on User { name } ... on Message { seq } } }';

let stack: SharedStack;
let ada: Person;
let bo: Person;
let eve: Person;
let conversation: string;
let message: string;
let file: string;
let request: string;

beforeAll(async () => {
  stack = await sharedStack({ auth: 1, user: 1, chat: 1, file: 1, gateway: 1 });
  ({ ada, bo, eve } = await registered(stack, ['ada', 'bo', 'eve']));
  await ada.befriend(bo);
  conversation = await ada.direct(bo);
  message = (await ada.send(conversation, 'hello')).id;
  file = (await ada.upload(await photograph(64, 64), { type: 'image/jpeg' })).id;
  request = (await ada.perform('sendFriendRequest', { userId: eve.id }, 'request { id }')).request.id;
});
afterAll(() => stack.stop());

const nodeOf = async (person: Person, id: string) => (await person.gateway.data(NODE, { id })).node;

test('each entity is found by its id', async () => {
  expect(await nodeOf(bo, ada.id)).toEqual({ __typename: 'User', id: ada.id, name: ada.userName });
  expect(await nodeOf(bo, conversation)).toEqual({
    __typename: 'Conversation',
    id: conversation,
    headSeq: 2,
    lastMessage: { preview: 'hello' },
  });
  expect(await nodeOf(bo, message)).toEqual({
    __typename: 'Message',
    id: message,
    preview: 'hello',
    sender: { name: ada.userName },
  });
  expect(await nodeOf(ada, file)).toEqual({ __typename: 'File', id: file, contentType: 'image/jpeg' });
  for (const person of [ada, eve])
    expect(await nodeOf(person, request)).toEqual({
      __typename: 'FriendRequest',
      id: request,
      status: 'PENDING',
      sender: { name: ada.userName },
    });
});

test('the id alone gives no more than the rest', async () => {
  const { node } = await bo.gateway.data('query ($id: ID!) { node(id: $id) { id } }', { id: conversation });
  expect(node).toEqual({ id: conversation });
  const stranger = await eve.gateway.send('query ($id: ID!) { node(id: $id) { id } }', { id: conversation });
  expect(stranger).toMatchObject({ status: 200, data: { node: null } });
});

test.each<[string, () => Person, () => string]>([
  ['a conversation of others', () => eve, () => conversation],
  ['a message of others', () => eve, () => message],
  ["somebody else's file", () => bo, () => file],
  ['a friend request of others', () => bo, () => request],
  ['a user that is not there', () => ada, () => newId('user')],
  ['a conversation that is not there', () => ada, () => newId('conv')],
  ['a message that is not there', () => ada, () => newId('msg')],
  ['a file that is not there', () => ada, () => newId('file')],
  ['a request that is not there', () => ada, () => newId('friendreq')],
  ['an id of what is no entity', () => ada, () => newId('session')],
  ['a text that is no id', () => ada, () => 'x'],
])('%s is null, without an error', async (_, person, id) => {
  const { data, errors } = await person().gateway.send(NODE, { id: id() });
  expect({ data, errors }).toEqual({ data: { node: null }, errors: undefined });
});

test('many are found at once, each in its place', async () => {
  const ids = [message, newId('msg'), ada.id, file, 'x', conversation, ada.id];
  const { data, errors } = await bo.gateway.send(NODES, { ids });
  expect(errors).toBeUndefined();
  expect(data.nodes).toEqual([
    { __typename: 'Message', id: message, seq: 2 },
    null,
    { __typename: 'User', id: ada.id, name: ada.userName },
    null,
    null,
    { __typename: 'Conversation', id: conversation },
    { __typename: 'User', id: ada.id, name: ada.userName },
  ]);
});

test.each([0, 101])('%i ids are refused by name', async (count) => {
  const { errors } = await ada.gateway.send(NODES, { ids: Array.from({ length: count }, () => newId('user')) });
  expect(errors).toMatchObject([{ extensions: { code: 'INVALID_INPUT', field: 'ids' } }]);
});

test('a hundred cost what a hundred cost', async () => {
  const deep = `query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Conversation { messages(first: 100) { edges { node { id content { ... on TextContent { text } } sender { id name } } } } } } }`;
  const { errors } = await ada.gateway.send(deep, { ids: Array.from({ length: 100 }, () => newId('conv')) });
  expect(errors).toMatchObject([{ extensions: { code: 'COST_ESTIMATED_TOO_EXPENSIVE' } }]);
});

test('the sender of a friend request is not told that it was refused', async () => {
  const { cy } = await registered(stack, ['cy']);
  const asked = (await cy.perform('sendFriendRequest', { userId: bo.id }, 'request { id }')).request.id;
  await bo.perform('refuseFriendRequest', { requestId: asked });
  expect(await nodeOf(cy, asked)).toBeNull();
  expect(await nodeOf(bo, asked)).toMatchObject({ status: 'REFUSED' });
});

test('needs somebody who is signed in', async () => {
  const { errors } = await stack.client('gateway').send(NODE, { id: ada.id });
  expect(errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
});
