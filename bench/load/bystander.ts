// A load generator: somebody who uses the product as usual, and keeps how long each thing took.
import { setTimeout as sleep } from 'node:timers/promises';
import { FormData, Pool } from 'undici';
import { newUuid } from '../../kit/base/ids.ts';
import { zeroPng } from '../../testing/pictures.ts';
import { SEND, TEXT } from '../operations.ts';
import { serveParent } from './serve.ts';

export interface Bystander {
  url: string;
  /** The address that they call from. */
  address: string;
  token: string;
  conversationId: string;
  login: string;
  password: string;
}

export interface Seen {
  /** Times of what was answered well, by what was done, in ms. */
  times: Record<string, number[]>;
  /** What was not, by what was done and the answer. */
  refused: Record<string, number>;
}

const VIEWER = '{ viewer { id name } }';
const MESSAGES = `query ($id: ID!) {
  conversation(id: $id) { messages(last: 20) { edges { node { content { ... on TextContent { text } } sender { name } } } } }
}`;
const LOG_IN = `mutation ($input: LogInInput!) {
  logIn(input: $input) { __typename ... on UserError { code } }
}`;
const UPLOAD = `mutation ($input: UploadFileInput!) {
  uploadFile(input: $input) { __typename ... on UserError { code } }
}`;
/** Times a second: enough for 99th percentiles in 40 s, and few enough to leave a core. */
const RATES = { read: 10, page: 8, send: 8, 'log in': 8, upload: 8 };

let isOver = false;
let running: Promise<Seen>;

serveParent({
  start(who: Bystander) {
    isOver = false;
    running = use(who);
  },
  stop() {
    isOver = true;
    return running;
  },
});

async function use({ url, address, token, conversationId, login, password }: Bystander): Promise<Seen> {
  const { origin, pathname: path } = new URL(url);
  const pool = new Pool(origin, { connections: 32, localAddress: address });
  const seen: Seen = { times: {}, refused: {} };

  async function post(body: string | FormData, headers: Record<string, string>): Promise<string> {
    const { body: answer, statusCode } = await pool.request({ path, method: 'POST', headers, body });
    const text = await answer.text();
    const { data, errors } = JSON.parse(text) as {
      data?: Record<string, { __typename?: string; code?: string } | null>;
      errors?: { extensions?: { code?: string } }[];
    };
    const [result] = Object.values(data ?? {});
    return errors?.[0]?.extensions?.code ?? result?.code ?? (statusCode === 200 && result ? '' : String(statusCode));
  }
  const ask = (query: string, variables: object, authorization?: string) =>
    post(JSON.stringify({ query, variables }), {
      'content-type': 'application/json',
      ...(authorization ? { authorization } : {}),
    });
  const bearer = `Bearer ${token}`;
  const things: Record<keyof typeof RATES, () => Promise<string>> = {
    read: () => ask(VIEWER, {}, bearer),
    page: () => ask(MESSAGES, { id: conversationId }, bearer),
    send: () =>
      ask(SEND, { input: { conversationId, clientMessageId: newUuid(), content: { text: { text: TEXT } } } }, bearer),
    'log in': () => ask(LOG_IN, { input: { login, password } }),
    upload() {
      const form = new FormData();
      const variables = { input: { purpose: 'MESSAGE', file: null } };
      form.set('operations', JSON.stringify({ query: UPLOAD, variables }));
      form.set('map', JSON.stringify({ 0: ['variables.input.file'] }));
      form.set('0', new Blob([new Uint8Array(zeroPng(60, 40, { colour: 2 }))]), 'picture.png');
      return post(form, { authorization: bearer, 'apollo-require-preflight': 'true' });
    },
  };

  async function repeat(name: keyof typeof RATES): Promise<void> {
    const pending = new Set<Promise<void>>();
    const times: number[] = [];
    seen.times[name] = times;
    const once = async () => {
      const began = performance.now();
      const refusal = await things[name]().catch((error: Error) => error.name);
      if (refusal === '') times.push(performance.now() - began);
      else seen.refused[`${name}: ${refusal}`] = (seen.refused[`${name}: ${refusal}`] ?? 0) + 1;
    };
    while (!isOver) {
      const one = once().finally(() => pending.delete(one));
      pending.add(one);
      // In no step with the others: things that always begin together wait for each other.
      await sleep((1_000 / RATES[name]) * (0.5 + Math.random()));
    }
    await Promise.all(pending);
  }

  await Promise.all(Object.keys(things).map((name) => repeat(name as keyof typeof RATES)));
  await pool.close();
  return seen;
}
