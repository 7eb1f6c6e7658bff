// A load generator: somebody at one address who does one thing as often as they can.
import { FormData, Pool } from 'undici';
import { WebSocket } from 'ws';
import { newId, newUuid } from '../../kit/base/ids.ts';
import { zeroPng } from '../../testing/pictures.ts';
import { serveParent } from './serve.ts';

export interface Attacker {
  name: string;
  url: string;
  address: string;
  token: string;
  milliseconds: number;
}

/** How often each answer came: the status, and the code where there is one. */
export type Answers = Record<string, number>;

/** A thing to do, in how many at once. */
interface Flood {
  times: number;
  once(client: Client): Promise<string>;
}

interface Client {
  attacker: Attacker;
  ask(query: string, variables?: object): Promise<string>;
  post(body: string | FormData, headers: Record<string, string>): Promise<string>;
}

const LOG_IN = 'mutation ($input: LogInInput!) { logIn(input: $input) { __typename ... on UserError { code } } }';
const REGISTER =
  'mutation ($input: RegisterInput!) { register(input: $input) { __typename ... on UserError { code } } }';
const CREATE = 'mutation ($input: CreateGroupInput!) { createGroup(input: $input) { __typename } }';
const INBOX = 'subscription ($positions: [PositionInput!]) { inbox(positions: $positions) { __typename } }';
const UPLOAD =
  'mutation ($input: UploadFileInput!) { uploadFile(input: $input) { __typename ... on UserError { code } } }';

const unknownFields = Object.fromEntries(Array.from({ length: 60_000 }, (_, n) => [`f${n}`, 1]));
const positions = Array.from({ length: 9_999 }, () => ({ conversationId: newId('conv'), seq: 1 }));
const conditions = Array.from(
  { length: 8 },
  (_, n) => `... on Query @include(if: $c${n}) { a${n}: viewer { id name avatarUrl sessions { id } } }`,
).join(' ');
const booleans = Array.from({ length: 8 }, (_, n) => `$c${n}: Boolean = true`).join(' ');
let count = 0;
/** Makes texts that nobody has seen. */
function next(): number {
  count += 1;
  return count;
}

/** A picture is made once: in the making it takes as much memory as it means to cost others. */
let png: Uint8Array<ArrayBuffer> | undefined;

function picture(): FormData {
  const form = new FormData();
  form.set('operations', JSON.stringify({ query: UPLOAD, variables: { input: { purpose: 'AVATAR', file: null } } }));
  form.set('map', JSON.stringify({ 0: ['variables.input.file'] }));
  png ??= new Uint8Array(zeroPng(7_000, 7_000, { colour: 6, depth: 16 }));
  form.set('0', new Blob([png]), 'picture.png');
  return form;
}

const FLOODS: Record<string, Flood> = {
  'log-ins with made-up names': {
    times: 160,
    once: ({ ask }) => ask(LOG_IN, { input: { login: `nobody${next()}`, password: 'a wrong password' } }),
  },
  'wrong passwords for one name': {
    times: 40,
    once: ({ ask }) => ask(LOG_IN, { input: { login: 'bystander', password: `wrong ${next()}` } }),
  },
  registrations: {
    times: 40,
    once({ ask }) {
      const userName = `u${newUuid().replaceAll('-', '').slice(-20)}`;
      const input = { userName, email: `${userName}@example.org`, password: 'seven badgers dig' };
      return ask(REGISTER, { input });
    },
  },
  '60,000 unknown fields': { times: 8, once: ({ ask }) => ask(CREATE, { input: unknownFields }) },
  'new texts with conditions': {
    times: 40,
    once: ({ ask }) => ask(`query (${booleans}) { ${conditions} } # ${next()}`),
  },
  'small queries': { times: 40, once: ({ ask }) => ask('{ viewer { id } }') },
  '9,999 positions': { times: 8, once: (client) => overSocket(client, { query: INBOX, variables: { positions } }) },
  'sockets of nobody': { times: 60, once: (client) => hold(client) },
  'pings of one socket': { times: 4, once: (client) => pings(client) },
  'pictures of 49 million pixels': {
    times: 8,
    once: ({ post, attacker }) =>
      post(picture(), { authorization: `Bearer ${attacker.token}`, 'apollo-require-preflight': 'true' }),
  },
};

serveParent({
  names: () => Object.keys(FLOODS),
  async run(attacker: Attacker): Promise<Answers> {
    const { name, url, address, token, milliseconds } = attacker;
    const flood = FLOODS[name] as Flood;
    const { origin, pathname: path } = new URL(url);
    const pool = new Pool(origin, { connections: flood.times, localAddress: address });
    const answers: Answers = {};
    const post: Client['post'] = async (body, headers) => {
      const { statusCode, body: answer } = await pool.request({ path, method: 'POST', headers, body });
      return `${statusCode} ${/"code":"(\w+)"/.exec(await answer.text())?.[1] ?? ''}`.trim();
    };
    const ask: Client['ask'] = (query, variables = {}) =>
      post(JSON.stringify({ query, variables }), {
        'content-type': 'application/json',
        ...(name.includes('log-in') || name.includes('password') || name === 'registrations'
          ? {}
          : { authorization: `Bearer ${token}` }),
      });
    const end = performance.now() + milliseconds;
    const work = async () => {
      while (performance.now() < end) {
        const answer = await flood.once({ attacker, ask, post }).catch((error: Error) => error.name);
        answers[answer] = (answers[answer] ?? 0) + 1;
      }
    };
    await Promise.all(Array.from({ length: flood.times }, work));
    await pool.destroy();
    return answers;
  },
});

function open({ attacker: { url, address } }: Client): WebSocket {
  const socket = new WebSocket(url.replace('http', 'ws'), 'graphql-transport-ws', { localAddress: address });
  socket.on('error', () => {});
  return socket;
}

/** Opens a socket and says what ended an operation on it, or that it goes on. */
function overSocket(client: Client, payload: object): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  const socket = open(client);
  socket.on('open', () =>
    socket.send(
      JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${client.attacker.token}` } }),
    ),
  );
  socket.on('message', (data) => {
    const text = String(data);
    if (text.includes('connection_ack')) socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload }));
    else resolve(/"code":"(\w+)"/.exec(text)?.[1] ?? 'answered');
  });
  socket.on('close', (code) => resolve(`closed ${code}`));
  return promise.finally(() => socket.terminate());
}

/** Opens a socket without a token and keeps it for two seconds. */
function hold(client: Client): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  const socket = open(client);
  socket.on('open', () => socket.send(JSON.stringify({ type: 'connection_init' })));
  socket.on('message', () => setTimeout(resolve, 2_000, 'acknowledged'));
  socket.on('close', (code) => resolve(`closed ${code}`));
  return promise.finally(() => socket.terminate());
}

function pings(client: Client): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  const socket = open(client);
  socket.on('open', () => socket.send(JSON.stringify({ type: 'connection_init' })));
  // Once: each pong is a message too.
  socket.once('message', () => {
    for (let n = 0; n < 20_000; n += 1) socket.send('{"type":"ping"}');
    setTimeout(resolve, 2_000, 'answered');
  });
  socket.on('close', (code) => resolve(`closed ${code}`));
  return promise.finally(() => socket.terminate());
}
