import { createLog } from '../../../../kit/observe/log.ts';
import { type Bus, createBus } from '../../../../kit/redis/bus.ts';
import type { InboxEvent } from '../../../../testing/inbox.ts';
import { type Person, people, person } from '../../../../testing/people.ts';
import { seedEntries } from '../../../../testing/seed.ts';
import { sharedStack } from '../../../../testing/shared-stack.ts';
import type { SharedStack } from '../../../../testing/stack.ts';
import { conversationChannel } from '../../events.ts';

/*
 * Entries of a kind that only a newer version knows, as it writes them while it takes the place of this one.
 */

let stack: SharedStack;
let bus: Bus;
let ada: Person;
let bob: Person;
let id: string;
beforeAll(async () => {
  stack = await sharedStack({ chat: 1, user: 1 });
  bus = await createBus(stack.config.redis, stack.config.namespace, createLog('test', 'silent'));
});
afterAll(async () => {
  bus.close();
  await stack.stop();
});
beforeEach(async () => {
  ({ ada, bob } = await people(stack, 'ada', 'bob'));
  const carl = await person(stack);
  await ada.befriend(bob, carl);
  id = await ada.group('Beavers', [bob, carl]);
});

const namesOf = (entries: InboxEvent[]) => entries.map(({ __typename, seq }) => `${seq} ${__typename}`);

/** Writes the next entry as a newer version does. `out`: who is out by it. */
async function write(kind: string, payload: object, out?: Person): Promise<number> {
  const entry = { kind, payload, ...(out ? { out: out.id } : {}) };
  const [seq] = await seedEntries(stack.mysql, { conversationId: id, actorId: ada.id }, [entry]);
  return seq as number;
}

function publish(seq: number, kind: string): void {
  const entry = { kind, conversationId: id, seq, happenedAt: new Date(), actorId: ada.id, title: 'Dams' };
  bus.publish(conversationChannel(id), JSON.stringify({ kind: 'MOVED', headSeq: seq, entries: [entry] }));
}

test.each(['RENAMED', 'constructor', 'UNKNOWN'])(
  'an entry of kind %s is delivered neutrally, as it happens and later, and the log goes on after it',
  async (kind) => {
    const live = [bob.openInbox(), bob.openConversation(id)];
    for (const inbox of live) await inbox.started();
    publish(await write(kind, { title: 'Dams' }), kind);
    await ada.send(id, 'after');
    const late = [bob.openInbox([{ conversationId: id, seq: 0 }]), bob.openConversation(id, 1)];
    for (const inbox of [...live, ...late]) {
      await inbox.text('after');
      expect(namesOf(inbox.entries(id)).slice(-2)).toEqual(['2 UnknownEntry', '3 MessageSent']);
      await inbox.close();
    }
  },
);

test('who is out by such an entry gets it, and nothing that comes after', async () => {
  const inboxes = [bob.openInbox(), bob.openConversation(id)];
  for (const inbox of inboxes) await inbox.started();
  publish(await write('MEMBER_REMOVED', { userId: bob.id }, bob), 'MEMBER_REMOVED');
  const late = bob.openInbox([{ conversationId: id, seq: 1 }]);
  const adas = ada.openInbox([{ conversationId: id, seq: 1 }]);
  await ada.send(id, 'secret');
  await adas.text('secret');
  expect(namesOf(adas.entries(id))).toEqual(['2 UnknownEntry', '3 MessageSent']);
  for (const inbox of [...inboxes, late]) {
    await inbox.next('UnknownEntry');
    expect(namesOf(inbox.entries(id))).toEqual(['2 UnknownEntry']);
  }
  // Whoever is brought back goes on with that entry.
  await ada.add(id, bob);
  await ada.send(id, 'welcome');
  for (const inbox of [inboxes[0], late]) {
    await inbox?.text('welcome');
    expect(namesOf(inbox?.entries(id) ?? [])).toEqual(['2 UnknownEntry', '4 MemberJoined', '5 MessageSent']);
  }
  for (const inbox of [...inboxes, late, adas]) await inbox.close();
});
