import type { IncomingMessage } from 'node:http';
import { WebSocket } from 'ws';
import { waitFor } from '../../testing/wait.ts';
import { type GatewayStack, startGateway } from './harness.ts';

const PLACES = 300;

let gateway: GatewayStack;
beforeAll(async () => {
  gateway = await startGateway(
    { left: 1, right: 1 },
    {
      GATEWAY_PROXIES: '1',
      GATEWAY_MAX_SOCKETS: `${PLACES}`,
      GATEWAY_SOCKETS_PER_ADDRESS: '150',
      GATEWAY_SOCKETS_PER_USER: '4',
      GATEWAY_NOBODY_SOCKET_SECONDS: '2',
    },
  );
});
afterAll(() => gateway?.stop());

/** How a socket ended, or whether it is open: `open`, `503`, `4205 Too many …`. */
interface Client {
  socket: WebSocket;
  state: string;
}

const all: Client[] = [];
afterEach(async () => {
  for (const { socket } of all) socket.terminate();
  await waitFor(() => all.every(({ socket }) => socket.readyState === WebSocket.CLOSED), { what: 'the end of all' });
  all.length = 0;
});

/** Opens a socket from an address, and introduces itself with a token, with none, or (null) not at all. */
function open(address: string, token?: string | null): Client {
  const headers = { 'x-forwarded-for': address };
  const socket = new WebSocket(gateway.client.url.replace('http', 'ws'), 'graphql-transport-ws', { headers });
  const client: Client = { socket, state: 'connecting' };
  const payload = token ? { authorization: `Bearer ${token}` } : undefined;
  socket.on('open', () => {
    if (token !== null) socket.send(JSON.stringify({ type: 'connection_init', payload }));
  });
  socket.on('message', () => {
    client.state = 'open';
  });
  socket.on('close', (code, reason) => {
    if (client.state !== '503') client.state = `${code} ${reason}`;
  });
  socket.on('unexpected-response', (_request, response: IncomingMessage) => {
    client.state = `${response.statusCode}`;
    socket.terminate();
  });
  socket.on('error', () => {});
  all.push(client);
  return client;
}

/** Whether a user gets in, from an address that nobody has used. */
let visits = 0;
async function visit(address = `192.0.2.${++visits}`): Promise<string> {
  const { token } = await gateway.stack.signIn();
  const client = open(address, token);
  await waitFor(() => client.state !== 'connecting', { what: 'an answer to the user' });
  return client.state;
}

test('one address cannot take the places of all, whatever it says', async () => {
  const states = async (token?: string | null) => {
    const clients = Array.from({ length: PLACES + 20 }, () => open('198.51.100.1', token));
    const visitors: string[] = [];
    for (let i = 0; i < 5; i += 1) visitors.push(await visit());
    expect(visitors).toEqual(Array(5).fill('open'));
    return clients;
  };
  const silent = await states(null);
  // Where too many refusals wait, the connection breaks off.
  const isRefused = ({ state }: Client) => state === '503' || state.startsWith('1006');
  await waitFor(() => silent.filter(isRefused).length >= PLACES + 20 - 30, { what: 'refusals' });
  const nobodys = await states();
  await waitFor(() => nobodys.some(({ state }) => state.startsWith('4205')) || nobodys.every(isRefused), {
    what: 'refusals',
  });
  expect(nobodys.filter(({ state }) => state === 'open').length).toBeLessThanOrEqual(3);
});

test('many addresses without a token have a part of the places, for some seconds', async () => {
  const clients = Array.from({ length: 120 }, (_, i) => open(`203.0.113.${i}`));
  await waitFor(() => clients.every(({ state }) => state !== 'connecting'), { what: 'an answer to all' });
  const count = (what: RegExp) => clients.filter(({ state }) => what.test(state)).length;
  expect(count(/^open|^4403/) + count(/^4205 Too many sockets without a token/)).toBe(120);
  expect(count(/^open|^4403/)).toBe(PLACES / 4);
  expect(await visit()).toBe('open');
  await waitFor(() => count(/^4403 TOKEN_MISSING/) === PLACES / 4, { what: 'the end of those without a token' });
});

test('one user has a number of sockets', async () => {
  const { token } = await gateway.stack.signIn();
  const clients = Array.from({ length: 6 }, (_, i) => open(`198.51.100.${10 + i}`, token));
  await waitFor(() => clients.every(({ state }) => state !== 'connecting'), { what: 'an answer to all' });
  await waitFor(() => clients.filter(({ state }) => state.startsWith('4205')).length === 2, { what: 'two closes' });
  expect(clients.filter(({ state }) => state === 'open')).toHaveLength(4);
  expect(await visit()).toBe('open');
});

test('an office of a hundred that signs in at once gets in', async () => {
  const tokens = await Promise.all(Array.from({ length: 100 }, () => gateway.stack.signIn()));
  // As clients do: who is refused comes again.
  await Promise.all(
    tokens.map(async ({ token }) => {
      await waitFor(
        async () => {
          const client = open('198.51.100.99', token);
          await waitFor(() => client.state !== 'connecting', { what: 'an answer' });
          return client.state === 'open';
        },
        { what: 'a socket of the office', timeout: 30_000 },
      );
    }),
  );
});
