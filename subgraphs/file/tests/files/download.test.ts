import { createHmac } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { newId, uuidOf } from '../../../../kit/base/ids.ts';
import { GraphClient } from '../../../../testing/client.ts';
import { stored } from '../../../../testing/files.ts';
import { photograph } from '../../../../testing/photographs.ts';
import type { Stack } from '../../../../testing/stack.ts';
import { waitFor } from '../../../../testing/wait.ts';
import { download, reachable, startFile } from '../support.ts';

const TEXT = '0123456789abcdefghij';

let stack: Stack;
let client: GraphClient;
/** A text file of twenty bytes, and a photograph. */
let text: { id: string; url: string };
let photo: { id: string; url: string; thumbnailUrl: string };

beforeAll(async () => {
  stack = await startFile();
  client = stack.client('file').as((await stack.signIn()).token);
  text = await stored(client, TEXT, { name: 'Liste β (100%).txt' });
  photo = await stored(client, await photograph(), { name: 'dog.jpg' });
});
afterAll(() => stack.stop());

async function refusal(response: Response) {
  const { errors } = (await response.json()) as { errors: { message: string; extensions: { code: string } }[] };
  return { status: response.status, code: errors[0]?.extensions.code };
}

test('the whole file, with headers that keep browsers from running it', async () => {
  const response = await download(stack, text.url);
  expect(response.status).toBe(200);
  expect(await response.text()).toBe(TEXT);
  expect(Object.fromEntries(response.headers)).toMatchObject({
    'content-type': 'text/plain; charset=utf-8',
    'content-length': '20',
    'content-disposition': `attachment; filename="Liste _ (100_).txt"; filename*=UTF-8''Liste%20%CE%B2%20%28100%25%29.txt`,
    'accept-ranges': 'bytes',
    etag: `"${text.id}-original"`,
    'x-content-type-options': 'nosniff',
    'content-security-policy': 'sandbox',
    'access-control-allow-origin': '*',
  });
  expect(response.headers.get('cache-control')).toMatch(/^private, max-age=\d+, immutable$/);
  expect(Number(/max-age=(\d+)/.exec(response.headers.get('cache-control') ?? '')?.[1])).toBeLessThanOrEqual(4200);
  expect(Number(/max-age=(\d+)/.exec(response.headers.get('cache-control') ?? '')?.[1])).toBeGreaterThan(3500);
  expect(Date.parse(response.headers.get('last-modified') ?? '')).toBeGreaterThan(Date.now() - 120_000);
});

test('a photograph and its thumbnail are shown in place', async () => {
  expect((await download(stack, photo.url)).headers.get('content-disposition')).toBe(
    `inline; filename="dog.jpg"; filename*=UTF-8''dog.jpg`,
  );
  const thumbnail = await download(stack, photo.thumbnailUrl);
  expect(thumbnail.headers.get('content-disposition')).toMatch(/^inline; filename="dog-thumbnail.webp"/);
  expect(thumbnail.headers.get('etag')).not.toBe((await download(stack, photo.url)).headers.get('etag'));
});

test('HEAD answers like GET without the bytes', async () => {
  const response = await download(stack, text.url, { method: 'HEAD' });
  expect(response.status).toBe(200);
  expect(response.headers.get('content-length')).toBe('20');
  expect(await response.text()).toBe('');
});

test.each([
  ['bytes=0-3', '0123', 'bytes 0-3/20'],
  ['bytes=16-', 'ghij', 'bytes 16-19/20'],
  ['bytes=-4', 'ghij', 'bytes 16-19/20'],
  ['bytes=18-999', 'ij', 'bytes 18-19/20'],
  ['bytes=-999', TEXT, 'bytes 0-19/20'],
])('the range %s', async (range, body, contentRange) => {
  const response = await download(stack, text.url, { headers: { range } });
  expect(response.status).toBe(206);
  expect(response.headers.get('content-range')).toBe(contentRange);
  expect(response.headers.get('content-length')).toBe(String(body.length));
  expect(await response.text()).toBe(body);
});

test.each(['bytes=0-1,5-6', 'bytes=x', 'lines=1-2', 'bytes=5-1,'])(
  'the range %s gets the whole file',
  async (range) => {
    const response = await download(stack, text.url, { headers: { range } });
    expect(response.status).toBe(200);
    expect(await response.text()).toBe(TEXT);
  },
);

test.each(['bytes=20-', 'bytes=100-200', 'bytes=-0'])('the range %s is not there', async (range) => {
  const response = await download(stack, text.url, { headers: { range } });
  expect(response.headers.get('content-range')).toBe('bytes */20');
  expect(response.headers.get('cache-control')).toBe('no-store');
  expect(response.headers.get('content-disposition')).toBeNull();
  expect(await refusal(response)).toEqual({ status: 416, code: 'RANGE_NOT_SATISFIABLE' });
});

test('conditional requests', async () => {
  const { headers } = await download(stack, text.url);
  const etag = headers.get('etag') as string;
  const modified = headers.get('last-modified') as string;
  const earlier = new Date(Date.parse(modified) - 10_000).toUTCString();
  const ask = (conditions: Record<string, string>) => download(stack, text.url, { headers: conditions });

  const same = await ask({ 'if-none-match': etag });
  expect([same.status, await same.text(), same.headers.get('etag')]).toEqual([304, '', etag]);
  expect((await ask({ 'if-none-match': '"other"' })).status).toBe(200);
  expect((await ask({ 'if-modified-since': modified })).status).toBe(304);
  expect((await ask({ 'if-modified-since': earlier })).status).toBe(200);
  expect(await refusal(await ask({ 'if-match': '"other"' }))).toEqual({ status: 412, code: 'PRECONDITION_FAILED' });
  expect(await refusal(await ask({ 'if-unmodified-since': earlier }))).toEqual({
    status: 412,
    code: 'PRECONDITION_FAILED',
  });
  // If-Range: a part where the file is still the same, the whole where it is not.
  expect((await ask({ range: 'bytes=0-3', 'if-range': etag })).status).toBe(206);
  expect((await ask({ range: 'bytes=0-3', 'if-range': '"other"' })).status).toBe(200);
});

test('the URL stays the same for some minutes, and another instance takes it', async () => {
  const query = 'query ($id: ID!) { file(id: $id) { url } }';
  const urls = new Set<string>();
  for (let i = 0; i < 3; i += 1) urls.add((await client.data(query, { id: text.id })).file.url);
  // Two where a step of ten minutes has just begun.
  expect(urls.size).toBeLessThanOrEqual(2);
  const second = await stack.add('file');
  const url = new URL(reachable(stack, text.url));
  expect(await (await fetch(`${second.url}${url.pathname}${url.search}`)).text()).toBe(TEXT);
});

/** The URL with something changed. */
function changed(url: string, change: (url: URL) => void): string {
  const one = new URL(url);
  change(one);
  return one.href;
}

test.each<[string, (url: URL) => void]>([
  ['no signature', (url) => url.searchParams.delete('signature')],
  ['an empty signature', (url) => url.searchParams.set('signature', '')],
  [
    'another signature',
    (url) => url.searchParams.set('signature', createHmac('sha256', 'x').update('x').digest('base64url')),
  ],
  ['a huge signature', (url) => url.searchParams.set('signature', 'A'.repeat(5000))],
  ['a later end', (url) => url.searchParams.set('expires', String(Number(url.searchParams.get('expires')) + 1))],
  ['no end', (url) => url.searchParams.delete('expires')],
  ['an end that is no number', (url) => url.searchParams.set('expires', 'Infinity')],
  ['an unknown key', (url) => url.searchParams.set('key', '999')],
  ['a key that is none', (url) => url.searchParams.set('key', '__proto__')],
  ['another variant', (url) => (url.pathname = url.pathname.replace('original', 'thumbnail'))],
  ['another file', (url) => (url.pathname = url.pathname.replace(text.id, photo.id))],
  ['an unknown file', (url) => (url.pathname = url.pathname.replace(text.id, newId('file')))],
])('a URL with %s is refused', async (_what, change) => {
  expect(await refusal(await download(stack, changed(text.url, change)))).toEqual({
    status: 403,
    code: 'LINK_INVALID',
  });
});

test.each([
  '/files/',
  '/files/x',
  '/files/../../etc/passwd',
  '/files/%2e%2e%2f%2e%2e%2fetc/original',
  '/files/x/original',
  '/files//original',
])('nothing is at %s', async (path) => {
  const { hostname, port } = new URL(reachable(stack, text.url));
  // Not fetch, which tidies the path up.
  const status = await new Promise((resolve, reject) => {
    const sent = request({ hostname, port, path }, (response) => resolve(response.resume().statusCode));
    sent.on('error', reject);
    sent.end();
  });
  expect(status).toBe(404);
});

test('other methods are refused', async () => {
  expect((await download(stack, text.url, { method: 'POST', body: 'x' })).status).toBe(405);
  expect((await download(stack, text.url, { method: 'DELETE' })).status).toBe(405);
});

test('an expired URL says so', async () => {
  const [key] = await stack.mysql.query('SELECT id, secret FROM file_keys ORDER BY id DESC');
  const sign = (expires: number) =>
    changed(text.url, ({ searchParams }) => {
      const signature = createHmac('sha256', Buffer.from(key.secret, 'base64url')).update(
        `${text.id}/original/${expires}`,
      );
      searchParams.set('expires', String(expires));
      searchParams.set('signature', signature.digest('base64url'));
    });
  const now = Math.floor(Date.now() / 1000);
  expect(await refusal(await download(stack, sign(now - 1)))).toEqual({ status: 410, code: 'LINK_EXPIRED' });
  // The same with a time to come is taken: it was the time, not the way it was signed.
  expect((await download(stack, sign(now + 60))).status).toBe(200);
});

test('a key that another instance made is found, and URLs of the older one go on', async () => {
  const secret = Buffer.alloc(32, 7).toString('base64url');
  await stack.mysql.query('INSERT INTO file_keys (id, secret, created_at) VALUES (2, ?, UTC_TIMESTAMP(3))', [secret]);
  const second = await stack.add('file');
  expect((await client.data('query ($id: ID!) { file(id: $id) { url } }', { id: text.id })).file.url).toContain(
    'key=1',
  );
  const fresh = await new GraphClient(`${second.url}/graphql`)
    .as((await stack.signIn()).token)
    .upload(
      'mutation ($file: Upload!) { uploadFile(input: { file: $file, purpose: MESSAGE }) { ... on UploadFilePayload { file { url } } } }',
      { file: null },
      { file: new File(['new'], 'new') },
    );
  const { url } = fresh.data.uploadFile.file;
  expect(url).toContain('key=2');
  // The first instance looks for a key that it does not know at most once a second.
  await waitFor(async () => (await (await download(stack, url)).text()) === 'new', {
    what: 'the first instance to take the new key',
  });
  expect((await download(stack, text.url)).status).toBe(200);
});

test('a reader who goes away, and bytes that are gone, harm nobody', async () => {
  const big = await stored(client, new Uint8Array(20_000_000), { name: 'big.bin' });
  const abort = new AbortController();
  const response = await download(stack, big.url, { signal: abort.signal });
  await response.body?.getReader().read();
  abort.abort();

  const root = stack.environment.FILE_STORE_DIR as string;
  await rm(join(root, 'stored', uuidOf(big.id).slice(-2), uuidOf(big.id)), { recursive: true });
  const gone = await download(stack, big.url);
  expect(gone.headers.get('content-disposition')).toBeNull();
  expect(await refusal(gone)).toEqual({ status: 500, code: 'INTERNAL' });
  expect((await download(stack, text.url)).status).toBe(200);
});

test('health looks at the store', async () => {
  const health = await fetch(`${stack.services('file')[0]?.url}/health`);
  expect(health.status).toBe(200);
  expect(((await health.json()) as { checks: object }).checks).toMatchObject({ store: { status: 'ok' } });
});
