import { once } from 'node:events';
import type { Server } from 'node:http';
import { connect, type Socket } from 'node:net';
import { waitFor } from '../../../testing/wait.ts';
import { readBody } from '../../http/body.ts';
import { closeServer, listen } from '../../http/listening.ts';
import { createHttpServer, sendJson, withoutReading } from '../../http/server.ts';
import { readMultipart } from '../../http/uploads.ts';
import { createLog } from '../../observe/log.ts';

/** A request may come slowly, but not for ever. */

const PATIENCE = 300;
const LIMIT = 1_000;
const log = createLog('test', 'silent');
let server: Server;
let port: number;
/** The requests that came to `/held`, and what lets the first go on. */
let held: (() => void)[] = [];
const sockets: Socket[] = [];

beforeAll(async () => {
  const files = { maxFileSize: 1_000_000, maxFiles: 1, maxFieldSize: 1_000 };
  server = createHttpServer(
    [
      {
        path: '/body',
        methods: ['POST'],
        handle: async ({ incoming }, response) =>
          sendJson(response, 200, String(await readBody(incoming, LIMIT, PATIENCE))),
      },
      {
        path: '/held',
        methods: ['GET'],
        async handle({ incoming: { socket } }, response) {
          await withoutReading(socket, new Promise((resolve) => held.push(resolve)));
          sendJson(response, 200, 'held');
        },
      },
      {
        path: '/multipart',
        methods: ['POST'],
        handle: async ({ incoming }, response) =>
          sendJson(response, 200, (await readMultipart(incoming, response, files, PATIENCE)).value),
      },
    ],
    log,
  );
  port = await listen(server, '127.0.0.1', 0);
});
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
});
afterAll(() => closeServer(server));

/** A connection, and all that came over it. */
async function open(): Promise<{ socket: Socket; heard(): string }> {
  const socket = connect(port, '127.0.0.1');
  sockets.push(socket);
  let heard = '';
  socket.setEncoding('utf8').on('data', (text) => {
    heard += text;
  });
  await once(socket, 'connect');
  return { socket, heard: () => heard };
}

const head = (path: string, length: number, type = 'application/json') =>
  `POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-type: ${type}\r\ncontent-length: ${length}\r\n\r\n`;

test('a body that comes in pieces is read whole', async () => {
  const { socket, heard } = await open();
  socket.write(`${head('/body', 4)}a`);
  await waitFor(() => socket.bytesWritten > 0, { what: 'the request to be sent' });
  socket.write('bcd');
  await waitFor(() => heard() !== '', { what: 'the answer' });
  expect(heard()).toMatch(/^HTTP\/1\.1 200 [\s\S]*"abcd"$/);
});

test('bodies that come with their heads are read whole, one request after the other', async () => {
  const { socket, heard } = await open();
  for (const [body, length] of [
    ['"é"', 4],
    ['', 0],
    ['x'.repeat(LIMIT), LIMIT],
  ] as const) {
    const before = heard().length;
    socket.write(`${head('/body', length)}${body}`);
    await waitFor(() => heard().endsWith(JSON.stringify(body)) && heard().length > before, {
      what: 'the second answer',
    });
  }
  expect(heard().match(/HTTP\/1\.1 200 /g)).toHaveLength(3);
});

test.each([
  ['a body', head('/body', 100)],
  ['the operation of an upload', head('/multipart', 1_000, 'multipart/form-data; boundary=b')],
])('%s that stands still is refused by name', async (_what, begin) => {
  const { socket, heard } = await open();
  socket.write(`${begin}--b`);
  await waitFor(() => heard() !== '', { what: 'the answer' });
  expect(heard()).toMatch(/^HTTP\/1\.1 408 /);
  expect(heard()).toContain('"code":"REQUEST_TIMEOUT"');
});

test.each([
  ['that says it is', head('/body', LIMIT + 1)],
  [
    'that turns out to be',
    `POST /body HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n3e9\r\n${'x'.repeat(LIMIT + 1)}`,
  ],
  [
    'that is all there and',
    `POST /body HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n3e9\r\n${'x'.repeat(LIMIT + 1)}\r\n0\r\n\r\n`,
  ],
])('a body %s too large is refused at once', async (_what, text) => {
  const { socket, heard } = await open();
  socket.write(text);
  await waitFor(() => heard() !== '', { what: 'the answer' });
  expect(heard()).toMatch(/^HTTP\/1\.1 413 [\s\S]*PAYLOAD_TOO_LARGE/);
});

test('a form with nothing in it is refused by name', async () => {
  const { socket, heard } = await open();
  socket.write(`${head('/multipart', 7, 'multipart/form-data; boundary=b')}--b--\r\n`);
  await waitFor(() => heard() !== '', { what: 'the answer' });
  expect(heard()).toMatch(/^HTTP\/1\.1 400 [\s\S]*has no operation/);
});

test('a client that leaves in the middle is no failure of ours', async () => {
  const { socket } = await open();
  socket.write(`${head('/body', 100)}a`);
  socket.end();
  await once(socket, 'close');
  const { socket: next, heard } = await open();
  next.write(`${head('/body', 1)}a`);
  await waitFor(() => heard() !== '', { what: 'the answer' });
  expect(heard()).toMatch(/^HTTP\/1\.1 200 /);
});

test('a head that comes drop by drop is cut off', async () => {
  const { socket } = await open();
  const timer = setInterval(() => socket.write('x-a: b\r\n'), 500);
  socket.on('error', () => {});
  socket.write('POST /body HTTP/1.1\r\nhost: x\r\n');
  // It may be cut off amid a drop, which is an error here and as good.
  await new Promise((resolve) => socket.once('close', resolve));
  clearInterval(timer);
  expect(socket.bytesWritten).toBeLessThan(500);
}, 30_000);

test('while a request is held, nothing of its connection is read', async () => {
  held = [];
  const [slow, other] = await Promise.all([open(), open()]);
  const get = 'GET /held HTTP/1.1\r\nhost: x\r\n\r\n';
  slow.socket.write(get);
  await waitFor(() => held.length === 1, { what: 'the first to be held' });
  slow.socket.write(get);
  // Another connection is read long after that was sent.
  for (let n = 1; n <= 3; n += 1) {
    other.socket.write(`${head('/body', 2)}{}`);
    await waitFor(() => other.heard().split(' 200 ').length === n + 1, { what: 'another connection' });
  }
  expect(held).toHaveLength(1);
  held[0]?.();
  await waitFor(() => held.length === 2, { what: 'the next to be read' });
  held[1]?.();
  await waitFor(() => slow.heard().split('"held"').length === 3, { what: 'both answers' });
});
