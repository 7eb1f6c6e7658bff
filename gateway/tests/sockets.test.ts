import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { collect } from '../../testing/socket.ts';
import { waitFor } from '../../testing/wait.ts';
import { type GatewayStack, startGateway } from './harness.ts';

let gateway: GatewayStack;
beforeAll(async () => {
  gateway = await startGateway({ left: 1, right: 1 }, { GATEWAY_MAX_SOCKET_OPERATIONS: '3' });
});
afterAll(() => gateway?.stop());

/** Opens a socket, introduces itself with a token, and waits for the close: its code and reason. */
function closeOf(token?: string): Promise<{ code: number; reason: string }> {
  const socket = new WebSocket(gateway.client.url.replace('http', 'ws'), 'graphql-transport-ws');
  const payload = token === undefined ? undefined : { authorization: `Bearer ${token}` };
  socket.on('open', () => socket.send(JSON.stringify({ type: 'connection_init', payload })));
  return new Promise((resolve) => {
    socket.on('close', (code, reason) => resolve({ code, reason: String(reason) }));
  });
}

/** One operation over a socket of its own. */
async function ask(query: string, variables = {}, token?: string) {
  const client = gateway.socket({ token });
  const answer = collect(client, query, variables);
  await waitFor(() => answer.ended, { what: 'the end of the operation' });
  await client.dispose();
  return answer;
}

test('answers queries and mutations like HTTP does', async () => {
  const viewer = await gateway.stack.signIn();
  const query = await ask('query ($n: Int!) { me things(count: $n) { leftName rightName } }', { n: 1 }, viewer.token);
  expect(query.events).toEqual([{ me: viewer.userId, things: [{ leftName: 'left t0', rightName: 'right t0' }] }]);
  const mutation = await ask('mutation { count(name: "socket") }');
  expect(mutation.events).toEqual([{ count: 1 }]);
});

test.each([
  ['a named error', '{ fail(how: "named") }', 'FULL'],
  ['a bug', '{ fail(how: "bug") }', 'INTERNAL'],
  ['an unknown field', '{ nothing }', 'GRAPHQL_VALIDATION_FAILED'],
  ['no GraphQL', '{', 'GRAPHQL_PARSE_FAILED'],
  ['a missing variable', 'query ($n: Int!) { things(count: $n) { id } }', 'BAD_USER_INPUT'],
  ['a subscription that is not there', 'subscription { nothing }', 'GRAPHQL_VALIDATION_FAILED'],
  ['a subscription without its variable', 'subscription ($c: ID!) { ticks(channel: $c) { number } }', 'BAD_USER_INPUT'],
  [
    'a subscription to nothing',
    'subscription { ticks(channel: "a") @include(if: false) { number } }',
    'GRAPHQL_VALIDATION_FAILED',
  ],
  [
    'a subscription with a condition on its root in a fragment',
    'subscription ($x: Boolean = true) { ...F } fragment F on Subscription { ticks(channel: "a") @skip(if: $x) { number } }',
    'GRAPHQL_VALIDATION_FAILED',
  ],
])('gives the code for %s', async (_name, query, code) => {
  const errors = (await ask(query)).errors.flat();
  expect(errors).toHaveLength(1);
  expect(errors[0]).toMatchObject({ extensions: { code } });
  expect(JSON.stringify(errors)).not.toMatch(/secret|stack/);
});

test('closes with 4403 on a token that is not taken', async () => {
  expect(await closeOf(gateway.stack.expiredToken())).toEqual({ code: 4403, reason: 'TOKEN_EXPIRED' });
  expect(await closeOf(gateway.stack.forgedToken())).toEqual({ code: 4403, reason: 'TOKEN_INVALID' });
});

test('closes with 4400 on what is no token, and says the form', async () => {
  expect(await closeOf('x')).toEqual({ code: 4400, reason: expect.stringContaining('"Bearer <access token>"') });
});

test('takes the token as clients spell it', async () => {
  const viewer = await gateway.stack.signIn();
  const authorization = `Bearer ${viewer.token}`;
  for (const params of [
    { Authorization: authorization },
    { headers: { authorization } },
    { authToken: viewer.token },
  ]) {
    const client = createClient({
      url: gateway.client.url.replace('http', 'ws'),
      webSocketImpl: WebSocket,
      connectionParams: params,
    });
    const answer = collect(client, '{ me }');
    await waitFor(() => answer.ended, { what: 'the end of the operation' });
    expect(answer.events).toEqual([{ me: viewer.userId }]);
    await client.dispose();
  }
});

test('closes with 4403 when the token expires', async () => {
  const viewer = await gateway.stack.signIn(undefined, 2);
  expect(await closeOf(viewer.token)).toEqual({ code: 4403, reason: 'TOKEN_EXPIRED' });
});

test('closes with 4401 within a second when the session ends, and only its sockets', async () => {
  const [viewer, other] = await Promise.all([gateway.stack.signIn(), gateway.stack.signIn()]);
  let otherClosed = false;
  const client = gateway.socket({
    token: other.token,
    onClosed: () => {
      otherClosed = true;
    },
  });
  const ticks = collect(client, 'subscription { ticks(channel: "ended") { number } }');
  const closing = closeOf(viewer.token);
  await gateway.client.as(viewer.token).data('{ me }');
  await gateway.stack.endSession(viewer.sessionId);
  const ended = Date.now();
  expect(await closing).toEqual({ code: 4401, reason: 'SESSION_ENDED' });
  expect(Date.now() - ended).toBeLessThan(1_000);
  expect(await closeOf(viewer.token)).toEqual({ code: 4401, reason: 'SESSION_ENDED' });
  expect(otherClosed).toBe(false);
  ticks.stop();
  await client.dispose();
});

test('takes so many operations at a time and refuses the next by name', async () => {
  const client = gateway.socket();
  const running = Array.from({ length: 3 }, (_, i) =>
    collect(client, 'subscription ($c: ID!) { ticks(channel: $c) { number } }', { c: `limit${i}` }),
  );
  const fourth = collect(client, '{ leftInstance }');
  await waitFor(() => fourth.ended, { what: 'the end of the fourth subscription' });
  expect(fourth.errors.flat()).toMatchObject([{ extensions: { code: 'TOO_MANY_OPERATIONS' } }]);
  running[0]?.stop();
  const fifth = collect(client, '{ leftInstance }');
  await waitFor(() => fifth.ended, { what: 'the end of the fifth subscription' });
  expect(fifth.events).toHaveLength(1);
  for (const one of running) one.stop();
  await client.dispose();
});

test('a message that is too long closes the socket', async () => {
  const socket = new WebSocket(gateway.client.url.replace('http', 'ws'), 'graphql-transport-ws');
  socket.on('open', () => socket.send('x'.repeat(1_000_001)));
  expect(await new Promise((resolve) => socket.on('close', resolve))).toBe(1009);
});

test('ends sockets with RESUME and exits 0 when it is told to stop', async () => {
  const process = await gateway.process();
  let code = 0;
  const client = gateway.socket({
    onClosed: (given) => {
      code = given;
    },
  });
  collect(client, 'subscription { ticks(channel: "stop") { number } }');
  await waitFor(async () => (await gateway.state(gateway.left[0] as never)).subscriptions > 0, {
    what: 'the subscription at the service',
  });
  await process.stop();
  expect(code).toBe(4205);
  expect(await process.ended).toEqual({ code: 0, signal: null });
});
