import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { type AuditResult, serverAudits } from 'graphql-http';
import { SERVICE_NAMES } from '../services.ts';
import { sharedStack } from '../testing/shared-stack.ts';
import type { SharedStack } from '../testing/stack.ts';

let stack: SharedStack;
beforeAll(async () => {
  stack = await sharedStack({ auth: 1, user: 1, chat: 1, file: 1, gateway: 1 });
});
afterAll(() => stack?.stop());

/**
 * What the audit recommends and we do otherwise, by its ids: an operation that was not executed at all is
 * answered with 400 also where `application/json` is asked for, as Apollo's servers do, so that a proxy, a
 * retry and a count of failures see it without reading the body.
 */
const OTHERWISE = ['572B', 'FDE2', '7B9B'];

/**
 * A GET that a page of any origin could send unasked is refused; what the audit asks is what comes behind
 * that.
 */
const fetchFn: typeof fetch = (url, init) => {
  const headers = new Headers(init?.headers);
  if (init?.method !== 'POST') headers.set('apollo-require-preflight', 'true');
  return fetch(url, { ...init, headers });
};

/**
 * The audit of GraphQL over HTTP by the authors of graphql-http:
 * https://graphql.github.io/graphql-over-http/draft/ as questions to a server.
 */
describe.each(SERVICE_NAMES)('GraphQL over HTTP, %s', (name) => {
  const audits = serverAudits({ url: () => `${stack.services(name)[0]?.url}/graphql`, fetchFn });

  it.each(audits)('$id: $name', async ({ id, fn }) => {
    const result = await fn();
    if (OTHERWISE.includes(id)) expect(result.status).toBe('warn');
    else expect(await explain(result)).toEqual({ status: 'ok' });
  });
});

/** The status, and where it is not well, why, and what was answered. */
async function explain(result: AuditResult): Promise<object> {
  if (result.status === 'ok') return { status: 'ok' };
  const { status, reason, response } = result;
  return { status, reason, answer: `${response.status} ${await response.text()}` };
}

/** Java's client offers HTTP/2 with every request, as `curl --http2` does. */
describe.each(SERVICE_NAMES)('an offer of HTTP/2, %s', (name) => {
  const h2c = { connection: 'Upgrade, HTTP2-Settings', upgrade: 'h2c', 'http2-settings': 'AAMAAABkAAQ' };
  const body = '{"query":"{__typename}"}';

  const requests: [string, string, Record<string, string>, string][] = [
    ['POST', '/graphql', { 'content-type': 'application/json' }, body],
    ['GET', '/health', {}, ''],
    ['GET', '/metrics', {}, ''],
  ];
  if (name === 'auth') requests.push(['GET', '/.well-known/jwks.json', {}, '']);

  it.each(requests)('is ignored: %s %s', async (method, path, headers, body) => {
    const url = `${stack.services(name)[0]?.url}${path}`;
    const outgoing = request(url, { method, headers: { ...headers, ...h2c } }).end(body);
    const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage];
    expect([incoming.statusCode, await text(incoming)]).toEqual([200, expect.stringMatching(/./)]);
  });
});
