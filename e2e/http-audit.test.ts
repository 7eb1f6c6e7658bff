import { type AuditResult, serverAudits } from 'graphql-http';
import { type Stack, startStack } from '../kit/testing/stack.ts';
import { SERVICE_NAMES } from '../launch/services.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ auth: 1, user: 1, chat: 1, file: 1, gateway: 1 });
});
afterAll(() => stack?.stop());

/**
 * What the audit recommends and we do otherwise, by its ids: an operation that was not executed at all is answered with 400 also where `application/json` is asked for, as
 * Apollo's servers do, so that a proxy, a retry and a count of failures see it without reading the body.
 */
const OTHERWISE = ['572B', 'FDE2', '7B9B'];

/** A GET that a page of any origin could send unasked is refused; what the audit asks is what comes behind that. */
const fetchFn: typeof fetch = (url, init) => {
  const headers = new Headers(init?.headers);
  if (init?.method !== 'POST') headers.set('apollo-require-preflight', 'true');
  return fetch(url, { ...init, headers });
};

/** The audit of GraphQL over HTTP by the authors of graphql-http: https://graphql.github.io/graphql-over-http/draft/ as questions to a server. */
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
