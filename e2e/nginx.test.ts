import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { json } from 'node:stream/consumers';
import { newId } from '../kit/ids.ts';
import { GraphClient } from '../kit/testing/client.ts';
import { collect, openSocket } from '../kit/testing/socket.ts';
import { type Stack, startStack } from '../kit/testing/stack.ts';
import { findNginx, freePort, type Nginx, startNginx } from './nginx.ts';
import { befriend, INBOX, openDirect, register, SEND } from './people.ts';
import { photograph } from './photograph.ts';

const program = await findNginx();
if (!program)
  console.warn('nginx is not on this machine and cannot be had from apt: the way through it is not tested.');

// The only machines without it are those where nobody deploys.
const whereThereIsNginx = program ? describe : describe.skip;

whereThereIsNginx('through nginx, as deployed', () => {
  let stack: Stack;
  let nginx: Nginx;

  beforeAll(async () => {
    const port = await freePort();
    stack = await startStack(
      { auth: 1, user: 1, chat: 1, file: 1, gateway: 1 },
      { FILE_PUBLIC_URL: `http://127.0.0.1:${port}` },
    );
    nginx = await startNginx(program as string, port, {
      gateway: stack.services('gateway')[0]?.url as string,
      auth_api: stack.services('auth')[0]?.url as string,
      file_api: stack.services('file')[0]?.url as string,
    });
  });
  afterAll(async () => {
    await nginx?.stop();
    await stack?.stop();
  });

  it('everything that a frontend needs is at one address', async () => {
    const graph = new GraphClient(`${nginx.url}/graphql`);
    const ada = await register(graph, 'ada');
    const bo = await register(graph, 'bo');
    await befriend(ada, bo);
    const conversationId = await openDirect(ada, bo);

    const socket = openSocket(`${nginx.url}/graphql`, { token: bo.token });
    const inbox = collect(socket, INBOX);
    await inbox.until((event) => event.inbox.__typename === 'InboxStarted');
    const uploaded = await ada.api.upload(
      `mutation ($input: UploadFileInput!) { uploadFile(input: $input) { ... on UploadFilePayload { file { id size } } ... on UserError { code message } } }`,
      { input: { file: null, purpose: 'MESSAGE' } },
      { 'input.file': await photograph() },
    );
    const image = { fileId: uploaded.data.uploadFile.file.id };
    await ada.api.data(SEND, { input: { conversationId, clientMessageId: newId(), image } });
    const event = await inbox.until((candidate) => candidate.inbox.message?.image);
    const { url } = event.inbox.message.image.file;
    expect(url.startsWith(`${nginx.url}/files/`)).toBe(true);
    const part = await fetch(url, { headers: { range: 'bytes=0-9' } });
    expect([part.status, part.headers.get('content-range')]).toEqual([
      206,
      `bytes 0-9/${uploaded.data.uploadFile.file.size}`,
    ]);
    inbox.stop();
    await socket.dispose();

    const keys = (await (await fetch(`${nginx.url}/.well-known/jwks.json`)).json()) as { keys: unknown[] };
    expect(keys.keys).toMatchObject([{ kty: 'EC', crv: 'P-256', alg: 'ES256' }]);
  });

  it('an offer of HTTP/2 is ignored, as it is without nginx', async () => {
    const headers = { connection: 'Upgrade, HTTP2-Settings', upgrade: 'h2c', 'content-type': 'application/json' };
    const outgoing = request(`${nginx.url}/graphql`, { method: 'POST', headers }).end('{"query":"{__typename}"}');
    const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage];
    expect([incoming.statusCode, await json(incoming)]).toEqual([200, { data: { __typename: 'Query' } }]);
  });

  it('nothing else is', async () => {
    for (const path of ['/', '/metrics', '/health', '/graphql/other', '/files', '/.well-known/other']) {
      const answer = await fetch(`${nginx.url}${path}`);
      expect([path, answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([path, 404, '*']);
      expect(await answer.json()).toMatchObject({ errors: [{ extensions: { code: 'NOT_FOUND' } }] });
    }
  });

  it('a slash makes no difference, and long answers are compressed', async () => {
    for (const path of ['/graphql', '/graphql/']) {
      const body = JSON.stringify({ query: '{ __schema { types { name description fields { name description } } } }' });
      const headers = { 'content-type': 'application/json', accept: 'application/graphql-response+json' };
      const answer = await fetch(`${nginx.url}${path}`, { method: 'POST', headers, body });
      expect([answer.status, answer.headers.get('content-encoding')]).toEqual([200, 'gzip']);
      expect(await answer.json()).toMatchObject({ data: { __schema: {} } });
    }
  });

  it('what nginx refuses itself is JSON that every page may read', async () => {
    const outgoing = request(`${nginx.url}/graphql`, { method: 'POST', headers: { 'content-length': 200_000_000 } });
    outgoing.flushHeaders();
    const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage];
    outgoing.destroy();
    expect([incoming.statusCode, incoming.headers['access-control-allow-origin']]).toEqual([413, '*']);
    expect(await json(incoming)).toMatchObject({ errors: [{ extensions: { code: 'PAYLOAD_TOO_LARGE' } }] });
  });
});
