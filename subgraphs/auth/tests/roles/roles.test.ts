import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { toTime } from '../../../../kit/mysql/database.ts';
import { newAccount } from '../../../../testing/people.ts';
import { sharedStack } from '../../../../testing/shared-stack.ts';
import type { SharedStack } from '../../../../testing/stack.ts';
import { logIn, refresh, register } from '../helpers.ts';

const COMMAND = fileURLToPath(new URL('../../role.ts', import.meta.url));

let stack: SharedStack;
beforeAll(async () => {
  stack = await sharedStack({ auth: 1 });
});
afterAll(() => stack?.stop());

/** The operator's command: what it says, and whether it did what it was asked. */
function role(...words: string[]): Promise<{ said: string; done: boolean }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [COMMAND, ...words], { env: stack.environment }, (error, stdout, stderr) => {
      resolve({ said: `${stdout}${stderr}`.trim(), done: error === null });
    });
  });
}

const scopeOf = (token: string) => JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()).scope;

it('gives the scopes of a role with the next token, and takes them away with the one after', async () => {
  const api = stack.client('auth');
  const input = newAccount();
  const { tokens } = await register(api, input);
  expect(await role('grant', input.userName.toUpperCase(), 'developer')).toMatchObject({ done: true });
  const next = await refresh(api, tokens.refreshToken);
  expect(scopeOf(next.tokens.accessToken)).toBe('user introspection');
  expect(scopeOf((await logIn(api, input.userName)).tokens.accessToken)).toBe('user introspection');
  expect(scopeOf((await register(api)).tokens.accessToken)).toBe('user');

  expect(await role('revoke', input.userName, 'developer')).toMatchObject({ done: true });
  const last = await refresh(api, next.tokens.refreshToken);
  expect(scopeOf(last.tokens.accessToken)).toBe('user');
});

it('says what was so already', async () => {
  const input = newAccount();
  await register(stack.client('auth'), input);
  const { userName } = input;
  expect(await role('revoke', userName, 'developer')).toEqual({ said: `${userName} was no developer.`, done: true });
  await role('grant', userName, 'developer');
  const again = await role('grant', userName, 'developer');
  expect(again).toEqual({ said: `${userName} is a developer already.`, done: true });
});

it.each([
  ['no words', [], 'Usage'],
  ['another verb', ['make', 'ada', 'developer'], 'Usage'],
  ['a role that there is not', ['grant', 'ada', 'emperor'], 'There is no role emperor'],
  ['an account that there is not', ['grant', 'nobody.at.all', 'developer'], 'No account has the user name'],
])('refuses %s', async (_what, words, message) => {
  const { said, done } = await role(...words);
  expect(done).toBe(false);
  expect(said).toContain(message);
});

it('a role that only a newer release knows changes nothing', async () => {
  const api = stack.client('auth');
  const input = newAccount();
  const { user } = await register(api, input);
  await stack.mysql.query('INSERT INTO auth_roles VALUES (?, ?, ?)', [user.id, 'emperor', toTime(new Date())]);
  expect(scopeOf((await logIn(api, input.userName)).tokens.accessToken)).toBe('user');
});
