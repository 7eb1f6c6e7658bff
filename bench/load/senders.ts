// A load generator: keeps so many sends in flight, over sockets or HTTP, and measures how long each takes
// until it is acknowledged.
import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'undici';
import { newUuid } from '../../kit/base/ids.ts';
import { latencyOf } from '../figures.ts';
import { SEND, TEXT } from '../operations.ts';
import { cpuBetween, cpuOf } from '../proc.ts';
import { serveParent } from './serve.ts';
import { openLeanSocket } from './socket.ts';

export interface SendLoad {
  transport: 'socket' | 'http';
  url: string;
  tokens: string[];
  conversations: string[];
  inFlight: number;
  /** Seconds before and within the window that is measured. */
  warmUp: number;
  seconds: number;
  /** The processes whose CPU is measured over the window. */
  pids: Record<string, number>;
}

export interface SendFigures {
  /** Acknowledged in all, with the warm-up and the end: so many rows there must be. */
  acknowledged: number;
  /** Answered with OVERLOADED, and sent again. */
  overloaded: number;
  /** Acknowledged within the window. */
  inWindow: number;
  elapsed: number;
  p50: number;
  p99: number;
  max: number;
  /** Seconds of CPU within the window. */
  cpu: Record<string, number>;
}

/** Sends one message and resolves to whether it is committed; false is "too much to do". */
type Send = (slot: number, conversationId: string, clientMessageId: string) => Promise<boolean>;

const PAUSE = 5;
const QUERY = JSON.stringify(SEND);

serveParent({ send });

async function send(load: SendLoad): Promise<SendFigures> {
  const { conversations, inFlight } = load;
  const way = await (load.transport === 'socket' ? overSockets(load) : overHttp(load));
  const latencies: number[] = [];
  let acknowledged = 0;
  let overloaded = 0;
  let next = 0;
  let isMeasuring = false;
  let isOver = false;

  async function slot(index: number): Promise<void> {
    while (!isOver) {
      const conversationId = conversations[next++ % conversations.length] as string;
      const clientMessageId = newUuid();
      const began = performance.now();
      while (!(await way.send(index, conversationId, clientMessageId))) {
        overloaded += 1;
        await sleep(PAUSE);
      }
      acknowledged += 1;
      if (isMeasuring) latencies.push(performance.now() - began);
    }
  }

  const slots = Array.from({ length: inFlight }, (_, index) => slot(index));
  const failed = Promise.all(slots).then(() => undefined);
  failed.catch(() => {});
  await Promise.race([sleep(load.warmUp * 1_000), failed]);
  const before = cpuOf(load.pids);
  const began = performance.now();
  isMeasuring = true;
  await Promise.race([sleep(load.seconds * 1_000), failed]);
  isMeasuring = false;
  const elapsed = (performance.now() - began) / 1_000;
  const cpu = cpuBetween(before, cpuOf(load.pids));
  const inWindow = latencies.length;
  isOver = true;
  await failed;
  await way.close();
  return { acknowledged, overloaded, inWindow, elapsed, ...latencyOf(latencies), cpu };
}

/** A socket for each token, among which the slots are divided. */
async function overSockets({ url, tokens, inFlight }: SendLoad): Promise<{ send: Send; close(): void }> {
  const waiting = Array.from({ length: inFlight }, () => ({
    resolve: (_isCommitted: boolean): void => {},
    reject: (_error: Error): void => {},
  }));
  let isClosing = false;
  const sockets = await Promise.all(
    tokens.slice(0, inFlight).map((token) => {
      return new Promise<ReturnType<typeof openLeanSocket>>((resolve, reject) => {
        const results = new Map<string, boolean | Error>();
        const socket = openLeanSocket(url, {
          onOpen: () =>
            socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } })),
          onMessage(payload) {
            const message = JSON.parse(payload.toString());
            if (message.type === 'connection_ack') resolve(socket);
            else if (message.type === 'next') results.set(message.id, judge(message.payload));
            else if (message.type === 'error') results.set(message.id, judge({ errors: message.payload }));
            if (message.type !== 'complete' && message.type !== 'error') return;
            const { resolve: settle, reject: fail } = waiting[Number(message.id)] as (typeof waiting)[number];
            const result = results.get(message.id);
            if (typeof result === 'boolean') settle(result);
            else fail(result ?? new Error('completed without a result'));
          },
          onClose(code) {
            if (isClosing) return;
            const error = new Error(`${url} closed a socket with ${code}`);
            reject(error);
            for (const { reject: fail } of waiting) fail(error);
          },
        });
      });
    }),
  );
  return {
    send(slot, conversationId, clientMessageId) {
      const socket = sockets[slot % sockets.length] as (typeof sockets)[number];
      return new Promise((resolve, reject) => {
        waiting[slot] = { resolve, reject };
        socket.send(`{"id":"${slot}","type":"subscribe","payload":${body(conversationId, clientMessageId)}}`);
      });
    },
    close() {
      isClosing = true;
      for (const socket of sockets) socket.close();
    },
  };
}

/** A connection for each send in flight. */
async function overHttp({ url, tokens, inFlight }: SendLoad): Promise<{ send: Send; close(): Promise<void> }> {
  const { origin, pathname: path } = new URL(url);
  const pool = new Pool(origin, { connections: inFlight, pipelining: 1 });
  const headers = tokens.map((token) => ({ 'content-type': 'application/json', authorization: `Bearer ${token}` }));
  return {
    async send(slot, conversationId, clientMessageId) {
      const answer = await pool.request({
        path,
        method: 'POST',
        headers: headers[slot % headers.length] ?? null,
        body: body(conversationId, clientMessageId),
      });
      const result = judge(JSON.parse(await answer.body.text()));
      if (typeof result === 'boolean') return result;
      throw result;
    },
    close: () => pool.close(),
  };
}

function body(conversationId: string, clientMessageId: string): string {
  const input = `{"conversationId":"${conversationId}","clientMessageId":"${clientMessageId}","content":{"text":{"text":"${TEXT}"}}}`;
  return `{"query":${QUERY},"variables":{"input":${input}}}`;
}

// biome-ignore lint/suspicious/noExplicitAny: an answer of GraphQL
function judge(answer: any): boolean | Error {
  const result = answer.data?.sendMessage;
  if (result?.__typename === 'SendMessagePayload') return true;
  if (result?.code === 'OVERLOADED' || answer.errors?.[0]?.extensions?.code === 'OVERLOADED') return false;
  return new Error(`not sent: ${JSON.stringify(answer).slice(0, 500)}`);
}
