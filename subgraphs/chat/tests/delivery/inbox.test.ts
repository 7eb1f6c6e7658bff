import { newId, newUuid } from '../../../../kit/base/ids.ts';
import { sharedStack } from '../../../../testing/shared-stack.ts';
import type { SharedStack } from '../../../../testing/stack.ts';
import { waitFor } from '../../../../testing/wait.ts';
import {
  befriend,
  createGroup,
  openDirect,
  type Person,
  pair,
  person,
  send,
  sendOn,
  type TestEvent,
} from '../people.ts';

let stack: SharedStack;
beforeAll(async () => {
  stack = await sharedStack({ chat: 2, user: 1 });
});
afterAll(() => stack.stop());

const GROUP = 'mutation ($input: AddGroupMembersInput!) { addGroupMembers(input: $input) { __typename } }';
const LEAVE = 'mutation ($input: LeaveGroupInput!) { leaveGroup(input: $input) { __typename } }';
const add = (by: Person, conversationId: string, who: Person) =>
  by.chat(1).data(GROUP, { input: { conversationId, memberIds: [who.id] } });
const leave = (who: Person, conversationId: string) => who.chat(1).data(LEAVE, { input: { conversationId } });

const isStarted = ({ inbox }: { inbox: TestEvent }) => inbox.__typename === 'InboxStarted';
const hasText = (text: string) => (event: { inbox: TestEvent }) => event.inbox.message?.content.text === text;
const seqsOf = (entries: TestEvent[]) => entries.map(({ seq }) => seq);
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);

/** Writes many messages into a conversation at once, as so many sends would have. */
async function fill(conversationId: string, senderId: string, count: number): Promise<void> {
  const [{ head_seq: head, message_count: ordinal }] = await stack.mysql.query(
    'SELECT head_seq, message_count FROM chat_conversations WHERE id = ?',
    [conversationId],
  );
  const rows = range(1, count);
  await stack.mysql.batch(
    `INSERT INTO chat_messages (conversation_id, seq, id, sender_id, client_message_id, ordinal, kind, content, created_at)
     VALUES (?, ?, ?, ?, ?, ?, 'TEXT', ?, UTC_TIMESTAMP(3))`,
    rows.map((i) => [
      conversationId,
      head + i,
      newId('msg'),
      senderId,
      newUuid(),
      ordinal + i,
      JSON.stringify({ text: `${i}` }),
    ]),
  );
  await stack.mysql.batch(
    "INSERT INTO chat_log (conversation_id, seq, kind, actor_id, message_seq, created_at) VALUES (?, ?, 'MESSAGE_SENT', ?, ?, UTC_TIMESTAMP(3))",
    rows.map((i) => [conversationId, head + i, senderId, head + i]),
  );
  await stack.mysql.query(
    'UPDATE chat_conversations SET head_seq = ?, message_count = ?, last_message_seq = ? WHERE id = ?',
    [head + count, ordinal + count, head + count, conversationId],
  );
}

describe('starting', () => {
  test('says first where it starts, for every conversation of the viewer, and then delivers live', async () => {
    const { ada, bob, id } = await pair(stack);
    const carl = await person(stack);
    await befriend(stack, bob, carl);
    const other = await openDirect(carl, bob);
    await send(ada, id, 'missed');
    const inbox = bob.inbox();
    await inbox.until(isStarted);
    expect(inbox.events).toHaveLength(1);
    const byId = (a: { conversationId: string }, b: { conversationId: string }) =>
      a.conversationId < b.conversationId ? -1 : 1;
    expect(inbox.events[0]?.inbox.positions?.sort(byId)).toEqual(
      [
        { conversationId: id, seq: 2 },
        { conversationId: other, seq: 1 },
      ].sort(byId),
    );
    const sent = await send(ada, id, 'live', 1, 'mine');
    await inbox.until(hasText('live'));
    expect(inbox.entries()).toEqual([
      {
        __typename: 'MessageSent',
        conversationId: id,
        seq: 3,
        happenedAt: expect.stringMatching(/^\d{4}-.*Z$/),
        message: { id: sent.id, content: { text: 'live' }, clientMessageId: null, sender: { id: ada.id } },
      },
    ]);
    await inbox.close();
  });

  test('replays after the positions given, each entry once and in order', async () => {
    const { ada, bob, id } = await pair(stack);
    for (const text of ['1', '2', '3', '4']) await send(ada, id, text);
    const inbox = bob.inbox({ positions: [{ conversationId: id, seq: 2 }], instance: 1 });
    await inbox.until(hasText('4'));
    expect(inbox.events[0]?.inbox.positions).toEqual([{ conversationId: id, seq: 2 }]);
    expect(seqsOf(inbox.entries())).toEqual([3, 4, 5]);
    const all = bob.inbox({ positions: [{ conversationId: id, seq: 0 }] });
    await all.until(hasText('4'));
    expect(all.entries().map(({ __typename, seq }) => [__typename, seq])).toEqual([
      ['ConversationCreated', 1],
      ...range(2, 5).map((seq) => ['MessageSent', seq]),
    ]);
    await Promise.all([inbox.close(), all.close()]);
  });

  test('takes a position beyond the head as the head, and knows nothing of conversations of others', async () => {
    const { ada, bob, id } = await pair(stack);
    const strange = await pair(stack);
    await send(strange.ada, strange.id, 'secret');
    const positions = [
      { conversationId: id, seq: 1_000_000 },
      { conversationId: strange.id, seq: 0 },
      { conversationId: newId('conv'), seq: 0 },
    ];
    const inbox = bob.inbox({ positions });
    await inbox.until(isStarted);
    expect(inbox.events[0]?.inbox.positions).toEqual([{ conversationId: id, seq: 1 }]);
    await send(strange.ada, strange.id, 'secret');
    await send(ada, id, 'hello');
    await inbox.until(hasText('hello'));
    expect(inbox.entries()).toHaveLength(1);
    await inbox.close();
  });

  test('replays up to 1,000 entries, in pages, and joins them with what comes meanwhile', async () => {
    const { ada, bob, id } = await pair(stack);
    await fill(id, ada.id, 998);
    const inbox = bob.inbox({ positions: [{ conversationId: id, seq: 0 }] });
    await inbox.until(isStarted);
    await send(ada, id, 'live');
    await inbox.until(hasText('live'));
    expect(seqsOf(inbox.entries())).toEqual(range(1, 1_000));
    await inbox.close();
  });

  test('says so where the gap is larger, replays nothing of it, and goes on live', async () => {
    const { ada, bob, id } = await pair(stack);
    await fill(id, ada.id, 1_000);
    const inbox = bob.inbox({ positions: [{ conversationId: id, seq: 0 }] });
    await inbox.until(({ inbox: event }) => event.__typename === 'GapTooLarge');
    expect(inbox.events[1]?.inbox).toEqual({ __typename: 'GapTooLarge', conversationId: id, headSeq: 1_001 });
    await send(ada, id, 'live');
    await inbox.until(hasText('live'));
    expect(seqsOf(inbox.entries())).toEqual([1_002]);
    await inbox.close();
  });
});

test('replay and live are joined without a seam while many send, and a client that resumes has every entry once', async () => {
  const owner = await person(stack);
  const friends = await Promise.all([person(stack), person(stack), person(stack)]);
  await befriend(stack, owner, ...friends);
  const ids = [await createGroup(owner, friends), await createGroup(owner, friends)];
  const reader = friends[0] as Person;
  const people = [owner, friends[1] as Person, friends[2] as Person];
  const sending = sendOn(people, (from, i) => send(from, ids[i % 2] as string, `${i}`, i % 2));

  const got = new Map(ids.map((id) => [id, [] as number[]]));
  const keep = (entries: TestEvent[]) => {
    for (const { conversationId, seq } of entries) got.get(conversationId)?.push(seq);
  };
  const positions = () => ids.map((conversationId) => ({ conversationId, seq: got.get(conversationId)?.at(-1) ?? 0 }));
  await sending.during(async () => {
    for (let round = 0; round < 25; round += 1) {
      const inbox = reader.inbox({ positions: positions(), instance: round % 2 });
      // Some are cut off during the replay, some later.
      await waitFor(() => inbox.entries().length >= (round % 5) * 4 + 1, { what: `entries in round ${round}` });
      await inbox.close();
      expect(inbox.errors).toEqual([]);
      keep(inbox.entries());
    }
  });

  const heads = await stack.mysql.query('SELECT id, head_seq FROM chat_conversations WHERE id IN (?)', [ids]);
  const last = reader.inbox({ positions: positions() });
  const isThere = ({ id, head_seq }: { id: string; head_seq: number }) =>
    (last.entries(id).at(-1)?.seq ?? got.get(id)?.at(-1)) === head_seq;
  await waitFor(() => heads.every(isThere), { what: 'the rest' });
  keep(last.entries());
  await last.close();
  for (const { id, head_seq } of heads) expect(got.get(id)).toEqual(range(1, head_seq));
  expect(heads[0].head_seq).toBeGreaterThan(30);
});

test('many who are connected to both instances get all that is sent at once, in order', async () => {
  const owner = await person(stack);
  const friends = await Promise.all(Array.from({ length: 5 }, () => person(stack)));
  await befriend(stack, owner, ...friends);
  const id = await createGroup(owner, friends);
  const inboxes = [owner, ...friends].map((one, index) => one.inbox({ instance: index % 2 }));
  for (const inbox of inboxes) await inbox.until(isStarted);
  await Promise.all(friends.flatMap((from, i) => range(1, 10).map((n) => send(from, id, `${i}.${n}`, n % 2))));
  for (const inbox of inboxes) {
    await waitFor(() => inbox.entries().length === 50, { what: 'all 50' });
    expect(seqsOf(inbox.entries())).toEqual(range(2, 51));
  }
  await Promise.all(inboxes.map((inbox) => inbox.close()));
});

describe('membership', () => {
  test('conversations that are made with the viewer appear by themselves, from their first entry', async () => {
    const [ada, bob, carl] = [await person(stack), await person(stack), await person(stack)];
    await befriend(stack, ada, bob, carl);
    const inbox = bob.inbox();
    await inbox.until(isStarted);
    expect(inbox.events[0]?.inbox.positions).toEqual([]);
    const direct = await openDirect(ada, bob, 1);
    const group = await createGroup(ada, [bob, carl]);
    await send(ada, direct, 'direct', 1);
    await send(carl, group, 'group', 1);
    await inbox.until(hasText('direct'));
    await inbox.until(hasText('group'));
    for (const id of [direct, group]) {
      expect(inbox.entries(id).map(({ __typename, seq }) => [__typename, seq])).toEqual([
        ['ConversationCreated', 1],
        ['MessageSent', 2],
      ]);
    }
    await inbox.close();
  });

  test('who leaves gets the entry that says so and nothing after it, until they come back', async () => {
    const [ada, bob, carl] = [await person(stack), await person(stack), await person(stack)];
    await befriend(stack, ada, bob, carl);
    const id = await createGroup(ada, [bob, carl]);
    const [inbox, other] = [bob.inbox(), carl.inbox()];
    await inbox.until(isStarted);
    await other.until(isStarted);
    await send(ada, id, 'one');
    await leave(bob, id);
    await send(ada, id, 'secret');
    await other.until(hasText('secret'));
    await add(ada, id, bob);
    await send(ada, id, 'back');
    await inbox.until(hasText('back'));
    expect(inbox.entries(id).map(({ __typename, seq }) => [__typename, seq])).toEqual([
      ['MessageSent', 2],
      ['MemberLeft', 3],
      ['MemberJoined', 5],
      ['MessageSent', 6],
    ]);
    expect(inbox.entries(id)[1]?.user).toEqual({ id: bob.id });
    expect(seqsOf(other.entries(id))).toEqual(range(2, 6));
    await Promise.all([inbox.close(), other.close()]);
  });

  test('who left while they were away learns it when they resume, and no more', async () => {
    const [ada, bob, carl] = [await person(stack), await person(stack), await person(stack)];
    await befriend(stack, ada, bob, carl);
    const id = await createGroup(ada, [bob, carl]);
    await send(ada, id, 'one');
    await leave(bob, id);
    await send(ada, id, 'secret');
    const inbox = bob.inbox({ positions: [{ conversationId: id, seq: 1 }] });
    await inbox.until(({ inbox: event }) => event.__typename === 'MemberLeft');
    expect(inbox.events[0]?.inbox.positions).toEqual([{ conversationId: id, seq: 1 }]);
    expect(seqsOf(inbox.entries())).toEqual([2, 3]);
    // One who has the last entry, or says nothing, is not told of it again.
    for (const positions of [[{ conversationId: id, seq: 3 }], []]) {
      const informed = bob.inbox({ positions });
      await informed.until(isStarted);
      expect(informed.events[0]?.inbox.positions).toEqual([]);
      await informed.close();
    }
    // Who came back sees nothing of the time between.
    await add(ada, id, bob);
    const back = bob.inbox({ positions: [{ conversationId: id, seq: 1 }] });
    await back.until(({ inbox: event }) => event.__typename === 'MemberJoined');
    expect(back.events[0]?.inbox.positions).toEqual([{ conversationId: id, seq: 4 }]);
    expect(seqsOf(back.entries())).toEqual([5]);
    await Promise.all([inbox.close(), back.close()]);
  });

  test('leaving and coming back many times while others send shows exactly the times inside', async () => {
    const [ada, bob, carl] = [await person(stack), await person(stack), await person(stack)];
    await befriend(stack, ada, bob, carl);
    const id = await createGroup(ada, [bob, carl]);
    const [inbox, all] = [bob.inbox(), carl.inbox()];
    await inbox.until(isStarted);
    await all.until(isStarted);
    await sendOn([ada], (from, i) => send(from, id, `${i}`)).during(async () => {
      for (let round = 0; round < 12; round += 1) {
        await leave(bob, id);
        await add(ada, id, bob);
      }
    });
    await send(ada, id, 'end');
    await inbox.until(hasText('end'));
    await all.until(hasText('end'));
    let isIn = true;
    const visible = all.entries(id).filter(({ __typename, user }) => {
      const isAbout = user?.id === bob.id;
      const sees = isIn || (isAbout && __typename === 'MemberJoined');
      if (isAbout) isIn = __typename === 'MemberJoined';
      return sees;
    });
    expect(seqsOf(inbox.entries(id))).toEqual(seqsOf(visible));
    expect(visible.length).toBeGreaterThan(24);
    await Promise.all([inbox.close(), all.close()]);
  });
});
