import { newId } from '../../../../kit/base/ids.ts';
import type { InboxEvent } from '../../../../testing/inbox.ts';
import { crowd, type Person, pair, people, person } from '../../../../testing/people.ts';
import { seedMessages } from '../../../../testing/seed.ts';
import { sharedStack } from '../../../../testing/shared-stack.ts';
import type { SharedStack } from '../../../../testing/stack.ts';
import { waitFor } from '../../../../testing/wait.ts';
import { sendOn } from '../sends.ts';

let stack: SharedStack;
beforeAll(async () => {
  stack = await sharedStack({ chat: 2, user: 1 });
});
afterAll(() => stack.stop());

const seqsOf = (entries: InboxEvent[]) => entries.map(({ seq }) => seq);
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);

describe('starting', () => {
  test('says first where it starts, for every conversation of the viewer, and then delivers live', async () => {
    const { ada, bob, id } = await pair(stack);
    const carl = await person(stack);
    await bob.befriend(carl);
    const other = await carl.direct(bob);
    await ada.send(id, 'missed');
    const inbox = await bob.inbox();
    expect(inbox.events).toHaveLength(1);
    const byId = (a: { conversationId: string }, b: { conversationId: string }) =>
      a.conversationId < b.conversationId ? -1 : 1;
    expect(inbox.positions?.sort(byId)).toEqual(
      [
        { conversationId: id, seq: 2 },
        { conversationId: other, seq: 1 },
      ].sort(byId),
    );
    const sent = await ada.at(1).send(id, 'live', 'mine');
    await inbox.text('live');
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
    for (const text of ['1', '2', '3', '4']) await ada.send(id, text);
    const inbox = bob.at(1).openInbox([{ conversationId: id, seq: 2 }]);
    await inbox.text('4');
    expect(inbox.positions).toEqual([{ conversationId: id, seq: 2 }]);
    expect(inbox.seqs()).toEqual([3, 4, 5]);
    const all = bob.openInbox([{ conversationId: id, seq: 0 }]);
    await all.text('4');
    expect(all.entries().map(({ __typename, seq }) => [__typename, seq])).toEqual([
      ['ConversationCreated', 1],
      ...range(2, 5).map((seq) => ['MessageSent', seq]),
    ]);
    await Promise.all([inbox.close(), all.close()]);
  });

  test('takes a position beyond the head as the head, and knows nothing of conversations of others', async () => {
    const { ada, bob, id } = await pair(stack);
    const strange = await pair(stack);
    await strange.ada.send(strange.id, 'secret');
    const positions = [
      { conversationId: id, seq: 1_000_000 },
      { conversationId: strange.id, seq: 0 },
      { conversationId: newId('conv'), seq: 0 },
    ];
    const inbox = await bob.inbox(positions);
    expect(inbox.positions).toEqual([{ conversationId: id, seq: 1 }]);
    await strange.ada.send(strange.id, 'secret');
    await ada.send(id, 'hello');
    await inbox.text('hello');
    expect(inbox.entries()).toHaveLength(1);
    await inbox.close();
  });

  test('replays up to 1,000 entries, in pages, and joins them with what comes meanwhile', async () => {
    const { ada, bob, id } = await pair(stack);
    await seedMessages(stack.mysql, { conversationId: id, actorId: ada.id }, 998);
    const inbox = await bob.inbox([{ conversationId: id, seq: 0 }]);
    await ada.send(id, 'live');
    await inbox.text('live');
    expect(inbox.seqs()).toEqual(range(1, 1_000));
    await inbox.close();
  });

  test('says so where the gap is larger, replays nothing of it, and goes on live', async () => {
    const { ada, bob, id } = await pair(stack);
    await seedMessages(stack.mysql, { conversationId: id, actorId: ada.id }, 1_000);
    const inbox = bob.openInbox([{ conversationId: id, seq: 0 }]);
    await inbox.next('GapTooLarge');
    expect(inbox.events[1]).toEqual({ __typename: 'GapTooLarge', conversationId: id, headSeq: 1_001 });
    await ada.send(id, 'live');
    await inbox.text('live');
    expect(inbox.seqs()).toEqual([1_002]);
    await inbox.close();
  });
});

test('replay and live are joined without a seam while many send, and a client that resumes has every entry once', async () => {
  const owner = await person(stack);
  const friends = await crowd(stack, 3);
  await owner.befriend(...friends);
  const ids = [await owner.group('Beavers', friends), await owner.group('Beavers', friends)];
  const reader = friends[0] as Person;
  const people = [owner, friends[1] as Person, friends[2] as Person];
  const sending = sendOn(people, (from, i) => from.at(i % 2).send(ids[i % 2] as string, `${i}`));

  const got = new Map(ids.map((id) => [id, [] as number[]]));
  const keep = (entries: InboxEvent[]) => {
    for (const { conversationId, seq } of entries) got.get(conversationId)?.push(seq);
  };
  const positions = () => ids.map((conversationId) => ({ conversationId, seq: got.get(conversationId)?.at(-1) ?? 0 }));
  await sending.during(async () => {
    for (let round = 0; round < 25; round += 1) {
      const inbox = reader.at(round % 2).openInbox(positions());
      // Some are cut off during the replay, some later.
      await waitFor(() => inbox.entries().length >= (round % 5) * 4 + 1, { what: `entries in round ${round}` });
      await inbox.close();
      expect(inbox.errors).toEqual([]);
      keep(inbox.entries());
    }
  });

  const heads = await stack.mysql.query('SELECT id, head_seq FROM chat_conversations WHERE id IN (?)', [ids]);
  const last = reader.openInbox(positions());
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
  const friends = await crowd(stack, 5);
  await owner.befriend(...friends);
  const id = await owner.group('Beavers', friends);
  const inboxes = [owner, ...friends].map((one, index) => one.at(index % 2).openInbox());
  for (const inbox of inboxes) await inbox.started();
  await Promise.all(friends.flatMap((from, i) => range(1, 10).map((n) => from.at(n % 2).send(id, `${i}.${n}`))));
  for (const inbox of inboxes) {
    await waitFor(() => inbox.entries().length === 50, { what: 'all 50' });
    expect(inbox.seqs()).toEqual(range(2, 51));
  }
  await Promise.all(inboxes.map((inbox) => inbox.close()));
});

describe('membership', () => {
  test('conversations that are made with the viewer appear by themselves, from their first entry', async () => {
    const { ada, bob, carl } = await people(stack, 'ada', 'bob', 'carl');
    await ada.befriend(bob, carl);
    const inbox = await bob.inbox();
    expect(inbox.positions).toEqual([]);
    const direct = await ada.at(1).direct(bob);
    const group = await ada.group('Beavers', [bob, carl]);
    await ada.at(1).send(direct, 'direct');
    await carl.at(1).send(group, 'group');
    await inbox.text('direct');
    await inbox.text('group');
    for (const id of [direct, group]) {
      expect(inbox.kinds(id)).toEqual(['1 ConversationCreated', '2 MessageSent']);
    }
    await inbox.close();
  });

  test('who leaves gets the entry that says so and nothing after it, until they come back', async () => {
    const { ada, bob, carl } = await people(stack, 'ada', 'bob', 'carl');
    await ada.befriend(bob, carl);
    const id = await ada.group('Beavers', [bob, carl]);
    const [inbox, other] = [bob.openInbox(), carl.openInbox()];
    await inbox.started();
    await other.started();
    await ada.send(id, 'one');
    await bob.at(1).leave(id);
    await ada.send(id, 'secret');
    await other.text('secret');
    await ada.at(1).add(id, bob);
    await ada.send(id, 'back');
    await inbox.text('back');
    expect(inbox.kinds(id)).toEqual(['2 MessageSent', '3 MemberLeft', '5 MemberJoined', '6 MessageSent']);
    expect(inbox.entries(id)[1]?.user).toEqual({ id: bob.id });
    expect(other.seqs(id)).toEqual(range(2, 6));
    await Promise.all([inbox.close(), other.close()]);
  });

  test('who left while they were away learns it when they resume, and no more', async () => {
    const { ada, bob, carl } = await people(stack, 'ada', 'bob', 'carl');
    await ada.befriend(bob, carl);
    const id = await ada.group('Beavers', [bob, carl]);
    await ada.send(id, 'one');
    await bob.at(1).leave(id);
    await ada.send(id, 'secret');
    const inbox = bob.openInbox([{ conversationId: id, seq: 1 }]);
    await inbox.next('MemberLeft');
    expect(inbox.positions).toEqual([{ conversationId: id, seq: 1 }]);
    expect(inbox.seqs()).toEqual([2, 3]);
    // One who has the last entry, or says nothing, is not told of it again.
    for (const positions of [[{ conversationId: id, seq: 3 }], []]) {
      const informed = await bob.inbox(positions);
      expect(informed.positions).toEqual([]);
      await informed.close();
    }
    // Who came back sees nothing of the time between.
    await ada.at(1).add(id, bob);
    const back = bob.openInbox([{ conversationId: id, seq: 1 }]);
    await back.next('MemberJoined');
    expect(back.positions).toEqual([{ conversationId: id, seq: 4 }]);
    expect(back.seqs()).toEqual([5]);
    await Promise.all([inbox.close(), back.close()]);
  });

  test('leaving and coming back many times while others send shows exactly the times inside', async () => {
    const { ada, bob, carl } = await people(stack, 'ada', 'bob', 'carl');
    await ada.befriend(bob, carl);
    const id = await ada.group('Beavers', [bob, carl]);
    const [inbox, all] = [bob.openInbox(), carl.openInbox()];
    await inbox.started();
    await all.started();
    await sendOn([ada], (from, i) => from.send(id, `${i}`)).during(async () => {
      for (let round = 0; round < 12; round += 1) {
        await bob.at(1).leave(id);
        await ada.at(1).add(id, bob);
      }
    });
    await ada.send(id, 'end');
    await inbox.text('end');
    await all.text('end');
    let isIn = true;
    const visible = all.entries(id).filter(({ __typename, user }) => {
      const isAbout = user?.id === bob.id;
      const sees = isIn || (isAbout && __typename === 'MemberJoined');
      if (isAbout) isIn = __typename === 'MemberJoined';
      return sees;
    });
    expect(inbox.seqs(id)).toEqual(seqsOf(visible));
    expect(visible.length).toBeGreaterThan(24);
    await Promise.all([inbox.close(), all.close()]);
  });
});
