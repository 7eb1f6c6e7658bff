import type { Server, ServerResponse } from 'node:http';
import {
  type AddressInfo,
  createServer as createNetServer,
  type ListenOptions,
  type Server as NetServer,
} from 'node:net';

/**
 * Accept backlog; the kernel may cap it (`net.core.somaxconn`). With Node's default of 511, a reconnect storm
 * overflows it: the kernel drops connections, and clients, senders among them, retry after 1, 2, 4 and 8
 * seconds.
 */
const BACKLOG = 16_384;
/**
 * Listening sockets per port. Node accepts one connection per socket in a round of its event loop, so with
 * one socket each new connection waits behind thousands of a reconnect storm. The kernel spreads connections
 * over sockets that share a port (SO_REUSEPORT, here on Linux only).
 */
const LISTENERS = process.platform === 'linux' ? 16 : 1;

/** The further listening sockets of a server. */
const companions = new WeakMap<Server, NetServer[]>();

/** Listens and resolves to the port; 0 takes a free one. Rejects with the system's error, as EADDRINUSE. */
export async function listen(server: Server, host: string, port: number): Promise<number> {
  if (LISTENERS === 1) return listenOn(server, { host, port, backlog: BACKLOG });
  // Checks that no other process of ours has the port: it could share it and take half of the connections. A
  // free port that the kernel chooses is never shared.
  if (port !== 0) {
    const probe = createNetServer();
    await listenOn(probe, { host, port });
    await closed(probe);
  }
  const shared = { host, backlog: BACKLOG, reusePort: true };
  const chosen = await listenOn(server, { ...shared, port });
  // The options of an HTTP server's own connections.
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

/** How long requests may take to complete at shutdown, in ms. Below the time limit of the whole shutdown. */
const LAST_CHANCE = 5_000;

/**
 * Stops accepting connections and resolves when all requests are answered, or after five seconds: Node counts
 * a connection without a request, or with half of one, as busy for a minute or more. Answers close keep-alive
 * connections, or a client that sends all the time would keep the server from ending.
 */
export async function closeServer(server: Server): Promise<void> {
  server.prependListener('request', (_request, response: ServerResponse) => response.setHeader('connection', 'close'));
  const timer = setTimeout(() => server.closeAllConnections(), LAST_CHANCE);
  const all = [server, ...(companions.get(server) ?? [])].map(closed);
  server.closeIdleConnections();
  await Promise.all(all);
  clearTimeout(timer);
}
