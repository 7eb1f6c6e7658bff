import { connect, createServer, type Server, type Socket } from 'node:net';

/** A line to a server that can be cut and mended, for what happens while the server is away. */
export interface Line {
  /** The address at this end. */
  url: string;
  /** Ends all connections and refuses new ones. */
  cut(): Promise<void>;
  mend(): Promise<void>;
}

export async function openLine(target: string): Promise<Line> {
  const { hostname, port } = new URL(target);
  const sockets = new Set<Socket>();
  let server: Server | null = null;
  let own = 0;

  function join(near: Socket): void {
    const far = connect(Number(port), hostname);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.on('error', () => to.destroy());
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
      from.pipe(to);
    }
  }

  async function mend(): Promise<void> {
    const started = createServer(join);
    await new Promise<void>((resolve) => started.listen(own, '127.0.0.1', resolve));
    own = (started.address() as { port: number }).port;
    server = started;
  }

  await mend();
  return {
    url: `http://127.0.0.1:${own}`,
    async cut() {
      const closed = new Promise((resolve) => (server ? server.close(resolve) : resolve(null)));
      server = null;
      for (const socket of sockets) socket.destroy();
      await closed;
    },
    mend,
  };
}
