import { newId, newUuid } from '../../../../kit/base/ids.ts';
import { createProfile, crowd, person } from '../../../../testing/people.ts';
import { sharedStack } from '../../../../testing/shared-stack.ts';
import type { SharedStack } from '../../../../testing/stack.ts';

let stack: SharedStack;
beforeAll(async () => {
  stack = await sharedStack({ user: 1 });
});
afterAll(() => stack.stop());

const USER = 'query ($id: ID!) { user(id: $id) { id userName name bio createdAt } }';
const UPDATE = `mutation ($input: UpdateProfileInput!) {
  updateProfile(input: $input) {
    __typename
    ... on UpdateProfilePayload { user { id userName name bio avatarFileId } }
    ... on UserError { code message }
    ... on InvalidInput { field }
  }
}`;

describe('reading profiles', () => {
  test('the viewer reads the own profile, and others the same public fields', async () => {
    const ada = await person(stack, { name: 'Ada Lovelace' });
    const bob = await person(stack);
    const { viewer } = await ada.user.data('{ viewer { id userName name bio createdAt } }');
    expect(viewer).toMatchObject({ id: ada.id, userName: ada.userName, name: 'Ada Lovelace', bio: null });
    expect(Math.abs(Date.now() - Date.parse(viewer.createdAt))).toBeLessThan(60_000);
    expect(await bob.user.data(USER, { id: ada.id })).toEqual({ user: viewer });
  });

  test('somebody whose profile is not there yet has none', async () => {
    const { token } = await stack.signIn();
    expect(await stack.client('user').as(token).data('{ viewer { id } }')).toEqual({ viewer: null });
  });

  test.each(['', 'x', '%', newId('user'), 'a'.repeat(200_000), "' OR 1=1 --", '\u0000'])(
    'there is no user with an id like %#',
    async (id) => {
      const { user: api } = await person(stack);
      expect(await api.data(USER, { id })).toEqual({ user: null });
    },
  );

  test('nobody reads anything without signing in', async () => {
    const ada = await person(stack);
    const nobody = stack.client('user');
    const queries = [
      '{ viewer { id } }',
      `{ user(id: "${ada.id}") { id } }`,
      '{ searchUsers(text: "a") { edges { cursor } } }',
      '{ friendRequests(direction: SENT) { edges { cursor } } }',
    ];
    for (const query of queries) {
      const { data, errors } = await nobody.send(query);
      expect(Object.values(data)).toEqual([null]);
      expect(errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED', reason: 'TOKEN_MISSING' } }]);
    }
  });

  test('an expired and a forged token are refused whole', async () => {
    const expired = await stack.client('user').as(stack.expiredToken()).send('{ __typename }');
    expect(expired).toMatchObject({ status: 401, errors: [{ extensions: { reason: 'TOKEN_EXPIRED' } }] });
    const forged = await stack.client('user').as(stack.forgedToken()).send('{ __typename }');
    expect(forged).toMatchObject({ status: 401, errors: [{ extensions: { reason: 'TOKEN_INVALID' } }] });
  });
});

describe('updateProfile', () => {
  test('changes what is given, keeps what is not, and null clears', async () => {
    const { user: api, id, userName } = await person(stack, { name: 'Ada' });
    const first = await api.data(UPDATE, { input: { name: '  王小明 🐶 ', bio: 'Erste Zeile\nzweite 𠮷' } });
    const expected = { id, userName, name: '王小明 🐶', bio: 'Erste Zeile\nzweite 𠮷', avatarFileId: null };
    expect(first.updateProfile).toEqual({ __typename: 'UpdateProfilePayload', user: expected });
    const nothing = await api.data(UPDATE, { input: {} });
    expect(nothing.updateProfile.user).toEqual(expected);
    const cleared = await api.data(UPDATE, { input: { bio: null } });
    expect(cleared.updateProfile.user).toEqual({ ...expected, bio: null });
    const { viewer } = await api.data('{ viewer { name bio } }');
    expect(viewer).toEqual({ name: '王小明 🐶', bio: null });
  });

  test('takes the longest name and bio, counted in characters', async () => {
    const { user: api } = await person(stack);
    const input = { name: '🐶'.repeat(50), bio: '𠮷'.repeat(500) };
    const { updateProfile } = await api.data(UPDATE, { input });
    expect(updateProfile.user).toMatchObject(input);
    const empty = await api.data(UPDATE, { input: { bio: '  ' } });
    expect(empty.updateProfile.user.bio).toBeNull();
    const families = { name: '👨‍👩‍👧‍👦'.repeat(28), bio: 'क्षि'.repeat(250) };
    expect((await api.data(UPDATE, { input: families })).updateProfile.user).toMatchObject(families);
  });

  test.each([
    ['name', 'a\nb\u2028c\td', 'a b c d'],
    ['name', '\u202eecila\u0000', 'ecila'],
    ['name', 'Al\u200bice', 'Alice'],
    ['name', 'علی\u200cرضا', 'علی\u200cرضا'],
    ['bio', ' one\r\ntwo\u000bthree\u0007 ', ' one\ntwo\nthree '],
    ['bio', '\u3164\u200b', null],
    ['bio', '', null],
    ['avatarFileId', '', null],
  ])('cleans %s number %#', async (field, given, kept) => {
    const { user: api } = await person(stack, { name: 'Ada' });
    const { updateProfile } = await api.data(UPDATE, { input: { [field]: given } });
    expect(updateProfile).toMatchObject({ __typename: 'UpdateProfilePayload', user: { [field]: kept } });
  });

  test.each([
    ['name', ''],
    ['name', '   '],
    ['name', null],
    ['name', '\u200b\u200d'],
    ['name', '\u3164'],
    ['name', '\u115f\u1160\uffa0'],
    ['name', '\u2800'],
    ['name', '\u202e'],
    ['name', '\u0301'],
    ['name', '🐶'.repeat(51)],
    ['name', 'a'.repeat(500_000)],
    ['bio', 'a'.repeat(501)],
    ['avatarFileId', 'x'],
  ])('refuses %s number %#, and writes nothing', async (field, value) => {
    const { user: api, id } = await person(stack, { name: 'Ada' });
    const input = { name: 'Changed', bio: 'changed', [field]: value };
    const { status, data } = await api.send(UPDATE, { input });
    expect(status).toBe(200);
    expect(data.updateProfile).toMatchObject({ __typename: 'InvalidInput', code: 'INVALID_INPUT', field });
    expect((await api.data(USER, { id })).user).toMatchObject({ name: 'Ada', bio: null });
  });

  test('says in plain words that null is no name', async () => {
    const { user: api } = await person(stack);
    const { updateProfile } = await api.data(UPDATE, { input: { name: null } });
    expect(updateProfile).toMatchObject({ field: 'name', message: 'The name must be text.' });
  });

  test.each([{ name: 5 }, { name: ['a'] }, { unknown: 'a' }, 'text', null])(
    'input of a wrong type, number %#, is refused by the schema',
    async (input) => {
      const { user: api } = await person(stack);
      const { status, errors } = await api.send(UPDATE, { input });
      expect(status).toBe(400);
      expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
    },
  );

  test('is not for somebody without a profile, or not signed in', async () => {
    const { token } = await stack.signIn();
    const without = await stack
      .client('user')
      .as(token)
      .data(UPDATE, { input: { name: 'Ada' } });
    expect(without.updateProfile).toMatchObject({ __typename: 'NotFound', code: 'NOT_FOUND' });
    const nobody = await stack.client('user').send(UPDATE, { input: { name: 'Ada' } });
    expect(nobody.errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
  });

  test('changes of one name at once leave one name, and its terms', async () => {
    const { user: api, id } = await person(stack, { name: 'Start' });
    const names = Array.from({ length: 8 }, (_, i) => `Wanda number${i}`);
    await Promise.all(names.map((name) => api.data(UPDATE, { input: { name } })));
    const { viewer } = await api.data('{ viewer { name userName } }');
    expect(names).toContain(viewer.name);
    const rows = await stack.mysql.query('SELECT term FROM user_search_terms WHERE user_id = ?', [id]);
    const [, word] = viewer.name.toLowerCase().split(' ');
    expect(rows.map((row: { term: string }) => row.term).sort()).toEqual(
      [viewer.userName, viewer.name.toLowerCase(), word].sort(),
    );
  });

  test('changes of many names at once do not get in each other’s way', async () => {
    const people = await crowd(stack, 12);
    for (const round of [1, 2, 3, 4]) {
      const input = { name: `Round ${round} of many words that are changed at once` };
      const results = await Promise.all(people.map(({ user }) => user.data(UPDATE, { input })));
      for (const result of results) expect(result.updateProfile.user).toMatchObject(input);
    }
  });
});

describe('createProfile', () => {
  const fresh = () => ({ id: newId('user'), userName: `u${newUuid().slice(-12)}`, name: '王小明' });

  test('makes a profile once, whoever asks how often; later changes stay', async () => {
    const input = fresh();
    const results = await Promise.all(Array.from({ length: 6 }, () => createProfile(stack, input)));
    const user = { id: input.id, userName: input.userName, name: '王小明', bio: null };
    for (const result of results) expect(result).toEqual({ __typename: 'CreateProfilePayload', user });
    const { token } = await stack.signIn(input.id);
    await stack
      .client('user')
      .as(token)
      .data(UPDATE, { input: { name: 'Tom' } });
    expect(await createProfile(stack, input)).toMatchObject({ user: { name: 'Tom' } });
  });

  test.each([
    ['id', 'x'],
    ['userName', ''],
    ['userName', 'a'.repeat(33)],
    ['name', ''],
    ['name', 'a'.repeat(51)],
  ])('refuses %s %#', async (field, value) => {
    const input = { ...fresh(), [field]: value };
    expect(await createProfile(stack, input)).toMatchObject({ __typename: 'InvalidInput', field });
    expect(await stack.mysql.query('SELECT id FROM user_profiles WHERE id = ?', [input.id])).toHaveLength(0);
  });

  test('is for auth only', async () => {
    const input = fresh();
    const { user: api } = await person(stack);
    const chat = stack.client('user').as(await stack.serviceToken('chat', 'user'));
    const elsewhere = stack.client('user').as(await stack.serviceToken('auth', 'file'));
    const document = 'mutation ($input: CreateProfileInput!) { createProfile(input: $input) { __typename } }';
    for (const caller of [api, chat, stack.client('user')]) {
      const { data, errors } = await caller.send(document, { input });
      expect(data).toEqual({ createProfile: null });
      expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
    }
    expect(await elsewhere.send(document, { input })).toMatchObject({ status: 401 });
    expect(await stack.mysql.query('SELECT id FROM user_profiles WHERE id = ?', [input.id])).toHaveLength(0);
  });
});

test('a gender and a region are shown, and go with null', async () => {
  const ada = await person(stack, { name: 'Ada' });
  const update = async (input: object) =>
    (
      await ada.user.data(
        `mutation ($input: UpdateProfileInput!) { updateProfile(input: $input) {
          ... on UpdateProfilePayload { user { name gender region } } ... on InvalidInput { field message }
        } }`,
        { input },
      )
    ).updateProfile;
  expect((await update({ gender: 'OTHER', region: ' 杭州\n余杭 ' })).user).toEqual({
    name: 'Ada',
    gender: 'OTHER',
    region: '杭州 余杭',
  });
  expect((await update({ name: 'Adah' })).user).toMatchObject({ gender: 'OTHER', region: '杭州 余杭' });
  expect((await update({ gender: null, region: '' })).user).toMatchObject({ gender: null, region: null });
  expect(await update({ region: 'x'.repeat(51) })).toMatchObject({ field: 'region' });
});
