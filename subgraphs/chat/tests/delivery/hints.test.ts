import { createLog } from '../../../../kit/observe/log.ts';
import { connectRedis, createRedis, type Redis } from '../../../../kit/redis/client.ts';
import { startProxy, type TcpProxy } from '../../../../testing/proxy.ts';
import { type Stack, startStack } from '../../../../testing/stack.ts';
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

/*
 * Pushes are hints. The second instance reaches Redis through a proxy that the tests cut: what it commits
 * meanwhile it tells nobody, and it hears nothing of others.
 */

/** A lost hint is found at the next look at the heads, every 3 s; the rest is for a busy machine. */
const REPAIR = 6_000;

let stack: Stack;
let proxy: TcpProxy;
let redis: Redis;
beforeAll(async () => {
  proxy = await startProxy({ host: process.env.REDIS_HOST as string, port: Number(process.env.REDIS_PORT) });
  stack = await startStack({ chat: 1, user: 1 });
  await stack.add('chat', { REDIS_HOST: '127.0.0.1', REDIS_PORT: String(proxy.port) });
  redis = createRedis(stack.config.redis, createLog('test', 'silent'), 'test');
  await connectRedis(redis);
});
afterAll(async () => {
  redis.disconnect();
  await stack.stop();
  await proxy.stop();
});

const isStarted = ({ inbox }: { inbox: TestEvent }) => inbox.__typename === 'InboxStarted';
const hasText = (text: string) => (event: { inbox: TestEvent }) => event.inbox.message?.content.text === text;
const seqsOf = (entries: TestEvent[]) => entries.map(({ seq }) => seq);
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);

/** Runs with the second instance cut off from Redis. */
async function withoutRedis(work: () => Promise<void>): Promise<void> {
  proxy.cut();
  try {
    await work();
  } finally {
    proxy.mend();
    await waitFor(async () => (await fetch(`${stack.services('chat')[1]?.url}/health`)).ok, {
      what: 'Redis to be seen again',
    });
  }
}

test('messages that were committed and not told of reach everybody within seconds, and nothing is doubled', async () => {
  const { ada, bob, id } = await pair(stack);
  const [near, far] = [bob.inbox({ instance: 0 }), bob.inbox({ instance: 1 })];
  await near.until(isStarted);
  await far.until(isStarted);
  await withoutRedis(async () => {
    await send(ada, id, 'untold 1', 1);
    await send(ada, id, 'untold 2', 1);
    await send(ada, id, 'told here', 0);
    for (const inbox of [near, far]) await inbox.until(hasText('told here'), { timeout: REPAIR });
  });
  await send(ada, id, 'after', 0);
  for (const inbox of [near, far]) {
    await inbox.until(hasText('after'));
    expect(seqsOf(inbox.entries())).toEqual(range(2, 5));
    await inbox.close();
  }
});

test('a gap that no later message shows is found by looking at the heads', async () => {
  const { ada, bob, id } = await pair(stack);
  const inbox = bob.inbox();
  await inbox.until(isStarted);
  await withoutRedis(async () => {
    await send(ada, id, 'the last word', 1);
    await inbox.until(hasText('the last word'), { timeout: REPAIR });
  });
  await inbox.close();
});

test('conversations that were made and not told of appear within seconds', async () => {
  const [ada, bob, carl] = [await person(stack), await person(stack), await person(stack)];
  await befriend(stack, ada, bob, carl);
  const inbox = bob.inbox();
  await inbox.until(isStarted);
  let direct = '';
  await withoutRedis(async () => {
    direct = await openDirect(ada, bob, 1);
    await send(ada, direct, 'hello', 1);
    await inbox.until(hasText('hello'), { timeout: REPAIR });
  });
  expect(seqsOf(inbox.entries(direct))).toEqual([1, 2]);
  await inbox.close();
});

test('who came and went several times before anybody noticed gets exactly what happened while they were in', async () => {
  const [ada, bob, carl] = [await person(stack), await person(stack), await person(stack)];
  await befriend(stack, ada, bob, carl);
  const known = await createGroup(ada, [bob, carl]);
  const inbox = bob.inbox({ instance: 1 });
  await inbox.until(isStarted);
  const leave = (conversationId: string) =>
    bob.chat().data('mutation ($input: LeaveGroupInput!) { leaveGroup(input: $input) { __typename } }', {
      input: { conversationId },
    });
  const add = (conversationId: string) =>
    ada.chat().data('mutation ($input: AddGroupMembersInput!) { addGroupMembers(input: $input) { __typename } }', {
      input: { conversationId, memberIds: [bob.id] },
    });
  let fresh = '';
  await withoutRedis(async () => {
    fresh = await createGroup(ada, [bob, carl]);
    for (const id of [known, fresh]) {
      await leave(id);
      await add(id);
      await send(ada, id, 'seen');
      await leave(id);
      await send(ada, id, 'hidden');
      await add(id);
      await send(ada, id, `end of ${id}`);
    }
    for (const id of [known, fresh]) await inbox.until(hasText(`end of ${id}`), { timeout: REPAIR });
  });
  expect(seqsOf(inbox.entries(known))).toEqual([2, 3, 4, 5, 7, 8]);
  expect(seqsOf(inbox.entries(fresh))).toEqual([1, 2, 3, 4, 5, 7, 8]);
  await inbox.close();
});

test('one who connects while Redis is away gets everything all the same', async () => {
  const { ada, bob, id } = await pair(stack);
  await withoutRedis(async () => {
    const inbox = bob.inbox({ positions: [{ conversationId: id, seq: 0 }], instance: 1 });
    await inbox.until(isStarted);
    await send(ada, id, 'hello', 0);
    await inbox.until(hasText('hello'), { timeout: REPAIR });
    expect(seqsOf(inbox.entries())).toEqual([1, 2]);
    await inbox.close();
  });
});

test('while the connections of pub/sub are killed again and again nothing is lost, doubled or out of order', async () => {
  const owner = await person(stack);
  const friends = [await person(stack), await person(stack)] as [Person, Person];
  await befriend(stack, owner, ...friends);
  const id = await createGroup(owner, friends);
  const inboxes = [friends[0].inbox({ instance: 0 }), friends[1].inbox({ instance: 1 })];
  for (const inbox of inboxes) await inbox.until(isStarted);
  let killed = 0;
  await sendOn([owner, ...friends], (from, turn) => send(from, id, `${turn}`, turn % 2)).during(async () => {
    for (let round = 0; round < 8; round += 1) {
      const before = inboxes[0]?.entries().length ?? 0;
      killed += Number(await redis.call('CLIENT', 'KILL', 'TYPE', 'pubsub'));
      await waitFor(() => (inboxes[0]?.entries().length ?? 0) > before + 5, { what: 'events after a kill' });
    }
  });
  expect(killed).toBeGreaterThan(8);
  const last = await send(owner, id, 'end');
  for (const inbox of inboxes) {
    await inbox.until(hasText('end'), { timeout: REPAIR });
    expect(seqsOf(inbox.entries())).toEqual(range(2, last.seq));
    await inbox.close();
  }
});
