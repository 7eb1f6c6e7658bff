import type { IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { json } from 'node:stream/consumers';
import { WebSocket } from 'ws';
import type { RawClient } from '../../../testing/raw-socket.ts';
import { sharedStack } from '../../../testing/shared-stack.ts';
import type { SharedStack } from '../../../testing/stack.ts';
import { waitFor } from '../../../testing/wait.ts';
import { newId } from '../../base/ids.ts';
import { askRaw } from '../raw.ts';
import { startServer, type TestServer } from './server.ts';

let stack: SharedStack;
let server: TestServer;

beforeAll(async () => {
  stack = await sharedStack({});
  server = await startServer(stack, { times: { look: 50, init: 1_000 } });
});
afterAll(async () => {
  await server.stop();
  await stack.stop();
});

const closed = (client: RawClient) => waitFor(() => client.closed, { what: 'the close' });
const NOTES = 'subscription { notes(channel: "quiet") { number } }';
const subscribe = (id: unknown, query: unknown = NOTES) => ({ type: 'subscribe', id, payload: { query } });

describe('faults of the client', () => {
  const deep = `{"type":"ping","payload":${'{"a":'.repeat(200)}1${'}'.repeat(200)}}`;
  test.each<[string, number, unknown[]]>([
    ['text that is not JSON', 4400, ['{']],
    ['JSON that is no object', 4400, ['[]']],
    ['no type', 4400, [{}]],
    ['a type that a server sends', 4400, [{ type: 'next', id: '1', payload: {} }]],
    ['a payload that is no object', 4400, [{ type: 'ping', payload: 'x' }]],
    ['a message that is nested deeply', 4400, [deep]],
    ['an operation without an id', 4400, [subscribe(undefined)]],
    ['an empty id', 4400, [subscribe('')]],
    ['an id of a thousand characters', 4400, [subscribe('x'.repeat(1_000))]],
    ['an operation without a query', 4400, [{ type: 'subscribe', id: '1', payload: {} }]],
    ['variables that are a list', 4400, [{ type: 'subscribe', id: '1', payload: { query: NOTES, variables: [] } }]],
    ['an id that is in use', 4409, [subscribe('1'), subscribe('1')]],
    ['a second introduction', 4429, [{ type: 'connection_init' }]],
    ['a message that is too large', 1009, [{ type: 'ping', payload: { text: 'x'.repeat(1_100_000) } }]],
  ])('%s closes the socket with %i', async (_what, code, messages) => {
    const client = await server.raw();
    for (const message of messages) client.say(message);
    expect((await closed(client))[0]).toBe(code);
  });

  test('a binary message closes with 4400', async () => {
    const client = await server.raw();
    client.socket.send(Buffer.from('{"type":"ping"}'), { binary: true });
    expect(await closed(client)).toEqual([4400, 'A message is text.']);
  });

  test('an operation before the acknowledgement closes with 4401', async () => {
    const client = await server.raw({ init: null });
    client.say(subscribe('1'));
    expect(await closed(client)).toEqual([4401, 'Unauthorized']);
  });

  test.each([null, 'graphql-ws', 'mqtt'])(
    'the subprotocol %s closes with 4406, and says which one is spoken',
    async (protocol) => {
      const client = await server.raw({ protocol });
      expect(await closed(client)).toEqual([4406, expect.stringContaining('graphql-transport-ws')]);
      expect(client.socket.protocol).toBe(protocol ?? '');
    },
  );

  test.each([
    ['no key', 'sec-websocket-version: 13', 'Sec-WebSocket-Key'],
    ['no version', 'sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==', 'Sec-WebSocket-Version'],
  ])('a handshake with %s is refused by name', async (_what, header, name) => {
    const text = `GET /graphql HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n${header}\r\n\r\n`;
    const heard = await askRaw(Number(new URL(server.url).port), [text], (so) => so.endsWith('}'));
    expect(heard).toMatch(/^HTTP\/1\.1 400 /);
    expect(heard.split('\r\n\r\n')[1]).toContain(name);
  });

  test('who does not introduce itself is closed with 4408', async () => {
    const client = await server.raw({ init: null });
    expect((await closed(client))[0]).toBe(4408);
  });

  test('nothing of all this is left behind', async () => {
    await waitFor(() => server.sockets.counts().sockets === 0 && server.sockets.counts().operations === 0, {
      what: 'the end of all sockets',
    });
    expect(server.channel('quiet').readers.size).toBe(0);
  });
});

describe('being there', () => {
  test('a ping is answered with its payload, of either kind', async () => {
    const client = await server.raw();
    client.say({ type: 'ping', payload: { n: 1 } });
    client.say({ type: 'ping' });
    client.say({ type: 'pong' });
    await waitFor(() => client.messages.length === 3, { what: 'three messages' });
    expect(client.messages.slice(1)).toEqual([{ type: 'pong', payload: { n: 1 } }, { type: 'pong' }]);
    const pong = new Promise((resolve) => client.socket.once('pong', (data) => resolve(String(data))));
    client.socket.ping('there?');
    expect(await pong).toBe('there?');
    client.socket.close();
  });

  test('who does not answer the pings is ended, who does is not', async () => {
    const quick = await startServer(stack, { times: { look: 20, ping: 200 } });
    const dead = await quick.raw({ autoPong: false });
    const alive = await quick.raw();
    let pings = 0;
    alive.socket.on('ping', () => {
      pings += 1;
    });
    expect((await closed(dead))[0]).toBe(1006);
    await waitFor(() => pings >= 3, { what: 'three pings' });
    expect(alive.closed).toBe(null);
    await quick.stop();
  });
});

describe('whose socket it is', () => {
  test.each([
    ['expired', 4403, 'TOKEN_EXPIRED', () => `Bearer ${server.token({ seconds: -10 })}`],
    ['forged', 4403, 'TOKEN_INVALID', () => `Bearer ${stack.forgedToken()}`],
  ])('a token that is %s closes with %i %s', async (_what, code, reason, authorization) => {
    const client = await server.raw({ init: { authorization: authorization() } });
    expect(await closed(client)).toEqual([code, reason]);
    expect(client.messages).toEqual([]);
  });

  test.each<[string, (token: string) => Record<string, unknown>]>([
    ['as documented', (token) => ({ authorization: `Bearer ${token}` })],
    ['with a capital', (token) => ({ Authorization: `Bearer ${token}` })],
    ['in capitals', (token) => ({ AUTHORIZATION: `bearer ${token}` })],
    ['in headers', (token) => ({ headers: { Authorization: `Bearer ${token}` } })],
    ['beside an empty one', (token) => ({ authorization: '', headers: { authorization: `Bearer ${token}` } })],
    ['bare, by the name of Apollo’s documentation', (token) => ({ authToken: token })],
    ['by that name and not bare', (token) => ({ authToken: `Bearer ${token}` })],
  ])('a token is taken %s', async (_how, init) => {
    const client = await server.raw({ init: init(server.token({ userId: 'ada' })) });
    expect(await client.ask('1', '{ me }')).toMatchObject({ payload: { data: { me: 'ada' } } });
    client.socket.close();
  });

  test.each<[string, (token: string) => Record<string, unknown>]>([
    ['a token', (token) => ({ token })],
    ['access_token', (token) => ({ access_token: token })],
    ['a name of its own', (token) => ({ mine: token })],
    ['a header of its own', (token) => ({ headers: { 'x-access-token': token } })],
    ['no Bearer', (token) => ({ authorization: token })],
    ['no text', () => ({ authorization: 5 })],
    ['a token that is not there', () => ({ authorization: 'Bearer undefined' })],
    ['another scheme', () => ({ Authorization: 'Basic YTpi' })],
  ])('a payload with %s is not acknowledged as nobody’s: 4400 says the form', async (_what, init) => {
    const client = await server.raw({ init: init(server.token()) });
    expect(await closed(client)).toEqual([4400, expect.stringContaining('{"authorization": "Bearer <access token>"}')]);
    expect(client.messages).toEqual([]);
  });

  test.each([
    {},
    { authorization: null },
    { Authorization: '' },
    { authToken: '' },
    { headers: {}, client: 'web', author: 'ada' },
  ])('a payload without a token is nobody’s: %j', async (init) => {
    const client = await server.raw({ init });
    expect(await client.ask('1', '{ me }')).toMatchObject({ payload: { data: { me: null } } });
    client.socket.close();
  });

  test('it ends with its token', async () => {
    const client = await server.raw({ init: { authorization: `Bearer ${server.token({ seconds: 2 })}` } });
    expect(await client.ask('1', '{ me }')).toMatchObject({ type: 'next' });
    expect(await closed(client)).toEqual([4403, 'TOKEN_EXPIRED']);
  });

  test('it ends with its session, which is refused from then on; others of the user go on', async () => {
    const sessionId = newId('session');
    const token = server.token({ sessionId });
    const ended = await Promise.all([1, 2].map(() => server.raw({ init: { authorization: `Bearer ${token}` } })));
    const other = await server.raw({ init: { authorization: `Bearer ${server.token()}` } });
    ended[0]?.say(subscribe('1', 'subscription { notes(channel: "session") { number } }'));
    await waitFor(() => server.channel('session').readers.size === 1, { what: 'the subscription at the source' });
    await stack.endSession(sessionId);
    for (const client of ended) expect(await closed(client)).toEqual([4401, 'SESSION_ENDED']);
    expect(server.channel('session').readers.size).toBe(0);
    expect(await closed(await server.raw({ init: { authorization: `Bearer ${token}` } }))).toEqual([
      4401,
      'SESSION_ENDED',
    ]);
    expect(await other.ask('1', '{ me }')).toMatchObject({ type: 'next' });
    other.socket.close();
  });

  test('an operation can come with a token of its own, which concerns it alone', async () => {
    const client = await server.raw({ init: { authorization: `Bearer ${server.token({ userId: 'ada' })}` } });
    const me = (userId: string) => ({ type: 'next', payload: { data: { me: userId } } });
    expect(await client.ask('1', '{ me }')).toMatchObject(me('ada'));
    expect(
      await client.ask('2', '{ me }', { authorization: `Bearer ${server.token({ userId: 'bob' })}` }),
    ).toMatchObject(me('bob'));
    expect(await client.ask('3', '{ me }', { authorization: `Bearer ${stack.forgedToken()}` })).toMatchObject({
      type: 'error',
      payload: [{ extensions: { code: 'UNAUTHENTICATED', reason: 'TOKEN_INVALID' } }],
    });
    expect(await client.ask('4', '{ me }')).toMatchObject(me('ada'));
    client.socket.close();
  });
});

describe('the server', () => {
  test('answers 503 with Retry-After where there are as many sockets as it takes, and takes others when some have gone', async () => {
    const small = await startServer(stack, { maxSockets: 2 });
    const [first] = await Promise.all([small.raw(), small.raw()]);
    const response = await new Promise<IncomingMessage>((resolve) => {
      new WebSocket(small.url.replace('http', 'ws'), 'graphql-transport-ws')
        .on('unexpected-response', (_request, refusal) => resolve(refusal))
        .on('error', () => {});
    });
    expect([response.statusCode, response.headers]).toMatchObject([503, { 'retry-after': '5' }]);
    expect(await json(response)).toMatchObject({ errors: [{ extensions: { code: 'OVERLOADED' } }] });
    first?.socket.close();
    await waitFor(() => small.sockets.counts().sockets === 1, { what: 'the socket at the small server' });
    expect((await small.raw()).messages).toEqual([{ type: 'connection_ack' }]);
    await small.stop();
  });

  test('says Resume to all when it stops, and ends who does not answer', async () => {
    const stopping = await startServer(stack, { times: { grace: 300 } });
    const client = await stopping.raw();
    client.say(subscribe('1'));
    await waitFor(() => stopping.channel('quiet').readers.size === 1, { what: 'the subscription at the source' });
    // By hand: it does not answer the closing.
    const { hostname, port } = new URL(stopping.url);
    const deaf = connect(Number(port), hostname);
    deaf.write(
      'GET /graphql HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n',
    );
    const cut = new Promise((resolve) => deaf.on('close', resolve).on('error', () => {}));
    deaf.resume();
    await waitFor(() => stopping.sockets.counts().sockets === 2, { what: 'two sockets at the server' });
    await stopping.stop();
    expect(await closed(client)).toEqual([4205, 'Resume']);
    expect(stopping.channel('quiet').readers.size).toBe(0);
    await cut;
  });

  test('serves sockets at its path alone', async () => {
    const status = await new Promise((resolve) => {
      new WebSocket(server.url.replace('http', 'ws').replace('/graphql', '/elsewhere'), 'graphql-transport-ws')
        .on('unexpected-response', (_request, refusal) => resolve(refusal.statusCode))
        .on('error', () => {});
    });
    expect(status).toBe(404);
  });
});
