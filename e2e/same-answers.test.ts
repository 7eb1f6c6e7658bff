import { readFileSync } from 'node:fs';
import type { Client } from 'graphql-ws';
import { Agent } from 'undici';
import { Graph } from '../gateway/operation/graph.ts';
import { maskErrors } from '../gateway/operation/mask.ts';
import { Cancellation } from '../gateway/upstream/cancellation.ts';
import { createSubgraphRequests } from '../gateway/upstream/request-coalescing.ts';
import { createUpstreams, type Upstreams } from '../gateway/upstream/socket-pool.ts';
import { newId, newUuid } from '../kit/base/ids.ts';
import { createInstanceDirectory, type InstanceDirectory } from '../kit/discovery/instances.ts';
import { createServiceIdentity } from '../kit/identity/tokens.ts';
import { createLog } from '../kit/observe/log.ts';
import { type Person, registered } from '../testing/people.ts';
import { sharedStack } from '../testing/shared-stack.ts';
import { openSocket } from '../testing/socket.ts';
import type { SharedStack } from '../testing/stack.ts';
import { SEND } from './operations.ts';

// An operation takes one way over HTTP and over sockets, but not one way at all: what a single service can
// answer is passed on, everything else is put together by the gateway's executor. Nobody may be able to tell,
// and Apollo's own executor, which is slow and known, says what is right.

interface Asked {
  query: string;
  variables?: Record<string, unknown>;
  operationName?: string;
}

let stack: SharedStack;
let ada: Person;
let id: string;
let socket: Client;
let directory: InstanceDirectory;
let upstreams: Upstreams;
let apollo: Graph;
const dispatcher = new Agent();
const log = createLog('test', 'error');
beforeAll(async () => {
  stack = await sharedStack({ auth: 1, user: 1, chat: 1, file: 1, gateway: 1 });
  const made = await registered(stack, ['ada', 'bob']);
  ada = made.ada;
  await ada.befriend(made.bob);
  id = await ada.direct(made.bob);
  for (const text of ['one', 'two "errors": {', 'drei 🦫 "extensions"'])
    await ada.gateway.data(SEND, {
      input: { conversationId: id, clientMessageId: newUuid(), content: { text: { text } } },
    });
  socket = openSocket(ada.gateway.url, { token: ada.token, lazy: false });
  directory = await createInstanceDirectory(stack.etcd, log);
  const identity = await createServiceIdentity('gateway', stack.etcd);
  const supergraph = readFileSync(new URL('../gateway/supergraph/supergraph.graphql', import.meta.url), 'utf8');
  upstreams = createUpstreams({ directory, identity, dispatcher, accepts: () => true, timeoutOf: () => 10_000, log });
  apollo = new Graph(supergraph, createSubgraphRequests(upstreams));
});
afterAll(async () => {
  upstreams?.close();
  await dispatcher.close();
  await socket?.dispose();
  await stack?.stop();
});

async function overHttp(asked: Asked): Promise<unknown> {
  const response = await fetch(ada.gateway.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${ada.token}` },
    body: JSON.stringify(asked),
  });
  return response.json();
}

function overSocket(asked: Asked): Promise<unknown> {
  return new Promise((resolve, reject) => {
    let result: unknown;
    socket.subscribe(asked, {
      next: (given) => {
        result = given;
      },
      error: (errors) => (Array.isArray(errors) ? resolve({ errors }) : reject(errors)),
      complete: () => resolve(result),
    });
  });
}

/** What Apollo's executor makes of an operation; null where it is refused before it is executed. */
async function byApollo({ query, variables = {}, operationName }: Asked): Promise<unknown> {
  const found = apollo.prepare(query, operationName ?? null, null);
  if (found.errors || found.prepared.readVariables(variables).errors) return null;
  const identity = { authorization: `Bearer ${ada.token}`, address: '127.0.0.1' };
  const context = { identity, requestId: newUuid(), cancellation: new Cancellation() };
  const result = await apollo.executeByApollo(found.prepared, variables, context);
  const { data, errors } = result;
  return JSON.parse(JSON.stringify(errors ? { errors: maskErrors(errors, log), data } : { data }));
}

const unknown = newId('conv');
/** But for the ids of the requests: each is another one. */
function withoutIds(answer: unknown): unknown {
  return JSON.parse(JSON.stringify(answer, (key, value) => (key === 'requestId' ? 'its own' : value)));
}

const CONVERSATION = 'query ($id: ID!) { conversation(id: $id)';

test.each<[string, () => Asked]>([
  ['fields', () => ({ query: `${CONVERSATION} { headSeq id unreadCount kind } }`, variables: { id } })],
  ['what is not there', () => ({ query: `${CONVERSATION} { id } }`, variables: { id: unknown } })],
  [
    'nodes of several services, and of none',
    () => ({
      query: `query ($ids: [ID!]!) { nodes(ids: $ids) { id ... on User { name directConversation { id } } ... on Conversation { headSeq } } }`,
      variables: { ids: [id, ada.id, 'x'] },
    }),
  ],
  ['an id that is none', () => ({ query: `${CONVERSATION} { id } }`, variables: { id: 'x' } })],
  [
    'a list whose texts look like more than data',
    () => ({
      query: `${CONVERSATION} { messages(last: 9) { edges { node { seq preview content { ... on TextContent { text } } } } } } }`,
      variables: { id },
    }),
  ],
  [
    'aliases, and a field asked twice',
    () => ({
      query: `query ($id: ID!) { b: conversation(id: $id) { n: headSeq } a: conversation(id: $id) { id } a: conversation(id: $id) { errors: kind } }`,
      variables: { id },
    }),
  ],
  [
    'fragments in fragments',
    () => ({
      query: `query ($id: ID!) { ...Q } fragment Q on Query { conversation(id: $id) { ...C ... on Conversation { kind } } } fragment C on Conversation { id ... { headSeq } }`,
      variables: { id },
    }),
  ],
  ['the names of types', () => ({ query: `${CONVERSATION} { __typename t: __typename id } }`, variables: { id } })],
  ['the name of the root', () => ({ query: `${CONVERSATION} { id } __typename }`, variables: { id } })],
  ...[true, false].map((x): [string, () => Asked] => [
    `conditions, ${x}`,
    () => ({
      query: `query ($id: ID!, $x: Boolean!) { conversation(id: $id) { id @skip(if: $x) headSeq @include(if: $x) ... @include(if: $x) { kind } } }`,
      variables: { id, x },
    }),
  ]),
  [
    'a condition at the root with a default',
    () => ({
      query: `query ($id: ID!, $x: Boolean = false) { conversation(id: $id) @include(if: $x) { id } }`,
      variables: { id },
    }),
  ],
  [
    'one of two operations',
    () => ({
      query: `query A { conversations(first: 1) { edges { node { id } } } } query B { viewer { id } }`,
      operationName: 'A',
    }),
  ],
  [
    'an operation that is not there',
    () => ({ query: 'query A { conversations(first: 1) { edges { node { id } } } }', operationName: 'C' }),
  ],
  ['two operations and no name', () => ({ query: 'query A { viewer { id } } query B { viewer { id } }' })],
  ['a variable that is missing', () => ({ query: `${CONVERSATION} { id } }` })],
  ['a variable of another type', () => ({ query: `${CONVERSATION} { id } }`, variables: { id: { a: 1 } } })],
  ['a variable too many', () => ({ query: `${CONVERSATION} { id } }`, variables: { id, other: 1 } })],
  ['a number for an id', () => ({ query: `${CONVERSATION} { id } }`, variables: { id: 5 } })],
  [
    'input that breaks a rule',
    () => ({ query: `${CONVERSATION} { messages(first: 1000) { edges { node { id } } } } }`, variables: { id } }),
  ],
  ['a field that is not there', () => ({ query: '{ nothing }' })],
  ['a field that is hidden', () => ({ query: '{ viewer { avatarFileId } }' })],
  ['no GraphQL', () => ({ query: '{' })],
  ['introspection', () => ({ query: '{ __schema { queryType { name } } __type(name: "User") { name } }' })],
  [
    'several services',
    () => ({ query: `${CONVERSATION} { otherMember { id name avatarUrl } } viewer { name } }`, variables: { id } }),
  ],
  [
    'lists of things of another service, some of them the same',
    () => ({
      query: `${CONVERSATION} { messages(last: 3) { edges { node { content { ... on TextContent { text } } sender { id name avatarUrl } } } } otherMember { name ... on User { bio } } } }`,
      variables: { id },
    }),
  ],
  [
    'the same field with other arguments in two places',
    () => ({
      query: `${CONVERSATION} { a: messages(last: 1) { edges { node { sender { name pic: avatarUrl(size: LARGE) } } } } b: messages(last: 2) { edges { node { sender { name pic: avatarUrl } } } } } }`,
      variables: { id },
    }),
  ],
  ...[true, false].map((x): [string, () => Asked] => [
    `conditions on what another service has, ${x}`,
    () => ({
      query: `query ($id: ID!, $x: Boolean!) { conversation(id: $id) { otherMember { id @skip(if: $x) name @include(if: $x) ... @skip(if: $x) { bio } } } viewer { name @skip(if: $x) id } }`,
      variables: { id, x },
    }),
  ]),
  [
    'from one service to the next and the one after it',
    () => ({
      query: `query { viewer { id name friends(first: 5) { edges { friendsSince node { id name userName directConversation { id headSeq lastMessage { preview sender { name } } } } } } } }`,
    }),
  ],
  [
    'a mutation whose answer another service completes',
    () => ({
      query: `mutation ($input: SendMessageInput!) { sendMessage(input: $input) { __typename ... on SendMessagePayload { sentMessage { content { ... on TextContent { text } } sender { name } conversation { otherMember { name } } } } ... on UserError { code } } }`,
      variables: { input: { conversationId: id, clientMessageId: 'completed', content: { text: { text: 'x' } } } },
    }),
  ],
  [
    'what is refused at one place, with the rest of the answer',
    () => ({
      query: `query ($id: ID!) { conversation(id: $id) { messages(first: 1000) { edges { node { preview } } } } viewer { name } }`,
      variables: { id },
    }),
  ],
  [
    'names that objects in JavaScript have',
    () => ({ query: '{ constructor: viewer { toString: name valueOf: id } }' }),
  ],
  [
    'names of keys and types for other fields',
    () => ({
      query: `query ($id: ID!) { conversation(id: $id) { id: kind otherMember { id: name __typename: userName avatarUrl directConversation { id: headSeq } } } viewer { id: name sessions { id: isCurrent } } }`,
      variables: { id },
    }),
  ],
  ['words of JavaScript as names', () => ({ query: '{ class: viewer { return: name default: id null: userName } }' })],
  ...[
    '__typename',
    '... on UserError { code message }',
    '... on UserError { __typename code } ... on InvalidInput { field }',
  ].map((fields): [string, () => Asked] => [
    `a named error: ${fields}`,
    () => ({
      query: `mutation ($input: SendMessageInput!) { sendMessage(input: $input) { ${fields} ... on SendMessagePayload { sentMessage { id } } } }`,
      variables: { input: { conversationId: unknown, clientMessageId: 'x', content: { text: { text: 'x' } } } },
    }),
  ]),
  [
    'a mutation, again',
    () => ({
      query: `mutation ($input: SendMessageInput!) { sendMessage(input: $input) { ... on SendMessagePayload { sentMessage { id seq clientMessageId sentAt } } } }`,
      variables: { input: { conversationId: id, clientMessageId: 'again', content: { text: { text: 'x' } } } },
    }),
  ],
  [
    'an access token that renews',
    () => ({
      query:
        'mutation ($t: String!) { renewConnection(input: { accessToken: $t }) { __typename ... on RenewConnectionPayload { expiresAt } } }',
      variables: { t: ada.token },
    }),
  ],
])('%s', async (_name, asked) => {
  const http = withoutIds(await overHttp(asked()));
  const ws = withoutIds(await overSocket(asked()));
  expect(ws).toEqual(http);
  // Also the order of the fields, which is that of the operation.
  const dataOf = (answer: unknown) => JSON.stringify((answer as { data?: unknown }).data);
  expect(dataOf(ws)).toBe(dataOf(http));
  const right = await byApollo(asked());
  if (right === null) return;
  expect(http).toEqual(withoutIds(right));
  expect(dataOf(http)).toBe(dataOf(right));
});
