import { type Database, fromTime, openDatabase } from '../../../../kit/mysql/database.ts';
import { createLog } from '../../../../kit/observe/log.ts';
import { type Bus, createBus } from '../../../../kit/redis/bus.ts';
import type { Inbox, InboxEvent } from '../../../../testing/inbox.ts';
import { type Person, people } from '../../../../testing/people.ts';
import { countStatements, startProxy, type TcpProxy } from '../../../../testing/proxy.ts';
import { seedEntries } from '../../../../testing/seed.ts';
import { collect } from '../../../../testing/socket.ts';
import { type Stack, startStack } from '../../../../testing/stack.ts';
import { waitFor } from '../../../../testing/wait.ts';
import { createHints } from '../../storage/log/hints.ts';
import { createLogReader } from '../../storage/log/reader.ts';

/*
 * Entries travel with the hint that tells of them. The second instance reaches MySQL through a proxy that
 * counts how often it reads the log: the only statements that it prepares while nobody writes there. What the
 * tests write into the tables themselves, nobody tells of but they.
 */

let stack: Stack;
let proxy: TcpProxy;
let bus: Bus;
let database: Database;
let reads = 0;
beforeAll(async () => {
  stack = await startStack({ chat: 1, user: 1 });
  proxy = await startProxy(stack.config.mysql, (data) => {
    reads += countStatements(data, 'prepared');
  });
  await stack.add('chat', { MYSQL_HOST: '127.0.0.1', MYSQL_PORT: String(proxy.port) });
  bus = await createBus(stack.config.redis, stack.config.namespace, createLog('test', 'silent'));
  database = openDatabase(stack.config.mysql);
});
afterAll(async () => {
  bus.close();
  await database.close();
  await stack.stop();
  await proxy.stop();
});

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);

async function group(): Promise<{ ada: Person; bob: Person; carl: Person; id: string }> {
  const { ada, bob, carl } = await people(stack, 'ada', 'bob', 'carl');
  await ada.befriend(bob, carl);
  return { ada, bob, carl, id: await ada.group('Beavers', [bob, carl]) };
}

/** Commits messages, or that somebody left, without telling anybody. */
async function commitUntold(conversationId: string, actorId: string, what: (string | { left: string })[]) {
  const seqs = await seedEntries(stack.mysql, { conversationId, actorId }, what);
  const [head, headSeq] = [(seqs[0] as number) - 1, seqs.at(-1) as number];
  const [entries = []] = await createLogReader(database).entries([{ conversationId, after: head, to: headSeq }]);
  return entries;
}

/** Publishes as the service does, with entries or without. */
function publish(conversationId: string, entries: Awaited<ReturnType<typeof commitUntold>>, withThem = true): void {
  createHints(bus).moved(conversationId, entries.at(-1)?.seq as number, withThem ? entries : undefined);
}

test('what is sent reaches fifty subscribers on another instance without one of them reading the log', async () => {
  const { ada, bob, carl, id } = await group();
  const inboxes = range(1, 25).flatMap(() => [bob.at(1).openInbox(), carl.at(1).openConversation(id)]);
  for (const inbox of inboxes) await inbox.started();
  reads = 0;
  for (const i of range(1, 20)) await ada.send(id, `${i}`);
  for (const inbox of inboxes) {
    await inbox.text('20');
    expect(inbox.entries().map((entry) => entry.message?.content.text)).toEqual(range(1, 20).map(String));
  }
  // A look at the heads can find a message before its hint is there.
  expect(reads).toBeLessThan(3);
  // Times survive the way.
  const last = inboxes[0]?.entries().at(-1) as InboxEvent;
  const rows = await stack.mysql.query('SELECT MAX(created_at) AS at FROM chat_log WHERE conversation_id = ?', [id]);
  expect(last.happenedAt).toBe(fromTime(rows[0].at).toISOString());
  await Promise.all(inboxes.map((inbox) => inbox.close()));
});

describe('a publication that does not continue what was heard', () => {
  let ada: Person;
  let id: string;
  let inboxes: Inbox[];
  beforeEach(async () => {
    const made = await group();
    ({ ada, id } = made);
    inboxes = [made.bob.at(1).openInbox(), made.carl.at(1).openConversation(id)];
    for (const inbox of inboxes) await inbox.started();
    reads = 0;
  });
  afterEach(() => Promise.all(inboxes.map((inbox) => inbox.close())));

  async function expectAll(to: number): Promise<void> {
    for (const inbox of inboxes) {
      await waitFor(() => inbox.entries().at(-1)?.seq === to, { what: `entry ${to}` });
      expect(inbox.seqs()).toEqual(range(2, to));
    }
  }

  test('has what was missed read from the log, once', async () => {
    const entries = await commitUntold(id, ada.id, ['1', '2', '3']);
    publish(id, entries.slice(2));
    await expectAll(4);
    expect(reads).toBe(1);
  });

  test('does no harm where it comes twice, late, or overlaps what was heard', async () => {
    const entries = await commitUntold(id, ada.id, ['1', '2', '3', '4', '5']);
    publish(id, entries.slice(0, 3));
    publish(id, entries.slice(0, 2));
    publish(id, entries.slice(1, 3));
    publish(id, entries.slice(0, 5));
    publish(id, entries.slice(2, 3));
    await expectAll(6);
    expect(reads).toBe(0);
  });

  test('does no harm where two come in the wrong order', async () => {
    const entries = await commitUntold(id, ada.id, ['1', '2', '3', '4']);
    publish(id, entries.slice(2));
    publish(id, entries.slice(0, 2));
    await expectAll(5);
    // What comes next is not read.
    await waitFor(() => reads > 0, { what: 'the repair' });
    reads = 0;
    publish(id, await commitUntold(id, ada.id, ['5']));
    await expectAll(6);
    expect(reads).toBe(0);
  });

  test('tells the head alone where the entries are large, which are then read', async () => {
    const entries = await commitUntold(
      id,
      ada.id,
      range(1, 5).map((i) => `${i}${'海'.repeat(4_900)}`),
    );
    publish(id, entries);
    await expectAll(6);
    expect(reads).toBe(1);
  });
});

test('who is out gets nothing after the entry that says so, though the publication has it', async () => {
  const { ada, bob, carl, id } = await group();
  const outside = [bob.at(1).openInbox(), bob.at(1).openConversation(id)];
  const inside = carl.at(1).openInbox();
  for (const inbox of [...outside, inside]) await inbox.started();
  publish(id, await commitUntold(id, ada.id, ['before', { left: bob.id }, 'secret', 'secret 2']));
  await inside.text('secret 2');
  publish(id, await commitUntold(id, ada.id, ['secret 3']));
  await inside.text('secret 3');
  for (const inbox of outside) {
    expect(inbox.entries().map(({ __typename }) => __typename)).toEqual(['MessageSent', 'MemberLeft']);
    await inbox.close();
  }
  expect(inside.seqs()).toEqual(range(2, 6));
  await inside.close();
});

test('what depends on the viewer is each their own, though all are given the same entries', async () => {
  const { ada, bob, carl, id } = await group();
  const query = `subscription { inbox { ... on MessageSent { seq message {
    clientMessageId conversation { unreadCount viewerMembership { role user { id } } }
  } } } }`;
  const watchers = [ada, bob, carl, ada, bob, carl].map((viewer) => ({
    viewer,
    events: collect(stack.socket('chat', { token: viewer.token, index: 1 }), query),
  }));
  for (const { events } of watchers) await waitFor(() => events.events.length === 1, { what: 'the start' });
  await ada.send(id, 'one', 'id-of-ada');
  await bob.send(id, 'two', 'id-of-bob');
  for (const { viewer, events } of watchers) {
    await waitFor(() => events.events.length === 3, { what: 'two messages' });
    const messages = events.events.slice(1).map(({ inbox }) => inbox.message);
    expect(messages.map(({ clientMessageId }) => clientMessageId)).toEqual([
      viewer === ada ? 'id-of-ada' : null,
      viewer === bob ? 'id-of-bob' : null,
    ]);
    for (const { conversation } of messages) {
      expect(conversation.viewerMembership).toEqual({
        role: viewer === ada ? 'OWNER' : 'MEMBER',
        user: { id: viewer.id },
      });
    }
    expect(messages[1].conversation.unreadCount).toBe({ [ada.id]: 1, [bob.id]: 0 }[viewer.id] ?? 2);
    events.stop();
  }
});
