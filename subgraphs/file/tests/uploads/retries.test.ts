import type { GraphClient } from '../../../../testing/client.ts';
import { stored, upload } from '../../../../testing/files.ts';
import { photograph, png } from '../../../../testing/photographs.ts';
import type { Stack } from '../../../../testing/stack.ts';
import { rows, startFile, storeContent, traces } from '../support.ts';

// An upload that is sent again because its answer was lost.

let stack: Stack;
let ann: GraphClient;
beforeAll(async () => {
  stack = await startFile();
});
beforeEach(async () => {
  ann = stack.client('file').as((await stack.signIn()).token);
});
afterAll(() => stack?.stop());

test('the same upload with the same id is the same file, and counts once', async () => {
  const photo = await photograph();
  const options = { name: 'me.jpg', clientFileId: 'once' };
  const first = await stored(ann, photo, options);
  const before = await traces(stack);
  expect((await stored(ann, photo, options)).id).toBe(first.id);
  expect(await traces(stack)).toEqual(before);
});

test('retries at the same time are one file', async () => {
  const before = await rows(stack);
  const photo = await png(300, 200);
  const files = await Promise.all(Array.from({ length: 6 }, () => stored(ann, photo, { clientFileId: 'at-once' })));
  expect(new Set(files.map(({ id }) => id)).size).toBe(1);
  expect((await rows(stack)).records).toBe(before.records + 1);
  expect((await storeContent(stack)).filter((path) => path.startsWith('arriving'))).toEqual([]);
});

test.each([
  ['content', 'other', {}],
  ['name', 'text', { name: 'other.txt' }],
  ['purpose', 'text', { purpose: 'AVATAR' }],
] as const)('the same id with another %s is refused by name', async (_what, content, other) => {
  const options = { name: 'a.txt', clientFileId: 'twice' };
  await stored(ann, 'text', options);
  const before = await traces(stack);
  expect(await upload(ann, content, { ...options, ...other })).toMatchObject({
    __typename: 'ClientFileIdReused',
    code: 'CLIENT_FILE_ID_REUSED',
  });
  expect(await traces(stack)).toEqual(before);
});

test('the same id of another person, and no id, are other files', async () => {
  const bob = stack.client('file').as((await stack.signIn()).token);
  const files = await Promise.all([
    stored(ann, 'text', { clientFileId: 'mine' }),
    stored(bob, 'text', { clientFileId: 'mine' }),
    stored(ann, 'text', { clientFileId: '' }),
    stored(ann, 'text', { clientFileId: '' }),
  ]);
  expect(new Set(files.map(({ id }) => id)).size).toBe(4);
});

test('an id of other characters is refused by its field', async () => {
  expect(await upload(ann, 'text', { clientFileId: 'with blank' })).toMatchObject({
    __typename: 'InvalidInput',
    field: 'clientFileId',
  });
});

test('an upload that was refused leaves its id free', async () => {
  const cut = (await png(300, 200)).subarray(0, 500);
  expect((await upload(ann, cut, { clientFileId: 'again' })).__typename).toBe('InvalidImage');
  await stored(ann, 'text', { clientFileId: 'again' });
});
