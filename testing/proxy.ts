import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A TCP proxy on loopback, with which a test watches a connection or breaks it. */
export interface TcpProxy {
  port: number;
  /** Ends all connections and refuses new ones until `mend`. */
  cut(): void;
  /**
   * Passes nothing on in either direction, no end of a connection either, until `mend`: a server that hangs,
   * or a network that swallows.
   */
  silence(): void;
  mend(): void;
  stop(): Promise<void>;
}

/** Forwards to a server; `onRequest` sees what clients send. */
export async function startProxy(
  target: { host: string; port: number },
  onRequest: (data: Buffer) => void = () => {},
): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  let isCut = false;
  let isSilent = false;
  const pairs = new Map<Socket, Socket>();
  /** Whose other end was closed while nothing was passed on. */
  const left = new Set<Socket>();
  const endWith = (ended: Socket, other: Socket) => {
    ended.on('close', () => {
      if (isSilent) left.add(other);
      else other.destroy();
    });
  };
  const hold = (client: Socket, upstream: Socket) => {
    client.unpipe(upstream).pause();
    upstream.unpipe(client).pause();
  };
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
  };
  const server = createServer((client) => {
    keep(client);
    if (isCut) {
      client.destroy();
      return;
    }
    const upstream = connect(target.port, target.host);
    keep(upstream);
    client.on('data', onRequest);
    client.pipe(upstream).pipe(client);
    if (isSilent) hold(client, upstream);
    pairs.set(client, upstream);
    client.on('close', () => pairs.delete(client));
    endWith(client, upstream);
    endWith(upstream, client);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cut = () => {
    isCut = true;
    isSilent = false;
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    cut,
    silence() {
      isSilent = true;
      for (const [client, upstream] of pairs) hold(client, upstream);
    },
    mend() {
      isCut = false;
      if (!isSilent) return;
      isSilent = false;
      for (const socket of left) socket.destroy();
      left.clear();
      for (const [client, upstream] of pairs) client.pipe(upstream).pipe(client);
    },
    async stop() {
      cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

// The command bytes of the MySQL protocol that run a statement.
const QUERY = 0x03;
const EXECUTE = 0x17;

/**
 * Counts the statements in what a MySQL client sends: each packet is a length of three bytes, a number, and
 * the command. `prepared` counts those alone that the driver's `execute` runs.
 */
export function countStatements(data: Buffer, which: 'all' | 'prepared' = 'all'): number {
  let count = 0;
  for (let at = 0; at + 4 < data.length; at += 4 + data.readUIntLE(at, 3)) {
    const command = data[at + 3] === 0 ? data[at + 4] : null;
    if (command === EXECUTE || (command === QUERY && which === 'all')) count += 1;
  }
  return count;
}
