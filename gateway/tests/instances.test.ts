import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { waitFor } from '../../testing/wait.ts';
import { type GatewayStack, startGateway } from './harness.ts';

// What the gateway does about instances that misbehave. They are servers in this process that stand in etcd
// like any service.

const SDL = 'type Query { odd: String } type Mutation { oddly: String }';

interface SubgraphRequest {
  headers: IncomingMessage['headers'];
  response: ServerResponse;
  /** Whether the connection ended before an answer. */
  left: boolean;
}

interface OddInstance {
  calls: SubgraphRequest[];
  answer(call: SubgraphRequest): void;
  close(): Promise<void>;
}

let gateway: GatewayStack;
let first: OddInstance;
let second: OddInstance;

const json = (value: unknown) => (call: SubgraphRequest) => {
  call.response.setHeader('content-type', 'application/json');
  call.response.end(JSON.stringify(value));
};
const silence = () => {};

async function register(id: string): Promise<OddInstance> {
  const instance: OddInstance = {
    calls: [],
    answer: silence,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
  const server: Server = createServer((incoming, response) => {
    const call: SubgraphRequest = { headers: incoming.headers, response, left: false };
    response.on('close', () => {
      call.left = !response.writableFinished;
    });
    instance.calls.push(call);
    incoming.resume().on('end', () => instance.answer(call));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
  const startedAt = new Date().toISOString();
  const record = { url: `http://${address}`, wsUrl: null, schemaHash: 'odd', version: '0', startedAt };
  await gateway.stack.etcd.put(`services/odd/${id}`, JSON.stringify(record));
  return instance;
}

beforeAll(async () => {
  gateway = await startGateway({ left: 1, right: 0 }, { GATEWAY_EXPECTS: 'left', GATEWAY_FETCH_TIMEOUT_MS: '700' });
  await gateway.stack.etcd.put('schemas/odd/odd', SDL);
  first = await register('first');
  second = await register('second');
  for (const one of [first, second]) one.answer = json({ data: { odd: 'there' } });
  await waitFor(async () => (await gateway.client.send('{ odd }')).data?.odd, { what: 'the service in the graph' });
  await waitFor(
    async () => {
      await gateway.client.send('{ odd }');
      return first.calls.length > 0 && second.calls.length > 0;
    },
    { what: 'a request at each instance' },
  );
});
afterAll(async () => {
  await gateway?.stop();
  await Promise.all([first, second].map((one) => one?.close()));
});
beforeEach(() => {
  for (const one of [first, second]) one.calls.length = 0;
});

function bothAnswer(answer: OddInstance['answer']): void {
  first.answer = answer;
  second.answer = answer;
}
const calls = () => [...first.calls, ...second.calls];

test('a client that leaves ends its query at the service', async () => {
  bothAnswer(silence);
  const leaving = new AbortController();
  const asked = fetch(gateway.client.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"query":"{ odd }"}',
    signal: leaving.signal,
  }).catch(() => {});
  await waitFor(() => calls().length === 1, { what: 'one request' });
  leaving.abort();
  await asked;
  await waitFor(() => calls()[0]?.left, { timeout: 400, what: 'the end at the service' });
  expect(calls()).toHaveLength(1);
});

test('a query goes on elsewhere when an instance is silent, and what is silent is passed over', async () => {
  bothAnswer(json({ data: { odd: 'there' } }));
  first.answer = silence;
  // Two that are not the same: equal ones are asked once.
  const [one, other] = await Promise.all([gateway.client.send('{ odd }'), gateway.client.send('query Other { odd }')]);
  expect([one.data, one.errors]).toEqual([{ odd: 'there' }, undefined]);
  expect([other.data, other.errors]).toEqual([{ odd: 'there' }, undefined]);
  const before = first.calls.length;
  for (let i = 0; i < 4; i += 1) await gateway.client.data('{ odd }');
  expect(first.calls).toHaveLength(before);
});

test('a query is sent twice at most, a mutation once, and the errors differ', async () => {
  bothAnswer(silence);
  const query = await gateway.client.send('{ odd leftInstance }');
  expect(calls()).toHaveLength(2);
  expect(query.data).toEqual({ odd: null, leftInstance: expect.any(String) });
  expect(query.errors?.[0]).toMatchObject({
    message: expect.stringMatching(/cannot reach the odd service now\. Nothing was changed/),
    extensions: { code: 'UNAVAILABLE', serviceName: 'odd' },
  });
  for (const one of [first, second]) one.calls.length = 0;
  const mutation = await gateway.client.send('mutation { oddly }');
  expect(calls()).toHaveLength(1);
  expect(mutation.errors?.[0]?.message).toMatch(/may or may not have been made/);
});

test('what is not GraphQL counts as no answer, and is not shown', async () => {
  bothAnswer(({ response }) => response.writeHead(502).end('<h1>nginx at 10.1.2.3</h1>'));
  const { errors } = await gateway.client.send('{ odd }');
  expect(errors?.[0]?.extensions).toMatchObject({ code: 'UNAVAILABLE', serviceName: 'odd' });
  expect(JSON.stringify(errors)).not.toMatch(/nginx|10\.1/);
});

test('an error that has no name is masked, and nothing internal of one that has is shown', async () => {
  bothAnswer(json({ errors: [{ message: 'SELECT * FROM secrets failed at db.ts:7', path: ['odd'] }] }));
  const unnamed = await gateway.client.send('{ odd }');
  expect(unnamed.errors?.[0]?.extensions?.code).toBe('INTERNAL');
  expect(JSON.stringify(unnamed.errors)).not.toMatch(/SELECT|db\.ts/);
  const extensions = { code: 'FULL', stacktrace: ['at db.ts:7'], exception: { at: 'db.ts:7' } };
  bothAnswer(json({ data: { odd: null }, errors: [{ message: 'It is full.', path: ['odd'], extensions }] }));
  const named = await gateway.client.send('{ odd }');
  expect(named.errors).toEqual([
    {
      message: 'It is full.',
      path: ['odd'],
      extensions: { code: 'FULL', serviceName: 'odd', requestId: named.headers.get('x-request-id') },
    },
  ]);
});

test('hands on the token and the request id, and nothing else of the client', async () => {
  bothAnswer(json({ data: { odd: 'there' } }));
  const { token } = await gateway.stack.signIn();
  await fetch(gateway.client.url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${token}`,
      'x-request-id': 'from-the-client',
      'x-user-id': 'somebody-else',
    },
    body: '{"query":"{ odd }"}',
  });
  const { headers } = calls()[0] as SubgraphRequest;
  expect(headers).toMatchObject({ authorization: `Bearer ${token}`, 'x-request-id': 'from-the-client' });
  expect(headers).not.toHaveProperty('x-user-id');
});
