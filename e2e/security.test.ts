import { connect, type Socket } from 'node:net';
import { WebSocket } from 'ws';
import { newId, newUuid } from '../kit/base/ids.ts';
import type { ServiceName } from '../services.ts';
import { SERVICE_NAMES } from '../services.ts';
import { type Stack, startStack } from '../testing/stack.ts';
import { waitFor } from '../testing/wait.ts';

/**
 * What somebody sends who means no good, each time with the question whether the process lives and the answer
 * tells nothing.
 */

let stack: Stack;

beforeAll(async () => {
  stack = await startStack({ auth: 1, user: 1, chat: 1, file: 1, gateway: 1 });
});
afterAll(() => stack.stop());

/**
 * Sends frames over a bare WebSocket, each after an answer to the one before it; resolves to all that came,
 * the close code last.
 */
function talk(service: ServiceName, frames: unknown[]): Promise<unknown[]> {
  const url = `${stack.services(service)[0]?.url}/graphql`.replace(/^http/, 'ws');
  const socket = new WebSocket(url, 'graphql-transport-ws');
  const rest = [...frames];
  const heard: unknown[] = [];
  return new Promise((resolve) => {
    const sendNext = () => {
      const frame = rest.shift();
      if (frame === undefined) socket.close(1000);
      else socket.send(JSON.stringify(frame));
    };
    socket.on('open', sendNext);
    socket.on('message', (data) => {
      heard.push(JSON.parse(String(data)));
      sendNext();
    });
    socket.on('error', () => {});
    socket.on('close', (code) => resolve([...heard, code]));
  });
}

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('a token that is not what it should be', () => {
  const claims = { iss: 'auth', sub: newId('user'), sid: newId('session') };
  const signature = 'A'.repeat(86);
  it.each<[string, string]>([
    ['has null for a payload', `${encode({ alg: 'ES256', typ: 'JWT', kid: 'x' })}.${encode(null)}.${signature}`],
    ['has null for a header', `${encode(null)}.${encode(claims)}.${signature}`],
    [
      'has an object for a key id',
      `${encode({ alg: 'ES256', typ: 'JWT', kid: { toString: 1 } })}.${encode(claims)}.${signature}`,
    ],
    [
      'has an object for an issuer',
      `${encode({ alg: 'ES256', typ: 'JWT', kid: 'x' })}.${encode({ ...claims, iss: { toString: 1 } })}.${signature}`,
    ],
  ])('is refused where it %s', async (_what, token) => {
    const refusals = await Promise.all(
      SERVICE_NAMES.map((service) => stack.client(service).as(token).send('{ __typename }')),
    );
    for (const { status, errors } of refusals) {
      expect([status, errors?.[0]?.extensions]).toMatchObject([
        401,
        { code: 'UNAUTHENTICATED', reason: 'TOKEN_INVALID' },
      ]);
    }
  });

  it.each<[string, unknown]>([
    ['an object', { toString: 1 }],
    ['a list', ['Bearer x']],
    ['a number', 1],
  ])('is refused over a socket where it is %s', async (_what, authorization) => {
    for (const service of ['gateway', 'chat'] as const) {
      expect(await talk(service, [{ type: 'connection_init', payload: { authorization } }])).toEqual([4400]);
    }
  });
});

describe('a reference that is none', () => {
  const known = { __typename: 'User', id: newId('user') };
  const ask = (service: ServiceName, representations: unknown[]) =>
    stack
      .client(service)
      .send('query ($r: [_Any!]!) { _entities(representations: $r) { __typename } }', { r: representations });

  it.each(['auth', 'user', 'chat', 'file'] as const)('is refused by %s, which lives on', async (service) => {
    for (const bad of [
      { __typename: 'Nothing', id: newId('user') },
      { __typename: 'User' },
      { id: newId('user') },
      'User',
      null,
    ]) {
      const { errors } = await ask(service, [known, bad]);
      expect(errors?.[0]?.extensions?.code).toMatch(/^(INVALID_INPUT|BAD_USER_INPUT)$/);
    }
    // In the order that ended the process: something that fails in its own time, before something that fails
    // at once.
    await ask(service, [{ __typename: 'Message', id: { a: 1 } }, { __typename: 'Message' }]);
    const answer = await waitFor(() => ask(service, [known]), { what: `${service} to answer` });
    expect(answer.status).toBe(200);
  });
});

it('a subscription that cannot even be parsed costs the socket that it shares nothing', async () => {
  const bomb = { id: '1', type: 'subscribe', payload: { query: `subscription ${'{a'.repeat(300_000)}` } };
  const plain = { id: '2', type: 'subscribe', payload: { query: '{ __typename }' } };
  const [ack, refused, data] = await talk('chat', [{ type: 'connection_init' }, bomb, plain]);
  expect([ack, refused, data]).toMatchObject([
    { type: 'connection_ack' },
    { id: '1', type: 'error', payload: [{ extensions: { code: 'OPERATION_TOO_LARGE' } }] },
    { id: '2', type: 'next', payload: { data: { __typename: 'Query' } } },
  ]);
});

describe('an operation that is small as a text and huge as a plan', () => {
  const doubling = (root: string) =>
    [
      root,
      ...Array.from(
        { length: 20 },
        (_, n) =>
          `fragment F${n} on User { a: directConversation { otherMember { ...F${n + 1} } } b: directConversation { otherMember { ...F${n + 1} } } }`,
      ),
      'fragment F20 on User { id }',
    ].join('\n');
  const refusal = { extensions: { code: 'OPERATION_TOO_LARGE' } };

  it('is refused over HTTP', async () => {
    const { status, errors } = await stack.client('gateway').send(doubling('{ viewer { ...F0 } }'));
    expect([status, errors]).toMatchObject([400, [refusal]]);
  });

  it('is refused over a socket, as a query and as a subscription', async () => {
    const roots = [
      '{ viewer { ...F0 } }',
      'subscription { inbox { ... on MessageSent { message { sender { ...F0 } } } } }',
    ];
    const frames = roots.map((root, id) => ({ id: `${id}`, type: 'subscribe', payload: { query: doubling(root) } }));
    const [, ...answers] = await talk('gateway', [{ type: 'connection_init' }, ...frames]);
    expect(answers).toMatchObject([{ type: 'error', payload: [refusal] }, { type: 'error', payload: [refusal] }, 1000]);
  });
});

describe('half a request', () => {
  const half = (id: string) =>
    `POST /graphql HTTP/1.1\r\nhost: x\r\nx-request-id: ${id}\r\ncontent-type: application/json\r\ncontent-length: 900\r\n\r\n{`;

  /** A bare connection over which `text` was sent. */
  function open(url: string, text: string): Promise<Socket> {
    const { hostname, port } = new URL(url);
    return new Promise((resolve) => {
      const socket = connect(Number(port), hostname, () => socket.write(text, () => resolve(socket)));
      socket.on('error', () => {});
    });
  }

  it('is no fault of ours where the client leaves', async () => {
    const service = await stack.add('user', { LOG_LEVEL: 'debug' });
    const left = newUuid();
    (await open(service.url, half(left))).end();
    const line = await waitFor(() => service.lines.find((one) => one.includes(left)), { what: 'the log line' });
    expect(JSON.parse(line).level).toBe('DEBUG');
    await service.stop();
  });

  it('does not keep a process from a clean end, nor does a connection without any', async () => {
    const service = await stack.add('user');
    await Promise.all(['', half(newUuid())].map((text) => open(service.url, text)));
    await service.stop();
    expect(await service.ended).toMatchObject({ code: 0 });
  });
});
