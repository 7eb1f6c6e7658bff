import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { json } from 'node:stream/consumers';
import { WebSocket } from 'ws';
import { newUuid } from '../kit/base/ids.ts';
import { GraphClient } from '../testing/client.ts';
import { registered } from '../testing/people.ts';
import { photographFile } from '../testing/photographs.ts';
import { collect, openSocket } from '../testing/socket.ts';
import { type Stack, startStack } from '../testing/stack.ts';
import { waitFor } from '../testing/wait.ts';
import { findNginx, freePort, type Nginx, startNginx } from './nginx.ts';
import { INBOX, SEND } from './operations.ts';

const program = await findNginx();
if (!program)
  console.warn('nginx is not on this machine and cannot be had from apt: the way through it is not tested.');

// The only machines without it are those where nobody deploys.
const whereThereIsNginx = program ? describe : describe.skip;

whereThereIsNginx('through nginx, as deployed', () => {
  let stack: Stack;
  let nginx: Nginx;
  const running: Nginx[] = [];

  const upstreams = () => ({
    gateway: stack.services('gateway')[0]?.url as string,
    auth_api: stack.services('auth')[0]?.url as string,
    file_api: stack.services('file')[0]?.url as string,
  });

  beforeAll(async () => {
    const port = await freePort();
    stack = await startStack(
      { auth: 1, user: 1, chat: 1, file: 1, gateway: 1 },
      { FILE_PUBLIC_URL: `http://127.0.0.1:${port}` },
    );
    nginx = await startNginx(program as string, port, upstreams());
    running.push(nginx);
  });
  afterAll(async () => {
    await Promise.all(running.map((each) => each.stop()));
    await stack?.stop();
  });

  /** Another nginx before the same system. */
  async function another(edit: (configuration: string) => string, other: Record<string, string> = {}): Promise<Nginx> {
    const started = await startNginx(program as string, await freePort(), { ...upstreams(), ...other }, edit);
    running.push(started);
    return started;
  }

  it('everything that a frontend needs is at one address', async () => {
    const graph = new GraphClient(`${nginx.url}/graphql`);
    const { ada, bo } = await registered({ ...stack, client: () => graph }, ['ada', 'bo']);
    await ada.befriend(bo);
    const conversationId = await ada.direct(bo);

    const socket = openSocket(`${nginx.url}/graphql`, { token: bo.token });
    const inbox = collect(socket, INBOX);
    await inbox.until((event) => event.inbox.__typename === 'InboxStarted');
    const uploaded = await ada.gateway.upload(
      `mutation ($input: UploadFileInput!) { uploadFile(input: $input) { ... on UploadFilePayload { file { id size } } ... on UserError { code message } } }`,
      { input: { file: null, purpose: 'MESSAGE' } },
      { 'input.file': await photographFile() },
    );
    const image = { fileId: uploaded.data.uploadFile.file.id };
    await ada.gateway.data(SEND, { input: { conversationId, clientMessageId: newUuid(), content: { image } } });
    const event = await inbox.until((candidate) => candidate.inbox.message?.content.file);
    const { url } = event.inbox.message.content.file;
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

  it('a flood from one address is refused by name', async () => {
    // A slow machine would never be above the rate.
    const limited = await another((configuration) =>
      configuration.replace('rate=100r/s', 'rate=1r/m').replace('burst=500', 'burst=20'),
    );
    const answers: Response[] = [];
    for (let i = 0; i < 30; i += 1) answers.push(await fetch(`${limited.url}/.well-known/jwks.json`));
    const refused = answers.filter(({ status }) => status === 429);
    // One was sent to see that nginx is there.
    expect(refused.length).toBeGreaterThanOrEqual(10);
    expect(answers[0]?.status).toBe(200);
    const { headers } = refused[0] as Response;
    expect([headers.get('retry-after'), headers.get('access-control-allow-origin')]).toEqual(['1', '*']);
    expect(await refused[0]?.json()).toMatchObject({ errors: [{ extensions: { code: 'RATE_LIMITED' } }] });
  });

  it('an address has a number of sockets, and another client gets in when one has gone', async () => {
    const limited = await another((configuration) =>
      configuration.replace('limit_conn connections 1000', 'limit_conn connections 2'),
    );
    const open = () => {
      const socket = new WebSocket(`${limited.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
      return new Promise<WebSocket | number>((resolve) => {
        socket
          .on('open', () => resolve(socket))
          .on('unexpected-response', (_request, { statusCode }) => resolve(statusCode as number))
          .on('error', () => {});
      });
    };
    const sockets = [await open(), await open()];
    expect(await open()).toBe(429);
    (sockets[0] as WebSocket).terminate();
    await waitFor(async () => (await open()) instanceof WebSocket, { what: 'a place for another' });
  });

  it('no signature of a file is in the logs', async () => {
    const broken = await another((configuration) => configuration, { file_api: 'http://127.0.0.1:1' });
    for (const { url } of [nginx, broken]) await fetch(`${url}/files/of-the-test/a.png?expires=1&signature=a-secret`);
    for (const { logs } of [nginx, broken]) {
      await waitFor(() => logs().includes('GET /files/of-the-test/a.png HTTP'), { what: 'the line of the request' });
      expect(logs()).not.toContain('signature');
    }
  });
});
