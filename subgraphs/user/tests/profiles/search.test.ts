import { PAGE_INFO, readAll, type TestPage } from '../../../../testing/pages.ts';
import { type Person, person } from '../../../../testing/people.ts';
import { type Stack, startStack } from '../../../../testing/stack.ts';
import { waitFor } from '../../../../testing/wait.ts';

let stack: Stack;
let viewer: Person;
beforeAll(async () => {
  stack = await startStack({ user: 1 });
  viewer = await person(stack, { name: 'Searcher', userName: 'searcher' });
});
afterAll(() => stack.stop());

const SEARCH = `query ($text: String!, $first: Int, $after: String, $last: Int, $before: String) {
  searchUsers(text: $text, first: $first, after: $after, last: $last, before: $before) {
    edges { cursor node { id name userName } } ${PAGE_INFO}
  }
}`;

type Found = { id: string; name: string; userName: string };

async function search(text: string, args: object = { first: 100 }): Promise<TestPage<Found>> {
  return (await viewer.user.data(SEARCH, { text, ...args })).searchUsers;
}

async function names(text: string): Promise<string[]> {
  return (await search(text)).edges.map((edge) => edge.node.name);
}

test('finds by the beginning of the user name, of the name, and of its words, whatever the case', async () => {
  await person(stack, { name: 'Grace Hopper', userName: 'cobol_1906' });
  for (const text of ['GRACE', 'grace h', 'hOpPer', 'cobol', 'COBOL_1906', 'ｇｒａｃｅ']) {
    expect(await names(text)).toEqual(['Grace Hopper']);
  }
  for (const text of ['race', 'opper', '1906', 'grace  hoppers', 'hopper grace']) expect(await names(text)).toEqual([]);
});

test('finds a Chinese name by any part of it, and a character beyond U+FFFF by itself only', async () => {
  await person(stack, { name: '欧阳小明', userName: 'ouyang' });
  await person(stack, { name: '𠮷田さくら', userName: 'sakura' });
  await person(stack, { name: '🐶旺财', userName: 'dog' });
  await person(stack, { name: 'Tom晓华Lee', userName: 'tom' });
  for (const text of ['欧', '欧阳', '阳小', '小明', '明']) expect(await names(text)).toEqual(['欧阳小明']);
  expect(await names('𠮷')).toEqual(['𠮷田さくら']);
  expect(await names('さくら')).toEqual(['𠮷田さくら']);
  for (const text of ['晓华', '华lee', 'lee']) expect(await names(text)).toEqual(['Tom晓华Lee']);
  expect(await names('🐶')).toEqual(['🐶旺财']);
  expect(await names('旺财')).toEqual(['🐶旺财']);
  for (const text of ['🐱', '𠮶', '小阳']) expect(await names(text)).toEqual([]);
});

test('takes wildcards and quotes for themselves', async () => {
  await person(stack, { name: '100% Real_Name', userName: 'percent' });
  await person(stack, { name: '100x RealXName', userName: 'plain' });
  await person(stack, { name: "O'Brien \\ Sons", userName: 'obrien' });
  expect(await names('100%')).toEqual(['100% Real_Name']);
  expect(await names('real_')).toEqual(['100% Real_Name']);
  expect(await names("o'b")).toEqual(["O'Brien \\ Sons"]);
  expect(await names("o'brien \\")).toEqual(["O'Brien \\ Sons"]);
  for (const text of ['%', '_', '\\', '*', "' OR '1'='1"]) expect(await names(text)).toEqual([]);
});

test('a change of the name is found at once, the old name no more', async () => {
  const { user: api } = await person(stack, { name: 'Oldname', userName: 'renamed' });
  await api.data('mutation { updateProfile(input: { name: "Newname" }) { __typename } }');
  expect(await names('oldname')).toEqual([]);
  expect(await names('newname')).toEqual(['Newname']);
  expect(await names('renamed')).toEqual(['Newname']);
});

test('pages are complete and without doubles in both directions', async () => {
  // Each is matched by three terms: the user name and two words. Two have the same name.
  const made = [];
  for (const i of [1, 2, 3, 4, 5, 5, 6])
    made.push(await person(stack, { name: `Zed${i} zed`, userName: `zed-${made.length}` }));
  const whole = (await search('zed')).edges.map((edge) => edge.node.id);
  expect([...whole].sort()).toEqual(made.map((one) => one.id).sort());
  for (const direction of ['forward', 'backward'] as const) {
    const found = await readAll(direction, (args) => search('zed', args));
    expect(found.map((user) => user.id)).toEqual(whole);
  }
  const middle = await search('zed', { first: 3, after: (await search('zed', { first: 2 })).pageInfo.endCursor });
  expect(middle.edges.map((edge) => edge.node.id)).toEqual(whole.slice(2, 5));
  expect(middle.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: true });
});

test.each([
  ['text', { text: '' }],
  ['text', { text: '   ' }],
  ['text', { text: 'a'.repeat(51) }],
  ['text', { text: 'a'.repeat(500_000) }],
  ['text', { text: '\u3164\u200b' }],
  ['first', { text: 'a', first: 0 }],
  ['first', { text: 'a', first: 101 }],
  ['last', { text: 'a', last: -1 }],
  ['last', { text: 'a', first: 1, last: 1 }],
  ['after', { text: 'a', after: 'nonsense' }],
  ['before', { text: 'a', before: Buffer.from('["friends","x"]').toString('base64url') }],
])('refuses a wrong %s, number %#', async (field, variables) => {
  const { status, data, errors } = await viewer.user.send(SEARCH, variables);
  expect(status).toBe(200);
  expect(data).toEqual({ searchUsers: null });
  expect(errors).toMatchObject([{ extensions: { code: 'INVALID_INPUT', field } }]);
});

test('a made-up cursor with any text in it does no harm', async () => {
  for (const term of ['', '\u0000', '\ud800', "'; --", 'z'.repeat(10_000)]) {
    const after = Buffer.from(JSON.stringify(['users', term, viewer.id])).toString('base64url');
    expect((await viewer.user.send(SEARCH, { text: 'searcher', after })).errors).toBeUndefined();
  }
});

test('a user has no e-mail address here', async () => {
  const { status, errors } = await viewer.user.send('{ searchUsers(text: "a") { edges { node { email } } } }');
  expect(status).toBe(400);
  expect(errors).toMatchObject([{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }]);
});

// The name, what finds it, and what does not.
const FOLDED: [string, string[], string[]][] = [
  ['İbrahim', ['ibrahim', 'IBRAHIM', 'İBRAHİM', 'İbrahim'], []],
  ['Işık', ['ışık', 'IŞIK', 'isik'], []],
  ['Groß', ['gross', 'GROSS', 'groß', 'GROẞ'], []],
  ['Renée Núñez', ['renee', 'RENÉE', 'rene\u0301e', 'nunez'], []],
  ['Nguyễn Đức', ['nguyen', 'nguyễn', 'duc', 'ĐỨC'], []],
  ['Фёдор', ['федор', 'ФЁДОР'], []],
  ['Οδυσσεύς', ['οδυσσευς', 'ΟΔΥΣΣΕΎΣ'], []],
  ['דָּוִד', ['דוד', 'דָּוִד'], []],
  ['علی\u200cرضا', ['علیرضا', 'علي', 'رضا', 'علی\u200cرضا'], []],
  ['葛\u{E0100}城', ['葛城', '葛\u{E0100}城', '城'], []],
  ['Benedikt', ['\u200ebenedikt', 'benedikt\u200b', '\u2068benedikt\u2069', '\ufeffbenedikt'], []],
  ['สมชายใจดี', ['สมชาย', 'ใจดี'], ['สมช่าย']],
  ['សុខសាន្ត', ['សុខ', 'សាន្ត'], []],
  ['ㄅㄆㄇ', ['ㄆㄇ'], []],
  ['がくや', ['がく', 'か\u3099く'], ['かく']],
  ['김철수', ['김', '철수', '김'.normalize('NFD')], ['기']],
  ['ガブリエル', ['ｶﾞﾌﾞﾘ'], []],
  ['O’Connor Jean‑Luc', ["o'connor", 'jean-luc', 'luc'], []],
];

test.each(FOLDED)('%s is found as readers would look for it', async (name, found, missed) => {
  const { id } = await person(stack, { name: name });
  const ids = async (text: string) => (await search(text)).edges.map((edge) => edge.node.id);
  for (const text of found) expect([text, (await ids(text)).includes(id)]).toEqual([text, true]);
  for (const text of missed) expect([text, (await ids(text)).includes(id)]).toEqual([text, false]);
});

test('a text that folds to nothing finds nobody', async () => {
  expect((await search('\u00b4')).edges).toEqual([]);
});

test('terms that were made by earlier rules are made anew when an instance starts, whatever else cannot be', async () => {
  const held = await person(stack, { name: 'Held' });
  const { id } = await person(stack, { name: 'Zoë Renewed' });
  await stack.mysql.query('DELETE FROM user_search_terms WHERE user_id = ?', [id]);
  await stack.mysql.query('INSERT INTO user_search_terms (term, user_id) VALUES (?, ?)', ['zoë renewed', id]);
  await stack.mysql.query('UPDATE user_profiles SET terms_version = 0 WHERE id = ?', [id]);
  expect(await names('zoe')).toEqual([]);
  await stack.mysql.query('UPDATE user_profiles SET terms_version = -1 WHERE id = ?', [held.id]);
  const holder = await stack.mysql.getConnection();
  await holder.beginTransaction();
  await holder.query('SELECT id FROM user_profiles WHERE id = ? FOR UPDATE', [held.id]);
  try {
    await stack.add('user');
    await waitFor(async () => (await names('zoe')).length > 0, { what: 'the terms to be renewed', timeout: 30_000 });
  } finally {
    await holder.rollback();
    await holder.release();
  }
  expect(await names('renewed')).toEqual(['Zoë Renewed']);
  const [row] = await stack.mysql.query('SELECT terms_version AS v FROM user_profiles WHERE id = ?', [id]);
  expect(row.v).toBe(1);
});
