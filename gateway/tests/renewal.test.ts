import type { Client } from 'graphql-ws';
import { newId } from '../../kit/base/ids.ts';
import type { Service } from '../../launch/services.ts';
import { collect } from '../../testing/socket.ts';
import { waitFor } from '../../testing/wait.ts';
import { type SharedGateway, sharedGateway } from './harness.ts';

const TICKS = 'subscription ($channel: ID!) { ticks(channel: $channel) { number thing { leftName rightName } } }';

let gateway: SharedGateway;
beforeAll(async () => {
  gateway = await sharedGateway();
});
afterAll(() => gateway?.stop());

interface Socket {
  client: Client;
  /** The code with which it was closed; null while it is open. */
  readonly code: number | null;
}

function open(token?: string): Socket {
  let code: number | null = null;
  const client = gateway.socket({
    token,
    lazy: false,
    onClosed: (given) => {
      code = given;
    },
  });
  return {
    client,
    get code() {
      return code;
    },
  };
}

/** One operation over the socket. */
async function ask(socket: Socket, query: string, variables = {}) {
  const answer = collect(socket.client, query, variables);
  await waitFor(() => answer.ended, { what: 'the end of the operation' });
  expect(answer.errors).toEqual([]);
  return answer.events[0];
}

const renew = (socket: Socket, token: string) =>
  ask(socket, 'mutation ($t: String!) { signIn(token: $t) }', { t: token });
const viewerOf = async (socket: Socket) => (await ask(socket, '{ me }')).me;

async function subscribe(socket: Socket, channel: string) {
  const left = gateway.left[0] as Service;
  const begun = async () => (await gateway.state(left)).authorizations.length;
  const before = await begun();
  const ticks = collect(socket.client, TICKS, { channel });
  await waitFor(async () => (await begun()) > before, { what: 'the subscription to begin' });
  return ticks;
}

async function tick(channel: string, n: number) {
  await gateway.client.data('mutation ($c: ID!, $n: Int!) { tick(channel: $c, from: $n, to: $n, thing: "t0") }', {
    c: channel,
    n,
  });
}

/** A token of so many seconds, and what resolves when it has expired. */
async function shortLived(userId: string, seconds: number, sessionId = newId('session')) {
  const expiry = Date.now() + seconds * 1000;
  const { token } = await gateway.stack.signIn(userId, seconds, sessionId);
  return { token, sessionId, expired: () => waitFor(() => Date.now() > expiry, { what: 'the end of a token' }) };
}

test('a socket that is renewed outlives its tokens, and its subscription misses nothing', async () => {
  const userId = newId('user');
  const first = await shortLived(userId, 5);
  const socket = open(first.token);
  const ticks = await subscribe(socket, 'renewed');
  await tick('renewed', 1);
  const second = await shortLived(userId, 8, first.sessionId);
  await renew(socket, second.token);
  await tick('renewed', 2);
  await first.expired();
  // Its other half comes from a service that would refuse the first token.
  await tick('renewed', 3);
  await ticks.until((event) => event.ticks.number === 3);
  expect(await viewerOf(socket)).toBe(userId);
  const third = await gateway.stack.signIn(userId);
  await renew(socket, third.token);
  await second.expired();
  await tick('renewed', 4);
  await ticks.until((event) => event.ticks.number === 4);
  expect(ticks.errors).toEqual([]);
  const thing = { leftName: 'left t0', rightName: 'right t0' };
  expect(ticks.events).toEqual([1, 2, 3, 4].map((number) => ({ ticks: { number, thing } })));
  expect(await viewerOf(socket)).toBe(userId);
  expect(socket.code).toBeNull();
  await socket.client.dispose();
});

test("another user's token is answered but changes nothing: the socket ends with its own", async () => {
  const userId = newId('user');
  // Long enough for a busy machine to do all that comes before its end.
  const mine = await shortLived(userId, 8);
  const theirs = await gateway.stack.signIn();
  const socket = open(mine.token);
  const ticks = await subscribe(socket, 'other');
  await renew(socket, theirs.token);
  expect(await viewerOf(socket)).toBe(userId);
  await gateway.stack.endSession(theirs.sessionId);
  await tick('other', 1);
  await ticks.until(() => true);
  await waitFor(() => socket.code !== null, { what: 'the end of the socket' });
  expect(socket.code).toBe(4403);
});

test('a socket of nobody becomes that of who signs in', async () => {
  const socket = open();
  const ticks = await subscribe(socket, 'nobody');
  expect(await viewerOf(socket)).toBeNull();
  const { userId, token, sessionId } = await gateway.stack.signIn();
  await renew(socket, token);
  expect(await viewerOf(socket)).toBe(userId);
  await tick('nobody', 1);
  await ticks.until(() => true);
  await gateway.stack.endSession(sessionId);
  await waitFor(() => socket.code !== null, { what: 'the end of the socket' });
  expect(socket.code).toBe(4401);
});

test('a renewed socket ends with its new session, and not with the one before', async () => {
  const userId = newId('user');
  const [before, after] = await Promise.all([gateway.stack.signIn(userId), gateway.stack.signIn(userId)]);
  const socket = open(before.token);
  await renew(socket, after.token);
  await gateway.stack.endSession(before.sessionId);
  // The gateway knows, and yet the socket goes on.
  await waitFor(async () => (await gateway.client.as(before.token).send('{ me }')).status === 401, {
    what: 'the end of the session to be known',
  });
  expect(await viewerOf(socket)).toBe(userId);
  await gateway.stack.endSession(after.sessionId);
  await waitFor(() => socket.code !== null, { what: 'the end of the socket' });
  expect(socket.code).toBe(4401);
});

test('a subscription that ends with the session it began in makes a socket that has moved to another come again', async () => {
  const userId = newId('user');
  const [before, after] = await Promise.all([gateway.stack.signIn(userId), gateway.stack.signIn(userId)]);
  const socket = open(before.token);
  const ticks = await subscribe(socket, 'moved');
  await renew(socket, after.token);
  await gateway.stack.endSession(before.sessionId);
  await waitFor(() => socket.code !== null, { what: 'the end of the socket' });
  expect(socket.code).toBe(4205);
  expect(ticks.errors).not.toMatchObject([[{ extensions: { code: 'UNAUTHENTICATED' } }]]);
});
