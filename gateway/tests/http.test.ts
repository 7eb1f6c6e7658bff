import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { waitFor } from '../../testing/wait.ts';
import { type SharedGateway, sharedGateway } from './harness.ts';

/** What clients send over HTTP, and how they are refused. */

const GRAPHQL = 'application/graphql-response+json';
const JSON_TYPE = 'application/json';
const QUERY = '{ leftInstance }';

let gateway: SharedGateway;
let token: string;
beforeAll(async () => {
  gateway = await sharedGateway();
  token = (await gateway.stack.signIn()).token;
});
afterAll(() => gateway?.stop());

const at = (path: string) => new URL(path, gateway.client.url).href;
const get = (parameters: Record<string, string>, headers: Record<string, string>) =>
  fetch(`${gateway.client.url}?${new URLSearchParams(parameters)}`, { headers });
const post = (body: string | Buffer<ArrayBuffer>, headers: Record<string, string> = {}, path = '/graphql') =>
  fetch(at(path), { method: 'POST', headers: { 'content-type': JSON_TYPE, ...headers }, body });
const ask = (query: string, headers?: Record<string, string>, path?: string) =>
  post(JSON.stringify({ query }), headers, path);
type Refused = { errors: { message: string; extensions: { code: string; requestId: string } }[] };

/**
 * The status, media type, code and message of a refusal. Each has a request id, and lets every page read it.
 */
async function refusal(response: Response) {
  const { errors } = (await response.json()) as Refused;
  expect(errors).toHaveLength(1);
  const { message, extensions } = errors[0] as Refused['errors'][number];
  expect(extensions.requestId).toBe(response.headers.get('x-request-id'));
  expect(response.headers.get('access-control-allow-origin')).toBe('*');
  expect(response.headers.get('access-control-expose-headers')).toBe('x-request-id, retry-after');
  const type = response.headers.get('content-type')?.split(';')[0];
  return { status: response.status, type, code: extensions.code, message };
}

describe('what browsers ask for before they send it', () => {
  const withFile = (headers: Record<string, string>) => {
    const form = new FormData();
    const query = 'mutation ($file: Upload!) { receive(file: $file) { size } }';
    form.set('operations', JSON.stringify({ query, variables: { file: null } }));
    form.set('map', '{"0":["variables.file"]}');
    form.set('0', new File(['four'], 'a.txt'));
    return fetch(gateway.client.url, { method: 'POST', headers, body: form });
  };

  test.each([
    ['apollo-require-preflight', () => 'true'],
    ['x-apollo-operation-name', () => 'Name'],
    ['authorization', () => `Bearer ${token}`],
  ])('one header is enough for a GET and for a file: %s', async (name, value) => {
    const headers = { [name]: value() };
    expect(await (await get({ query: QUERY }, headers)).json()).toEqual({ data: { leftInstance: expect.anything() } });
    expect(await (await withFile(headers)).json()).toEqual({ data: { receive: { size: 4 } } });
  });

  test.each([
    ['none', {}],
    ['an empty one', { authorization: '' }],
    ['one that pages may send unasked', { accept: '*/*', 'accept-language': 'de' }],
  ])('is not taken without: %s', async (_what, headers) => {
    for (const response of [await get({ query: QUERY }, headers as never), await withFile(headers as never)])
      expect(await refusal(response)).toMatchObject({
        status: 400,
        code: 'BAD_REQUEST',
        message: expect.stringContaining('`apollo-require-preflight: true`'),
      });
  });
});

describe('refusals', () => {
  test.each<[string, number, () => Promise<Response>]>([
    ['a bad token', 401, () => ask(QUERY, { authorization: `Bearer ${gateway.stack.forgedToken()}` })],
    ['another address', 404, () => ask(QUERY, {}, '/api/graphql')],
    ['another method', 405, () => fetch(gateway.client.url, { method: 'PUT', body: '{}' })],
    ['a body that is too large', 413, () => post(`"${'x'.repeat(1_000_001)}"`)],
    ['what is not JSON', 400, () => post('{')],
  ])('of %s (%i) can be read by every page', async (_what, status, send) => {
    expect(await refusal(await send())).toMatchObject({ status, type: JSON_TYPE });
  });

  test.each([
    [GRAPHQL, GRAPHQL],
    [`${GRAPHQL}, ${JSON_TYPE};q=0.9`, GRAPHQL],
    [JSON_TYPE, JSON_TYPE],
    ['*/*', JSON_TYPE],
  ])('to whom accepts %s come as %s', async (accept, type) => {
    const authorization = `Bearer ${gateway.stack.forgedToken()}`;
    for (const response of [
      await ask(QUERY, { accept, authorization }),
      await ask(QUERY, { accept }, '/nothing'),
      await fetch(gateway.client.url, { method: 'DELETE', headers: { accept } }),
      await post('[]', { accept }),
    ])
      expect(await refusal(response)).toMatchObject({ type });
  });

  test('a browser may ask before any address, and learns where the graph is', async () => {
    const preflight = await fetch(at('/graphl'), {
      method: 'OPTIONS',
      headers: { origin: 'https://app.example', 'access-control-request-headers': 'content-type' },
    });
    expect([preflight.status, preflight.headers.get('access-control-allow-headers')]).toEqual([204, 'content-type']);
    for (const path of ['/', '/graphl', '/api/graphql'])
      expect(await refusal(await ask(QUERY, {}, path))).toMatchObject({
        status: 404,
        code: 'NOT_FOUND',
        message: expect.stringContaining('The graph is at /graphql.'),
      });
    expect((await fetch(at('/metrics'))).headers.get('access-control-allow-origin')).toBeNull();
  });

  test('a slash at the end of the address makes no difference', async () => {
    const answer = await ask(QUERY, {}, '/graphql/');
    expect([answer.status, await answer.json()]).toEqual([200, { data: { leftInstance: expect.anything() } }]);
  });

  test.each(['text/event-stream', 'multipart/mixed;subscriptionSpec=1.0'])(
    'a subscription that is wanted as %s is told of WebSocket',
    async (accept) => {
      const subscription = 'subscription { ticks(channel: "a") { number } }';
      expect(await refusal(await ask(subscription, { accept }))).toMatchObject({
        status: 406,
        message: expect.stringContaining('WebSocket (graphql-transport-ws)'),
      });
      expect(await refusal(await ask(subscription, { accept: `${accept}, ${JSON_TYPE}` }))).toMatchObject({
        status: 400,
        message: expect.stringContaining('WebSocket (graphql-transport-ws)'),
      });
    },
  );

  test.each(['x', 'Bearer', 'Bearer ', 'Bearer undefined', 'Bearer [object Object]', 'Basic YTpi', 'Bearer a b'])(
    'an authorization that reads "%s" is told the form',
    async (authorization) => {
      expect(await refusal(await ask(QUERY, { authorization }))).toMatchObject({
        status: 401,
        code: 'UNAUTHENTICATED',
        message: expect.stringContaining('`Bearer <access token>`'),
      });
    },
  );

  test('an empty authorization is none: Apollo’s documentation has it so', async () => {
    expect((await ask(QUERY, { authorization: '' })).status).toBe(200);
  });

  test('a file in a JSON request is told to come as multipart', async () => {
    const query = 'mutation ($file: Upload!) { receive(file: $file) { size } }';
    const answer = await post(JSON.stringify({ query, variables: { file: {} } }));
    expect(((await answer.json()) as Refused).errors[0]?.message).toMatch(/multipart.*graphql-multipart-request-spec/);
  });

  test('what is no HTTP is answered in JSON, and the connection ends', async () => {
    for (const [text, status, code] of [
      ['PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400, 'BAD_REQUEST'],
      ['\x16\x03\x01\x02\x00\x01\x00', 400, 'BAD_REQUEST'],
      [`GET /graphql HTTP/1.1\r\nhost: x\r\nx-long: ${'x'.repeat(20_000)}\r\n\r\n`, 431, 'HEADERS_TOO_LARGE'],
    ] as const) {
      const socket = connect(Number(new URL(gateway.client.url).port), '127.0.0.1');
      let heard = '';
      let isClosed = false;
      socket.on('data', (chunk) => {
        heard += chunk;
      });
      socket
        .on('error', () => {})
        .on('close', () => {
          isClosed = true;
        });
      socket.write(text, 'latin1');
      await waitFor(() => isClosed, { what: 'the end of the connection' });
      const [head, body] = heard.split('\r\n\r\n');
      expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
      expect(JSON.parse(body as string).errors[0].extensions).toEqual({ code, requestId: expect.any(String) });
    }
  });
});

describe('the bytes of a query string', () => {
  const search = (text: string) =>
    fetch(`${gateway.client.url}?${text}`, { headers: { 'x-apollo-operation-name': 'N' } });
  const query = encodeURIComponent('query ($how: String!) { fail(how: $how) }');

  test.each(['%7B%22how%22%3A%22%E4%BD%A0%22%7D', '{"how":"100%"}', '%EF%BB%BF{"how":"a"}'])(
    'are read: %s',
    async (text) => {
      expect((await search(`query=${query}&variables=${text}`)).status).toBe(200);
    },
  );

  test.each([
    ['not UTF-8', '{"how":"caf%E9"}', /not UTF-8/],
    ['half a pair', '{"how":"%5Cud800"}', /half a surrogate pair/],
    ['not JSON', '{', /not JSON/],
  ])('are refused by name: %s', async (_what, text, message) => {
    const found = await refusal(await search(`query=${query}&variables=${text}`));
    expect(found).toMatchObject({ status: 400, message: expect.stringMatching(message) });
  });
});

describe('compression', () => {
  /** As it comes: fetch would unpack it and not tell. */
  async function sizes(count: number, acceptEncoding?: string) {
    const query = `{ things(count: ${count}) { id leftName } }`;
    const headers = { 'content-type': JSON_TYPE, ...(acceptEncoding ? { 'accept-encoding': acceptEncoding } : {}) };
    const outgoing = request(gateway.client.url, { method: 'POST', headers }).end(JSON.stringify({ query }));
    const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage];
    const body = await buffer(incoming);
    const { 'content-encoding': encoding, 'content-length': length, vary } = incoming.headers;
    expect(Number(length)).toBe(body.length);
    const { data } = JSON.parse(String(encoding ? gunzipSync(body) : body));
    expect(data.things).toHaveLength(count);
    return { encoding, vary, length: body.length };
  }

  test.each([
    ['gzip', 'gzip'],
    ['gzip, deflate, br, zstd', 'gzip'],
    ['br;q=1.0, *;q=0.5', 'gzip'],
    ['gzip;q=0, *', undefined],
    ['br', undefined],
    ['identity', undefined],
    [undefined, undefined],
  ])('a large answer to whom accepts %s is %s', async (accept, encoding) => {
    const found = await sizes(400, accept);
    expect(found).toMatchObject({ encoding, vary: 'accept-encoding' });
    if (encoding) expect(found.length).toBeLessThan(((await sizes(400)).length * 2) / 3);
  });

  test('a small one is left as it is', async () => {
    expect(await sizes(3, 'gzip')).toMatchObject({ encoding: undefined, vary: undefined });
  });
});
