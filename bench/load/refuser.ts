// A server that does nothing but refuse, after the pauses that the gateway makes: the target of the control
// of bystanders.ts.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createSlowdown } from '../../kit/base/slowdown.ts';
import { serveParent } from './serve.ts';

const slowdown = createSlowdown();
const server = createServer((request, response) => {
  request.resume();
  const pause = slowdown.hold('everybody');
  if (pause) void pause.then(() => response.writeHead(429).end());
  else response.destroy();
});
server.on('upgrade', (_request, socket) => {
  socket.on('error', () => {});
  void slowdown.hold('everybody')?.then(() => socket.end('HTTP/1.1 503 Service Unavailable\r\n\r\n'));
});

serveParent({
  async listen(): Promise<string> {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
  },
});
