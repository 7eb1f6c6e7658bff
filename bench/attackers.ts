// The clients of attacks.ts, in a thread of their own: what they do must not count as work of the gateway.
import { connect } from 'node:net';
import { parentPort } from 'node:worker_threads';

/** One attack: requests at once, or bodies that come drop by drop. */
export type Attack =
  | { kind: 'post'; headers?: Record<string, string>; body: string; times?: number }
  | { kind: 'drip'; connections: number; milliseconds: number };

export interface AttackJob {
  url: string;
  attack: Attack;
}

async function post({ url }: AttackJob, { headers, body, times = 1 }: Attack & { kind: 'post' }): Promise<string> {
  const answers = await Promise.all(
    Array.from({ length: times }, async () => {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body,
      });
      const { errors = [] } = (await response.json()) as { errors?: { extensions?: { code?: string } }[] };
      return `${response.status} ${errors[0]?.extensions?.code ?? 'answered'}`;
    }),
  );
  return [...new Set(answers)].join(', ');
}

async function drip({ url }: AttackJob, { connections, milliseconds }: Attack & { kind: 'drip' }): Promise<string> {
  const { port, hostname } = new URL(url);
  const sockets = Array.from({ length: connections }, () => {
    const socket = connect(Number(port), hostname);
    socket.on('error', () => {});
    socket.write(
      'POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100000\r\n\r\n',
    );
    return socket;
  });
  const timer = setInterval(() => {
    for (const socket of sockets) if (socket.writable) socket.write('x');
  }, 20);
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
  clearInterval(timer);
  const open = sockets.filter((socket) => !socket.destroyed && socket.bytesRead === 0).length;
  for (const socket of sockets) socket.destroy();
  return open === 0 ? '408 REQUEST_TIMEOUT' : `${open} still open`;
}

parentPort?.on('message', async (job: AttackJob) => {
  const { attack } = job;
  const said = await (attack.kind === 'post' ? post(job, attack) : drip(job, attack)).catch((error) => String(error));
  parentPort?.postMessage(said);
});
