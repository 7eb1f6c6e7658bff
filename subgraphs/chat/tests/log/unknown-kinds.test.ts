import { createLog } from '../../../../kit/observe/log.ts';
import { type Bus, createBus } from '../../../../kit/redis/bus.ts';
import { type Stack, startStack } from '../../../../testing/stack.ts';
import { conversationChannel } from '../../events.ts';
import { befriend, createGroup, type Person, person, send, type TestEvent } from '../people.ts';

/*
 * Entries of a kind that only a newer version knows, as it writes them while it takes the place of this one.
 */

let stack: Stack;
let bus: Bus;
let ada: Person;
let bob: Person;
let id: string;
beforeAll(async () => {
  stack = await startStack({ chat: 1, user: 1 });
  bus = await createBus(stack.config.redis, stack.config.namespace, createLog('test', 'silent'));
});
afterAll(async () => {
  bus.close();
  await stack.stop();
});
beforeEach(async () => {
  [ada, bob] = [await person(stack), await person(stack)];
  const carl = await person(stack);
  await befriend(stack, ada, bob, carl);
  id = await createGroup(ada, [bob, carl]);
});

const isStarted = ({ inbox }: { inbox: TestEvent }) => inbox.__typename === 'InboxStarted';
const isUnknown = ({ inbox }: { inbox: TestEvent }) => inbox.__typename === 'UnknownEntry';
const hasText = (text: string) => (event: { inbox: TestEvent }) => event.inbox.message?.content.text === text;
const namesOf = (entries: TestEvent[]) => entries.map(({ __typename, seq }) => `${seq} ${__typename}`);

/** Writes the next entry as a newer version does. `out`: who is out by it. */
async function write(kind: string, payload: object, out?: Person): Promise<number> {
  const [{ seq }] = await stack.mysql.query('SELECT head_seq + 1 AS seq FROM chat_conversations WHERE id = ?', [id]);
  await stack.mysql.query(
    'INSERT INTO chat_log (conversation_id, seq, kind, actor_id, payload, created_at) VALUES (?, ?, ?, ?, ?, UTC_TIMESTAMP(3))',
    [id, seq, kind, ada.id, JSON.stringify(payload)],
  );
  if (out) {
    await stack.mysql.query(
      "UPDATE chat_memberships SET status = 'KICKED', left_seq = ? WHERE conversation_id = ? AND user_id = ?",
      [seq, id, out.id],
    );
  }
  await stack.mysql.query('UPDATE chat_conversations SET head_seq = ? WHERE id = ?', [seq, id]);
  return Number(seq);
}

function publish(seq: number, kind: string): void {
  const entry = { kind, conversationId: id, seq, happenedAt: new Date(), actorId: ada.id, title: 'Dams' };
  bus.publish(conversationChannel(id), JSON.stringify({ kind: 'MOVED', headSeq: seq, entries: [entry] }));
}

test.each(['RENAMED', 'constructor', 'UNKNOWN'])(
  'an entry of kind %s is delivered neutrally, as it happens and later, and the log goes on after it',
  async (kind) => {
    const live = [bob.inbox(), bob.follow(id)];
    for (const inbox of live) await inbox.until(isStarted);
    publish(await write(kind, { title: 'Dams' }), kind);
    await send(ada, id, 'after');
    const late = [bob.inbox({ positions: [{ conversationId: id, seq: 0 }] }), bob.follow(id, { seq: 1 })];
    for (const inbox of [...live, ...late]) {
      await inbox.until(hasText('after'));
      expect(namesOf(inbox.entries(id)).slice(-2)).toEqual(['2 UnknownEntry', '3 MessageSent']);
      await inbox.close();
    }
  },
);

test('who is out by such an entry gets it, and nothing that comes after', async () => {
  const inboxes = [bob.inbox(), bob.follow(id)];
  for (const inbox of inboxes) await inbox.until(isStarted);
  publish(await write('MEMBER_REMOVED', { userId: bob.id }, bob), 'MEMBER_REMOVED');
  const late = bob.inbox({ positions: [{ conversationId: id, seq: 1 }] });
  const adas = ada.inbox({ positions: [{ conversationId: id, seq: 1 }] });
  await send(ada, id, 'secret');
  await adas.until(hasText('secret'));
  expect(namesOf(adas.entries(id))).toEqual(['2 UnknownEntry', '3 MessageSent']);
  for (const inbox of [...inboxes, late]) {
    await inbox.until(isUnknown);
    expect(namesOf(inbox.entries(id))).toEqual(['2 UnknownEntry']);
  }
  // Whoever is brought back goes on with that entry.
  await ada.chat().data(`mutation ($input: AddGroupMembersInput!) { addGroupMembers(input: $input) { __typename } }`, {
    input: { conversationId: id, memberIds: [bob.id] },
  });
  await send(ada, id, 'welcome');
  for (const inbox of [inboxes[0], late]) {
    await inbox?.until(hasText('welcome'));
    expect(namesOf(inbox?.entries(id) ?? [])).toEqual(['2 UnknownEntry', '4 MemberJoined', '5 MessageSent']);
  }
  for (const inbox of [...inboxes, late, adas]) await inbox.close();
});
