import { newId } from '../../../../kit/base/ids.ts';
import type { GraphClient } from '../../../../testing/client.ts';
import { type Person, person } from '../../../../testing/people.ts';
import { type Stack, startStack } from '../../../../testing/stack.ts';

// With the real file service: what the two say to each other is what is tested.
let stack: Stack;
let ada: Person;
let files: GraphClient;
beforeAll(async () => {
  stack = await startStack({ user: 1, file: 1 }, { FILE_PUBLIC_URL: 'https://files.example' });
});
beforeEach(async () => {
  ada = await person(stack, { name: 'Ada' });
  files = stack.client('file').as(ada.token);
});
afterAll(() => stack.stop());

/** One grey pixel. */
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAACXBIWXMAAAPoAAAD6AG1e1JrAAAADElEQVQImWPo6OgAAAM0AZmUse0HAAAAAElFTkSuQmCC',
  'base64',
);

async function upload(by: GraphClient, purpose: 'AVATAR' | 'MESSAGE'): Promise<string> {
  const document = `mutation ($input: UploadFileInput!) {
    uploadFile(input: $input) { __typename ... on UploadFilePayload { file { id } } ... on UserError { message } }
  }`;
  const picture = new File([PNG], 'grey.png', { type: 'image/png' });
  const { data, errors } = await by.upload(document, { input: { file: null, purpose } }, { 'input.file': picture });
  expect({ errors, result: data?.uploadFile.__typename }).toEqual({ errors: undefined, result: 'UploadFilePayload' });
  return data.uploadFile.file.id;
}

async function setAvatar(avatarFileId: string | null, name?: string) {
  const document = `mutation ($input: UpdateProfileInput!) {
    updateProfile(input: $input) {
      __typename ... on UpdateProfilePayload { user { avatarFileId } } ... on UserError { code message } ... on InvalidInput { field }
    }
  }`;
  return (await ada.user.data(document, { input: { avatarFileId, name } })).updateProfile;
}

const profile = async () => (await ada.user.data('{ viewer { name avatarFileId } }')).viewer;

test('a picture that the viewer uploaded becomes the avatar, is held there, and can be removed', async () => {
  const fileId = await upload(files, 'AVATAR');
  for (const _ of ['once', 'again']) expect(await setAvatar(fileId)).toMatchObject({ user: { avatarFileId: fileId } });
  expect(await profile()).toEqual({ name: 'Ada', avatarFileId: fileId });
  const holders = await stack.mysql.query('SELECT holder FROM file_holders WHERE file_id = ?', [fileId]);
  expect(holders).toEqual([{ holder: `user:${ada.id}:avatar` }]);
  expect(await setAvatar(null)).toMatchObject({ user: { avatarFileId: null } });
});

test('a file of somebody else, of another purpose, or that is none is refused, and nothing is changed', async () => {
  const stranger = stack.client('file').as((await stack.signIn()).token);
  const wrong = [await upload(stranger, 'AVATAR'), await upload(files, 'MESSAGE'), newId('file')];
  for (const fileId of wrong) {
    const result = await setAvatar(fileId, 'Changed');
    expect(result).toMatchObject({ __typename: 'InvalidInput', code: 'INVALID_INPUT', field: 'avatarFileId' });
    expect(result.message).toMatch(/file/);
  }
  expect(await profile()).toEqual({ name: 'Ada', avatarFileId: null });
});

// The last: the service does not come again.
test('while the file service is away no avatar can be set, and nothing is changed', async () => {
  const fileId = await upload(files, 'AVATAR');
  await stack.services('file')[0]?.stop();
  const away = { __typename: 'Unavailable', code: 'UNAVAILABLE' };
  expect(await setAvatar(fileId, 'Changed')).toMatchObject(away);
  expect(await profile()).toEqual({ name: 'Ada', avatarFileId: null });
});
