// The clients of attacks.ts, in a thread of their own: what they do must not count as work of the gateway.
import { connect } from 'node:net';
import { parentPort } from 'node:worker_threads';
import { WebSocket } from 'ws';

/**
 * One attack: requests at once, whose texts `differ` by spaces at their end; the same messages of a socket
 * again and again; bodies that come drop by drop.
 */
export type Attack =
  | { kind: 'post'; headers?: Record<string, string>; body: string; times?: number; differ?: boolean }
  | { kind: 'socket'; messages: object[] | 'pings'; times: number }
  | { kind: 'drip'; connections: number; milliseconds: number };

/** What came of it: the status and the code of the answer, and how many bytes went each way. */
export interface RawReply {
  answer: string;
  sent: number;
  received: number;
}

export interface AttackJob {
  url: string;
  attack: Attack;
}

async function post({ url }: AttackJob, attack: Attack & { kind: 'post' }): Promise<RawReply> {
  const { headers, body, times = 1, differ = false } = attack;
  let received = 0;
  const answers = await Promise.all(
    Array.from({ length: times }, async (_, n) => {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: differ ? body.replace('","variables"', `${' '.repeat(n)}","variables"`) : body,
      });
      const text = await response.text();
      received += text.length;
      const { errors = [] } = JSON.parse(text) as { errors?: { extensions?: { code?: string } }[] };
      return `${response.status} ${errors[0]?.extensions?.code ?? 'answered'}`;
    }),
  );
  return { answer: [...new Set(answers)].join(', '), sent: body.length * times, received };
}

/** Sends all at once and then asks something small: until that is answered, or the socket is closed. */
async function flood({ url }: AttackJob, { messages, times }: Attack & { kind: 'socket' }): Promise<RawReply> {
  const socket = new WebSocket(url.replace(/^http/, 'ws'), 'graphql-transport-ws');
  let received = 0;
  let sent = 0;
  const { promise, resolve } = Promise.withResolvers<string>();
  const say = (message: object) => {
    const text = JSON.stringify(message);
    sent += text.length;
    socket.send(text);
  };
  socket.on('error', () => {});
  socket.on('close', (code) => resolve(`closed ${code}`));
  socket.on('message', (data) => {
    const text = String(data);
    received += text.length;
    if (text.includes('"id":"last"')) resolve('answered');
    if (!text.includes('connection_ack')) return;
    for (let n = 0; n < times; n += 1) {
      if (messages === 'pings') socket.ping('x');
      else for (const message of messages) say(message);
    }
    say({ type: 'subscribe', id: 'last', payload: { query: '{ __typename }' } });
  });
  socket.on('open', () => say({ type: 'connection_init' }));
  const answer = await promise;
  socket.terminate();
  return { answer, sent, received };
}

async function drip({ url }: AttackJob, { connections, milliseconds }: Attack & { kind: 'drip' }): Promise<RawReply> {
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
  return { answer: open === 0 ? '408 REQUEST_TIMEOUT' : `${open} still open`, sent: 0, received: 0 };
}

parentPort?.on('message', async (job: AttackJob) => {
  const { attack } = job;
  const done =
    attack.kind === 'post' ? post(job, attack) : attack.kind === 'drip' ? drip(job, attack) : flood(job, attack);
  const failed = (error: unknown): RawReply => ({ answer: String(error), sent: 0, received: 0 });
  parentPort?.postMessage(await done.catch(failed));
});
