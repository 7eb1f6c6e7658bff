import { newId } from '../../../../kit/base/ids.ts';
import { crowd, type Person, pair, person } from '../../../../testing/people.ts';
import { sharedStack } from '../../../../testing/shared-stack.ts';
import type { SharedStack } from '../../../../testing/stack.ts';
import { countRows, readLog } from '../log-rows.ts';

let stack: SharedStack;
beforeAll(async () => {
  stack = await sharedStack({ chat: 2, user: 1 });
});
afterAll(() => stack.stop());

describe('history', () => {
  const HISTORY = `query ($id: ID!, $first: Int, $after: String, $last: Int, $before: String) {
    conversation(id: $id) { messages(first: $first, after: $after, last: $last, before: $before) {
      edges { cursor node { id seq content { ... on TextContent { text } } conversationId conversation { id } } } pageInfo { startCursor endCursor hasNextPage hasPreviousPage }
    } }
  }`;
  const read = async (viewer: Person, id: string, args: Record<string, unknown> = {}) =>
    (await viewer.chat.data(HISTORY, { id, ...args })).conversation.messages;
  const textsOf = (page: { edges: { node: { content: { text: string } } }[] }) =>
    page.edges.map(({ node }) => node.content.text);

  test('is complete in both directions, also where the log holds more than messages', async () => {
    const owner = await person(stack);
    const friends = await crowd(stack, 5);
    await owner.befriend(...friends);
    const [one, two, ...late] = friends as [Person, Person, ...Person[]];
    const id = await owner.group('Beavers', [one, two]);
    const wanted: string[] = [];
    for (let i = 0; i < 23; i += 1) {
      wanted.push(`${i}`);
      await (i % 2 ? owner : one).at(i % 2).send(id, `${i}`);
      const joining = i % 9 === 4 ? late.pop() : undefined;
      if (joining) await owner.add(id, joining);
    }
    expect((await readLog(stack, id)).filter(({ kind }) => kind === 'MEMBER_JOINED')).toHaveLength(3);

    for (const size of [1, 4, 23, 100]) {
      const forward: string[] = [];
      for (let after: string | null = null, more = true; more; ) {
        const page = await read(two, id, { first: size, after });
        forward.push(...textsOf(page));
        after = page.pageInfo.endCursor;
        more = page.pageInfo.hasNextPage;
      }
      const backward: string[] = [];
      for (let before: string | null = null, more = true; more; ) {
        const page = await read(two, id, { last: size, before });
        backward.unshift(...textsOf(page));
        before = page.pageInfo.startCursor;
        more = page.pageInfo.hasPreviousPage;
      }
      expect([forward, backward]).toEqual([wanted, wanted]);
    }
    expect(textsOf(await read(two, id, { last: 3 }))).toEqual(['20', '21', '22']);
    expect((await read(two, id, { first: 1 })).edges[0].node).toMatchObject({ seq: 2, conversation: { id } });
  });

  test('an empty page says so', async () => {
    const { ada, id } = await pair(stack);
    const none = {
      edges: [],
      pageInfo: { startCursor: null, endCursor: null, hasNextPage: false, hasPreviousPage: false },
    };
    expect(await read(ada, id, { last: 20 })).toEqual(none);
    await ada.send(id, 'one');
    const { pageInfo } = await read(ada, id, { first: 1 });
    expect((await read(ada, id, { first: 1, after: pageInfo.endCursor })).edges).toEqual([]);
  });

  test.each([
    ['first: 0', { first: 0 }, 'first'],
    ['last: 101', { last: 101 }, 'last'],
    ['a cursor that is none', { after: '!' }, 'after'],
    ['a cursor of another list', { before: Buffer.from('["members","x"]').toString('base64url') }, 'before'],
    [
      'a cursor with text for a number',
      { after: Buffer.from('["messages","1 OR 1=1"]').toString('base64url') },
      'after',
    ],
  ])('%s is refused by name', async (_what, args, field) => {
    const { ada, id } = await pair(stack);
    const { errors, status } = await ada.chat.send(HISTORY, { id, ...args });
    expect(status).toBe(200);
    expect(errors).toMatchObject([{ extensions: { code: 'INVALID_INPUT', field } }]);
  });
});

describe('read positions', () => {
  test('what one sent is read by them, and what others sent is not until they say so', async () => {
    const { ada, bob, id } = await pair(stack);
    for (const text of ['1', '2', '3']) await ada.send(id, text);
    expect(await ada.see(id)).toMatchObject({ unreadCount: 0, viewerMembership: { readSeq: 4 } });
    expect(await bob.at(1).see(id)).toMatchObject({ unreadCount: 3, viewerMembership: { readSeq: 1 } });
    expect(await bob.markRead(id, 3)).toMatchObject({
      conversation: { unreadCount: 1, viewerMembership: { readSeq: 3 } },
    });
    await bob.send(id, '4');
    expect((await bob.see(id)).unreadCount).toBe(0);
    expect((await ada.see(id)).unreadCount).toBe(1);
    const { members } = await ada.see(id);
    const positions = Object.fromEntries(
      members.edges.map(({ node }: { node: { user: { id: string }; readSeq: number } }) => [
        node.user.id,
        node.readSeq,
      ]),
    );
    expect(positions).toEqual({ [ada.id]: 4, [bob.id]: 5 });
  });

  test('never go back and never beyond the head, also when many devices write at once', async () => {
    const { ada, bob, id } = await pair(stack);
    for (let i = 0; i < 10; i += 1) await ada.send(id, `${i}`);
    await Promise.all([7, 2, 9, 4, 8, 1].map((seq) => bob.markRead(id, seq)));
    expect(await bob.see(id)).toMatchObject({ unreadCount: 2, viewerMembership: { readSeq: 9 } });
    expect(await bob.markRead(id, 0)).toMatchObject({ conversation: { unreadCount: 2 } });
    expect(await bob.markRead(id, 2_000_000_000)).toMatchObject({
      conversation: { unreadCount: 0, viewerMembership: { readSeq: 11 } },
    });
    await ada.send(id, 'more');
    expect(await bob.see(id)).toMatchObject({ unreadCount: 1, viewerMembership: { readSeq: 11 } });
  });

  test('marking makes nobody a member', async () => {
    const { id } = await pair(stack);
    const eve = await person(stack);
    const before = await countRows(stack);
    const strange = await eve.markRead(id, 1);
    expect(strange).toMatchObject({ __typename: 'NotAMember' });
    expect(await eve.markRead(newId('conv'), 1)).toEqual(strange);
    expect(await eve.markRead(id, -1)).toMatchObject({ __typename: 'InvalidInput', field: 'seq' });
    expect(await eve.markRead('x', 1)).toMatchObject({ __typename: 'InvalidInput', field: 'conversationId' });
    expect(await countRows(stack)).toEqual(before);
  });
});

describe('the list', () => {
  const LIST = `query ($first: Int, $after: String, $last: Int, $before: String) {
    conversations(first: $first, after: $after, last: $last, before: $before) {
      edges { cursor node { id unreadCount lastMessage { preview } } } pageInfo { startCursor endCursor hasNextPage hasPreviousPage }
    }
  }`;
  const list = async (viewer: Person, args: Record<string, unknown> = {}) =>
    (await viewer.chat.data(LIST, args)).conversations;
  const idsOf = (page: { edges: { node: { id: string } }[] }) => page.edges.map(({ node }) => node.id);

  test('has the latest activity first, with last message and unread count, in both directions', async () => {
    const ada = await person(stack);
    const friends = await crowd(stack, 5);
    await ada.befriend(...friends);
    const opened: string[] = [];
    for (const friend of friends) opened.push(await ada.direct(friend));
    expect(idsOf(await list(ada))).toEqual([...opened].reverse());
    await (friends[2] as Person).send(opened[2] as string, 'ping');
    const wanted = [2, 4, 3, 1, 0].map((i) => opened[i] as string);
    const all = await list(ada);
    expect(idsOf(all)).toEqual(wanted);
    expect(all.edges[0].node).toMatchObject({ unreadCount: 1, lastMessage: { preview: 'ping' } });

    const first = await list(ada, { first: 2 });
    const second = await list(ada, { first: 2, after: first.pageInfo.endCursor });
    const third = await list(ada, { first: 2, after: second.pageInfo.endCursor });
    expect([first, second, third].flatMap(idsOf)).toEqual(wanted);
    expect([first, second, third].map((page) => page.pageInfo.hasNextPage)).toEqual([true, true, false]);
    const last = await list(ada, { last: 3 });
    const before = await list(ada, { last: 3, before: last.pageInfo.startCursor });
    expect([...idsOf(before), ...idsOf(last)]).toEqual(wanted);
    expect([last, before].map((page) => page.pageInfo.hasPreviousPage)).toEqual([true, false]);
    expect(idsOf(await list(friends[0] as Person))).toEqual([opened[0]]);
  });

  test('keeps conversations with the same time apart', async () => {
    const ada = await person(stack);
    const friends = await crowd(stack, 4);
    await ada.befriend(...friends);
    const opened = await Promise.all(friends.map((friend) => ada.direct(friend)));
    await stack.mysql.query(
      "UPDATE chat_conversations SET last_activity_at = '2026-01-01 00:00:00.123' WHERE id IN (?)",
      [opened],
    );
    const seen: string[] = [];
    for (let after: string | null = null, more = true; more; ) {
      const page: Awaited<ReturnType<typeof list>> = await list(ada, { first: 1, after });
      seen.push(...idsOf(page));
      after = page.pageInfo.endCursor;
      more = page.pageInfo.hasNextPage;
    }
    expect(seen).toEqual([...opened].sort().reverse());
  });

  test.each([
    ['first: 0', { first: 0 }, 'first'],
    ['first: 101', { first: 101 }, 'first'],
    ['last: -1', { last: -1 }, 'last'],
    ['both directions', { first: 1, last: 1 }, 'last'],
    ['a cursor that is none', { after: 'x' }, 'after'],
    ['a cursor of another list', { after: Buffer.from('["messages",5]').toString('base64url') }, 'after'],
    [
      'a cursor with a time that is none',
      { after: Buffer.from(`["conversations",1e300,"${newId('conv')}"]`).toString('base64url') },
      'after',
    ],
  ])('%s is refused by name', async (_what, args, field) => {
    const ada = await person(stack);
    const { errors, status } = await ada.chat.send(LIST, args);
    expect(status).toBe(200);
    expect(errors).toMatchObject([{ extensions: { code: 'INVALID_INPUT', field } }]);
  });
});
