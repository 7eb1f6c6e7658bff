import { hash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getIntrospectionQuery } from 'graphql';
import type { SubscribePayload } from 'graphql-ws';
import type { GraphError } from '../../testing/client.ts';
import { answerOf } from '../../testing/socket.ts';
import { waitFor } from '../../testing/wait.ts';
import { type GatewayStack, startGateway } from './harness.ts';

/** What is refused before it is executed, over HTTP and over a socket alike. */

interface RawReply {
  data?: Record<string, unknown> | null;
  errors?: readonly GraphError[];
  status?: number;
}

type Sent = Partial<SubscribePayload> & Record<string, unknown>;

async function overHttp(gateway: GatewayStack, sent: Sent, token?: string): Promise<RawReply> {
  const response = await fetch(gateway.client.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) },
    body: JSON.stringify(sent),
  });
  return { ...((await response.json()) as RawReply), status: response.status };
}

async function overGet(gateway: GatewayStack, sent: Record<string, string>): Promise<RawReply> {
  const url = `${gateway.client.url}?${new URLSearchParams(sent)}`;
  const response = await fetch(url, { headers: { 'apollo-require-preflight': 'true' } });
  return { ...((await response.json()) as RawReply), status: response.status };
}

const overSocket = (gateway: GatewayStack, sent: Sent, token?: string): Promise<RawReply> =>
  answerOf(gateway.socket(token ? { token } : {}), sent);

const WAYS = [
  ['over HTTP', overHttp],
  ['over a socket', overSocket],
] as const;
const codeOf = ({ errors }: RawReply) => errors?.[0]?.extensions?.code;
const persisted = (id: string, query?: string) => ({
  // graphql-ws's client wants a text, be it empty.
  query: query ?? '',
  extensions: { persistedQuery: { version: 1, sha256Hash: id } },
});

describe('a gateway as in production', () => {
  let gateway: GatewayStack;
  beforeAll(async () => {
    gateway = await startGateway(
      { left: 1, right: 1 },
      {
        GATEWAY_INTROSPECTION: 'scope',
        GATEWAY_LIMIT_COST: '150',
        GATEWAY_BUDGET: '20000',
        GATEWAY_BUDGET_PER_SECOND: '1',
        GATEWAY_BODY_TIMEOUT_MS: '500',
      },
    );
  });
  afterAll(() => gateway?.stop());

  /** Lists of which nothing is known: 10 each. */
  const things = (count: number) =>
    `{ ${Array.from({ length: count }, (_, n) => `t${n}: things(count: 1) { id }`).join(' ')} }`;
  const aliases = Array.from({ length: 51 }, (_, n) => `n${n}: leftName`).join(' ');
  const repeated = 'leftName '.repeat(31);
  const deep = `${'... { '.repeat(21)} leftInstance ${'}'.repeat(21)}`;

  describe.each(WAYS)('%s', (_way, ask) => {
    test.each([
      ['too many aliases', `{ things(count: 1) { ${aliases} } }`, 'aliases'],
      ['a field again and again', `{ things(count: 1) { ${repeated} } }`, 'repeats'],
      ['fragments too deep in one another', `{ ${deep} }`, 'depth'],
      ['too many tokens', `{ leftInstance ${'@a '.repeat(3_000)} }`, 'tokens'],
      ['too many bytes', `{ leftInstance } # ${'x'.repeat(100_000)}`, 'bytes'],
      ['of a subscription too', `subscription { ticks(channel: "a") { thing { ${aliases} } } }`, 'aliases'],
    ])('refuses %s', async (_what, query, limit) => {
      const { token } = await gateway.stack.signIn();
      const { errors, status = 400 } = await ask(gateway, { query }, token);
      expect(status).toBe(400);
      expect(errors).toMatchObject([{ extensions: { code: 'OPERATION_TOO_LARGE', limit } }]);
    });

    test('refuses what may cost too much', async () => {
      const { token } = await gateway.stack.signIn();
      expect((await ask(gateway, { query: things(15) }, token)).errors).toBeUndefined();
      const { errors, status = 400 } = await ask(gateway, { query: things(16) }, token);
      expect(status).toBe(400);
      expect(errors?.[0]?.extensions).toMatchObject({ code: 'COST_ESTIMATED_TOO_EXPENSIVE', cost: 160, maximum: 150 });
    });

    test('a viewer may spend their budget, on all ways together, and nobody else’s', async () => {
      const [one, other] = await Promise.all([gateway.stack.signIn(), gateway.stack.signIn()]);
      const query = things(15);
      let refused = await ask(gateway, { query }, one.token);
      // 20,000 in all: 150 each, and something for the text.
      for (let n = 0; n < 200 && !refused.errors; n += 1) refused = await ask(gateway, { query }, one.token);
      expect(refused.errors?.[0]?.extensions).toEqual({
        code: 'RATE_LIMITED',
        retryAfterSeconds: expect.any(Number),
        requestId: expect.any(String),
      });
      expect(refused.status ?? 429).toBe(429);
      for (const [, way] of WAYS) expect(codeOf(await way(gateway, { query }, one.token))).toBe('RATE_LIMITED');
      expect((await ask(gateway, { query }, other.token)).errors).toBeUndefined();
    });

    test('a text that is new has its price, also where it is not valid', async () => {
      const { token } = await gateway.stack.signIn();
      const long = (name: string) => ({ query: `{ ${name} } # ${'x'.repeat(9_000)}` });
      expect(codeOf(await ask(gateway, long('nothing'), token))).toBe('GRAPHQL_VALIDATION_FAILED');
      expect(codeOf(await ask(gateway, long('nobody'), token))).toBe('GRAPHQL_VALIDATION_FAILED');
      expect(codeOf(await ask(gateway, long('nowhere'), token))).toBe('RATE_LIMITED');
    });

    test('what is long beside the text has its price, also where it is refused', async () => {
      const { token } = await gateway.stack.signIn();
      const variables = { count: 'x'.repeat(100_000) };
      const long = { query: 'query ($count: Int!) { things(count: $count) { id } }', variables };
      // 6,200 each of 20,000, whatever comes of them.
      for (let n = 0; n < 3; n += 1) expect(codeOf(await ask(gateway, long, token))).toBe('BAD_USER_INPUT');
      expect(codeOf(await ask(gateway, long, token))).toBe('RATE_LIMITED');
      const { token: other } = await gateway.stack.signIn();
      const small = { query: long.query, variables: { count: 'x'.repeat(900) } };
      for (let n = 0; n < 20; n += 1) expect(codeOf(await ask(gateway, small, other))).toBe('BAD_USER_INPUT');
    });

    test('shows the schema to who has the scope, and to nobody else', async () => {
      const query = getIntrospectionQuery();
      const [user, developer] = await Promise.all([
        gateway.stack.signIn(),
        gateway.stack.signIn(undefined, undefined, undefined, 'user introspection'),
      ]);
      for (const token of [undefined, user.token]) {
        const { errors, data } = await ask(gateway, { query }, token);
        expect(errors?.[0]?.extensions).toMatchObject({ code: 'INTROSPECTION_DISABLED' });
        expect(data ?? null).toBeNull();
      }
      const { data, errors } = await ask(gateway, { query }, developer.token);
      expect(errors).toBeUndefined();
      expect(data).toHaveProperty('__schema.types');
      expect((await ask(gateway, { query: '{ __typename }' })).data).toEqual({ __typename: 'Query' });
    });

    test('suggests names only to who may read them', async () => {
      const query = '{ leftInstanc }';
      const developer = await gateway.stack.signIn(undefined, undefined, undefined, 'user introspection');
      expect((await ask(gateway, { query }, developer.token)).errors?.[0]?.message).toContain(
        'Did you mean "leftInstance"',
      );
      expect((await ask(gateway, { query })).errors?.[0]?.message).toBe(
        'Cannot query field "leftInstanc" on type "Query".',
      );
    });

    test('reports some of the faults of a text', async () => {
      const unknown = Array.from({ length: 150 }, (_, n) => `x${n}`).join(' ');
      const { errors } = await ask(gateway, { query: `{ things(count: 1) { ${unknown} } }` });
      expect(errors?.length).toBe(21);
    });

    test('learns operations by their hash', async () => {
      const query = `{ leftInstance me } # ${_way}`;
      const id = hash('sha256', query, 'hex');
      const unknown = await ask(gateway, persisted(id));
      expect(unknown.errors).toMatchObject([
        { message: 'PersistedQueryNotFound', extensions: { code: 'PERSISTED_QUERY_NOT_FOUND' } },
      ]);
      expect(unknown.status ?? 200).toBe(200);
      expect((await ask(gateway, persisted(id, query))).data).toHaveProperty('leftInstance');
      for (const [, way] of WAYS) expect((await way(gateway, persisted(id))).data).toHaveProperty('leftInstance');
      const extensions = JSON.stringify(persisted(id).extensions);
      expect((await overGet(gateway, { extensions })).data).toHaveProperty('leftInstance');
      expect(codeOf(await ask(gateway, persisted(id, '{ me }')))).toBe('BAD_REQUEST');
    });

    test('learns nothing that is not valid', async () => {
      const query = `{ nothing } # ${_way}`;
      const id = hash('sha256', query, 'hex');
      expect(codeOf(await ask(gateway, persisted(id, query)))).toBe('GRAPHQL_VALIDATION_FAILED');
      expect(codeOf(await ask(gateway, persisted(id)))).toBe('PERSISTED_QUERY_NOT_FOUND');
    });
  });

  test('what is long in a form with files has its price too', async () => {
    const { token } = await gateway.stack.signIn();
    const client = gateway.client.as(token);
    const upload = () =>
      client.upload(
        'mutation ($file: Upload!, $text: Int) { leftReceive(file: $file) }',
        { file: null, text: 'x'.repeat(95_000) },
        { file: new File(['x'], 'x.txt') },
      );
    const codes = [];
    for (let n = 0; n < 5; n += 1) codes.push((await upload()).errors?.[0]?.extensions?.code);
    expect(codes.at(-1)).toBe('RATE_LIMITED');
  });

  test('a body that stands still is refused by name', async () => {
    const body = new ReadableStream({
      start: (controller) => controller.enqueue(new TextEncoder().encode('{"query":')),
    });
    const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body, duplex: 'half' };
    const response = await fetch(gateway.client.url, init as RequestInit);
    expect(response.status).toBe(408);
    expect(codeOf((await response.json()) as RawReply)).toBe('REQUEST_TIMEOUT');
  });

  test('a mutation is not executed by GET', async () => {
    const { errors, status } = await overGet(gateway, { query: 'mutation { count(name: "get") }' });
    expect({ code: codeOf({ errors: errors ?? [] }), status }).toEqual({ code: 'METHOD_NOT_ALLOWED', status: 405 });
    expect((await gateway.client.data('{ seen(name: "get") }')).seen).toBe(0);
  });
});

describe('a gateway with the manifest of its frontends', () => {
  const LISTED = 'query Instance { leftInstance }';
  const EVENTS = 'subscription Ticks { ticks(channel: "m") { number } }';
  let gateway: GatewayStack;
  let folder: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'beaver-manifest-'));
    const path = join(folder, 'manifest.json');
    const operations = [
      { id: hash('sha256', LISTED, 'hex'), name: 'Instance', type: 'query', body: LISTED },
      { id: 'ticks', name: 'Ticks', type: 'subscription', body: EVENTS },
    ];
    writeFileSync(path, JSON.stringify({ format: 'apollo-persisted-query-manifest', version: 1, operations }));
    gateway = await startGateway({ left: 1, right: 1 }, { GATEWAY_OPERATION_MANIFEST: path });
  });
  afterAll(async () => {
    await gateway?.stop();
    rmSync(folder, { recursive: true });
  });

  test.each(WAYS)('takes what is in it and nothing else, %s', async (_way, ask) => {
    expect((await ask(gateway, { query: LISTED })).data).toHaveProperty('leftInstance');
    expect((await ask(gateway, persisted(hash('sha256', LISTED, 'hex')))).data).toHaveProperty('leftInstance');
    expect(
      (await ask(gateway, { query: '', documentId: `sha256:${hash('sha256', LISTED, 'hex')}` })).data,
    ).toHaveProperty('leftInstance');
    for (const query of ['{ leftInstance }', '{ __typename }', '{ __schema { description } }'])
      expect(codeOf(await ask(gateway, { query }))).toBe('QUERY_NOT_IN_SAFELIST');
    expect(codeOf(await ask(gateway, persisted('nobody')))).toBe('PERSISTED_QUERY_NOT_IN_LIST');
  });

  test('of its subscriptions too', async () => {
    const socket = gateway.socket();
    const numbers: unknown[] = [];
    const stop = socket.subscribe(persisted('ticks') as unknown as SubscribePayload, {
      next: ({ data }) => void numbers.push(data),
      error: () => {},
      complete: () => {},
    });
    const [left] = gateway.left;
    await waitFor(
      async () => {
        await fetch(`${left?.url}/graphql`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ query: 'mutation { tick(channel: "m", from: 1, to: 1) }' }),
        });
        return numbers.length > 0;
      },
      { timeout: 10_000, what: 'a tick' },
    );
    expect(numbers[0]).toEqual({ ticks: { number: 1 } });
    stop();
    expect(codeOf(await overSocket(gateway, { query: 'subscription { ticks(channel: "x") { number } }' }))).toBe(
      'QUERY_NOT_IN_SAFELIST',
    );
    await socket.dispose();
  });
});
