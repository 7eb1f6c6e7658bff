import type { Server, ServerResponse } from 'node:http';
import {
  type AddressInfo,
  createServer as createNetServer,
  type ListenOptions,
  type Server as NetServer,
} from 'node:net';

/**
 * Connections that may wait to be accepted; the system may allow fewer (`net.core.somaxconn`). Past Node's
 * own 511 the system drops what comes, and those who come again after a server died try again after 1, 2, 4
 * and 8 seconds, with whoever wants to send something among them.
 */
const BACKLOG = 16_384;
/**
 * Sockets that listen on one port. Node accepts one connection from each in a round of its event loop: with
 * one socket, and thousands who come at once, everybody who comes waits behind all of them. The system shares
 * connections out among sockets that share a port (SO_REUSEPORT, here on Linux only).
 */
const LISTENERS = process.platform === 'linux' ? 16 : 1;

/** The other sockets that listen for a server. */
const companions = new WeakMap<Server, NetServer[]>();

/**
 * Listens and resolves to the port, which is a free one where 0 was asked for. Rejects with the system's
 * error, for example EADDRINUSE.
 */
export async function listen(server: Server, host: string, port: number): Promise<number> {
  if (LISTENERS === 1) return listenOn(server, { host, port, backlog: BACKLOG });
  // Another process of ours could share the port too, and would take half of what comes: so first it is had
  // alone. The system never shares a free one that it chooses.
  if (port !== 0) {
    const probe = createNetServer();
    await listenOn(probe, { host, port });
    await closed(probe);
  }
  const shared = { host, backlog: BACKLOG, reusePort: true };
  const chosen = await listenOn(server, { ...shared, port });
  // As an HTTP server makes its own connections.
  const options = { allowHalfOpen: true, noDelay: true };
  const others = Array.from({ length: LISTENERS - 1 }, () =>
    createNetServer(options, (socket) => server.emit('connection', socket)),
  );
  companions.set(server, others);
  await Promise.all(others.map((other) => listenOn(other, { ...shared, port: chosen })));
  return chosen;
}

function listenOn(server: NetServer, options: ListenOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(options, () => {
      server.off('error', reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

function closed(server: NetServer): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}

/**
 * How long requests may take to end when the server closes, in ms; less than the process has for stopping.
 */
const LAST_CHANCE = 5_000;

/**
 * Stops accepting connections and resolves when all requests are answered, or after five seconds: a
 * connection over which nothing or half a request came counts as busy for a minute or more. Clients that keep
 * their connections are told to open another, elsewhere: else one that asks all the time would keep the
 * server from ever ending.
 */
export async function closeServer(server: Server): Promise<void> {
  server.prependListener('request', (_request, response: ServerResponse) => response.setHeader('connection', 'close'));
  const timer = setTimeout(() => server.closeAllConnections(), LAST_CHANCE);
  const all = [server, ...(companions.get(server) ?? [])].map(closed);
  server.closeIdleConnections();
  await Promise.all(all);
  clearTimeout(timer);
}
