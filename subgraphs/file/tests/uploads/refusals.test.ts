import { randomBytes } from 'node:crypto';
import { mkdir, utimes, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { newId, uuidOf } from '../../../../kit/base/ids.ts';
import { toTime } from '../../../../kit/mysql/database.ts';
import type { GraphClient } from '../../../../testing/client.ts';
import { stored, upload } from '../../../../testing/files.ts';
import { bomb, flat, photograph } from '../../../../testing/photographs.ts';
import type { SignedIn, Stack } from '../../../../testing/stack.ts';
import { waitFor } from '../../../../testing/wait.ts';
import { rows, slowUpload, startFile, storeContent, traces, UPLOAD } from '../support.ts';

const MAX = 200_000;
const QUOTA = 500_000;

let stack: Stack;
let viewer: SignedIn;
let client: GraphClient;

beforeAll(async () => {
  stack = await startFile({ FILE_MAX_BYTES: String(MAX), FILE_QUOTA_BYTES: String(QUOTA) });
});
beforeEach(async () => {
  viewer = await stack.signIn();
  client = stack.client('file').as(viewer.token);
});
afterAll(() => stack.stop());

/** Does it, and proves that neither a row nor a byte came of it. */
async function leavingNothing<T>(work: () => Promise<T>): Promise<T> {
  const before = await traces(stack);
  const result = await work();
  expect(await traces(stack)).toEqual(before);
  return result;
}

test('a file of exactly the limit is taken, one byte more is not', async () => {
  expect((await stored(client, randomBytes(MAX))).size).toBe(MAX);
  const refused = await leavingNothing(() => upload(client, randomBytes(MAX + 1)));
  expect(refused).toMatchObject({ __typename: 'FileTooLarge', code: 'FILE_TOO_LARGE', maxBytes: MAX });
});

test('a file far over the limit is refused while it still comes, and the connection is not stuck', async () => {
  const refused = await leavingNothing(() => upload(client, randomBytes(20_000_000)));
  expect(refused.__typename).toBe('FileTooLarge');
  expect((await stored(client, 'the next one')).size).toBe(12);
});

test('the quota holds, also against files that come at once', async () => {
  const results = await Promise.all(Array.from({ length: 8 }, () => upload(client, randomBytes(100_000))));
  const names = results.map((result) => result.__typename).sort();
  expect(names).toEqual([...Array(3).fill('QuotaExceeded'), ...Array(5).fill('UploadFilePayload')]);
  const refused = await leavingNothing(() => upload(client, 'one more'));
  expect(refused).toMatchObject({ __typename: 'QuotaExceeded', code: 'QUOTA_EXCEEDED', quotaBytes: QUOTA });
  const other = stack.client('file').as((await stack.signIn()).token);
  expect((await upload(other, 'mine')).__typename).toBe('UploadFilePayload');
});

test('a file that would pass what is left of the quota is refused by that name', async () => {
  for (let i = 0; i < 4; i += 1) await stored(client, randomBytes(120_000));
  expect((await leavingNothing(() => upload(client, randomBytes(50_000)))).__typename).toBe('QuotaExceeded');
  expect((await upload(client, randomBytes(20_000))).__typename).toBe('UploadFilePayload');
});

test.each([
  ['that is cut off', async () => (await photograph()).subarray(0, 20_000), 'MESSAGE'],
  [
    'that is only a header',
    () => Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 16, 0x4a, 0x46, 0x49, 0x46, 0, 1, 1, 0]),
    'MESSAGE',
  ],
  ['that is text, as an avatar', () => Buffer.from('not a picture'), 'AVATAR'],
  ['that is a PDF, as an avatar', () => Buffer.from('%PDF-1.7\n1 0 obj\n'), 'AVATAR'],
  ['that is SVG, as an avatar', () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), 'AVATAR'],
] as const)('an image %s is refused', async (_what, make, purpose) => {
  const content = await make();
  const refused = await leavingNothing(() =>
    upload(client, content, { name: 'photo.jpg', type: 'image/jpeg', purpose }),
  );
  expect(refused).toMatchObject({ __typename: 'InvalidImage', code: 'INVALID_IMAGE' });
});

test.each([
  ['says that it has', () => bomb(50_000, 50_000)],
  ['has', () => flat(7_100, 7_100)],
])('an image that %s more than 50 million pixels is refused by that reason', async (_what, make) => {
  const refused = await leavingNothing(async () => upload(client, await make(), { name: 'photo.png' }));
  expect(refused.__typename).toBe('InvalidImage');
  expect(refused.message).toContain('more than 50 million pixels');
});

test('an empty file is refused', async () => {
  expect(await leavingNothing(() => upload(client, ''))).toMatchObject({ __typename: 'InvalidInput', field: 'file' });
});

test('a sender who goes away leaves nothing', async () => {
  const before = await traces(stack);
  const sending = slowUpload(stack, viewer.token);
  await sending.write(randomBytes(150_000));
  await waitFor(async () => (await storeContent(stack)).some((path) => path.startsWith('arriving')), {
    what: 'bytes on disk',
  });
  sending.request.destroy();
  await waitFor(async () => JSON.stringify(await traces(stack)) === JSON.stringify(before), { what: 'nothing left' });
  await waitFor(() => stack.services('file')[0]?.lines.some((line) => line.includes('file upload refused')), {
    what: 'the log line',
  });
  expect(stack.services('file')[0]?.lines.filter((line) => line.includes('"ERROR"'))).toEqual([]);
});

test('at most ten files of one user come in at once', async () => {
  const sending = Array.from({ length: 10 }, () => slowUpload(stack, viewer.token));
  for (const one of sending) await one.write(randomBytes(1000));
  await waitFor(async () => (await storeContent(stack)).filter((path) => path.startsWith('arriving')).length === 10, {
    what: 'the ten files that arrive',
  });
  expect(await upload(client, 'the eleventh')).toMatchObject({ __typename: 'RateLimited', code: 'RATE_LIMITED' });
  const answers = await Promise.all(sending.map((one) => one.finish()));
  expect(answers.map((answer) => JSON.parse(answer.body).data.uploadFile.__typename)).toEqual(
    Array(10).fill('UploadFilePayload'),
  );
  expect((await upload(client, 'the eleventh')).__typename).toBe('UploadFilePayload');
});

test('what a crash left is removed at the next start; what is being worked on is not', async () => {
  const store = stack.environment.FILE_STORE_DIR as string;
  const long = new Date(Date.now() - 3_600_000);
  const half = join(store, 'arriving', newId('file'));
  const fresh = join(store, 'arriving', newId('file'));
  for (const folder of [half, fresh]) {
    await mkdir(folder);
    await writeFile(join(folder, 'original'), 'half of it');
  }
  await utimes(join(half, 'original'), long, long);
  await utimes(half, long, long);
  // Stored, counted, but never completed: the process died between the two.
  const file = await stored(client, 'whole');
  await stack.mysql.query('UPDATE file_records SET completed_at = NULL, created_at = ? WHERE id = ?', [
    toTime(long),
    file.id,
  ]);
  expect((await client.data('query ($id: ID!) { file(id: $id) { id } }', { id: file.id })).file).toBeNull();

  await stack.add('file');
  await waitFor(
    async () => (await stack.mysql.query('SELECT id FROM file_records WHERE id = ?', [file.id])).length === 0,
    { what: 'the row of the file to be gone' },
  );
  const left = await waitFor(
    async () => {
      const content = await storeContent(stack);
      return content.some((path) => path.includes(basename(half))) ? null : content;
    },
    { what: 'the bytes of the file to be gone' },
  );
  expect(left.some((path) => path.includes(uuidOf(file.id)))).toBe(false);
  expect(left.some((path) => path.includes(basename(fresh)))).toBe(true);
  const [usage] = await stack.mysql.query('SELECT bytes FROM file_usages WHERE owner_id = ?', [viewer.userId]);
  expect(usage.bytes).toBe(0);
});

test.each([
  ['no token', () => undefined, 'TOKEN_MISSING'],
  ['an expired token', () => stack.expiredToken(), 'TOKEN_EXPIRED'],
  ['a forged token', () => stack.forgedToken(), 'TOKEN_INVALID'],
])('an upload with %s is refused', async (_what, token, reason) => {
  const answer = await leavingNothing(() =>
    stack
      .client('file')
      .as(token())
      .upload(UPLOAD, { input: { file: null, purpose: 'MESSAGE' } }, { 'input.file': new File(['x'], 'x') }),
  );
  expect(answer.status).toBeLessThan(500);
  expect(answer.errors?.[0]?.extensions).toMatchObject({ code: 'UNAUTHENTICATED', reason });
});

test.each([
  ['no token', () => undefined, 200],
  ['an expired token', () => stack.expiredToken(), 401],
])('who sends a large file with %s sees why it is refused', async (_what, token, status) => {
  const file = new File([randomBytes(30_000_000)], 'x');
  const input = { file: null, purpose: 'MESSAGE' };
  const answer = await leavingNothing(() =>
    stack.client('file').as(token()).upload(UPLOAD, { input }, { 'input.file': file }),
  );
  expect(answer.status).toBe(status);
  expect(answer.errors?.[0]?.extensions?.code).toBe('UNAUTHENTICATED');
});

test.each([
  ['no file', { file: null, purpose: 'MESSAGE' }],
  ['text for a file', { file: 'x', purpose: 'MESSAGE' }],
  ['an object for a file', { file: {}, purpose: 'MESSAGE' }],
  ['no purpose', { file: null }],
  ['an unknown purpose', { file: null, purpose: 'VIRUS' }],
])('%s in JSON is refused', async (_what, input) => {
  const answer = await leavingNothing(() => client.send(UPLOAD, { input }));
  expect(answer.status).toBeLessThan(500);
  expect(answer.errors?.[0]?.extensions?.code).toBe('BAD_USER_INPUT');
});

/** A multipart request as it stands. */
function multipart(fields: [string, string | File][], headers: Record<string, string> = {}) {
  const form = new FormData();
  for (const [name, value] of fields) form.append(name, value);
  return fetch(`${stack.services('file')[0]?.url}/graphql`, {
    method: 'POST',
    headers: { authorization: `Bearer ${viewer.token}`, 'apollo-require-preflight': 'true', ...headers },
    body: form,
  });
}

const operations = (input: object = { file: null, purpose: 'MESSAGE' }) =>
  JSON.stringify({ query: UPLOAD, variables: { input } });
const MAP = JSON.stringify({ 0: ['variables.input.file'] });
const content = () => new File([randomBytes(150_000)], 'x.bin');

test.each<[string, () => [string, string | File][]]>([
  [
    'a wrong purpose beside a file',
    () => [
      ['operations', operations({ file: null, purpose: 'VIRUS' })],
      ['map', MAP],
      ['0', content()],
    ],
  ],
  [
    'a map without its file',
    () => [
      ['operations', operations()],
      ['map', MAP],
    ],
  ],
  [
    'a file that the map does not name',
    () => [
      ['operations', operations()],
      ['map', '{}'],
      ['0', content()],
    ],
  ],
  [
    'two files',
    () => [
      ['operations', operations()],
      ['map', '{"0":["variables.input.file"],"1":["variables.input.b"]}'],
      ['0', content()],
      ['1', content()],
    ],
  ],
  [
    'operations that are not JSON',
    () => [
      ['operations', '{'],
      ['map', MAP],
      ['0', content()],
    ],
  ],
  [
    'a map that is not JSON',
    () => [
      ['operations', operations()],
      ['map', '{'],
      ['0', content()],
    ],
  ],
  [
    'a file before the map',
    () => [
      ['operations', operations()],
      ['0', content()],
      ['map', MAP],
    ],
  ],
  [
    'a map into the prototype',
    () => [
      ['operations', operations()],
      ['map', '{"0":["variables.__proto__.x"]}'],
      ['0', content()],
    ],
  ],
  [
    'a map to nowhere',
    () => [
      ['operations', operations()],
      ['map', '{"0":["variables.a.b.c"]}'],
      ['0', content()],
    ],
  ],
  [
    'operations of a megabyte',
    () => [
      ['operations', operations().padEnd(1_000_000)],
      ['map', MAP],
      ['0', content()],
    ],
  ],
  ['nothing', () => []],
])('%s is refused, and the next request is answered', async (_what, fields) => {
  const answer = await leavingNothing(() => multipart(fields()));
  const body = await answer.text();
  expect(answer.status).toBeLessThan(500);
  expect(JSON.parse(body).errors?.[0]?.extensions?.code ?? JSON.parse(body).data.uploadFile.code).toMatch(/^[A-Z_]+$/);
  expect((await stored(client, 'the next one')).size).toBe(12);
});

test('one file for two fields is refused', async () => {
  const map = JSON.stringify({ 0: ['variables.a', 'variables.b'] });
  const query = `mutation ($a: Upload!, $b: Upload!) {
    a: uploadFile(input: { file: $a, purpose: MESSAGE }) { __typename }
    b: uploadFile(input: { file: $b, purpose: MESSAGE }) { __typename }
  }`;
  const answer = await leavingNothing(() =>
    multipart([
      ['operations', JSON.stringify({ query, variables: { a: null, b: null } })],
      ['map', map],
      ['0', content()],
    ]),
  );
  expect(answer.status).toBe(400);
});

test('one variable for two fields is stored once', async () => {
  const query = `mutation ($file: Upload!) {
    a: uploadFile(input: { file: $file, purpose: MESSAGE }) { __typename }
    b: uploadFile(input: { file: $file, purpose: MESSAGE }) { __typename ... on InvalidInput { field } }
  }`;
  const answer = await client.upload(query, { file: null }, { file: content() });
  expect(answer.data).toEqual({
    a: { __typename: 'UploadFilePayload' },
    b: { __typename: 'InvalidInput', field: 'file' },
  });
});

test('a multipart request without the header against forgery from other sites is refused', async () => {
  const form = new FormData();
  form.append('operations', operations());
  form.append('map', MAP);
  form.append('0', content());
  const answer = await leavingNothing(() =>
    fetch(`${stack.services('file')[0]?.url}/graphql`, {
      method: 'POST',
      headers: { authorization: `Bearer ${viewer.token}` },
      body: form,
    }),
  );
  expect(answer.status).toBe(400);
  expect((await rows(stack)).records).toBeGreaterThan(0);
});

test('a file whose session ends while it is under way is not stored', async () => {
  const leaving = await stack.signIn();
  const before = await traces(stack);
  const sending = slowUpload(stack, leaving.token);
  await sending.write(randomBytes(150_000));
  await waitFor(async () => (await storeContent(stack)).some((path) => path.startsWith('arriving')), {
    what: 'bytes on disk',
  });
  await stack.endSession(leaving.sessionId);
  await waitFor(async () => (await stack.client('file').as(leaving.token).send('{ __typename }')).status === 401, {
    what: 'the end of the session at the service',
  });
  const { body } = await sending.finish();
  expect(JSON.parse(body).errors[0].extensions).toMatchObject({ code: 'UNAUTHENTICATED', reason: 'SESSION_ENDED' });
  expect(await traces(stack)).toEqual(before);
});
