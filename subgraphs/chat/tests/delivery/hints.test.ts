import { createLog } from '../../../../kit/observe/log.ts';
import { connectRedis, createRedis, type Redis } from '../../../../kit/redis/client.ts';
import { type Person, pair, people, person } from '../../../../testing/people.ts';
import { startProxy, type TcpProxy } from '../../../../testing/proxy.ts';
import { type Stack, startStack } from '../../../../testing/stack.ts';
import { waitFor } from '../../../../testing/wait.ts';
import { sendOn } from '../sends.ts';

/*
 * Pushes are hints. The second instance reaches Redis through a proxy that the tests cut: what it commits
 * meanwhile it tells nobody, and it hears nothing of others.
 */

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
  const [near, far] = [bob.openInbox(), bob.at(1).openInbox()];
  await near.started();
  await far.started();
  await withoutRedis(async () => {
    await ada.at(1).send(id, 'untold 1');
    await ada.at(1).send(id, 'untold 2');
    await ada.send(id, 'told here');
    for (const inbox of [near, far]) await inbox.text('told here');
  });
  await ada.send(id, 'after');
  for (const inbox of [near, far]) {
    await inbox.text('after');
    expect(inbox.seqs()).toEqual(range(2, 5));
    await inbox.close();
  }
});

test('a gap that no later message shows is found by looking at the heads', async () => {
  const { ada, bob, id } = await pair(stack);
  const inbox = await bob.inbox();
  await withoutRedis(async () => {
    await ada.at(1).send(id, 'the last word');
    await inbox.text('the last word');
  });
  await inbox.close();
});

test('conversations that were made and not told of appear within seconds', async () => {
  const { ada, bob, carl } = await people(stack, 'ada', 'bob', 'carl');
  await ada.befriend(bob, carl);
  const inbox = await bob.inbox();
  let direct = '';
  await withoutRedis(async () => {
    direct = await ada.at(1).direct(bob);
    await ada.at(1).send(direct, 'hello');
    await inbox.text('hello');
  });
  expect(inbox.seqs(direct)).toEqual([1, 2]);
  await inbox.close();
});

test('who came and went several times before anybody noticed gets exactly what happened while they were in', async () => {
  const { ada, bob, carl } = await people(stack, 'ada', 'bob', 'carl');
  await ada.befriend(bob, carl);
  const known = await ada.group('Beavers', [bob, carl]);
  const inbox = await bob.at(1).inbox();
  const leave = (conversationId: string) => bob.leave(conversationId);
  const add = (conversationId: string) => ada.add(conversationId, bob);
  let fresh = '';
  await withoutRedis(async () => {
    fresh = await ada.group('Beavers', [bob, carl]);
    for (const id of [known, fresh]) {
      await leave(id);
      await add(id);
      await ada.send(id, 'seen');
      await leave(id);
      await ada.send(id, 'hidden');
      await add(id);
      await ada.send(id, `end of ${id}`);
    }
    for (const id of [known, fresh]) await inbox.text(`end of ${id}`);
  });
  expect(inbox.seqs(known)).toEqual([2, 3, 4, 5, 7, 8]);
  expect(inbox.seqs(fresh)).toEqual([1, 2, 3, 4, 5, 7, 8]);
  await inbox.close();
});

test('one who connects while Redis is away gets everything all the same', async () => {
  const { ada, bob, id } = await pair(stack);
  await withoutRedis(async () => {
    const inbox = await bob.at(1).inbox([{ conversationId: id, seq: 0 }]);
    await ada.send(id, 'hello');
    await inbox.text('hello');
    expect(inbox.seqs()).toEqual([1, 2]);
    await inbox.close();
  });
});

test('while the connections of pub/sub are killed again and again nothing is lost, doubled or out of order', async () => {
  const owner = await person(stack);
  const friends = [await person(stack), await person(stack)] as [Person, Person];
  await owner.befriend(...friends);
  const id = await owner.group('Beavers', friends);
  const inboxes = [friends[0].openInbox(), friends[1].at(1).openInbox()];
  for (const inbox of inboxes) await inbox.started();
  let killed = 0;
  await sendOn([owner, ...friends], (from, turn) => from.at(turn % 2).send(id, `${turn}`)).during(async () => {
    for (let round = 0; round < 8; round += 1) {
      const before = inboxes[0]?.entries().length ?? 0;
      killed += Number(await redis.call('CLIENT', 'KILL', 'TYPE', 'pubsub'));
      await waitFor(() => (inboxes[0]?.entries().length ?? 0) > before + 5, { what: 'events after a kill' });
    }
  });
  expect(killed).toBeGreaterThan(8);
  const last = await owner.send(id, 'end');
  for (const inbox of inboxes) {
    await inbox.text('end');
    expect(inbox.seqs()).toEqual(range(2, last.seq));
    await inbox.close();
  }
});
