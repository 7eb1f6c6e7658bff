import type { Client } from 'graphql-ws';
import { sharedStack } from '../../../testing/shared-stack.ts';
import { type Collected, collect, openSocket } from '../../../testing/socket.ts';
import type { SharedStack } from '../../../testing/stack.ts';
import { waitFor } from '../../../testing/wait.ts';
import { Forbidden } from '../../base/errors.ts';
import { newUuid } from '../../base/ids.ts';
import { startServer, type TestServer } from './server.ts';

let stack: SharedStack;
let server: TestServer;
const clients: Client[] = [];

beforeAll(async () => {
  stack = await sharedStack({});
  server = await startServer(stack);
});
/** Servers of single tests, which stop with them also where they fail. */
const others: TestServer[] = [];
async function anotherServer(options: Parameters<typeof startServer>[1] = {}): Promise<TestServer> {
  const started = await startServer(stack, options);
  others.push(started);
  return started;
}
afterEach(() => Promise.all(others.splice(0).map((other) => other.stop())));
afterAll(async () => {
  for (const client of clients) await client.dispose();
  await server.stop();
  await stack.stop();
});

function clientOf(userId: string): Client {
  const client = openSocket(server.url, { token: server.token({ userId }) });
  clients.push(client);
  return client;
}

const notes = (selection: string) =>
  `subscription ($channel: String!, $device: String) { notes(channel: $channel, device: $device) { ${selection} } }`;

/**
 * Has each of the clients subscribe, publishes one note, and returns what each got and how many executions it
 * took.
 */
async function publishTo(
  readers: readonly Client[],
  query: string,
  options: { note?: object; variables?: (index: number) => object } = {},
): Promise<{ got: unknown[]; executions: number }> {
  const name = newUuid();
  const channel = server.channel(name);
  const inboxes = readers.map((client, index) =>
    collect(client, query, { channel: name, ...options.variables?.(index) }),
  );
  await waitFor(() => channel.readers.size === readers.length, { what: 'the subscribers' });
  const before = server.sockets.counts().executions;
  channel.publish(options.note);
  await waitFor(() => inboxes.every((inbox) => inbox.events.length === 1), { what: 'the note everywhere' });
  const { executions } = server.sockets.counts();
  for (const inbox of inboxes) inbox.stop();
  await waitFor(() => channel.readers.size === 0, { what: 'the readers to go' });
  return { got: inboxes.map(({ events }) => events[0].notes ?? events[0].shaped), executions: executions - before };
}

describe('who gets whose answer', () => {
  let people: Client[];
  beforeAll(() => {
    people = ['ada', 'bob', 'cy', 'dan', 'eve'].map(clientOf);
  });

  test('an event that is the same for all is executed once, however many get it', async () => {
    const many = Array.from({ length: 100 }, (_, index) => people[index % people.length] as Client);
    const { got, executions } = await publishTo(many, notes('__typename number text ... on Numbered { n: number }'));
    expect(got).toEqual(many.map(() => ({ __typename: 'Note', number: 0, text: 'hello', n: 0 })));
    expect(executions).toBe(1);
  });

  test('those who subscribed with other arguments share, and so do those on one socket', async () => {
    const readers = [...people, ...people];
    const { executions } = await publishTo(readers, notes('number'), {
      variables: (index) => ({ device: `device ${index}` }),
    });
    expect(executions).toBe(1);
  });

  test('what asks whether the viewer is somebody has two answers: for that user, and for all others', async () => {
    const readers = [...people, ...people, clientOf('ada')];
    const { got, executions } = await publishTo(readers, notes('text secret'), {
      note: { authorId: 'ada', text: 'mine' },
    });
    expect(got.map((note) => (note as { secret: string | null }).secret)).toEqual(
      readers.map((_, index) => (index % people.length === 0 ? 'mine' : null)),
    );
    expect(executions).toBe(2);
  });

  test.each(['reader', 'readerLater', 'reader readerLater secret'])(
    'what looks at the viewer (%s) is made for each alone',
    async (selection) => {
      const { got, executions } = await publishTo(people, notes(selection));
      const field = selection.split(' ')[0] as string;
      expect(got.map((note) => (note as Record<string, string>)[field])).toEqual(['ada', 'bob', 'cy', 'dan', 'eve']);
      expect(executions).toBe(people.length);
    },
  );

  test('what takes time, and does not look at the viewer, is executed once', async () => {
    const { got, executions } = await publishTo([...people, ...people], notes('later secret'), {
      note: { authorId: 'eve' },
    });
    expect(got).toEqual(
      [...people, ...people].map((_, index) => ({ later: 0, secret: index % 5 === 4 ? 'hello' : null })),
    );
    expect(executions).toBe(2);
  });

  test('other variables below the field, or another text, are another answer', async () => {
    const query =
      'subscription ($channel: String!, $times: Int, $with: Boolean!) { notes(channel: $channel) { text(times: $times) number @include(if: $with) } }';
    const { got, executions } = await publishTo([...people, ...people], query, {
      variables: (index) => ({ times: index % 2, with: index < 2 }),
    });
    expect(got).toEqual(
      [...people, ...people].map((_, index) => ({
        text: index % 2 ? 'hello' : '',
        ...(index < 2 ? { number: 0 } : {}),
      })),
    );
    expect(executions).toBe(4);
  });

  test('a field whose resolver takes its arguments shares among equal ones alone', async () => {
    const query = 'subscription ($channel: String!, $shape: String!) { shaped(channel: $channel, shape: $shape) }';
    const { got, executions } = await publishTo(people, query, { variables: (index) => ({ shape: `s${index % 2}` }) });
    expect(got).toEqual(['s0 0', 's1 0', 's0 0', 's1 0', 's0 0']);
    expect(executions).toBe(2);
  });

  test('an answer grows old: who comes to the event later gets a new one', async () => {
    const name = newUuid();
    const channel = server.channel(name);
    channel.publish();
    const first = collect(people[0] as Client, notes('number'), { channel: name });
    await waitFor(() => first.events.length === 1, { what: 'the first event' });
    const before = server.sockets.counts().executions;
    await new Promise((resolve) => setTimeout(resolve, 5_100));
    const second = collect(people[1] as Client, notes('number'), { channel: name });
    await waitFor(() => second.events.length === 1, { what: 'the first event of the second subscriber' });
    expect(server.sockets.counts().executions).toBe(before + 1);
    first.stop();
    second.stop();
  });
});

describe('the events of one subscription', () => {
  let ada: Client;
  let name: string;
  beforeAll(() => {
    ada = clientOf('ada');
  });
  beforeEach(() => {
    name = newUuid();
  });
  const follow = (selection: string): Collected<{ notes: Record<string, unknown> }> =>
    collect(ada, notes(selection), { channel: name });
  const followed = () => waitFor(() => server.channel(name).readers.size === 1, { what: 'the subscription' });

  test('keep their order, also where one takes longer than the next', async () => {
    const inbox = follow('number later');
    await followed();
    for (let i = 0; i < 20; i += 1) server.channel(name).publish();
    await waitFor(() => inbox.events.length === 20, { what: '20 events' });
    expect(inbox.events.map((event) => event.notes.later)).toEqual(Array.from({ length: 20 }, (_, index) => index));
    inbox.stop();
  });

  test('go on after one whose execution fails, which is an event with errors', async () => {
    const inbox = follow('number fails mustNotFail');
    await followed();
    server.channel(name).publish();
    server.channel(name).publish();
    await waitFor(() => inbox.errors.length === 4, { what: 'four errors' });
    expect(inbox.errors.slice(0, 2)).toMatchObject([
      { path: ['notes', 'fails'], extensions: { code: 'INTERNAL' } },
      { path: ['notes', 'mustNotFail'], extensions: { code: 'FORBIDDEN' } },
    ]);
    expect(JSON.stringify(inbox.errors)).not.toContain('secret');
    expect([inbox.events, inbox.ended]).toEqual([
      [{ notes: null }, { notes: null }].slice(0, inbox.events.length),
      false,
    ]);
    inbox.stop();
  });

  test('come from any AsyncIterable too, and end with it', async () => {
    const counted = collect(ada, 'subscription { counted(to: 3) }');
    await waitFor(() => counted.ended, { what: 'the end of the counted subscription' });
    expect([counted.events, counted.errors]).toEqual([[{ counted: 1 }, { counted: 2 }, { counted: 3 }], []]);
    const failed = collect(ada, 'subscription { counted(to: 5) }');
    await waitFor(() => failed.ended, { what: 'the end of the failed subscription' });
    expect(failed.events).toHaveLength(5);
    expect(failed.errors.flat()).toMatchObject([{ message: 'It went too far.' }]);
  });

  test('what there was comes before the end, and the end says why', async () => {
    const inbox = follow('number');
    await followed();
    server.channel(name).publish();
    await waitFor(() => inbox.events.length === 1, { what: 'the first event' });
    server.channel(name).end(new Forbidden('Out.'));
    await waitFor(() => inbox.ended, { what: 'the end of the subscription' });
    expect(inbox.errors.flat()).toMatchObject([{ message: 'Out.', extensions: { code: 'FORBIDDEN' } }]);
    const other = follow('number');
    await waitFor(() => other.events.length === 1, { what: 'the first event of the other subscriber' });
    server.channel(name).end();
    await waitFor(() => other.ended, { what: 'the end of the other subscription' });
    expect(other.errors).toEqual([]);
  });

  test('end at once with complete, also while the subscription is still being opened', async () => {
    const raw = await server.raw();
    const slowly = (id: string) =>
      raw.say({ type: 'subscribe', id, payload: { query: `subscription { slowly(channel: "${name}") { number } }` } });
    slowly('1');
    await waitFor(() => server.doors.waiting.has(name), { what: 'the door to be reached' });
    raw.say({ type: 'complete', id: '1' });
    await raw.ask('0', '{ __typename }');
    server.channel(name).publish();
    const let1 = server.doors.waiting.get(name);
    server.doors.waiting.delete(name);
    slowly('1');
    await waitFor(() => server.doors.waiting.has(name), { what: 'the door to be reached' });
    let1?.();
    server.doors.waiting.get(name)?.();
    await followed();
    raw.say({ type: 'complete', id: '1' });
    await waitFor(() => server.channel(name).readers.size === 0, { what: 'the end of the subscription at the source' });
    server.channel(name).publish();
    expect(await raw.ask('2', '{ __typename }')).toMatchObject({ type: 'next' });
    expect(raw.messages.filter(({ id, type }) => id === '1' && type !== 'next')).toEqual([]);
    raw.socket.close();
  });
});

describe('a reader that does not read', () => {
  test('makes nothing pile up, holds up nobody else, and is closed with 4205', async () => {
    const impatient = await anotherServer({ times: { look: 50, drain: 1_000 } });
    const channel = impatient.channel('loud');
    const query = 'subscription { notes(channel: "loud") { number text } }';
    const slow = await impatient.raw();
    const quick = openSocket(impatient.url);
    slow.say({ type: 'subscribe', id: '1', payload: { query } });
    const inbox = collect(quick, query);
    await waitFor(() => channel.readers.size === 2, { what: 'both subscriptions at the source' });
    slow.socket.pause();
    // More than the system holds for a socket.
    const text = 'x'.repeat(100_000);
    for (let i = 0; i < 300; i += 1) channel.publish({ text });
    await waitFor(() => inbox.events.length === 300, { what: '300 events' });
    const deliveries = impatient.sockets.counts().deliveries - 300;
    expect(deliveries).toBeLessThan(250);
    await waitFor(() => channel.readers.size === 1, { what: 'the slow one to be given up' });
    expect(impatient.sockets.counts().deliveries - 300).toBe(deliveries);
    slow.socket.resume();
    await waitFor(() => slow.closed, { what: 'the end of the slow socket' });
    expect(slow.closed).toEqual([4205, 'Read faster']);
    // What was on its way came whole and in order.
    const got = slow.messages
      .slice(1)
      .map(({ payload }) => (payload as { data: { notes: { number: number } } }).data.notes.number);
    expect(got).toEqual(Array.from({ length: deliveries }, (_, index) => index));
    await quick.dispose();
  });

  test('goes on where it was when it reads again', async () => {
    const patient = await anotherServer();
    const channel = patient.channel('loud');
    const slow = await patient.raw();
    slow.say({
      type: 'subscribe',
      id: '1',
      payload: { query: 'subscription { notes(channel: "loud") { number text } }' },
    });
    await waitFor(() => channel.readers.size === 1, { what: 'the subscription at the source' });
    slow.socket.pause();
    const text = 'x'.repeat(100_000);
    for (let i = 0; i < 200; i += 1) channel.publish({ text });
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(patient.sockets.counts().deliveries).toBeLessThan(200);
    slow.socket.resume();
    await waitFor(() => slow.messages.length === 201, { what: '201 messages' });
    expect(
      slow.messages
        .slice(1)
        .map(({ payload }) => (payload as { data: { notes: { number: number } } }).data.notes.number),
    ).toEqual(Array.from({ length: 200 }, (_, index) => index));
    expect(await slow.ask('2', '{ __typename }')).toMatchObject({ type: 'next' });
    slow.socket.close();
  });

  test('is not read from either: its questions wait until it takes the answers', async () => {
    const patient = await anotherServer();
    const slow = await patient.raw();
    slow.socket.pause();
    // Each too large for many of them to come at once.
    const payload = { query: '{ big(size: 100000) }', variables: { padding: 'x'.repeat(60_000) } };
    for (let i = 0; i < 300; i += 1) slow.say({ type: 'subscribe', id: `${i}`, payload });
    await waitFor(() => patient.doors.big > 0, { what: 'the big answer in work' });
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(patient.doors.big).toBeLessThan(200);
    slow.socket.resume();
    await waitFor(() => slow.messages.filter(({ type }) => type === 'complete').length === 300, {
      what: 'the end of 300 operations',
    });
    slow.socket.close();
  });
});
