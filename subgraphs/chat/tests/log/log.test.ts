import { type Person, people, person } from '../../../../testing/people.ts';
import { sharedStack } from '../../../../testing/shared-stack.ts';
import type { SharedStack } from '../../../../testing/stack.ts';

/* The log read again: what happened in a conversation, as each may see it. */

let stack: SharedStack;
beforeAll(async () => {
  stack = await sharedStack({ chat: 1, user: 1 });
});
afterAll(() => stack.stop());

const ENTRY = `__typename conversationId seq
  ... on MessageSent { message { preview } } ... on MemberJoined { userId actorId user { id } } ... on MemberLeft { userId }`;
const PAGE = `edges { cursor node { ${ENTRY} } } pageInfo { startCursor endCursor hasNextPage hasPreviousPage }
  asOf { conversationId seq }`;
const LOG = `query ($id: ID!, $first: Int, $after: String, $last: Int, $before: String, $around: Int, $aroundTime: DateTime) {
  conversation(id: $id) { headSeq
    log(first: $first, after: $after, last: $last, before: $before, around: $around, aroundTime: $aroundTime) { ${PAGE} }
    messages(first: $first, around: $around, aroundTime: $aroundTime) { edges { node { seq } } asOf { seq } } } }`;

interface Entry {
  __typename: string;
  seq: number;
  userId?: string;
  message?: { preview: string };
}
type Edge = { cursor: string; node: Entry };

async function read(viewer: Person, id: string, args: object = {}) {
  const { conversation } = await viewer.chat.data(LOG, { id, ...args });
  return conversation?.log as { edges: Edge[]; pageInfo: Record<string, unknown>; asOf: { seq: number } } | undefined;
}
const namesOf = (edges: Edge[] = []) => edges.map(({ node: { seq, __typename } }) => `${seq} ${__typename}`);
const seqsOf = (edges: Edge[] = []) => edges.map(({ node }) => node.seq);

/** Ada's group: Bob leaves (4), Dan comes (6), Bob comes back (8). */
async function group() {
  const { ada, bob, carl, dan } = await people(stack, 'ada', 'bob', 'carl', 'dan');
  await ada.befriend(bob, carl, dan);
  const id = await ada.group('Beavers', [bob, carl]);
  await ada.send(id, 'two');
  await bob.send(id, 'three');
  await bob.leave(id);
  await ada.send(id, 'five');
  await ada.add(id, dan);
  await dan.send(id, 'seven');
  await ada.add(id, bob);
  await bob.send(id, 'nine');
  return { ada, bob, carl, dan, id };
}

const NAMES = [
  '1 ConversationCreated',
  '2 MessageSent',
  '3 MessageSent',
  '4 MemberLeft',
  '5 MessageSent',
  '6 MemberJoined',
  '7 MessageSent',
  '8 MemberJoined',
  '9 MessageSent',
];

test('each sees what happened while they were in it, and nobody else anything', async () => {
  const { ada, bob, carl, dan, id } = await group();
  const stranger = await person(stack);
  const all = { last: 100 };
  for (const [viewer, names] of [
    [ada, NAMES],
    [carl, NAMES],
    [dan, NAMES.slice(5)],
    // What was said while he was out is not his to see, nor what came before.
    [bob, NAMES.slice(7)],
  ] as const) {
    expect(namesOf((await read(viewer, id, all))?.edges)).toEqual(names);
    // However it is asked for.
    for (const args of [
      { first: 100 },
      { first: 100, around: 1 },
      { first: 100, aroundTime: '2000-01-01T00:00:00Z' },
    ]) {
      expect(namesOf((await read(viewer, id, args))?.edges)).toEqual(names);
    }
    const cursor = (await read(ada, id, { first: 1 }))?.edges[0]?.cursor;
    expect(namesOf((await read(viewer, id, { first: 100, after: cursor }))?.edges)).toEqual(
      names.filter((name) => name !== NAMES[0]),
    );
  }
  expect(await read(stranger, id)).toBeUndefined();
  await dan.leave(id);
  expect(await read(dan, id, all)).toBeUndefined();
  expect(namesOf((await read(ada, id, all))?.edges)).toEqual([...NAMES, '10 MemberLeft']);
});

test('an entry says again what it said when it happened', async () => {
  const { ada, bob, dan, id } = await group();
  const entries = (await read(ada, id, { last: 100 }))?.edges.map(({ node }) => node);
  expect(entries?.[1]).toEqual({ __typename: 'MessageSent', conversationId: id, seq: 2, message: { preview: 'two' } });
  expect(entries?.[3]).toEqual({ __typename: 'MemberLeft', conversationId: id, seq: 4, userId: bob.id });
  const joined = { __typename: 'MemberJoined', conversationId: id, seq: 6, actorId: ada.id };
  expect(entries?.[5]).toEqual({ ...joined, userId: dan.id, user: { id: dan.id } });
});

test('pages meet in both directions', async () => {
  const { ada, id } = await group();
  const forward: number[] = [];
  for (let after: unknown = null; ; ) {
    const page = await read(ada, id, { first: 4, after });
    forward.push(...seqsOf(page?.edges));
    expect(page?.asOf.seq).toBe(9);
    if (!page?.pageInfo.hasNextPage) break;
    after = page.pageInfo.endCursor;
  }
  expect(forward).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  const backward: number[] = [];
  for (let before: unknown = null; ; ) {
    const page = await read(ada, id, { last: 4, before });
    backward.unshift(...seqsOf(page?.edges));
    if (!page?.pageInfo.hasPreviousPage) break;
    before = page.pageInfo.startCursor;
  }
  expect(backward).toEqual(forward);
});

test('a page around an entry or a time has both sides of it, and goes on from there', async () => {
  const { ada, dan, id } = await group();
  const page = await read(ada, id, { around: 5, first: 4 });
  expect(seqsOf(page?.edges)).toEqual([3, 4, 5, 6]);
  expect(page?.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: true });
  expect(seqsOf((await read(ada, id, { first: 2, after: page?.pageInfo.endCursor }))?.edges)).toEqual([7, 8]);
  expect(seqsOf((await read(ada, id, { last: 9, before: page?.pageInfo.startCursor }))?.edges)).toEqual([1, 2]);
  for (const [around, first, expected, hasNextPage, hasPreviousPage] of [
    [1, 4, [1, 2], true, false],
    [0, 4, [1, 2], true, false],
    [9, 4, [7, 8, 9], false, true],
    [500, 4, [8, 9], false, true],
    [5, 1, [5], true, true],
    [5, 100, [1, 2, 3, 4, 5, 6, 7, 8, 9], false, false],
  ] as const) {
    const { edges, pageInfo } = (await read(ada, id, { around, first })) ?? {};
    expect([around, seqsOf(edges)]).toEqual([around, expected]);
    expect([around, pageInfo]).toMatchObject([around, { hasNextPage, hasPreviousPage }]);
  }
  // Entry n happened at minute n.
  await stack.mysql.query(
    "UPDATE chat_log SET created_at = TIMESTAMPADD(MINUTE, seq, '2026-01-01 00:00:00') WHERE conversation_id = ?",
    [id],
  );
  for (const [minute, expected] of [
    ['00:05:00.000Z', [3, 4, 5, 6]],
    ['00:04:00.001Z', [3, 4, 5, 6]],
    ['00:00:00.000Z', [1, 2]],
    ['00:59:00.000Z', [8, 9]],
    ['08:05:00.000+08:00', [3, 4, 5, 6]],
  ] as const) {
    const { edges } = (await read(ada, id, { aroundTime: `2026-01-01T${minute}`, first: 4 })) ?? {};
    expect([minute, seqsOf(edges)]).toEqual([minute, expected]);
  }
  expect(seqsOf((await read(dan, id, { aroundTime: '2026-01-01T00:02:00Z', first: 4 }))?.edges)).toEqual([6, 7]);
  const { conversation } = await ada.chat.data(LOG, { id, around: 5, first: 4 });
  expect(conversation.messages.edges.map(({ node }: Edge) => node.seq)).toEqual([2, 3, 5, 7]);
  // A log with a hole, as after a restore.
  await stack.mysql.query('DELETE FROM chat_log WHERE conversation_id = ? AND seq BETWEEN 3 AND 7', [id]);
  const { edges } = (await read(ada, id, { aroundTime: '2026-01-01T00:05:00Z', first: 2 })) ?? {};
  expect(seqsOf(edges)).toEqual([2, 8]);
});

test('arguments that contradict each other, and cursors of another list, are refused by name', async () => {
  const { ada, id } = await group();
  const { conversation } = await ada.chat.data(
    'query ($id: ID!) { conversation(id: $id) { messages(first: 1) { edges { cursor } } } }',
    { id },
  );
  const [{ cursor }] = conversation.messages.edges;
  const aroundTime = '2026-01-01T00:00:00Z';
  for (const [args, field] of [
    ['around: 5, last: 2', 'around'],
    [`around: 5, after: "${cursor}"`, 'around'],
    [`aroundTime: "${aroundTime}", before: "${cursor}"`, 'aroundTime'],
    [`around: 5, aroundTime: "${aroundTime}"`, 'aroundTime'],
    ['around: -1', 'around'],
    ['around: 5, first: 101', 'first'],
    ['first: 2, last: 2', 'last'],
    [`after: "${cursor}"`, 'after'],
  ]) {
    const { errors } = await ada.chat.send(
      `query ($id: ID!) { conversation(id: $id) { log(${args}) { edges { cursor } } } }`,
      { id },
    );
    expect([args, errors]).toMatchObject([args, [{ extensions: { code: 'INVALID_INPUT', field } }]]);
  }
});

test('an entry that cannot be read, and one of an unknown kind, stand in its page neutrally', async () => {
  const { ada, id } = await group();
  await stack.mysql.query('UPDATE chat_log SET payload = NULL WHERE conversation_id = ? AND seq = 4', [id]);
  await stack.mysql.query('DELETE FROM chat_messages WHERE conversation_id = ? AND seq = 5', [id]);
  await stack.mysql.query("UPDATE chat_log SET kind = 'RENAMED' WHERE conversation_id = ? AND seq = 6", [id]);
  expect(namesOf((await read(ada, id, { around: 5, first: 4 }))?.edges)).toEqual([
    '3 MessageSent',
    '4 EntryLost',
    '5 EntryLost',
    '6 UnknownEntry',
  ]);
});
