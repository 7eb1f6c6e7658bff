import type { Client } from 'graphql-ws';
import { sharedStack } from '../../../testing/shared-stack.ts';
import { openSocket } from '../../../testing/socket.ts';
import type { SharedStack } from '../../../testing/stack.ts';
import { waitFor } from '../../../testing/wait.ts';
import { startServer, type TestServer } from './server.ts';

let stack: SharedStack;
let server: TestServer;
let client: Client;

beforeAll(async () => {
  stack = await sharedStack({});
  server = await startServer(stack, { maxOperations: 3 });
  client = openSocket(server.url, { token: server.token({ userId: 'ada' }) });
});
afterAll(async () => {
  await client.dispose();
  await server.stop();
  await stack.stop();
});

/** All that comes of an operation. */
async function run(query: string, variables?: Record<string, unknown>, operationName?: string): Promise<unknown[]> {
  const results: unknown[] = [];
  await new Promise<void>((resolve) => {
    client.subscribe(
      { query, variables, operationName },
      {
        next: (result) => void results.push(result),
        error: (errors) => {
          results.push({ refused: errors });
          resolve();
        },
        complete: resolve,
      },
    );
  });
  return results;
}

const refused = (code: string) => [{ refused: [{ extensions: { code } }] }];

test('a query and a mutation are answered once, with variables, and with the member of a union that it is', async () => {
  const echo = 'query ($text: String!) { me echo(text: $text) }';
  expect(await run(echo, { text: 'ä "☃" \u2028' })).toEqual([{ data: { me: 'ada', echo: 'ä "☃" \u2028' } }]);
  expect(await run(echo, { text: 'another' })).toEqual([{ data: { me: 'ada', echo: 'another' } }]);
  const keep =
    'mutation ($text: String!) { keep(text: $text) { __typename ... on Kept { text } ... on Refused { message } } }';
  expect(await run(keep, { text: 'this' })).toEqual([{ data: { keep: { __typename: 'Kept', text: 'this' } } }]);
  expect(await run(keep, { text: '' })).toEqual([
    { data: { keep: { __typename: 'Refused', message: 'Nothing to keep.' } } },
  ]);
  const both = 'query A { echo(text: "a") } query B { echo(text: "b") }';
  expect(await run(both, {}, 'B')).toEqual([{ data: { echo: 'b' } }]);
  expect(await run(both, {}, 'A')).toEqual([{ data: { echo: 'a' } }]);
});

test.each([1, 125, 126, 65_000, 65_535, 65_536, 300_000])('an answer of %i characters arrives whole', async (size) => {
  expect(await run('query ($size: Int!) { big(size: $size) }', { size })).toEqual([
    { data: { big: 'x'.repeat(size) } },
  ]);
});

test('errors come with their paths beside what could be answered, and say no more than they may', async () => {
  const [answer] = await run('{ me first: refuse fail }');
  expect(answer).toMatchObject({
    data: { me: 'ada', first: null, fail: null },
    errors: expect.arrayContaining([
      expect.objectContaining({
        message: 'Not you.',
        path: ['first'],
        extensions: { code: 'FORBIDDEN', requestId: expect.any(String) },
      }),
      expect.objectContaining({ path: ['fail'], extensions: { code: 'INTERNAL', requestId: expect.any(String) } }),
    ]),
  });
  expect(JSON.stringify(answer)).not.toContain('secret');
});

test.each([
  ['text that is no GraphQL', '{', undefined, 'GRAPHQL_PARSE_FAILED'],
  ['a field that is not there', '{ nothing }', undefined, 'GRAPHQL_VALIDATION_FAILED'],
  ['fields nested deeper than the stack', '{a'.repeat(100_000), undefined, 'OPERATION_TOO_LARGE'],
  ['a variable that is missing', 'query ($text: String!) { echo(text: $text) }', undefined, 'BAD_USER_INPUT'],
  ['several operations and no name', 'query A { me } query B { me }', undefined, 'OPERATION_RESOLUTION_FAILURE'],
  ['the name of no operation', 'query A { me }', 'C', 'OPERATION_RESOLUTION_FAILURE'],
  [
    'a subscription that the service refuses',
    'subscription { notes(channel: "closed") { number } }',
    undefined,
    'FORBIDDEN',
  ],
  [
    'a subscription without its variable',
    'subscription ($channel: String!) { notes(channel: $channel) { number } }',
    undefined,
    'BAD_USER_INPUT',
  ],
])('%s is refused, again and again', async (_what, query, operationName, code) => {
  for (let i = 0; i < 2; i += 1) expect(await run(query, {}, operationName)).toMatchObject(refused(code));
});

test('a socket has so many operations at a time, those that it has given up included while they go on', async () => {
  const raw = await server.raw();
  const wait = (id: string) => raw.say({ type: 'subscribe', id, payload: { query: `{ wait(name: "${id}") }` } });
  const { waiting } = server.doors;
  for (const id of ['a', 'b', 'c', 'd']) wait(id);
  await waitFor(() => raw.messages.length === 2, { what: 'two messages' });
  expect(raw.messages[1]).toMatchObject({
    type: 'error',
    id: 'd',
    payload: [{ extensions: { code: 'TOO_MANY_OPERATIONS' } }],
  });
  raw.say({ type: 'complete', id: 'a' });
  expect(await raw.ask('e', '{ me }')).toMatchObject({
    type: 'error',
    payload: [{ extensions: { code: 'TOO_MANY_OPERATIONS' } }],
  });
  waiting.get('a')?.();
  waiting.get('b')?.();
  await waitFor(() => raw.messages.some(({ id, type }) => id === 'b' && type === 'complete'), {
    what: 'the end of operation b',
  });
  expect(await raw.ask('f', '{ me }')).toMatchObject({ type: 'next' });
  waiting.get('c')?.();
  await waitFor(() => raw.messages.some(({ id, type }) => id === 'c' && type === 'complete'), {
    what: 'the end of operation c',
  });
  // What was given up is answered to nobody, and its id can be used again.
  expect(raw.messages.filter(({ id }) => id === 'a')).toEqual([]);
  expect(await raw.ask('a', '{ me }')).toMatchObject({ type: 'next' });
  raw.socket.close();
});

test('what is ready at the same time goes out in one write', async () => {
  const raw = await server.raw();
  let reads = 0;
  (raw.socket as unknown as { _socket: NodeJS.EventEmitter })._socket.on('data', () => {
    reads += 1;
  });
  for (const id of ['w1', 'w2', 'w3'])
    raw.say({ type: 'subscribe', id, payload: { query: `{ wait(name: "${id}") }` } });
  await waitFor(() => ['w1', 'w2', 'w3'].every((id) => server.doors.waiting.has(id)), {
    what: 'three operations that wait',
  });
  reads = 0;
  for (const id of ['w1', 'w2', 'w3']) server.doors.waiting.get(id)?.();
  await waitFor(() => raw.messages.filter(({ type }) => type === 'complete').length === 3, {
    what: 'the end of three operations',
  });
  expect(reads).toBe(1);
  raw.socket.close();
});

test('an id may be any text', async () => {
  const raw = await server.raw();
  for (const id of ['"', '\\', 'ä☃\u0000', '😀'])
    expect(await raw.ask(id, '{ __typename }')).toMatchObject({ id, type: 'next' });
  raw.socket.close();
});

test('a text of any script and length comes as it is: as an answer, as an event, in an error and with a pong', async () => {
  const raw = await server.raw();
  const got = (id: string) => raw.messages.filter((message) => message.id === id).map(({ payload }) => payload);
  // The frame of a WebSocket has another header from 126 bytes on, and another from 65,536 on.
  const texts = ['', 'a', 'é'].flatMap((first) =>
    [1, 20, 40, 21_800, 30_000].map((count) => first + '河狸'.repeat(count)),
  );
  for (const [index, text] of texts.entries()) {
    const id = String(index);
    raw.say({
      type: 'subscribe',
      id,
      payload: { query: 'query ($text: String!) { echo(text: $text) }', variables: { text } },
    });
    await waitFor(() => got(id).length > 0, { what: `an echo of ${text.length} characters` });
    expect(got(id)[0]).toEqual({ data: { echo: text } });
  }

  raw.say({
    type: 'subscribe',
    id: 'events',
    payload: { query: 'subscription { notes(channel: "scripts") { text } }' },
  });
  const channel = server.channel('scripts');
  await waitFor(() => channel.readers.size === 1, { what: 'the subscription at the source' });
  for (const text of texts) channel.publish({ text });
  await waitFor(() => got('events').length === texts.length, { what: 'the events' });
  expect(got('events')).toEqual(texts.map((text) => ({ data: { notes: { text } } })));

  raw.say({ type: 'subscribe', id: 'wrong', payload: { query: '{ echo(text: ["河狸"]) }' } });
  raw.say({ type: 'ping', payload: { text: '河狸' } });
  await waitFor(() => raw.messages.some(({ type }) => type === 'pong'), { what: 'the pong' });
  // Not the value.
  expect(JSON.stringify(got('wrong'))).not.toContain('河狸');
  expect(raw.messages.find(({ type }) => type === 'pong')).toMatchObject({ payload: { text: '河狸' } });
  raw.socket.close();
});
