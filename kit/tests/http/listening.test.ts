import { connect } from 'node:net';
import { waitFor } from '../../../testing/wait.ts';
import { closeServer, listen } from '../../http/listening.ts';
import { createHttpServer, sendJson } from '../../http/server.ts';
import { createLog } from '../../observe/log.ts';

const log = createLog('test', 'silent');
const serverOf = (handle: Parameters<typeof createHttpServer>[0][number]['handle']) =>
  createHttpServer([{ path: '/', methods: ['GET'], handle }], log);

test('a port that somebody has is not shared with them', async () => {
  const first = serverOf(({ incoming }, response) => sendJson(response, 200, incoming.url));
  const port = await listen(first, '127.0.0.1', 0);
  const second = serverOf((_, response) => sendJson(response, 200, 'second'));
  await expect(listen(second, '127.0.0.1', port)).rejects.toMatchObject({ code: 'EADDRINUSE' });
  await closeServer(first);
  expect(await listen(second, '127.0.0.1', port)).toBe(port);
  await closeServer(second);
});

test('a crowd is accepted in fewer rounds of the event loop than it has heads', async () => {
  const server = serverOf((_, response) => sendJson(response, 200, 'there'));
  const port = await listen(server, '127.0.0.1', 0);
  let accepted = 0;
  server.on('connection', () => {
    accepted += 1;
  });
  const clients = Array.from({ length: 200 }, () => connect(port, '127.0.0.1'));
  // Then the system has all of them, and they wait to be accepted.
  await new Promise<void>((resolve) => process.nextTick(resolve));
  let rounds = 0;
  const count = () => {
    rounds += 1;
    if (accepted < clients.length) setImmediate(count);
  };
  count();
  await waitFor(() => accepted === clients.length, { what: 'all connections to be accepted' });
  if (process.platform === 'linux') expect(rounds).toBeLessThan(100);
  for (const client of clients) client.destroy();
  await closeServer(server);
});

test('a server that closes answers what it has taken, on whichever of its sockets that came', async () => {
  const asked = Promise.withResolvers<void>();
  const answers: (() => void)[] = [];
  const server = serverOf((_, response) => {
    answers.push(() => sendJson(response, 200, 'there'));
    if (answers.length === 20) asked.resolve();
  });
  const port = await listen(server, '127.0.0.1', 0);
  const requests = Array.from({ length: 20 }, () => fetch(`http://127.0.0.1:${port}/`));
  await asked.promise;
  let isClosed = false;
  const closing = closeServer(server).then(() => {
    isClosed = true;
  });
  await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow();
  expect(isClosed).toBe(false);
  for (const answer of answers) answer();
  for (const request of requests) expect((await request).status).toBe(200);
  await closing;
});
