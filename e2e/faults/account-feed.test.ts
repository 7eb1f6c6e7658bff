import { setTimeout as sleep } from 'node:timers/promises';
import { newUuid } from '../../kit/base/ids.ts';
import type { Service } from '../../launch/services.ts';
import { collect } from '../../testing/socket.ts';
import { type Stack, startStack } from '../../testing/stack.ts';
import { waitFor } from '../../testing/wait.ts';

/*
 * The account feed through gateways and services that die: a device that resumes with its last number hears
 * of every change, of none twice, and ends with what is in the database.
 */

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ user: 3, gateway: 2 });
});
const devices: ReturnType<typeof device>[] = [];
afterAll(async () => {
  await Promise.all(devices.map((one) => one.stop()));
  await stack.stop();
});

interface Event {
  __typename: string;
  seq: number;
  user?: { id: string; remark: string | null; friendship: string } | null;
}
const FEED = `subscription ($after: Int) { contactEvents(after: $after) {
  __typename seq ... on FriendChanged { user { id remark friendship } }
} }`;
const UPDATE = `mutation ($input: UpdateFriendInput!) { updateFriend(input: $input) { __typename } }`;

async function signUp(name: string) {
  const { userId: id, token } = await stack.signIn();
  const auth = stack.client('user').as(await stack.serviceToken('auth', 'user'));
  await auth.data('mutation ($input: CreateProfileInput!) { createProfile(input: $input) { __typename } }', {
    input: { id, name, userName: `u${newUuid().slice(-12)}` },
  });
  return { id, token };
}

/** A device that keeps its number and comes again, to another gateway each time, until it is stopped. */
function device(token: string) {
  const told: Event[] = [];
  const numbers: number[] = [];
  let last: number | undefined;
  let isStopped = false;
  let connections = 0;
  async function run(): Promise<void> {
    while (!isStopped) {
      connections += 1;
      let isClosed = false;
      const client = stack.socket('gateway', {
        token,
        // Those that died stay in the list.
        index: (connections - 1) % stack.services('gateway').length,
        onClosed: () => {
          isClosed = true;
        },
      });
      const feed = collect<{ contactEvents: Event | null }>(client, FEED, { after: last });
      let taken = 0;
      while (!isStopped && !isClosed && !feed.ended) {
        for (; taken < feed.events.length; taken += 1) {
          const event = feed.events[taken]?.contactEvents;
          if (!event) break;
          last = event.seq;
          if (event.__typename === 'ContactsStarted') continue;
          told.push(event);
          numbers.push(event.seq);
        }
        await sleep(10);
      }
      feed.stop();
      await client.dispose();
      // As a client pauses that is refused at once.
      await sleep(50);
    }
  }
  const running = run();
  return {
    told,
    numbers,
    connections: () => connections,
    stop() {
      isStopped = true;
      return running;
    },
  };
}

test('nothing is lost, doubled or out of order while services and gateways are killed', async () => {
  const ada = await signUp('Ada');
  const friends = await Promise.all(Array.from({ length: 4 }, (_, n) => signUp(`Friend ${n}`)));
  for (const { id } of friends) {
    const now = new Date();
    for (const [userId, friendId] of [
      [ada.id, id],
      [id, ada.id],
    ])
      await stack.mysql.query(
        'INSERT INTO user_friendships (user_id, friend_id, friendship_id, created_at) VALUES (?, ?, ?, ?)',
        [userId, friendId, `friend_${id.slice(5)}`, now],
      );
  }
  devices.push(device(ada.token), device(ada.token));
  const latest = new Map<string, string>();
  let attempts = 0;
  let accepted = 0;
  let isOver = false;
  /** One writer a friend, who repeats a remark until it is answered. */
  const writers = friends.map(async ({ id }, at) => {
    for (let n = 0; !isOver; n += 1) {
      const remark = `${at}.${n}`;
      const write = async () => {
        attempts += 1;
        // Those that died stay in the list.
        const api = stack.client('user', attempts % stack.services('user').length).as(ada.token);
        const { updateFriend } = await api.data(UPDATE, { input: { userId: id, remark } });
        return updateFriend.__typename === 'UpdateFriendPayload';
      };
      await waitFor(write, { what: `the remark ${remark}`, timeout: 30_000 });
      latest.set(id, remark);
      accepted += 1;
      // Without a rest the writers keep what starts from the processor.
      await sleep(20);
    }
  });
  const grown = async (by: number) => {
    const until = accepted + by;
    await waitFor(() => accepted >= until, { what: `${by} more remarks`, timeout: 60_000 });
  };

  const killed = new Set<Service>();
  for (const name of ['user', 'gateway', 'user'] as const) {
    await grown(20);
    const victim = stack.services(name).find((one) => !killed.has(one));
    if (!victim) throw new Error(`Nothing of ${name} is left to be killed.`);
    killed.add(victim);
    await victim.kill();
    await grown(5);
    // In the place of the one that died, as somebody restarts it.
    await stack.add(name);
  }
  await grown(20);
  isOver = true;
  await Promise.all(writers);

  const stateOf = (one: (typeof devices)[number]) =>
    new Map(one.told.flatMap(({ user }) => (user ? [[user.id, user.remark] as const] : [])));
  for (const one of devices) {
    const isComplete = () => [...latest].every(([id, remark]) => stateOf(one).get(id) === remark);
    await waitFor(isComplete, { what: 'the last remarks on every device', timeout: 60_000 });
    await one.stop();
    expect(one.numbers).toEqual([...new Set(one.numbers)].toSorted((a, b) => a - b));
    expect(one.connections()).toBeGreaterThan(1);
  }
});
