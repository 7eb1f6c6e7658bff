import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import { connect as connectHttp2 } from 'node:http2';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { makeCertificates } from '../testing/certificates.ts';
import { waitFor } from '../testing/wait.ts';
import { findNginx, freePort, type Nginx, startNginx } from './nginx.ts';

const program = await findNginx();
// The only machines without it are those where nobody deploys.
const whereThereIsNginx = program ? describe : describe.skip;

/** What ends what a test has started. */
const endings: (() => unknown)[] = [];
afterAll(async () => {
  for (const end of endings.reverse()) await end();
});

/** An upstream that does what the test says. Returns its address. */
async function upstream(serve: (incoming: IncomingMessage, outgoing: ServerResponse) => void): Promise<string> {
  const server: Server = createServer(serve).listen(0, '127.0.0.1');
  await once(server, 'listening');
  endings.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return `127.0.0.1:${(server.address() as { port: number }).port}`;
}

/** The address of a host that answers nothing, as one without power: it is stopped and its queue is full. */
async function silentHost(): Promise<string> {
  const port = await freePort();
  const code = `require('net').createServer().listen({port: ${port}, host: '127.0.0.1', backlog: 1}, () => console.log('listens'))`;
  const child = spawn(process.execPath, ['-e', code], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  child.kill('SIGSTOP');
  const sockets: Socket[] = [];
  endings.push(() => {
    for (const socket of sockets) socket.destroy();
    child.kill('SIGKILL');
  });
  for (let isFull = false; !isFull && sockets.length < 50; ) {
    const socket = connect(port, '127.0.0.1').on('error', () => undefined);
    sockets.push(socket);
    isFull = await Promise.race([
      once(socket, 'connect').then(() => false),
      new Promise<boolean>((resolve) => setTimeout(resolve, 500, true)),
    ]);
  }
  return `127.0.0.1:${port}`;
}

/** nginx before several gateways, which it asks in turn. */
async function nginxBefore(gateways: string[], edit = (configuration: string) => configuration): Promise<Nginx> {
  const auth = await upstream((_, outgoing) => outgoing.end('{"keys":[]}'));
  const group = `upstream gateways { ${gateways.map((address) => `server ${address} max_fails=0;`).join(' ')} }`;
  const upstreams = { gateway: 'http://gateways', auth_api: `http://${auth}`, file_api: `http://${auth}` };
  const nginx = await startNginx(program as string, await freePort(), upstreams, (configuration) =>
    edit(`${group}\n${configuration}`),
  );
  endings.push(() => nginx.stop());
  return nginx;
}

const ask = (nginx: Nginx, method = 'POST') =>
  fetch(`${nginx.url}/graphql`, method === 'POST' ? { method, body: '{"query":"mutation { m }"}' } : {});

whereThereIsNginx('nginx before several gateways', () => {
  it.each(['GET', 'POST'])('a %s passes over a host that is gone within seconds, once', async (method) => {
    let served = 0;
    const living = await upstream((_, outgoing) => {
      served += 1;
      outgoing.end('{}');
    });
    const nginx = await nginxBefore([await silentHost(), living]);
    for (let i = 0; i < 4; i += 1) {
      const start = Date.now();
      expect((await ask(nginx, method)).status).toBe(200);
      // A second of nginx', and what a busy machine adds; without the limit it is a minute.
      expect(Date.now() - start).toBeLessThan(10_000);
    }
    expect(served).toBe(4);
  });

  it('a mutation that a gateway has got goes to no other when that one dies', async () => {
    const got: string[] = [];
    const dying = await upstream(async (incoming) => {
      got.push(await text(incoming));
      incoming.socket.destroy();
    });
    const nginx = await nginxBefore([dying, dying]);
    const answer = await ask(nginx);
    expect([answer.status, await answer.json()]).toEqual([
      502,
      { errors: [expect.objectContaining({ extensions: expect.objectContaining({ code: 'UNAVAILABLE' }) })] },
    ]);
    expect(got).toEqual(['{"query":"mutation { m }"}']);
  });

  it('an upload reaches the gateway while the client still sends', async () => {
    let received = '';
    const living = await upstream((incoming, outgoing) => {
      incoming.on('data', (chunk) => {
        received += chunk;
      });
      incoming.on('end', () => outgoing.end('{}'));
    });
    const nginx = await nginxBefore([living]);
    const outgoing = request(`${nginx.url}/graphql`, { method: 'POST', headers: { 'content-length': 20 } });
    outgoing.write('the first.');
    await waitFor(() => received === 'the first.', { what: 'the first half at the gateway' });
    outgoing.end('the second');
    const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage];
    expect([incoming.statusCode, received]).toEqual([200, 'the first.the second']);
  });

  it('the address of a client stands last, behind whatever the client says', async () => {
    const seen: unknown[] = [];
    const living = await upstream(({ headers }, outgoing) => {
      seen.push([headers['x-forwarded-for'], headers['x-forwarded-proto'], headers.host]);
      outgoing.end('{}');
    });
    const nginx = await nginxBefore([living]);
    for (const path of ['/graphql', '/graphql/', '/graphql/page/x'])
      await fetch(`${nginx.url}${path}`, { headers: { 'x-forwarded-for': '203.0.113.9' } });
    expect(seen).toEqual(Array(3).fill(['203.0.113.9, 127.0.0.1', 'http', '127.0.0.1']));
  });
});

whereThereIsNginx('nginx with TLS', () => {
  it('answers over HTTP/2, sends the rest there, and serves the challenges of an ACME authority', async () => {
    const acme = mkdtempSync(join(tmpdir(), 'beaver-acme-'));
    endings.push(() => rmSync(acme, { recursive: true }));
    const certificates = await makeCertificates(acme);
    mkdirSync(join(acme, '.well-known/acme-challenge'), { recursive: true });
    writeFileSync(join(acme, '.well-known/acme-challenge/token'), 'the answer');
    const port = await freePort();
    const tls = readFileSync(join(import.meta.dirname, '../deploy/nginx/tls.conf'), 'utf8')
      .replace('listen 443', `listen 127.0.0.1:${port}`)
      .replace('/etc/nginx/certificates/fullchain.pem', certificates.cert)
      .replace('/etc/nginx/certificates/privkey.pem', certificates.key)
      .replaceAll('/var/www/acme', acme);
    const seen: unknown[] = [];
    const living = await upstream(({ headers }, outgoing) => {
      seen.push(headers['x-forwarded-proto']);
      outgoing.end('{}');
    });
    // The test asks for keys over HTTP to see that nginx is there.
    const nginx = await nginxBefore([living], (configuration) =>
      configuration.replace('include /etc/nginx/beaver/*.conf;', tls),
    );

    const session = connectHttp2(`https://127.0.0.1:${port}`, { ca: readFileSync(certificates.ca) });
    endings.push(() => session.close());
    const stream = session.request({ ':path': '/graphql', ':method': 'POST' });
    stream.end('{}');
    const [headers] = await once(stream, 'response');
    expect([headers[':status'], await text(stream), seen]).toEqual([200, '{}', ['https']]);

    const moved = await fetch(`${nginx.url}/graphql?a=b`, { method: 'POST', redirect: 'manual' });
    expect([moved.status, moved.headers.get('location')]).toEqual([308, 'https://127.0.0.1/graphql?a=b']);
    const challenge = await fetch(`${nginx.url}/.well-known/acme-challenge/token`);
    expect([challenge.status, await challenge.text()]).toEqual([200, 'the answer']);
  });
});
