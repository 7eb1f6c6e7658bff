import type { InboxEvent } from '../../../../testing/inbox.ts';
import { type Person, pair, person } from '../../../../testing/people.ts';
import { sharedStack } from '../../../../testing/shared-stack.ts';
import type { SharedStack } from '../../../../testing/stack.ts';
import { waitFor } from '../../../../testing/wait.ts';

/*
 * Logs that cannot be read as they should: the tests take rows out of the tables, as a hand or a broken
 * restore does. One such log stops no other.
 */

let stack: SharedStack;
beforeAll(async () => {
  stack = await sharedStack({ chat: 2, user: 1 });
});
afterAll(() => stack.stop());

/** Ada and Bob with two conversations: one that will be broken, with messages 2 to 6, and a sound one. */
async function twoConversations(): Promise<{ ada: Person; bob: Person; broken: string; sound: string }> {
  const { ada, bob, id: sound } = await pair(stack);
  const carl = await person(stack);
  await ada.befriend(carl);
  const broken = await ada.group('Beavers', [bob, carl]);
  for (let seq = 2; seq <= 6; seq += 1) await ada.send(broken, `broken ${seq}`);
  await ada.send(sound, 'sound 2');
  return { ada, bob, broken, sound };
}

const deleteEntry = (id: string, seq: number) =>
  stack.mysql.query('DELETE FROM chat_log WHERE conversation_id = ? AND seq = ?', [id, seq]);

/** What each way leaves of entry 4 is not readable. */
const WAYS: [string, (id: string) => Promise<unknown>][] = [
  ['an entry that is missing', (id) => deleteEntry(id, 4)],
  [
    'an entry whose message is missing',
    (id) => stack.mysql.query('DELETE FROM chat_messages WHERE conversation_id = ? AND seq = 4', [id]),
  ],
  [
    'an entry that says of nobody that they came',
    (id) => stack.mysql.query("UPDATE chat_log SET kind = 'MEMBER_JOINED' WHERE conversation_id = ? AND seq = 4", [id]),
  ],
];

test.each(WAYS)('%s is told as a gap up to the head, of that conversation alone', async (_what, breakIt) => {
  const { ada, bob, broken, sound } = await twoConversations();
  await breakIt(broken);
  const positions = [
    { conversationId: broken, seq: 1 },
    { conversationId: sound, seq: 1 },
  ];
  for (const inbox of [bob.openInbox(positions), bob.openConversation(broken, 1)]) {
    const gap = await inbox.next('GapTooLarge');
    await ada.send(broken, 'live');
    await inbox.text('live');
    const seqs = inbox.events.filter(({ conversationId }) => conversationId === broken).map(({ seq }) => seq);
    // What can be read before the hole is delivered, and all after the head as it was.
    expect(seqs).toEqual([2, 3, undefined, (gap.headSeq as number) + 1]);
    await inbox.close();
  }
  const inbox = bob.openInbox(positions);
  await inbox.text('sound 2');
  await ada.send(sound, 'sound 3');
  await inbox.text('sound 3');
  expect(inbox.seqs(sound)).toEqual([2, 3]);
  await inbox.close();
});

test('a head without entries is told as a gap, also to who is connected, and the log goes on after it', async () => {
  const { ada, bob, broken } = await twoConversations();
  const live = await bob.inbox();
  await stack.mysql.query('UPDATE chat_conversations SET head_seq = head_seq + 1 WHERE id = ?', [broken]);
  expect(await live.next('GapTooLarge')).toMatchObject({ conversationId: broken, headSeq: 7 });
  await ada.send(broken, 'after');
  await live.text('after');
  expect(live.seqs(broken)).toEqual([8]);
  const late = bob.at(1).openInbox([{ conversationId: broken, seq: 5 }]);
  await late.next('GapTooLarge');
  await ada.send(broken, 'at last');
  await late.text('at last');
  expect(late.seqs(broken)).toEqual([6, 9]);
  await Promise.all([live.close(), late.close()]);
});

test('history pages over a hole', async () => {
  const { bob, broken } = await twoConversations();
  await deleteEntry(broken, 4);
  await stack.mysql.query('DELETE FROM chat_messages WHERE conversation_id = ? AND seq = 4', [broken]);
  const { conversation } = await bob.chat.data(
    'query ($id: ID!) { conversation(id: $id) { messages(last: 100) { edges { node { seq } } } } }',
    {
      id: broken,
    },
  );
  expect(conversation.messages.edges.map(({ node }: { node: InboxEvent }) => node.seq)).toEqual([2, 3, 5, 6]);
});

test('who was out in the part that cannot be read gets nothing that came after', async () => {
  const { ada, bob, broken, sound } = await twoConversations();
  const inbox = await bob.inbox();
  // Bob is out by entry 7, which is missing, and entry 8 came after it.
  await stack.mysql.query(
    "UPDATE chat_memberships SET status = 'LEFT', left_seq = 7 WHERE conversation_id = ? AND user_id = ?",
    [broken, bob.id],
  );
  await stack.mysql.query(
    "INSERT INTO chat_log (conversation_id, seq, kind, actor_id, created_at) VALUES (?, 8, 'CONVERSATION_CREATED', ?, UTC_TIMESTAMP(3))",
    [broken, ada.id],
  );
  await stack.mysql.query('UPDATE chat_conversations SET head_seq = 8 WHERE id = ?', [broken]);
  expect(await inbox.next('GapTooLarge')).toMatchObject({ conversationId: broken, headSeq: 7 });
  await ada.send(broken, 'secret');
  await ada.send(sound, 'not secret');
  await inbox.text('not secret');
  expect(inbox.entries(broken)).toEqual([]);
  await inbox.close();
});

test('the log that cannot be read is counted', async () => {
  const { bob, broken } = await twoConversations();
  await deleteEntry(broken, 4);
  const count = async () => {
    const text = await (await fetch(`${stack.services('chat')[0]?.url}/metrics`)).text();
    return Number(/^beaver_chat_unreadable_logs_total\S* (\d+)/m.exec(text)?.[1]);
  };
  const before = await count();
  const inbox = bob.openInbox([{ conversationId: broken, seq: 1 }]);
  await inbox.next('GapTooLarge');
  await waitFor(async () => (await count()) > before, { what: 'the count' });
  await inbox.close();
});
