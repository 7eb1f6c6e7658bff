import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type ClientRequest, request } from 'node:http';
import type { Service } from '../../launch/services.ts';
import { waitFor } from '../../testing/wait.ts';
import { type GatewayStack, startGateway } from './harness.ts';

const MB = 1_000_000;
const RECEIVE =
  'mutation ($file: Upload!, $rate: Float) { receive(file: $file, bytesPerSecond: $rate) { size sha256 filename } }';

let gateway: GatewayStack;
let right: Service;
beforeAll(async () => {
  gateway = await startGateway({ left: 1, right: 1 }, { GATEWAY_MAX_UPLOAD_BYTES: String(210 * MB) });
  right = gateway.right[0] as Service;
});
afterAll(() => gateway?.stop());

interface Reply {
  status: number;
  text: string;
}

/** A multipart request written by hand, so that its files can be made while they are sent. */
function begin(
  operations: unknown,
  map: unknown,
  headers: Record<string, string> = { 'apollo-require-preflight': '1' },
) {
  const boundary = 'made-by-hand';
  const outgoing: ClientRequest = request(gateway.client.url, {
    method: 'POST',
    headers: { 'content-type': `multipart/form-data; boundary=${boundary}`, ...headers },
  });
  const reply = new Promise<Reply>((resolve, reject) => {
    outgoing.on('error', reject);
    outgoing.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }));
    });
  });
  const part = (name: string, value: string) =>
    `--${boundary}\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
  outgoing.write(part('operations', JSON.stringify(operations)) + part('map', JSON.stringify(map)));
  return {
    outgoing,
    reply,
    file(name: string, filename = 'made.bin') {
      const type = 'content-type: application/octet-stream';
      outgoing.write(
        `--${boundary}\r\ncontent-disposition: form-data; name="${name}"; filename="${filename}"\r\n${type}\r\n\r\n`,
      );
    },
    /** Writes and waits until the system wants more. */
    async write(chunk: Buffer) {
      if (!outgoing.write(chunk)) await new Promise((resolve) => outgoing.once('drain', resolve));
    },
    end: () => outgoing.end(`\r\n--${boundary}--\r\n`),
  };
}

/** Memory of the gateway's process, in bytes. */
async function residentMemory(): Promise<number> {
  const { pid } = await gateway.process();
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) * 1024;
}

test('brings a file to the service whole', async () => {
  const content = Buffer.from(Array.from({ length: 300_000 }, (_, i) => i % 251));
  const { data, errors } = await gateway.client.upload(
    RECEIVE,
    { file: null },
    { file: new File([content], 'a näme; with=signs.bin') },
  );
  expect(errors).toBeUndefined();
  expect(data.receive).toEqual({
    size: content.length,
    sha256: createHash('sha256').update(content).digest('hex'),
    filename: 'a näme; with=signs.bin',
  });
});

test('brings two files, also where they arrive in the other order', async () => {
  const query = 'mutation ($a: Upload!, $b: Upload) { receive(file: $a, second: $b) { size } }';
  const sent = begin({ query, variables: { a: null, b: null } }, { 0: ['variables.b'], 1: ['variables.a'] });
  sent.file('1');
  await sent.write(Buffer.alloc(1_000));
  sent.outgoing.write('\r\n');
  sent.outgoing.write(`--made-by-hand\r\ncontent-disposition: form-data; name="0"; filename="b"\r\n\r\n`);
  await sent.write(Buffer.alloc(70_000));
  sent.end();
  const { status, text } = await sent.reply;
  expect({ status, text: JSON.parse(text) }).toEqual({ status: 200, text: { data: { receive: { size: 1_000 } } } });
});

test('hundreds of megabytes pass through without being kept', async () => {
  // The first hundred fill what the collector lets lie about; were files kept, the next two hundred would be
  // on top of it.
  await sendMegabytes(100);
  const before = await residentMemory();
  let highest = before;
  await sendMegabytes(200, async () => {
    highest = Math.max(highest, await residentMemory());
  });
  // On a busy machine 64 were there that the collector had not come to.
  expect(highest - before).toBeLessThan(120 * MB);
});

/** Sends a file that is made on the way, and checks that it came whole. */
async function sendMegabytes(count: number, each: () => Promise<void> = async () => {}): Promise<void> {
  const piece = Buffer.alloc(MB, 7);
  const hash = createHash('sha256');
  const sent = begin({ query: RECEIVE, variables: { file: null, rate: null } }, { 0: ['variables.file'] });
  sent.file('0');
  for (let i = 0; i < count; i += 1) {
    hash.update(piece);
    await sent.write(piece);
    await each();
  }
  sent.end();
  const { data } = JSON.parse((await sent.reply).text);
  expect(data.receive).toMatchObject({ size: count * MB, sha256: hash.digest('hex') });
}

test('a slow service makes the client wait, not the gateway keep', async () => {
  const piece = Buffer.alloc(1 * MB, 7);
  const before = await residentMemory();
  const sent = begin({ query: RECEIVE, variables: { file: null, rate: 20 * MB } }, { 0: ['variables.file'] });
  sent.file('0');
  const started = Date.now();
  for (let i = 0; i < 160; i += 1) await sent.write(piece);
  sent.end();
  // 160 MB at 20 MB/s take eight seconds, less what fits into the system's buffers on the way (30 MB have
  // been seen). A gateway that kept what it is sent would have more than a hundred of them by then; what the
  // collector lets lie about was 45.
  expect(Date.now() - started).toBeGreaterThan(2_000);
  expect((await residentMemory()) - before).toBeLessThan(80 * MB);
  expect((await sent.reply).status).toBe(200);
});

test('refuses a file without the header that browsers must ask for', async () => {
  const sent = begin({ query: RECEIVE, variables: { file: null } }, { 0: ['variables.file'] }, {});
  sent.file('0');
  sent.end();
  const { status, text } = await sent.reply;
  expect(status).toBe(400);
  expect(text).toMatch(/Send the header .apollo-require-preflight: true. with a file/);
});

test('answers 413 to a file that is too large', async () => {
  const sent = begin({ query: RECEIVE, variables: { file: null } }, { 0: ['variables.file'] });
  sent.file('0');
  const reply = sent.reply;
  let answered = false;
  void reply.finally(() => {
    answered = true;
  });
  for (let i = 0; i < 220 && !answered; i += 1) await sent.write(Buffer.alloc(1 * MB));
  sent.end();
  const { status, text } = await reply;
  expect(status).toBe(413);
  expect(JSON.parse(text).errors[0].extensions.code).toBe('PAYLOAD_TOO_LARGE');
  await waitFor(async () => (await gateway.state(right)).seen['broken uploads'] === 1, {
    what: 'the upload that breaks',
  });
});

test('a client that leaves in the middle ends the upload at the service', async () => {
  const { seen } = await gateway.state(right);
  const sent = begin({ query: RECEIVE, variables: { file: null } }, { 0: ['variables.file'] });
  sent.reply.catch(() => {});
  sent.file('0');
  await sent.write(Buffer.alloc(5 * MB));
  sent.outgoing.destroy();
  await waitFor(async () => (await gateway.state(right)).seen['broken uploads'] === (seen['broken uploads'] ?? 0) + 1, {
    what: 'the second upload that breaks',
  });
});

test('files of one request go to one service', async () => {
  const query = 'mutation ($a: Upload!, $b: Upload!) { receive(file: $a) { size } leftReceive(file: $b) }';
  const sent = begin({ query, variables: { a: null, b: null } }, { 0: ['variables.a'], 1: ['variables.b'] });
  sent.file('0');
  sent.end();
  const { status, text } = await sent.reply;
  expect(status).toBe(400);
  expect(JSON.parse(text).errors[0].message).toMatch(/one service/);
});

describe('as clients write it', () => {
  /** A request whose bytes are all given. */
  async function sendRaw(parts: (string | Buffer)[], headers: Record<string, string> = {}): Promise<Reply> {
    const type = 'multipart/form-data; boundary=b';
    const lines = parts.flatMap((part) => ['--b\r\n', part, '\r\n']).map((part) => Buffer.from(part));
    const answer = await fetch(gateway.client.url, {
      method: 'POST',
      headers: { 'content-type': type, 'apollo-require-preflight': '1', ...headers },
      body: new Uint8Array(Buffer.concat([...lines, Buffer.from('--b--\r\n')])),
    });
    return { status: answer.status, text: await answer.text() };
  }
  const operations = JSON.stringify({ query: RECEIVE, variables: { file: null } });
  const map = '{"0":["variables.file"]}';
  const field = (name: string, value: string | Buffer, more = '') =>
    Buffer.concat([Buffer.from(`content-disposition: form-data; name="${name}"${more}\r\n\r\n`), Buffer.from(value)]);
  const file = (parameters: string | Buffer) =>
    Buffer.concat([
      Buffer.from('content-disposition: form-data; name="0"'),
      Buffer.from(parameters),
      Buffer.from('\r\n\r\nfour'),
    ]);
  const nameOf = ({ text }: Reply) => JSON.parse(text).data?.receive?.filename;
  const messageOf = ({ text }: Reply) => JSON.parse(text).errors?.[0]?.message;

  test.each([
    ['UTF-8 as it is', '; filename="劳动合同书.docx"', '劳动合同书.docx'],
    ['Postman', `; filename="劳.docx"; filename*="UTF-8''%E5%8A%B3.docx"`, '劳.docx'],
    ['a browser', '; filename="a%22b%25.png"', 'a"b%25.png'],
    ['a browser, line breaks', '; filename="a%0D%0Ab.png"', 'a\r\nb.png'],
    ['curl', String.raw`; filename="a\"b.txt"`, 'a"b.txt'],
    ['a library', "; filename*=UTF-8''a%2522b.txt", 'a%22b.txt'],
  ])('a name comes to the service as it was meant: %s', async (_who, parameters, name) => {
    expect(nameOf(await sendRaw([field('operations', operations), field('map', map), file(parameters)]))).toBe(name);
  });

  test('fields come as blobs, with a BOM, and among others; the type in capitals', async () => {
    const blob = '; filename="blob"\r\ncontent-type: application/octet-stream';
    const parts = [
      field('token', 'x'),
      field('operations', `\ufeff${operations}`, blob),
      field('map', map, blob),
      file('; filename="a"'),
    ];
    expect(nameOf(await sendRaw(parts, { 'content-type': 'Multipart/Form-Data; charset=utf-8; boundary=b' }))).toBe(
      'a',
    );
  });

  test.each<[string, (string | Buffer)[], Record<string, string>, number, RegExp]>([
    ['a file without a name', [field('operations', operations), field('map', map), file('')], {}, 400, /`filename`/],
    [
      'a file with an empty name',
      [field('operations', operations), field('map', map), file('; filename=""')],
      {},
      400,
      /`filename`/,
    ],
    [
      'a name that is not UTF-8',
      [field('operations', operations), field('map', map), file(Buffer.from('; filename="caf\xe9"', 'latin1'))],
      {},
      400,
      /not UTF-8/,
    ],
    [
      'an operation that is not UTF-8',
      [field('operations', Buffer.from('{"query":"\xc4"}', 'latin1'))],
      {},
      400,
      /`operations`.*not UTF-8/,
    ],
    [
      'a map that is not UTF-8',
      [field('operations', operations), field('map', Buffer.from('{"\xc4":[]}', 'latin1'))],
      {},
      400,
      /`map`.*not UTF-8/,
    ],
    ['half a surrogate pair', [field('operations', '{"query":"\\ud800"}')], {}, 400, /half a surrogate pair/],
    ['an operation that is not JSON', [field('operations', '{')], {}, 400, /`operations`.*not JSON/],
    [
      'another charset',
      [field('operations', operations, '\r\ncontent-type: application/json; charset=gbk')],
      {},
      415,
      /`charset`/,
    ],
    ['no boundary', [], { 'content-type': 'multipart/form-data' }, 400, /`boundary`/],
    ['a compressed form', [], { 'content-encoding': 'gzip' }, 415, /`content-encoding`/],
  ])('is refused by name: %s', async (_what, parts, headers, status, message) => {
    const reply = await sendRaw(parts, headers);
    expect([reply.status, messageOf(reply)]).toEqual([status, expect.stringMatching(message)]);
    expect((await gateway.client.send('{ rightInstance }')).status).toBe(200);
  });
});

describe('a map that is an attack', () => {
  const query = 'mutation ($file: Upload!, $l: [Int]) { receive(file: $file) { size } }';

  test.each([
    ['an index of twenty million', 'variables.l.19999999'],
    ['a method of every object', 'variables.hasOwnProperty.call'],
    ['the prototype', 'variables.__proto__.polluted'],
    ['the query itself', 'query'],
    ['a variable with a value', 'variables.name'],
    ['nothing', 'variables.missing'],
  ])('costs nothing: %s', async (_name, path) => {
    const started = Date.now();
    const sent = begin({ query, variables: { file: null, l: [], name: 'x' } }, { 0: [path] });
    sent.file('0');
    sent.end();
    const { status, text } = await sent.reply;
    expect(status).toBe(400);
    expect(JSON.parse(text).errors[0].extensions.code).toBe('BAD_REQUEST');
    expect(Date.now() - started).toBeLessThan(500);
    // The process is as it was.
    expect((await gateway.client.send('{ rightInstance }')).status).toBe(200);
  });

  test('a batch of operations, and one file at many paths, are refused', async () => {
    for (const [operations, map] of [
      [[{ query, variables: { file: null } }], { 0: ['0.variables.file'] }],
      [{ query, variables: { file: null, l: [null] } }, { 0: ['variables.file', 'variables.l.0'] }],
      [
        { query, variables: { file: null } },
        { 0: ['variables.file'], 1: ['variables.file'] },
      ],
    ]) {
      const sent = begin(operations, map);
      sent.end();
      expect((await sent.reply).status).toBe(400);
    }
  });
});
