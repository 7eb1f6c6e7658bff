import sharp from 'sharp';
import { newId, newUuid } from '../../../../kit/base/ids.ts';
import { generateSigningKey, keyPath, type SigningKey, signToken } from '../../../../kit/identity/tokens.ts';
import type { Answer, GraphClient } from '../../../../testing/client.ts';
import { FILE_FIELDS, stored } from '../../../../testing/files.ts';
import { photograph } from '../../../../testing/photographs.ts';
import type { SignedIn, Stack } from '../../../../testing/stack.ts';
import { download, startFile } from '../support.ts';

let stack: Stack;
let owner: SignedIn;
let asOwner: GraphClient;
let asStranger: GraphClient;
let asNobody: GraphClient;
let chatKey: SigningKey;
let userKey: SigningKey;
let image: { id: string; url: string };
let avatar: { id: string; url: string };
let text: { id: string };

beforeAll(async () => {
  stack = await startFile();
  chatKey = generateSigningKey();
  userKey = generateSigningKey();
  await stack.etcd.put(keyPath('chat', chatKey.kid), JSON.stringify(chatKey.publicJwk));
  await stack.etcd.put(keyPath('user', userKey.kid), JSON.stringify(userKey.publicJwk));
  owner = await stack.signIn();
  asNobody = stack.client('file');
  asOwner = asNobody.as(owner.token);
  asStranger = asNobody.as((await stack.signIn()).token);
  image = await stored(asOwner, await photograph(), { name: 'dog.jpg' });
  avatar = await stored(asOwner, await photograph(), { name: 'me.jpg', purpose: 'AVATAR' });
  text = await stored(asOwner, 'a text', { name: 'text.txt' });
});
afterAll(() => stack.stop());

const FILE = `query ($id: ID!) { file(id: $id) { ${FILE_FIELDS} grant } }`;
const ENTITIES = `query ($representations: [_Any!]!) {
  _entities(representations: $representations) {
    ... on File { ${FILE_FIELDS} }
    ... on User { id avatarUrl small: avatarUrl(size: SMALL) large: avatarUrl(size: LARGE) }
  }
}`;

/** A grant as chat signs it; `changes` make it a wrong one. */
function grant(
  fileId: string,
  changes: { key?: SigningKey; iss?: string; aud?: string; seconds?: number } = {},
): string {
  const { key = chatKey, iss = 'chat', aud = 'file', seconds = 600 } = changes;
  return signToken(key, { iss, sub: fileId, aud }, seconds);
}

async function entities(client: GraphClient, ...representations: object[]) {
  return (await client.data(ENTITIES, { representations }))._entities;
}

const reference = (id: string, withGrant?: string) => ({
  __typename: 'File',
  id,
  ...(withGrant ? { grant: withGrant } : {}),
});

test('Query.file is for the owner', async () => {
  expect((await asOwner.data(FILE, { id: image.id })).file).toMatchObject({
    id: image.id,
    name: 'dog.jpg',
    grant: null,
  });
  expect((await asStranger.data(FILE, { id: image.id })).file).toBeNull();
  expect((await asStranger.data(FILE, { id: avatar.id })).file).toBeNull();
});

test.each([newId('file'), '', 'x', 'x'.repeat(100_000), "' OR 1=1 --", '\u0000', '🦫'.repeat(36)])(
  'Query.file of an unknown id is null (%#)',
  async (id) => {
    expect((await asOwner.data(FILE, { id })).file).toBeNull();
  },
);

test.each([
  ['no token', (): string | undefined => undefined, 200, 'TOKEN_MISSING'],
  ['an expired token', (): string => stack.expiredToken(owner.userId), 401, 'TOKEN_EXPIRED'],
  ['a forged token', (): string => stack.forgedToken(owner.userId), 401, 'TOKEN_INVALID'],
  ['a grant for a token', (): string => grant(image.id), 401, 'TOKEN_INVALID'],
] as const)('Query.file with %s is refused', async (_what, token, status, reason) => {
  const answer: Answer<{ file: object | null }> = await asNobody.as(token()).send(FILE, { id: image.id });
  expect(answer.status).toBe(status);
  expect(answer.data?.file ?? null).toBeNull();
  expect(answer.errors?.[0]?.extensions).toMatchObject({ code: 'UNAUTHENTICATED', reason });
});

test('a reference alone is for the owner', async () => {
  expect(await entities(asOwner, reference(image.id), reference(newId('file')))).toMatchObject([
    { id: image.id },
    null,
  ]);
  expect(await entities(asStranger, reference(image.id))).toEqual([null]);
  expect(await entities(asNobody, reference(image.id), reference(avatar.id))).toEqual([null, null]);
});

test('a grant of chat opens its file to every signed-in user, and to nobody else', async () => {
  expect(await entities(asNobody, reference(image.id, grant(image.id)))).toEqual([null]);
  const [file] = await entities(asStranger, reference(image.id, grant(image.id)));
  expect(file).toMatchObject({ id: image.id, name: 'dog.jpg', contentType: 'image/jpeg', width: 600, height: 800 });
  expect((await download(stack, file.url)).headers.get('content-type')).toBe('image/jpeg');
  expect((await download(stack, file.thumbnailUrl)).status).toBe(200);
});

test.each<[string, () => string]>([
  ['for another file', () => grant(text.id)],
  // By more than clocks of hosts may differ.
  ['that expired', () => grant(image.id, { seconds: -120 })],
  ['signed with an unknown key', () => grant(image.id, { key: { ...generateSigningKey(), kid: chatKey.kid } })],
  ['of another service', () => grant(image.id, { key: userKey, iss: 'user' })],
  ['of another service in the name of chat', () => grant(image.id, { key: userKey })],
  ['for another service', () => grant(image.id, { aud: 'user' })],
  ['that is an access token', () => owner.token],
  ['that is no token', () => 'x'],
  ['that is huge', () => 'x'.repeat(100_000)],
])('a grant %s opens nothing', async (_what, make) => {
  expect(await entities(asStranger, reference(image.id, make()))).toEqual([null]);
  // It takes nothing from the owner either.
  expect(await entities(asOwner, reference(image.id, make()))).toMatchObject([{ id: image.id }]);
});

test('an avatar is for every signed-in user, as a square without the place where it was taken', async () => {
  const [file] = await entities(asStranger, reference(avatar.id));
  expect(file.url).toContain('/avatar-512?');
  // What is said is of the square: the name and the size of what was uploaded are the owner's to know.
  expect(file).toMatchObject({ name: 'avatar.webp', contentType: 'image/webp', width: 512, height: 512 });
  expect(file.size).toBe(Number((await download(stack, file.url)).headers.get('content-length')));
  const picture = Buffer.from(await (await download(stack, file.url)).arrayBuffer());
  expect(await sharp(picture).metadata()).toMatchObject({ format: 'webp', width: 512, height: 512 });
  expect((await sharp(picture).metadata()).exif).toBeUndefined();
  expect((await entities(asOwner, reference(avatar.id)))[0].url).toContain('/original?');
});

const user = (id: string, avatarFileId: string | null) => ({ __typename: 'User', id, avatarFileId });

test('User.avatarUrl in two sizes', async () => {
  const [one] = await entities(asStranger, user(owner.userId, avatar.id));
  expect(one.avatarUrl).toBe(one.small);
  for (const [url, side] of [
    [one.small, 128],
    [one.large, 512],
  ] as const) {
    const picture = Buffer.from(await (await download(stack, url)).arrayBuffer());
    expect(await sharp(picture).metadata()).toMatchObject({ format: 'webp', width: side, height: side });
  }
});

test.each<[string, () => object]>([
  ['has none', () => user(owner.userId, null)],
  ['names a file that is not there', () => user(owner.userId, newId('file'))],
  ['names what is no id', () => user(owner.userId, 'x')],
  ["names somebody else's avatar", () => user(newId('user'), avatar.id)],
  ['names a picture that was uploaded for a message', () => user(owner.userId, image.id)],
])('User.avatarUrl of a user who %s is null', async (_what, make) => {
  expect((await entities(asStranger, make()))[0]).toMatchObject({ avatarUrl: null, small: null, large: null });
});

test('User.avatarUrl needs a viewer', async () => {
  const answer = await asNobody.send(ENTITIES, { representations: [user(owner.userId, avatar.id)] });
  expect(answer.data._entities[0].avatarUrl).toBeNull();
  expect(answer.errors?.[0]?.extensions).toMatchObject({ code: 'UNAUTHENTICATED', reason: 'TOKEN_MISSING' });
});

const ATTACH = `mutation ($input: AttachFileInput!) {
  attachFile(input: $input) {
    __typename
    ... on AttachFilePayload { file { ${FILE_FIELDS} } }
    ... on UserError { code message }
    ... on InvalidInput { field }
  }
}`;

async function attach(input: object, from = 'chat') {
  return asNobody.as(await stack.serviceToken(from, 'file')).send(ATTACH, { input });
}

const holders = async () => Number((await stack.mysql.query('SELECT COUNT(*) AS count FROM file_holders'))[0].count);
const holding = (changes: object = {}) => ({
  fileId: image.id,
  ownerId: owner.userId,
  holder: `message:${newUuid()}`,
  purpose: 'MESSAGE',
  ...changes,
});

test('attachFile notes a holder once, however often and however much at once it is asked to', async () => {
  const before = await holders();
  const input = holding();
  const answers = await Promise.all(Array.from({ length: 6 }, () => attach(input)));
  for (const { data } of answers) {
    expect(data.attachFile).toMatchObject({ __typename: 'AttachFilePayload', file: { id: image.id, width: 600 } });
  }
  expect(await holders()).toBe(before + 1);
  expect(
    (await attach(holding({ holder: `user:${newId('user')}`, fileId: avatar.id, purpose: 'AVATAR' }), 'user')).data
      .attachFile.__typename,
  ).toBe('AttachFilePayload');
  expect(await holders()).toBe(before + 2);
});

test.each<[string, () => object, object]>([
  ['a file that is not there', () => holding({ fileId: newId('file') }), { code: 'NOT_FOUND' }],
  ["somebody else's file", () => holding({ ownerId: newId('user') }), { code: 'NOT_FOUND' }],
  ['a file that is no image', () => holding({ fileId: text.id }), { code: 'INVALID_INPUT', field: 'fileId' }],
  ['an avatar as a message', () => holding({ fileId: avatar.id }), { code: 'INVALID_INPUT', field: 'purpose' }],
  ['a message as an avatar', () => holding({ purpose: 'AVATAR' }), { code: 'INVALID_INPUT', field: 'purpose' }],
  ['an id that is none', () => holding({ fileId: 'x' }), { code: 'INVALID_INPUT', field: 'fileId' }],
  ['an owner that is none', () => holding({ ownerId: '' }), { code: 'INVALID_INPUT', field: 'ownerId' }],
  ['no holder', () => holding({ holder: '' }), { code: 'INVALID_INPUT', field: 'holder' }],
  ['a huge holder', () => holding({ holder: 'x'.repeat(500_000) }), { code: 'INVALID_INPUT', field: 'holder' }],
  [
    'a holder with other characters',
    () => holding({ holder: 'message:ä b' }),
    { code: 'INVALID_INPUT', field: 'holder' },
  ],
])('attachFile of %s is refused', async (_what, make, expected) => {
  const before = await holders();
  expect((await attach(make())).data.attachFile).toMatchObject(expected);
  expect(await holders()).toBe(before);
});

test('a file that is not complete cannot be attached', async () => {
  const half = await stored(asOwner, await photograph(60, 40));
  await stack.mysql.query('UPDATE file_records SET completed_at = NULL WHERE id = ?', [half.id]);
  expect((await attach(holding({ fileId: half.id }))).data.attachFile.code).toBe('NOT_FOUND');
  expect((await asOwner.data(FILE, { id: half.id })).file).toBeNull();
  expect((await download(stack, half.url)).status).toBe(404);
});

test('attachFile is for the user and chat services', async () => {
  const before = await holders();
  const input = holding();
  for (const client of [asNobody, asOwner, asNobody.as(await stack.serviceToken('auth', 'file'))]) {
    const answer = await client.send(ATTACH, { input });
    expect(answer.data?.attachFile ?? null).toBeNull();
    expect(answer.errors?.[0]?.extensions?.code).toBe('FORBIDDEN');
  }
  const elsewhere = await asNobody.as(await stack.serviceToken('chat', 'user')).send(ATTACH, { input });
  expect([elsewhere.status, elsewhere.errors?.[0]?.extensions?.reason]).toEqual([401, 'TOKEN_INVALID']);
  expect(await holders()).toBe(before);
});
