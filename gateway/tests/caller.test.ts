import { ADDRESS_HEADER, SERVICE_HEADER } from '../../kit/identity/caller.ts';
import { collect } from '../../testing/socket.ts';
import { waitFor } from '../../testing/wait.ts';
import { type SharedGateway, sharedGateway } from './harness.ts';

const CLIENT = '203.0.113.7';
const forwarded = { 'x-forwarded-for': `198.51.100.1, ${CLIENT}` };
const COUNT = 'mutation { count(name: "caller") }';
const RECEIVE = 'mutation ($file: Upload!) { leftReceive(file: $file) }';

let gateway: SharedGateway;
beforeAll(async () => {
  gateway = await sharedGateway();
  // What other files did before is none of this one's.
  for (const field of ['count', 'leftReceive', 'leftInstance', 'ticks']) await callers(field);
});
afterAll(() => gateway?.stop());

async function send(url: string, query: string, headers: Record<string, string> = {}, extensions?: object) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query, extensions }),
  });
  return response.json() as Promise<{ errors?: object[] }>;
}

/** The callers that left has noted for a field since the last look. */
const seen = new Map<string, number>();
async function callers(field: string): Promise<string[]> {
  const [left] = gateway.left;
  const all = (await gateway.state(left as never)).callers.filter((line) => line.startsWith(`${field}: `));
  const before = seen.get(field) ?? 0;
  seen.set(field, all.length);
  return all.slice(before).map((line) => line.slice(field.length + 2));
}

test('a mutation comes from a gateway, with the address that the gateway sees', async () => {
  expect(await send(gateway.client.url, COUNT, forwarded)).toMatchObject({ data: {} });
  expect(await callers('count')).toEqual([`gateway ${CLIENT}`]);
});

test('the address of a signed-in client goes along as well', async () => {
  const { token } = await gateway.stack.signIn();
  await send(gateway.client.url, COUNT, { ...forwarded, authorization: `Bearer ${token}` });
  expect(await callers('count')).toEqual([`gateway ${CLIENT}`]);
});

test('what a client says of its address itself is not believed', async () => {
  const claims = { [ADDRESS_HEADER]: '192.0.2.9', [SERVICE_HEADER]: 'anything' };
  await send(gateway.client.url, COUNT, { ...forwarded, ...claims }, { clientAddress: '192.0.2.9' });
  expect(await callers('count')).toEqual([`gateway ${CLIENT}`]);
});

test('an upload comes from a gateway too', async () => {
  const form = new FormData();
  form.set('operations', JSON.stringify({ query: RECEIVE, variables: { file: null } }));
  form.set('map', JSON.stringify({ 0: ['variables.file'] }));
  form.set('0', new File(['text'], 'a.txt'));
  const headers = { 'apollo-require-preflight': 'true', ...forwarded };
  const response = await fetch(gateway.client.url, { method: 'POST', headers, body: form });
  expect(await response.json()).toEqual({ data: { leftReceive: true } });
  expect(await callers('leftReceive')).toEqual([`gateway ${CLIENT}`]);
});

test('a query has no address, because equal ones of several clients are one fetch', async () => {
  await send(gateway.client.url, '{ leftInstance }', forwarded);
  expect(await callers('leftInstance')).toEqual(['gateway null']);
});

test('operations over a socket have the address of the socket', async () => {
  const client = gateway.socket();
  const counted = collect(client, COUNT);
  await waitFor(() => counted.ended, { what: 'the mutation' });
  const ticks = collect(client, 'subscription { ticks(channel: "caller") { number } }');
  await waitFor(async () => (await callers('ticks'))[0] === 'gateway 127.0.0.1', { what: 'the subscription' });
  expect(await callers('count')).toEqual(['gateway 127.0.0.1']);
  ticks.stop();
  await client.dispose();
});

test('at a port of a service, an address and a false proof count for nothing', async () => {
  const [left] = gateway.left;
  const url = `${left?.url}/graphql`;
  await send(url, COUNT, { [ADDRESS_HEADER]: '192.0.2.9' });
  expect(await callers('count')).toEqual(['direct null']);
  const refused = await send(url, COUNT, { [SERVICE_HEADER]: 'anything', [ADDRESS_HEADER]: '192.0.2.9' });
  expect(refused.errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED', reason: 'TOKEN_INVALID' } }]);
  expect(await callers('count')).toEqual([]);
});
