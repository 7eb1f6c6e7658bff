import { sharedStack } from '../../../testing/shared-stack.ts';
import type { SharedStack } from '../../../testing/stack.ts';
import { waitFor } from '../../../testing/wait.ts';
import { newId } from '../../base/ids.ts';
import { startServer, type TestServer } from '../socket/server.ts';

let stack: SharedStack;
let server: TestServer;
let gateway: string;
let chat: string;
let elsewhere: string;

beforeAll(async () => {
  stack = await sharedStack({});
  // Before the server starts, so that it knows their keys.
  [gateway, chat, elsewhere] = await Promise.all([
    stack.serviceToken('gateway', 'test'),
    stack.serviceToken('chat', 'test'),
    stack.serviceToken('gateway', 'user'),
  ]);
  server = await startServer(stack);
});
afterAll(async () => {
  await server?.stop();
  await stack?.stop();
});

const SAID = { clientAddress: '203.0.113.7', audience: true };
const OWNER = newId('user');
const ASK = `{ came knows(id: "${OWNER}") }`;

test.each<[string, () => object, string]>([
  ['a gateway', () => ({ service: gateway }), 'gateway 203.0.113.7'],
  ['a service', () => ({ service: chat }), 'service null'],
  ['a service, by its authorization', () => ({ authorization: `Bearer ${chat}` }), 'service null'],
  ['a user', () => ({ authorization: `Bearer ${server.token()}` }), 'direct null'],
  ['nobody', () => ({}), 'direct null'],
])('%s is known by what it shows, and its word counts as far', async (_who, init, came) => {
  const client = await server.raw({ init: init() });
  expect(await client.ask('1', ASK, SAID)).toMatchObject({ payload: { data: { came, knows: false } } });
  client.socket.close();
});

test('a gateway says the address of each client anew', async () => {
  const client = await server.raw({ init: { service: gateway } });
  for (const [id, address] of [
    ['1', '203.0.113.7'],
    ['2', '2001:db8:0:1::/64'],
    ['3', null],
  ] as const) {
    const answer = await client.ask(id, '{ came }', { clientAddress: address ?? undefined });
    expect(answer.payload).toEqual({ data: { came: `gateway ${address}` } });
  }
  client.socket.close();
});

test('only a gateway is told for whom an answer is', async () => {
  const knows = `{ knows(id: "${OWNER}") }`;
  for (const [init, extensions] of [
    [{ service: gateway }, { audience: [[OWNER, false]] }],
    [{ service: chat }, undefined],
    [{}, undefined],
  ] as const) {
    const client = await server.raw({ init });
    const answer = (await client.ask('1', knows, { audience: true })).payload as { extensions?: object };
    expect(answer.extensions).toEqual(extensions);
    client.socket.close();
  }
});

test.each<[string, () => unknown]>([
  ['a token for another service', () => elsewhere],
  ['an access token', () => server.token()],
  ['a token that is signed by nobody known', () => stack.forgedToken()],
  ['no token', () => 'gateway'],
  ['no text', () => ({ iss: 'gateway' })],
])('%s proves nothing', async (_what, service) => {
  const client = await server.raw({ init: { service: service() } });
  expect(await waitFor(() => client.closed, { what: 'the close' })).toEqual([4403, 'TOKEN_INVALID']);
});
