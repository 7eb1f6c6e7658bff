import type { Server } from 'node:http';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { readJsonBody } from '../../http/body.ts';
import { closeServer, listen } from '../../http/listening.ts';
import { createHttpServer, sendJson } from '../../http/server.ts';
import { createLog } from '../../observe/log.ts';

/** The bytes of a JSON body: what is not UTF-8 is refused by name, so that nothing is stored as U+FFFD. */

const LIMIT = 100_000;
let server: Server;
let url: string;
beforeAll(async () => {
  const route = {
    path: '/',
    methods: ['POST'],
    handle: async ({ incoming }: { incoming: Parameters<typeof readJsonBody>[0] }, response: never) =>
      sendJson(response, 200, await readJsonBody(incoming, LIMIT)),
  };
  server = createHttpServer([route], createLog('test', 'silent'));
  url = `http://127.0.0.1:${await listen(server, '127.0.0.1', 0)}/`;
});
afterAll(() => closeServer(server));

async function send(body: Buffer | string, headers: Record<string, string> = {}) {
  const sent = typeof body === 'string' ? body : new Uint8Array(body);
  const answer = await fetch(url, { method: 'POST', headers, body: sent });
  const value = (await answer.json()) as { errors?: { message: string }[] };
  return { status: answer.status, value, message: value.errors?.[0]?.message, headers: answer.headers };
}

const value = { text: '你好 é 😀', more: 'x'.repeat(2_000) };
const text = JSON.stringify(value);

test.each([
  ['plain', Buffer.from(text), {}],
  ['with a byte order mark', Buffer.from(`\ufeff${text}`), {}],
  ['identity', Buffer.from(text), { 'content-encoding': 'identity' }],
  ['gzip', gzipSync(text), { 'content-encoding': 'gzip' }],
  ['GZIP', gzipSync(text), { 'content-encoding': 'GZIP' }],
  ['deflate', deflateSync(text), { 'content-encoding': 'deflate' }],
  ['br', brotliCompressSync(text), { 'content-encoding': 'br' }],
  ['charset utf-8', Buffer.from(text), { 'content-type': 'application/json; charset=utf-8' }],
  ['charset "UTF8"', Buffer.from(text), { 'content-type': 'application/json;charset="UTF8"' }],
  ['escaped pairs', Buffer.from(text.replace('😀', '\\ud83d\\uDE00')), {}],
])('is read: %s', async (_what, body, headers) => {
  expect(await send(body, headers as never)).toMatchObject({ status: 200, value });
});

test.each<[string, Buffer | string, Record<string, string>, number, RegExp]>([
  ['GBK', Buffer.from('7b2261223a22c4e3bac3227d', 'hex'), {}, 400, /not UTF-8/],
  ['Latin-1', Buffer.from('{"a":"caf\xe9"}', 'latin1'), {}, 400, /not UTF-8/],
  ['half a character', Buffer.from('{"a":"é"}').subarray(0, 7), {}, 400, /not UTF-8/],
  ['a charset that is another', text, { 'content-type': 'application/json; charset=gbk' }, 415, /`charset`/],
  ['UTF-16', Buffer.from(text, 'utf16le'), { 'content-type': 'application/json; charset=utf-16' }, 415, /`charset`/],
  ['half a pair', '{"a":"\\ud800"}', {}, 400, /half a surrogate pair/],
  ['half a pair in a name', '{"a":[{"x\\uDFFF":1}]}', {}, 400, /half a surrogate pair/],
  ['pairs the wrong way round', '{"a":"\\udE00\\ud83d"}', {}, 400, /half a surrogate pair/],
  ['nothing', '', {}, 400, /is empty/],
  ['nothing compressed', gzipSync(''), { 'content-encoding': 'gzip' }, 400, /is empty/],
  ['broken JSON', '{"a":', {}, 400, /not JSON/],
  ['an encoding that is unknown', text, { 'content-encoding': 'zstd' }, 415, /`content-encoding`/],
  ['two encodings', text, { 'content-encoding': 'gzip, gzip' }, 415, /`content-encoding`/],
  ['what is not compressed', text, { 'content-encoding': 'gzip' }, 400, /not compressed/],
  ['what ends too early', gzipSync(text).subarray(0, -10), { 'content-encoding': 'gzip' }, 400, /not compressed/],
])('is refused by name: %s', async (_what, body, headers, status, message) => {
  expect(await send(body, headers)).toMatchObject({ status, message: expect.stringMatching(message) });
});

test('what a body has too much of is counted after it is decompressed', async () => {
  const fits = JSON.stringify('x'.repeat(LIMIT - 2));
  for (const [encoding, compress] of Object.entries({ gzip: gzipSync, deflate: deflateSync, br: brotliCompressSync })) {
    expect((await send(compress(fits), { 'content-encoding': encoding })).status).toBe(200);
    const bomb = compress(Buffer.alloc(50_000_000, 0x20));
    expect(bomb.length).toBeLessThan(LIMIT);
    expect(await send(bomb, { 'content-encoding': encoding })).toMatchObject({ status: 413 });
  }
  expect((await send(text, { 'content-encoding': 'zstd' })).headers.get('accept-encoding')).toBe('gzip, deflate, br');
});
