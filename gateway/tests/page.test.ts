import { createServer, request, type Server } from 'node:http';
import { closeServer, listen } from '../../kit/http/listening.ts';
import { createHttpServer, sendJson } from '../../kit/http/server.ts';
import { createLog } from '../../kit/observe/log.ts';
import { readGatewayConfig } from '../config.ts';
import { withPage } from '../edge/page/routes.ts';

/** The routes of the page, before a graph that only says that it was asked. */
let server: Server = createServer();
let port = 0;
beforeAll(async () => {
  const graphql = {
    path: '/graphql',
    methods: ['GET', 'POST'],
    handle: (_request: unknown, response: Parameters<typeof sendJson>[0]) => sendJson(response, 200, 'the graph'),
  };
  server = createHttpServer(withPage(graphql), createLog('test', 'silent'));
  port = await listen(server, '127.0.0.1', 0);
});
afterAll(() => closeServer(server));

interface Answer {
  status: number;
  type: string;
  policy: string;
  cache: string | undefined;
  encoding: string | undefined;
  body: string;
}

/** Not fetch: it would tidy the path. */
function get(path: string, accept?: string, encoding?: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = { ...(accept && { accept }), ...(encoding && { 'accept-encoding': encoding }) };
    request({ port, path, headers, agent: false }, async (response) => {
      let body = '';
      for await (const chunk of response) body += chunk;
      const { 'content-type': type = '', 'content-security-policy': policy = '' } = response.headers;
      const { 'cache-control': cache, 'content-encoding': encoding } = response.headers;
      resolve({ status: response.statusCode ?? 0, type, policy: String(policy), cache, encoding, body });
    })
      .on('error', reject)
      .end();
  });
}

const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';

test('a browser that opens the address gets the page, and may load nothing from elsewhere', async () => {
  const { status, type, policy, body } = await get('/graphql', BROWSER);
  expect([status, type]).toEqual([200, 'text/html; charset=utf-8']);
  expect(policy).toContain("default-src 'none'; script-src 'self'");
  expect(policy).not.toContain('http');
  expect(body).not.toMatch(/(src|href)="(https?:)?\/\//);
  expect(body).not.toMatch(/<script(?![^>]*\bsrc=)|\son\w+=/);
});

test('everything that the page loads is there, of its type, and is kept by browsers for as long as they like', async () => {
  const { body } = await get('/graphql', BROWSER);
  const named = [...body.matchAll(/(?:src|href)="(graphql\/[^"]+)"/g)].map((match) => `/${match[1]}`);
  const script = named.find((path) => path.endsWith('.js')) as string;
  const parts = [...(await get(script)).body.matchAll(/"(?:\.\/)?([\w-]+-[A-Z0-9]{8}\.js)"/g)];
  expect(parts.length).toBeGreaterThan(3);
  for (const path of [...named, ...parts.map((match) => `/graphql/page/${match[1]}`)]) {
    const { status, type, cache } = await get(path);
    expect([path, status, type]).toEqual([path, 200, expect.stringMatching(/^(text\/(javascript|css)|image\/svg)/)]);
    expect(cache).toBe('public, max-age=31536000, immutable');
    const packed = await get(path, undefined, 'gzip');
    expect([packed.status, packed.type, packed.encoding]).toEqual([200, type, 'gzip']);
  }
});

test('everybody else is answered by the graph', async () => {
  for (const [path, accept] of [
    ['/graphql', undefined],
    ['/graphql', 'application/json'],
    ['/graphql?query=%7B__typename%7D', BROWSER],
  ] as const)
    expect([path, (await get(path, accept)).body]).toEqual([path, '"the graph"']);
});

test('nothing else can be read by way of it', async () => {
  for (const name of [
    '',
    'index.html',
    'routes.ts',
    'constructor',
    'page-00000000.js',
    'page.js',
    '../bundle.ts',
    '../../package.json',
    '..%2froutes.ts',
    '..%2fbundle%2fpage-00000000.js',
  ])
    expect([name, (await get(`/graphql/page/${name}`)).status]).toEqual([name, 404]);
});

test('it is there while somebody develops, and in production only where it is switched on', () => {
  const given = { ...process.env, GATEWAY_PAGE: '' };
  const hasPage = (own: Record<string, string>) => readGatewayConfig({ ...given, ...own }).hasPage;
  expect(hasPage({ NODE_ENV: '' })).toBe(true);
  expect(hasPage({ NODE_ENV: 'production' })).toBe(false);
  expect(hasPage({ NODE_ENV: 'production', GATEWAY_PAGE: 'on' })).toBe(true);
  expect(hasPage({ GATEWAY_PAGE: 'off' })).toBe(false);
  expect(() => hasPage({ GATEWAY_PAGE: 'yes' })).toThrow('GATEWAY_PAGE');
});
