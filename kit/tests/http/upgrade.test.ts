import { once } from 'node:events';
import { Agent, request, type Server } from 'node:http';
import { json } from 'node:stream/consumers';
import { readBody } from '../../http/body.ts';
import { closeServer, listen } from '../../http/listening.ts';
import { createHttpServer, sendJson } from '../../http/server.ts';
import { createLog } from '../../observe/log.ts';
import { askRaw } from '../raw.ts';

/**
 * Clients offer HTTP/2 (Java's by default, curl --http2): a server that does not speak it answers as if they
 * had not.
 */

let server: Server;
let port: number;
beforeAll(async () => {
  const echo = {
    methods: ['GET', 'POST'],
    async handle({ incoming, path }: { incoming: Parameters<typeof readBody>[0]; path: string }, response: never) {
      sendJson(response, 200, { path, size: (await readBody(incoming, 1_000_000)).length });
    },
  };
  const routes = [
    { path: '/graphql', ...echo },
    { path: '/other', ...echo },
  ];
  server = createHttpServer(routes, createLog('test', 'silent'));
  server.on('upgrade', (_request, socket) => socket.end('HTTP/1.1 101 Switching Protocols\r\n\r\n'));
  port = await listen(server, '127.0.0.1', 0);
});
afterAll(() => closeServer(server));

const ask = (method: string, path: string, upgrade: string, body = '') =>
  `${method} ${path} HTTP/1.1\r\nhost: x\r\nconnection: Upgrade, HTTP2-Settings\r\nupgrade: ${upgrade}\r\nhttp2-settings: AAMAAABkAAQ\r\n` +
  `${body ? `content-length: ${body.length}\r\n` : ''}\r\n${body}`;
const answers = (heard: string) => heard.match(/HTTP\/1\.1 \d+|\{.*?\}/g);

test.each([
  ['GET', '/other', ''],
  ['GET', '/graphql', ''],
  ['POST', '/graphql', '{"query":"{__typename}"}'],
  ['POST', '/graphql', 'x'.repeat(300_000)],
])('an offer of HTTP/2 is ignored: %s %s', async (method, path, body) => {
  // More connections than the server has sockets that listen.
  const heard = await Promise.all(
    Array.from({ length: 40 }, () =>
      askRaw(port, [ask(method, path, 'h2c', body)], (text) => text.endsWith('}') || text.includes('101')),
    ),
  );
  for (const one of heard) expect(answers(one)).toEqual(['HTTP/1.1 200', JSON.stringify({ path, size: body.length })]);
});

test('the connection goes on', async () => {
  let connections = 0;
  server.on('connection', () => {
    connections += 1;
  });
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  for (const body of ['abc', '', 'defg']) {
    const headers = { connection: 'Upgrade, HTTP2-Settings', upgrade: 'h2c', 'http2-settings': 'AAMAAABkAAQ' };
    const outgoing = request({ port, path: '/other', method: body ? 'POST' : 'GET', agent, headers }).end(body);
    const [incoming] = await once(outgoing, 'response');
    expect(await json(incoming)).toEqual({ path: '/other', size: body.length });
  }
  expect(connections).toBe(1);
  agent.destroy();
});

test.each(['foo', 'TLS/1.0', 'websocket2', 'h2c, websocket'])('so is an offer of %s', async (upgrade) => {
  const heard = await askRaw(port, [ask('GET', '/graphql', upgrade)], (text) => text.endsWith('}'));
  expect(answers(heard)?.[0]).toBe('HTTP/1.1 200');
});

test('a WebSocket is a GET at the address of the graph, and nothing else', async () => {
  for (const path of ['/graphql', '/graphql/', '/graphql?x=1'])
    expect(await askRaw(port, [ask('GET', path, 'WebSocket')])).toMatch(/^HTTP\/1\.1 101 /);
  expect(await askRaw(port, [ask('POST', '/graphql', 'websocket', 'abc')])).toMatch(/^HTTP\/1\.1 200 /);
  const lost = await askRaw(port, [ask('GET', '/subscriptions', 'websocket')], (text) => text.endsWith('}'));
  expect(lost).toMatch(/^HTTP\/1\.1 404 [\s\S]*The graph is at \/graphql/);
});
