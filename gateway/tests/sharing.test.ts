import type { Service } from '../../launch/services.ts';
import { collect } from '../../testing/socket.ts';
import type { SignedIn } from '../../testing/stack.ts';
import { waitFor } from '../../testing/wait.ts';
import { type SharedGateway, sharedGateway } from './harness.ts';

// What is asked once for several, and what never is.

let gateway: SharedGateway;
let left: Service;
let right: Service;
beforeAll(async () => {
  gateway = await sharedGateway();
  left = gateway.left[0] as Service;
  right = gateway.right[0] as Service;
});
afterAll(() => gateway?.stop());

/** How often a service has done what it notes under a name. */
const seen = async (service: Service, name: string) => (await gateway.state(service)).seen[name] ?? 0;

describe('queries', () => {
  const SLOW = '{ slow(milliseconds: 1500) }';
  let viewer: SignedIn;
  beforeAll(async () => {
    viewer = await gateway.stack.signIn();
  });

  test('equal ones of one viewer that are on their way together are asked once', async () => {
    const before = await seen(left, 'slow');
    const api = gateway.client.as(viewer.token);
    const answers = await Promise.all(Array.from({ length: 10 }, () => api.data(SLOW)));
    expect(new Set(answers.map(({ slow }) => slow)).size).toBe(1);
    expect(await seen(left, 'slow')).toBe(before + 1);
  });

  test('those of different viewers are not, though they are equal', async () => {
    const before = await seen(left, 'slow');
    const viewers = await Promise.all(Array.from({ length: 4 }, () => gateway.stack.signIn()));
    await Promise.all(viewers.map(({ token }) => gateway.client.as(token).data(SLOW)));
    expect(await seen(left, 'slow')).toBe(before + 4);
    const asked = viewers.map(async ({ userId, token }) => ({
      userId,
      ...(await gateway.client.as(token).data('{ me things(count: 1) { askedBy } }')),
    }));
    for (const { userId, me, things } of await Promise.all(asked))
      expect({ me, things }).toEqual({ me: userId, things: [{ askedBy: userId }] });
  });

  test('one that is asked after a mutation was answered sees it, whatever is still on its way', async () => {
    const api = gateway.client.as(viewer.token);
    const before = await seen(left, 'slow');
    const first = api.data(SLOW);
    await waitFor(async () => (await seen(left, 'slow')) === before + 1, { what: 'the first request at the service' });
    await api.data('mutation { count(name: "between") }');
    await Promise.all([first, api.data(SLOW)]);
    expect(await seen(left, 'slow')).toBe(before + 2);
  });

  test('one of two who wait can leave', async () => {
    const api = gateway.client.as(viewer.token);
    const before = await seen(left, 'slow');
    const leaving = new AbortController();
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${viewer.token}` };
    const body = JSON.stringify({ query: SLOW });
    const left1 = fetch(gateway.client.url, { method: 'POST', headers, body, signal: leaving.signal }).catch(
      () => null,
    );
    await waitFor(async () => (await seen(left, 'slow')) === before + 1, { what: 'the first request at the service' });
    const staying = api.data(SLOW);
    // What is asked after it has come to the gateway too.
    await api.data('{ leftInstance }');
    leaving.abort();
    await left1;
    expect((await staying).slow).toEqual(expect.any(String));
    expect(await seen(left, 'slow')).toBe(before + 1);
  });

  test('a thing is asked for once, at however many places it is', async () => {
    const before = await seen(right, 'rightName');
    const { a, b } = await gateway.client.data(
      '{ a: things(count: 3) { id rightName } b: things(count: 3) { id rightName } }',
    );
    expect(a).toEqual(b);
    expect(a[2]).toEqual({ id: 't2', rightName: 'right t2' });
    expect(await seen(right, 'rightName')).toBe(before + 3);
  });
});

describe('events', () => {
  const ticks = (fields: string) =>
    `subscription ($channel: ID!) { ticks(channel: $channel) { number thing { ${fields} } } }`;
  const TICK =
    'mutation ($c: ID!, $from: Int!, $to: Int!, $thing: ID!) { tick(channel: $c, from: $from, to: $to, thing: $thing) }';
  const tick = (c: string, from: number, to: number, thing: string) =>
    gateway.client.data(TICK, { c, from, to, thing });

  /** So many viewers, each with a socket, who subscribe to a channel. */
  async function crowd(count: number, channel: string, fields: string) {
    const viewers = await Promise.all(Array.from({ length: count }, () => gateway.stack.signIn()));
    const members = viewers.map(({ token, userId }) => {
      const client = gateway.socket({ token });
      return { userId, client, events: collect(client, ticks(fields), { channel }) };
    });
    await waitFor(async () => (await gateway.state(left)).subscriptions === count, {
      what: 'all subscriptions at the service',
    });
    async function leave() {
      await Promise.all(members.map(({ client }) => client.dispose()));
      await waitFor(async () => (await gateway.state(left)).subscriptions === 0, {
        what: 'the end of the subscriptions at the service',
      });
    }
    return { members, leave };
  }

  test('what is the same for all is asked once, and each gets all of it in order', async () => {
    const { members, leave } = await crowd(20, 'same', 'id rightName');
    const before = await seen(right, 'rightName');
    await tick('same', 1, 8, 'each');
    for (const { events } of members) await events.until((event) => event.ticks.number === 8);
    for (const { events } of members) {
      expect(events.errors).toEqual([]);
      expect(events.events.map(({ ticks }) => ticks.number)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
      expect(events.events[4]?.ticks.thing).toEqual({ id: 't5', rightName: 'right t5' });
    }
    expect(await seen(right, 'rightName')).toBe(before + 8);
    await leave();
  });

  test('what a service says of the viewer goes to that viewer alone', async () => {
    const { members, leave } = await crowd(6, 'own', 'rightName askedBy');
    await tick('own', 1, 3, 't1');
    for (const { events, userId } of members) {
      await events.until((event) => event.ticks.number === 3);
      for (const { ticks } of events.events) expect(ticks.thing).toEqual({ rightName: 'right t1', askedBy: userId });
    }
    await leave();
  });

  test('what is true of one viewer is told to that one, and the same to everybody else', async () => {
    const { members, leave } = await crowd(6, 'asker', 'isAsker');
    const meant = members[3]?.userId as string;
    await tick('asker', 1, 2, meant);
    for (const { events, userId } of members) {
      await events.until((event) => event.ticks.number === 2);
      for (const { ticks } of events.events) expect(ticks.thing.isAsker).toBe(userId === meant);
    }
    await leave();
  });

  test('those who wait with the first get their event when the first leaves', async () => {
    const { members, leave } = await crowd(5, 'leaving', 'slowName(milliseconds: 600)');
    const before = await seen(right, 'slowName');
    await tick('leaving', 1, 1, 't1');
    await waitFor(async () => (await seen(right, 'slowName')) > before, {
      what: 'the request for the names at the service',
    });
    await members[0]?.client.dispose();
    for (const { events } of members.slice(1)) {
      const { ticks } = await events.until((event) => event.ticks.number === 1);
      expect(ticks.thing).toEqual({ slowName: 'right t1' });
      expect(events.errors).toEqual([]);
    }
    expect(await seen(right, 'slowName')).toBe(before + 1);
    await leave();
  });
});
