import type { lookup } from 'node:dns';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isPublicAddress, networks } from '../../base/addresses.ts';
import { createGuardedClient, type GuardedClient } from '../../http/guarded-client.ts';

const servers: Server[] = [];
const clients: GuardedClient[] = [];
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

/** A server at a loopback address, and how many requests it had. */
async function serve(answer: (request: IncomingMessage, response: ServerResponse) => void, host = '127.0.0.1') {
  const asked: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    asked.push(request);
    answer(request, response);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://${host}:${port}`, port, asked };
}

type Found = { address: string; family: number }[];
/** A client that may reach 127.0.0.1 alone of what is private. */
function client(options: { allowed?: string[]; answers?: Found[]; timeoutMs?: number } = {}): GuardedClient {
  const { allowed = ['127.0.0.1/32'], answers, timeoutMs = 10_000 } = options;
  const fake = (_: string, __: object, done: (error: null, found: Found) => void) => done(null, answers?.shift() ?? []);
  const made = createGuardedClient({
    allowed,
    timeoutMs,
    ...(answers ? { lookup: fake as unknown as typeof lookup } : {}),
  });
  clients.push(made);
  return made;
}
const refusal = (reason: string) => expect.objectContaining({ name: 'RequestRefused', code: reason });

test.each([
  ...['127.0.0.1', '127.1', '0x7f.1', '0x7f000001', '2130706433', '017700000001', '127.255.255.254', '0.0.0.0', '0'],
  ...[
    '127。0。0。1',
    '１２７.0.0.1',
    'localhost',

    'LOCALHOST',
    '10.0.0.1',
    '10.255.255.255',
    '172.16.0.1',
  ],
  ...['172.31.255.255', '192.168.0.1', '169.254.169.254', '100.64.0.1', '100.127.255.255', '192.0.0.1', '192.0.2.1'],
  ...['192.88.99.1', '198.18.0.1', '198.19.255.255', '198.51.100.1', '203.0.113.1', '224.0.0.1', '239.255.255.255'],
  ...['240.0.0.1', '255.255.255.255', '[::]', '[::1]', '[0:0:0:0:0:0:0:1]', '[::ffff:127.0.0.1]', '[::ffff:7f00:1]'],
  ...[
    '[::127.0.0.1]',
    '[::7f00:1]',
    '[::ffff:10.0.0.1]',
    '[::ffff:0:127.0.0.1]',
    '[64:ff9b::127.0.0.1]',
    '[64:ff9b:1::1]',
  ],
  ...['[fc00::1]', '[fd12:3456::1]', '[fe80::1]', '[fec0::1]', '[ff02::1]', '[100::1]', '[2001::1]', '[2001:db8::1]'],
  ...['[2002:7f00:1::]', '[2002:a00:1::1]', '[3fff::1]', '[5f00::1]'],
])('%s is not reached, on a usual port or another', async (host) => {
  const guarded = client({ allowed: [] });
  for (const suffix of ['', ':80', ':443', ':8080', ':6379'])
    await expect(guarded.request(`http://${host}${suffix}/`)).rejects.toEqual(refusal('ADDRESS'));
  await expect(guarded.request(`https://${host}/`)).rejects.toEqual(refusal('ADDRESS'));
});

test('addresses beside the private networks are public', () => {
  const beside = [
    '1.1.1.1',
    '9.255.255.255',
    '11.0.0.0',
    '100.63.255.255',
    '100.128.0.0',
    '126.255.255.255',
    '128.0.0.0',
  ];
  const more = ['172.15.255.255', '172.32.0.0', '192.167.255.255', '192.169.0.0', '223.255.255.255', '198.20.0.0'];
  for (const address of [...beside, ...more, '2606:4700:4700::1111', '2001:4860:4860::8888', '2a00::1'])
    expect([address, isPublicAddress(address)]).toEqual([address, true]);
  for (const text of ['', 'localhost', '127.0.0.1.', '1.1.1', '::1%lo']) expect(isPublicAddress(text)).toBe(false);
});

test.each(['10.0.0.0', '10.0.0.0/33', '::/129', '/8', '10.0.0.0/8/8', '10.0.0.0/x', 'example.org/8', ''])(
  '"%s" is no network',
  (network) => expect(() => networks([network])).toThrow('A network is'),
);

test('what is neither http nor https, or has a password, is refused', async () => {
  for (const url of [
    'ftp://example.org/',
    'file:///etc/passwd',
    'data:,x',
    'javascript:1',
    'example.org',
    '',
    'http://',
    'http://a:b@127.0.0.1/',
  ])
    await expect(client().request(url)).rejects.toEqual(refusal('URL'));
});

test('a port that is not usual is for allowed networks alone', async () => {
  const { url } = await serve((_, response) => response.end('hello'));
  expect(await client().request(url)).toMatchObject({ status: 200, body: Buffer.from('hello') });
  const answers = [[{ address: '1.1.1.1', family: 4 }]];
  await expect(client({ answers }).request('http://example.org:8080/')).rejects.toEqual(refusal('ADDRESS'));
});

test('a name leads only where each of its addresses may be reached, every time anew', async () => {
  const { port, asked } = await serve((_, response) => response.setHeader('connection', 'close').end('hello'));
  const here = { address: '127.0.0.1', family: 4 };
  const inside = { address: '127.0.0.2', family: 4 };
  const answers = [[here], [inside], [here, inside], [{ address: '::ffff:127.0.0.2', family: 6 }], [], [here]];
  const guarded = client({ answers });
  const ask = () =>
    guarded.request(`http://rebound.example:${port}/`).then(
      ({ status }) => status,
      ({ code }) => code,
    );
  const outcomes: unknown[] = [];
  while (answers.length > 0) outcomes.push(await ask());
  expect(outcomes).toEqual([200, 'ADDRESS', 'ADDRESS', 'ADDRESS', 'ADDRESS', 200]);
  expect(asked).toHaveLength(2);
});

test('a redirect meets the same check, takes no headers to another origin, and is followed three times', async () => {
  const inside = await serve((_, response) => response.end('secret'), '127.0.0.2');
  const other = await serve((_, response) => response.end('there'));
  const { url, asked } = await serve(({ url: path = '' }, response) => {
    const count = Number(/^\/(\d)/.exec(path)?.[1] ?? 0);
    const to =
      path === '/inside' ? inside.url : path === '/file' ? 'file:///etc/passwd' : count > 0 ? `/${count - 1}` : null;
    if (to === null && path !== '/away') response.end('here');
    else response.writeHead(302, { location: to ?? other.url }).end();
  });
  const guarded = client();
  await expect(guarded.request(`${url}/inside`)).rejects.toEqual(refusal('ADDRESS'));
  expect(inside.asked).toHaveLength(0);
  await expect(guarded.request(`${url}/file`)).rejects.toEqual(refusal('URL'));
  expect(await guarded.request(`${url}/3`)).toMatchObject({ status: 200, url: `${url}/0` });
  await expect(guarded.request(`${url}/4`)).rejects.toEqual(refusal('TOO_MANY_REDIRECTS'));
  await guarded.request(`${url}/away`, { headers: { authorization: 'mine' } });
  expect([asked.at(-1)?.headers.authorization, other.asked[0]?.headers.authorization]).toEqual(['mine', undefined]);
  // What was sent is not sent elsewhere.
  expect(await guarded.request(`${url}/away`, { method: 'POST', body: 'x' })).toMatchObject({ status: 302 });
});

test('an answer that is large ends at half a megabyte, whatever its length says', async () => {
  const { url } = await serve(({ url: path = '' }, response) => {
    const chunk = Buffer.alloc(64 * 1024);
    const write = () => {
      while (!response.destroyed && response.write(chunk));
      response.once('drain', write);
    };
    if (path === '/exact') response.end(Buffer.alloc(512 * 1024));
    else write();
  });
  expect((await client().request(`${url}/exact`)).body).toHaveLength(512 * 1024);
  await expect(client().request(`${url}/endless`)).rejects.toEqual(refusal('TOO_LARGE'));
});

test('an answer that is slow is given up, from the first byte to the last', async () => {
  const { url } = await serve(({ url: path = '' }, response) => {
    if (path === '/silent') return;
    response.write('a');
    const dripping = setInterval(() => response.write('a'), 20);
    response.once('close', () => clearInterval(dripping));
  });
  for (const path of ['/silent', '/dripping'])
    await expect(client({ timeoutMs: 200 }).request(`${url}${path}`)).rejects.toMatchObject({ name: 'TimeoutError' });
});
