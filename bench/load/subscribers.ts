// A load generator: many subscribers, each with a socket of its own, and a sender who waits until all of them
// have a message before the next.
import { setTimeout as sleep } from 'node:timers/promises';
import { newUuid } from '../../kit/base/ids.ts';
import { INBOX, SEND, TEXT } from '../operations.ts';
import { cpuBetween, cpuOf } from '../proc.ts';
import { serveParent } from './serve.ts';
import { type LeanSocket, openLeanSocket } from './socket.ts';

export interface Opening {
  url: string;
  tokens: string[];
}

export interface Publishing {
  url: string;
  token: string;
  conversationId: string;
  /** Messages before and within what is measured. */
  warmUp: number;
  messages: number;
  pids: Record<string, number>;
}

export interface Published {
  deliveries: number;
  /** For each message, the ms from its being sent to its last receipt. */
  lasts: number[];
  /** Seconds. */
  elapsed: number;
  cpu: Record<string, number>;
}

/** Sockets that are opened at a time. */
const OPENING = 50;
/** A socket that was refused comes again after at most so many ms. */
const PAUSE = 500;
const LATE = 60_000;

let readers: LeanSocket[] = [];
/** What the message that is awaited has in it, and how many have it. */
let awaited = Buffer.alloc(0);
let received = 0;
let strange = 0;
let onAll: () => void = () => {};

serveParent({ open, publish });

/**
 * Opens a subscription for each token, and resolves when each has had its first event: to how many attempts
 * were refused on the way.
 */
async function open({ url, tokens }: Opening): Promise<{ refused: number }> {
  let refused = 0;
  const queue = [...tokens];
  const work = async () => {
    for (let token = queue.shift(); token !== undefined; token = queue.shift()) {
      for (let socket: LeanSocket | null = null; !socket; ) {
        socket = await subscribe(url, token);
        if (socket) readers.push(socket);
        else {
          refused += 1;
          await sleep(Math.random() * PAUSE);
        }
      }
    }
  };
  await Promise.all(Array.from({ length: OPENING }, work));
  return { refused };
}

/** Null where it was refused. */
function subscribe(url: string, token: string): Promise<LeanSocket | null> {
  // As clients do it: an id of its own for each operation.
  const id = newUuid();
  const next = Buffer.from('"type":"next"');
  return new Promise((resolve) => {
    let isStarted = false;
    const socket = openLeanSocket(url, {
      onOpen: () =>
        socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } })),
      onMessage(payload) {
        if (isStarted) {
          if (awaited.length === 0 || payload.indexOf(awaited) < 0 || payload.indexOf(next) < 0) strange += 1;
          else {
            received += 1;
            if (received === readers.length) onAll();
          }
          return;
        }
        const message = JSON.parse(payload.toString());
        if (message.type === 'connection_ack')
          socket.send(JSON.stringify({ id, type: 'subscribe', payload: { query: INBOX, variables: {} } }));
        else if (message.type === 'next') {
          isStarted = true;
          resolve(socket);
        } else if (message.type === 'error') {
          socket.close();
        }
      },
      onClose() {
        if (isStarted) readers = readers.filter((reader) => reader !== socket);
        resolve(null);
      },
    });
  });
}

/**
 * Sends one message after the other, each when all have the last, and counts what comes. @throws where one
 * did not come to all, or came twice
 */
async function publish({ url, token, conversationId, warmUp, messages, pids }: Publishing): Promise<Published> {
  const sender = await openSender(url, token);
  const count = readers.length;
  const lasts: number[] = [];
  strange = 0;
  let before = cpuOf(pids);
  let began = performance.now();
  for (let index = 0; index < warmUp + messages; index += 1) {
    if (index === warmUp) {
      // What the last message left to do is not this one's.
      await sleep(100);
      before = cpuOf(pids);
      began = performance.now();
    }
    const clientMessageId = newUuid();
    const text = `${TEXT} ${clientMessageId}`;
    awaited = Buffer.from(text);
    received = 0;
    const all = new Promise<void>((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`${received} of ${count} got a message in ${LATE} ms`)), LATE);
      onAll = () => {
        clearTimeout(late);
        resolve();
      };
      if (count === 0) onAll();
    });
    const sent = performance.now();
    await Promise.all([sender.send({ conversationId, clientMessageId, content: { text: { text } } }), all]);
    if (index >= warmUp) lasts.push(performance.now() - sent);
  }
  const elapsed = (performance.now() - began) / 1_000;
  const cpu = cpuBetween(before, cpuOf(pids));
  // What came twice would come now.
  await sleep(300);
  if (readers.length !== count || strange > 0 || received !== count)
    throw new Error(`of ${count} subscribers ${readers.length} are left, ${strange} events were not awaited`);
  awaited = Buffer.alloc(0);
  sender.close();
  return { deliveries: messages * count, lasts, elapsed, cpu };
}

function openSender(url: string, token: string): Promise<{ send(input: object): Promise<void>; close(): void }> {
  let answered: { resolve(): void; reject(error: Error): void } | null = null;
  return new Promise((resolve, reject) => {
    const socket = openLeanSocket(url, {
      onOpen: () =>
        socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } })),
      onMessage(payload) {
        const text = payload.toString();
        const { type } = JSON.parse(text);
        if (type === 'connection_ack') {
          resolve({
            send: (input) =>
              new Promise((done, fail) => {
                answered = { resolve: done, reject: fail };
                const payload = { query: SEND, variables: { input } };
                socket.send(JSON.stringify({ id: newUuid(), type: 'subscribe', payload }));
              }),
            close: () => socket.close(),
          });
        } else if (type === 'next' && text.includes('SendMessagePayload')) answered?.resolve();
        else if (type !== 'complete') answered?.reject(new Error(`not sent: ${text}`));
      },
      onClose: (code) => reject(new Error(`${url} closed the sender's socket with ${code}`)),
    });
  });
}
