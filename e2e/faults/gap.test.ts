import { type Person, pair } from '../../testing/people.ts';
import { sharedStack } from '../../testing/shared-stack.ts';
import type { SharedStack } from '../../testing/stack.ts';
import { waitFor } from '../../testing/wait.ts';
import { ChatClient } from './client.ts';

/** More than an inbox replays (PROTOCOL.md), and more than ten pages of history. */
const MISSED = 1_050;

let stack: SharedStack;
const clients: ChatClient[] = [];
beforeAll(async () => {
  stack = await sharedStack({ chat: 1, user: 1 });
});
afterEach(() => {
  for (const client of clients.splice(0)) client.stop();
});
afterAll(() => stack.stop());

async function clientOf({ id: userId, token }: Person, positions?: ReadonlyMap<string, number>) {
  const entries: { seq: number; messageId: string | null; isPaged: boolean }[] = [];
  const faults: string[] = [];
  const client = new ChatClient({
    userId,
    addresses: () => stack.services('chat').map(({ url }) => `${url.replace('http', 'ws')}/graphql`),
    token: async () => token,
    ...(positions ? { positions } : {}),
    onEntry: (entry) => entries.push(entry),
    onFault: (what) => faults.push(what),
  });
  clients.push(client);
  await waitFor(() => client.isStarted, { what: 'the start of the inbox' });
  return { client, entries, faults };
}

test('a client that missed more than an inbox replays pages it, and has every message once', async () => {
  const { ada, bob, id } = await pair(stack);
  const { client: sender } = await clientOf(ada);
  const before = await clientOf(bob);
  await sender.send(id, 'seen', 'seen');
  await waitFor(() => before.entries.length === 1, { what: 'the entry' });
  before.client.stop();

  const missed = await Promise.all(
    Array.from({ length: MISSED }, (_, index) => sender.send(id, `missed-${index}`, 'missed')),
  );
  const after = await clientOf(bob, before.client.positions);
  const live = await sender.send(id, 'live', 'live');
  await waitFor(() => after.client.paging === 0 && after.client.positions.get(id) === live.seq, {
    what: 'the position of the client after its pages',
  });

  const got = after.entries.toSorted((a, b) => a.seq - b.seq);
  expect(got.map(({ seq, messageId }) => ({ id: messageId, seq }))).toEqual(
    [...missed, live].toSorted((a, b) => a.seq - b.seq),
  );
  expect(got.filter(({ isPaged }) => isPaged)).toHaveLength(MISSED);
  expect([...before.faults, ...after.faults]).toEqual([]);
});
