// A load generator: sends slowly and steadily, and keeps how long each send took.
import { setTimeout as sleep } from 'node:timers/promises';
import { newUuid } from '../../kit/base/ids.ts';
import { SEND, TEXT } from '../operations.ts';
import { serveParent } from './serve.ts';

export interface Steady {
  url: string;
  token: string;
  conversations: string[];
  /** Sends a second. */
  rate: number;
}

/** A send: when it began, in ms since 1970, and how long it took until it was acknowledged. */
export interface Sent {
  at: number;
  took: number;
}

const ATTEMPT_PAUSE = 500;

let isOver = false;
let sent: Sent[] = [];
let refused = 0;
let running: Promise<unknown> = Promise.resolve();

serveParent({ start, stop });

function start({ url, token, conversations, rate }: Steady): void {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
  isOver = false;
  sent = [];
  refused = 0;

  async function send(conversationId: string): Promise<void> {
    const at = Date.now();
    const input = { conversationId, clientMessageId: newUuid(), content: { text: { text: TEXT } } };
    const body = JSON.stringify({ query: SEND, variables: { input } });
    for (;;) {
      const text = await fetch(url, { method: 'POST', headers, body }).then(
        (answer) => answer.text(),
        () => '',
      );
      if (text.includes('SendMessagePayload')) break;
      refused += 1;
      await sleep(ATTEMPT_PAUSE * Math.random());
    }
    sent.push({ at, took: Date.now() - at });
  }

  const pending = new Set<Promise<void>>();
  running = (async () => {
    for (let index = 0; !isOver; index += 1) {
      const one = send(conversations[index % conversations.length] as string).finally(() => pending.delete(one));
      pending.add(one);
      await sleep(1_000 / rate);
    }
    await Promise.all(pending);
  })();
}

/** Sends no more; resolves when all are acknowledged. */
async function stop(): Promise<{ sent: Sent[]; refused: number }> {
  isOver = true;
  await running;
  return { sent, refused };
}
