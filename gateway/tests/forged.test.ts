import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { newId, newUuid } from '../../kit/base/ids.ts';
import type { Etcd } from '../../kit/discovery/etcd.ts';
import { SERVICE_HEADER } from '../../kit/identity/caller.ts';
import { generateSigningKey, keyPath, signToken } from '../../kit/identity/tokens.ts';
import { openAsStranger } from '../../testing/etcd.ts';
import { waitFor } from '../../testing/wait.ts';
import { type GatewayStack, healthUntil, startGateway } from './harness.ts';

/** Somebody who can write to etcd, and does not know the secret of our processes. */

let gateway: GatewayStack;
let etcd: Etcd;
let thief: Server;
let hits = 0;
beforeAll(async () => {
  gateway = await startGateway({ left: 1, right: 1 });
  etcd = openAsStranger(gateway.stack.config.namespace);
  thief = createServer((_request, response) => {
    hits += 1;
    response.end('{"data":{"leftInstance":"false"}}');
  });
  thief.on('upgrade', (_request, socket) => {
    hits += 1;
    socket.destroy();
  });
  await new Promise<void>((resolve) => thief.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  await etcd?.close();
  thief?.close();
  await gateway?.stop();
});

/** Resolves when gateway and left have seen all that was put into etcd before. */
async function seen(): Promise<void> {
  const token = await gateway.stack.signIn();
  const issuer = `later-${newUuid()}`;
  const later = await gateway.stack.serviceToken(issuer, 'left');
  const left = gateway.left[0]?.url as string;
  await waitFor(
    async () => {
      const response = await fetch(`${left}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${later}` },
        body: '{"query":"{__typename}"}',
      });
      return response.status === 200;
    },
    { what: 'a later key to be known' },
  );
  expect((await gateway.client.as(token.token).send('{ me }')).data).toEqual({ me: token.userId });
}

test('an instance of theirs is asked nothing, over HTTP or a socket', async () => {
  const [real] = (await gateway.stack.etcd.mirror('services/left/')).entries.values();
  const address = `127.0.0.1:${(thief.address() as AddressInfo).port}`;
  const record = { ...JSON.parse(real as string), startedAt: new Date(Date.now() + 60_000).toISOString() };
  await etcd.put(
    `services/left/${newUuid()}`,
    JSON.stringify({ ...record, url: `http://${address}/graphql`, wsUrl: null }),
  );
  await etcd.put(`services/left/${newUuid()}`, JSON.stringify({ ...record, wsUrl: `ws://${address}/graphql` }));
  await seen();
  const answers = await Promise.all(
    Array.from({ length: 30 }, (_, i) => gateway.client.send(`{ a${i}: leftInstance }`)),
  );
  expect(answers.every(({ data, errors }) => data && !errors)).toBe(true);
  expect(hits).toBe(0);
});

test('a key of theirs signs nothing: no user, no service, no gateway', async () => {
  const key = generateSigningKey();
  for (const issuer of ['auth', 'chat', 'gateway'])
    await etcd.put(keyPath(issuer, key.kid), JSON.stringify(key.publicJwk));
  await seen();
  const user = signToken(key, { iss: 'auth', sub: newId('user'), sid: newId('session'), scope: 'admin' }, 600);
  const refused = await gateway.client.as(user).send('{ me }');
  expect([refused.status, refused.errors?.[0]?.extensions?.reason]).toEqual([401, 'TOKEN_INVALID']);
  const left = `${gateway.left[0]?.url}/graphql`;
  for (const issuer of ['chat', 'gateway']) {
    const token = signToken(key, { iss: issuer, sub: `service:${issuer}`, aud: 'left' }, 600);
    for (const [name, value] of [
      ['authorization', `Bearer ${token}`],
      [SERVICE_HEADER, token],
    ] as const) {
      const response = await fetch(left, {
        method: 'POST',
        headers: { 'content-type': 'application/json', [name]: value },
        body: '{"query":"{__typename}"}',
      });
      expect(response.status).toBe(401);
    }
  }
});

test('a schema or a kept graph of theirs changes nothing', async () => {
  const [[path]] = [...(await gateway.stack.etcd.mirror('schemas/left/')).entries] as [[string, string]];
  await etcd.put('graph/kept', JSON.stringify({ left: { hash: 'false', startedAt: '2999-01-01T00:00:00Z' } }));
  await etcd.put('schemas/left/false', 'type Query { stolen: String }');
  await etcd.put(`schemas/left/${path}`, 'type Query { stolen: String }');
  await seen();
  await healthUntil(gateway, (_, status) => status === 200, 'a gateway that is well');
  expect((await gateway.client.send('{ leftInstance }')).errors).toBeUndefined();
  expect((await gateway.client.send('{ stolen }')).errors?.[0]?.extensions?.code).toBe('GRAPHQL_VALIDATION_FAILED');
});

test('what is ignored is counted, and told by its name alone', async () => {
  const left = gateway.left[0];
  await etcd.put('keys/auth/told', '{"kty":"a-value-of-theirs"}');
  await seen();
  const metrics = await (await fetch(`${left?.url}/metrics`)).text();
  expect(metrics).toMatch(/beaver_etcd_refused_total\{kind="keys"[^}]*\} [1-9]/);
  const lines = left?.lines.join('\n') ?? '';
  expect(lines).toContain('/keys/auth/told');
  expect(lines).not.toContain('a-value-of-theirs');
});
