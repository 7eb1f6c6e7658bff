import { connect } from 'node:net';
import { openRaw, type RawClient } from '../../testing/raw-socket.ts';
import { waitFor } from '../../testing/wait.ts';
import { type GatewayStack, startGateway } from './harness.ts';

/** A payer who is over budget is slowed, and nobody else. */

const COST = 150;
let gateway: GatewayStack;
beforeAll(async () => {
  const limits = {
    ...{ GATEWAY_BUDGET: '2000', GATEWAY_BUDGET_PER_SECOND: '1' },
    ...{ GATEWAY_MAX_SOCKETS: '8', GATEWAY_SOCKETS_PER_ADDRESS: '3', GATEWAY_SOCKETS_PER_USER: '1' },
  };
  gateway = await startGateway({ left: 1, right: 1 }, limits);
});
afterAll(() => gateway?.stop());

const things = `{ ${Array.from({ length: COST / 10 }, (_, n) => `t${n}: things(count: 1) { id }`).join(' ')} }`;

async function ask(token: string, query = things, body = JSON.stringify({ query })) {
  const began = performance.now();
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
  const response = await fetch(gateway.client.url, { method: 'POST', headers, body });
  const { errors } = (await response.json()) as { errors?: { extensions: Record<string, unknown> }[] };
  return { took: performance.now() - began, response, code: errors?.[0]?.extensions.code };
}

async function heldSoFar(): Promise<number> {
  const text = await (await fetch(gateway.client.url.replace(/graphql$/, 'metrics'))).text();
  return Number(/^beaver_refusals_held_total\{outcome="pause"[^}]*\} (\d+)/m.exec(text)?.[1] ?? 0);
}

/** Somebody who has spent their budget. */
async function spender(): Promise<string> {
  const { token } = await gateway.stack.signIn();
  for (let n = 0; n < 20 && (await ask(token)).code !== 'RATE_LIMITED'; n += 1);
  return token;
}

test('a refusal for want of budget waits; whoever is within theirs never does', async () => {
  const [{ token }, before] = await Promise.all([gateway.stack.signIn(), heldSoFar()]);
  for (let n = 0; n < 30; n += 1) expect((await ask(token, '{ leftInstance }')).code).toBeUndefined();
  expect(await heldSoFar()).toBe(before);
  const { took, response, code } = await ask(await spender());
  expect(code).toBe('RATE_LIMITED');
  expect(response.status).toBe(429);
  expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(took).toBeGreaterThan(245);
  // They wait for nobody's refusal.
  expect((await ask(token, '{ leftInstance }')).code).toBeUndefined();
});

test('while some refusals of a payer wait, others of theirs are refused before their body is read', async () => {
  const token = await spender();
  const before = await heldSoFar();
  const head = `POST /graphql HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${token}\r\ncontent-type: application/json\r\n`;
  const { port } = new URL(gateway.client.url);
  let isAnswered = false;
  // One after the other, so that some wait all the time, however slow the machine is.
  const floods = Array.from({ length: 12 }, async () => {
    while (!isAnswered) await ask(token);
  });
  await waitFor(async () => (await heldSoFar()) >= before + 8, { what: 'refusals to wait' });
  const socket = connect(Number(port), '127.0.0.1');
  let heard = '';
  socket.setEncoding('utf8').on('data', (text) => {
    heard += text;
  });
  try {
    socket.write(`${head}content-length: 1000\r\n\r\n`);
    await waitFor(() => heard !== '', { what: 'an answer to a head without its body', timeout: 8_000 });
  } finally {
    isAnswered = true;
    socket.destroy();
    await Promise.all(floods);
  }
  expect(heard).toMatch(/^HTTP\/1.1 429 /);
  expect(heard).toMatch(/retry-after: 1\r\n/i);
});

test('a body that cannot be read is paid for, and refused where it cannot be', async () => {
  const { token } = await gateway.stack.signIn();
  const broken = `{"query": "{ leftInstance }", "variables": {"a": "${'x'.repeat(14_000)}"}`;
  const codes: unknown[] = [];
  for (let n = 0; n < 8; n += 1) codes.push((await ask(token, '', broken)).code);
  // 14,000 bytes are some 630 of 2,000.
  expect(codes.slice(0, 3)).toEqual(['BAD_REQUEST', 'BAD_REQUEST', 'BAD_REQUEST']);
  expect(codes.slice(4)).toEqual(Array(4).fill('RATE_LIMITED'));
});

test('on a socket a refusal waits too, and what comes after it is not looked at meanwhile', async () => {
  const client = await openRaw(gateway.client.url, { init: { authorization: `Bearer ${await spender()}` } });
  const began = performance.now();
  client.say({ type: 'subscribe', id: 'dear', payload: { query: things } });
  await waitFor(() => client.messages.some(({ id }) => id === 'dear'), { what: 'the refusal' });
  expect(performance.now() - began).toBeGreaterThan(245);
  expect(client.messages.at(-1)).toMatchObject({ type: 'error', payload: [{ extensions: { code: 'RATE_LIMITED' } }] });
  client.say({ type: 'ping' });
  await waitFor(() => client.messages.some(({ type }) => type === 'pong'), { what: 'a pong' });
  client.socket.close();
});

describe('a long message on a socket', () => {
  const long = `"payload":{"query":"{ leftInstance }","variables":{"a":"${'x'.repeat(14_000)}"}`;

  test.each([
    ['with its id first', '{"id":"a","type":"subscribe",'],
    ['with its type first', ' {"type":"subscribe" , "id": "a", '],
  ])('%s is refused unread where it cannot be paid', async (_, head) => {
    const client = await openRaw(gateway.client.url, { init: { authorization: `Bearer ${await spender()}` } });
    // Whoever reads it closes the socket: it is no JSON.
    client.say(head + long);
    await waitFor(() => client.messages.some(({ id }) => id === 'a'), { what: 'the refusal' });
    expect(client.messages.at(-1)).toMatchObject({
      ...{ id: 'a', type: 'error' },
      payload: [{ extensions: { code: 'RATE_LIMITED' } }],
    });
    client.say({ type: 'ping' });
    await waitFor(() => client.messages.some(({ type }) => type === 'pong'), { what: 'a pong' });
    client.socket.close();
  });

  test('has its client come again where nobody knows whom to tell', async () => {
    const client = await openRaw(gateway.client.url, { init: { authorization: `Bearer ${await spender()}` } });
    client.say(`{${long},"id":"a","type":"subscribe"}}`);
    expect(await waitFor(() => client.closed, { what: 'the close' })).toEqual([
      4205,
      'Too much was sent in a short time',
    ]);
  });

  test('is read where it can be paid, before what comes after it', async () => {
    const { token } = await gateway.stack.signIn();
    const client = await openRaw(gateway.client.url, { init: { authorization: `Bearer ${token}` } });
    // Redis is asked first, and the end of an operation is for one that has begun.
    client.say(`{"id":"a","type":"subscribe",${long}}}`);
    client.say({ id: 'a', type: 'complete' });
    client.say({ id: 'b', type: 'subscribe', payload: { query: '{ leftInstance }' } });
    await waitFor(() => client.messages.some(({ id, type }) => id === 'b' && type === 'complete'), { what: 'b' });
    expect(client.messages.filter(({ id }) => id === 'a')).toEqual([]);
    client.say(`{"id":"a","type":"subscribe",${long}`);
    expect(await waitFor(() => client.closed, { what: 'the close' })).toEqual([4400, 'That is not JSON.']);
  });
});

test('a socket that is refused is told so after a pause', async () => {
  const { token } = await gateway.stack.signIn();
  const init = { authorization: `Bearer ${token}` };
  const first = await openRaw(gateway.client.url, { init });
  const began = performance.now();
  const second = await openRaw(gateway.client.url, { init });
  expect(await waitFor(() => second.closed, { what: 'the close' })).toEqual([4205, 'Too many sockets of this user']);
  expect(performance.now() - began).toBeGreaterThan(245);
  first.socket.close();
});

test.each<[string, object | null, (client: RawClient) => void, number]>([
  ['says what is no message', null, ({ say }) => say('{'), 4400],
  [
    'asks before it has introduced itself',
    null,
    ({ say }) => say({ type: 'subscribe', id: '1', payload: { query: '{ x }' } }),
    4401,
  ],
  [
    'has a token that is none',
    null,
    ({ say }) => say({ type: 'connection_init', payload: { authorization: `Bearer ${gateway.stack.forgedToken()}` } }),
    4403,
  ],
  ['introduces itself twice', {}, ({ say }) => say({ type: 'connection_init' }), 4429],
])('a socket is closed after a pause whose client %s', async (_what, init, act, code) => {
  const client = await openRaw(gateway.client.url, { init });
  const began = performance.now();
  act(client);
  expect((await waitFor(() => client.closed, { what: 'the close' }))[0]).toBe(code);
  expect(performance.now() - began).toBeGreaterThan(245);
});
