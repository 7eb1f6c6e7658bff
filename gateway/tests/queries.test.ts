import { buildClientSchema, getIntrospectionQuery, printSchema } from 'graphql';
import type { Service } from '../../launch/services.ts';
import { collect } from '../../testing/socket.ts';
import { waitFor } from '../../testing/wait.ts';
import { type GatewayStack, startGateway } from './harness.ts';

let gateway: GatewayStack;
beforeAll(async () => {
  gateway = await startGateway({ left: 2, right: 1 });
});
afterAll(() => gateway?.stop());

test('joins what two services know of a thing', async () => {
  const data = await gateway.client.data('{ things(count: 2) { id leftName rightName } }');
  expect(data.things).toEqual([
    { id: 't0', leftName: 'left t0', rightName: 'right t0' },
    { id: 't1', leftName: 'left t1', rightName: 'right t1' },
  ]);
});

test('takes turns among the instances', async () => {
  // Equal ones would be asked once.
  const asking = Array.from({ length: 8 }, (_, index) => gateway.client.data(`query Q${index} { leftInstance }`));
  const answers = await Promise.all(asking);
  expect(new Set(answers.map(({ leftInstance }) => leftInstance)).size).toBe(2);
});

test('an error that a service names keeps its code and fields', async () => {
  const { status, data, errors, headers } = await gateway.client.send('{ fail(how: "named") leftInstance }');
  expect(status).toBe(200);
  expect(data.leftInstance).toEqual(expect.any(String));
  expect(errors).toEqual([
    {
      message: 'The house is full.',
      path: ['fail'],
      extensions: { code: 'FULL', retryAfterSeconds: 7, serviceName: 'left', requestId: headers.get('x-request-id') },
    },
  ]);
});

test('a bug of a service is masked, with the request id that its log has', async () => {
  const { errors, headers } = await gateway.client.send('{ fail(how: "bug") }');
  expect(errors?.[0]?.extensions).toEqual({
    code: 'INTERNAL',
    requestId: headers.get('x-request-id'),
    serviceName: 'left',
  });
  expect(JSON.stringify(errors)).not.toMatch(/secret|stack|127\.0\.0\.1/);
});

test('the schema can be asked for in every way that graphql-js knows, beside other fields and by other names', async () => {
  const all = getIntrospectionQuery({
    descriptions: true,
    specifiedByUrl: true,
    directiveIsRepeatable: true,
    schemaDescription: true,
    inputValueDeprecation: true,
    experimentalDirectiveDeprecation: true,
    oneOf: true,
  });
  const query = all.replace(
    '{',
    '{ things(count: 1) { leftName rightName } id: __type(name: "Thing") { isOneOf name }',
  );
  const client = gateway.socket();
  const overSocket = await collect(client, query).until(() => true);
  await client.dispose();
  const { things, id, ...schema } = await gateway.client.data(query);
  expect(overSocket).toEqual({ things, id, ...schema });
  expect(things).toEqual([{ leftName: 'left t0', rightName: 'right t0' }]);
  expect(id).toEqual({ isOneOf: null, name: 'Thing' });
  expect(await gateway.client.data(all)).toEqual(schema);
  expect(printSchema(buildClientSchema(schema))).toContain('type Thing');
});

test('variables that are wrong are refused with 400', async () => {
  const { status, errors } = await gateway.client.send('query ($n: Int!) { things(count: $n) { id } }', { n: 'x' });
  expect(status).toBe(400);
  expect(errors?.[0]?.extensions?.code).toBe('BAD_USER_INPUT');
});

test('passes the token on', async () => {
  const viewer = await gateway.stack.signIn();
  expect(await gateway.client.as(viewer.token).data('{ me }')).toEqual({ me: viewer.userId });
  expect(await gateway.client.data('{ me }')).toEqual({ me: null });
});

test.each([
  ['an expired token', () => gateway.stack.expiredToken(), 'TOKEN_EXPIRED'],
  ['a forged token', () => gateway.stack.forgedToken(), 'TOKEN_INVALID'],
  ['no token at all', () => 'x', 'TOKEN_INVALID'],
])('refuses %s whole', async (_name, token, reason) => {
  const { status, data, errors, headers } = await gateway.client.as(token()).send('{ leftInstance }');
  expect({ status, data }).toEqual({ status: 401, data: undefined });
  expect(errors?.[0]?.extensions).toEqual({ code: 'UNAUTHENTICATED', reason, requestId: headers.get('x-request-id') });
});

test('refuses the token of a session that was ended, within a second', async () => {
  const viewer = await gateway.stack.signIn();
  await gateway.stack.endSession(viewer.sessionId);
  const answer = await waitFor(
    async () => {
      const got = await gateway.client.as(viewer.token).send('{ me }');
      return got.status === 401 ? got : null;
    },
    { what: 'the end of the session to be known', timeout: 1_000 },
  );
  expect(answer.errors?.[0]?.extensions?.reason).toBe('SESSION_ENDED');
});

function post(body: string, headers: Record<string, string> = { 'content-type': 'application/json' }) {
  return fetch(gateway.client.url, { method: 'POST', headers, body });
}

test.each([
  ['a subscription', { query: 'subscription { ticks(channel: "a") { number } }' }, 'BAD_REQUEST'],
  [
    'a subscription chosen by name',
    { query: 'query A { leftInstance } subscription B { ticks(channel: "a") { number } }', operationName: 'B' },
    'BAD_REQUEST',
  ],
  [
    'a condition on the root of a subscription beside it',
    {
      query: 'query A { leftInstance } subscription B($x: Boolean!) { ticks(channel: "a") @skip(if: $x) { number } }',
      operationName: 'A',
    },
    'GRAPHQL_VALIDATION_FAILED',
  ],
  ['a batch', [{ query: '{ leftInstance }' }, { query: '{ leftInstance }' }], 'BAD_REQUEST'],
  ['an unknown field', { query: '{ nothing }' }, 'GRAPHQL_VALIDATION_FAILED'],
  ['no GraphQL', { query: '{' }, 'GRAPHQL_PARSE_FAILED'],
  ['no query', { variables: {} }, 'BAD_REQUEST'],
  [
    'a name that no operation has',
    { query: 'query A { leftInstance }', operationName: 'B' },
    'OPERATION_RESOLUTION_FAILURE',
  ],
  [
    'two operations and no name',
    { query: 'query A { leftInstance } query B { leftInstance }' },
    'OPERATION_RESOLUTION_FAILURE',
  ],
])('answers 400 to %s', async (_name, body, code) => {
  const response = await post(JSON.stringify(body));
  expect(response.status).toBe(400);
  const { errors } = (await response.json()) as { errors: { extensions: { code: string } }[] };
  expect(errors[0]?.extensions.code).toBe(code);
});

test('a query whose text holds the word is no subscription', async () => {
  const { data } = await gateway.client.send('query subscription { leftInstance }');
  expect(data.leftInstance).toEqual(expect.any(String));
});

test('refuses what a foreign page could send: text/plain, and GET without a header', async () => {
  expect((await post('{"query":"{ leftInstance }"}', { 'content-type': 'text/plain' })).status).toBe(400);
  const url = `${gateway.client.url}?query=%7BleftInstance%7D`;
  expect((await fetch(url)).status).toBe(400);
  expect((await fetch(url, { headers: { 'apollo-require-preflight': 'true' } })).status).toBe(200);
});

test('browsers of all origins may ask, without credentials', async () => {
  const headers = { origin: 'https://app.example', 'access-control-request-headers': 'authorization' };
  const preflight = await fetch(gateway.client.url, { method: 'OPTIONS', headers });
  expect(preflight.status).toBe(204);
  expect(preflight.headers.get('access-control-allow-origin')).toBe('*');
  expect(preflight.headers.get('access-control-allow-headers')).toBe('authorization');
  expect(preflight.headers.get('access-control-allow-credentials')).toBeNull();
  const refused = await fetch(gateway.client.url, {
    method: 'POST',
    headers: { ...headers, authorization: 'Bearer x' },
  });
  expect(refused.status).toBe(401);
  expect(refused.headers.get('access-control-allow-origin')).toBe('*');
});

describe('when an instance dies', () => {
  /** Asks until told to stop; the answers that were not whole. */
  function keepAsking(query: string): { stop(): Promise<unknown[]>; count(): number } {
    let stopped = false;
    let count = 0;
    const failures: unknown[] = [];
    const ask = async () => {
      while (!stopped) {
        const { data, errors } = await gateway.client.send(query);
        count += 1;
        if (errors || !data) failures.push(errors ?? data);
      }
    };
    const all = Promise.all(Array.from({ length: 12 }, ask));
    return {
      count: () => count,
      async stop() {
        stopped = true;
        await all;
        return failures;
      },
    };
  }

  test('no query fails', async () => {
    const third = await gateway.add('left');
    const { instance } = await gateway.state(third);
    await waitFor(async () => (await gateway.client.data('{ leftInstance }')).leftInstance === instance, {
      what: 'an answer of the third instance',
    });
    const asking = keepAsking('{ slow(milliseconds: 50) leftInstance }');
    await waitFor(async () => ((await gateway.state(third)).seen.slow ?? 0) > 5, {
      what: 'six requests at the third instance',
    });
    await third.kill();
    const reached = asking.count();
    await waitFor(() => asking.count() > reached + 50, { what: '50 more answers' });
    expect(await asking.stop()).toEqual([]);
  });

  test('a mutation that it may have done is not done again, and the error says so', async () => {
    const third = await gateway.add('left');
    const name = 'once';
    // As many at a time as it takes for the new instance to get one.
    const pending = Array.from({ length: 6 }, () =>
      gateway.client.send(`mutation { count(name: "${name}", milliseconds: 1500) }`),
    );
    const begun = () =>
      Promise.all([...gateway.left, third].map(async (service) => (await gateway.state(service)).seen[name] ?? 0));
    await waitFor(async () => (await begun()).reduce((sum, count) => sum + count, 0) === 6, {
      what: 'the six requests at the instances',
    });
    const begunAtThird = (await begun()).at(-1) as number;
    await third.kill();
    const answers = await Promise.all(pending);
    const failed = answers.filter(({ errors }) => errors);
    expect(failed).toHaveLength(begunAtThird);
    for (const { errors } of failed) {
      expect(errors?.[0]?.extensions).toMatchObject({ code: 'UNAVAILABLE', serviceName: 'left' });
      expect(errors?.[0]?.message).toMatch(/may or may not/);
    }
    const counts = await Promise.all(
      gateway.left.map(async (service) => (await gateway.state(service)).seen[name] ?? 0),
    );
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(6 - begunAtThird);
  });

  test('the rest of the data comes, and a named error, when a service has no instance left', async () => {
    await (gateway.right[0] as Service).kill();
    const { status, data, errors } = await gateway.client.send(
      '{ rightInstance things(count: 1) { leftName rightName } }',
    );
    expect(status).toBe(200);
    expect(data).toEqual({ rightInstance: null, things: [{ leftName: 'left t0', rightName: null }] });
    expect(errors).toHaveLength(2);
    for (const { message, extensions } of errors ?? []) {
      expect(extensions).toMatchObject({ code: 'UNAVAILABLE', serviceName: 'right' });
      expect(message).toMatch(/cannot reach the right service/);
    }
    const { errors: again } = await gateway.client.send('mutation { receive(file: null) { size } }');
    expect(again?.[0]?.extensions?.code).toBe('GRAPHQL_VALIDATION_FAILED');
  });
});
