import { openDatabase } from '../../../../kit/mysql/database.ts';
import { type Stack, startStack } from '../../../../testing/stack.ts';
import { openKeys } from '../../storage/files/keys.ts';

let stack: Stack;
let database: ReturnType<typeof openDatabase>;

beforeAll(async () => {
  stack = await startStack({});
  database = openDatabase(stack.config.mysql);
});
beforeEach(() => stack.mysql.query('DELETE FROM file_keys'));
afterAll(async () => {
  await database.close();
  await stack.stop();
});

const ids = async () =>
  (await stack.mysql.query('SELECT id FROM file_keys ORDER BY id')).map((row: { id: number }) => row.id);

test('instances that find an empty table together agree on one key', async () => {
  const opened = await Promise.all(Array.from({ length: 8 }, () => openKeys(database)));
  expect(new Set(opened.map((keys) => keys.current().secret.toString('hex'))).size).toBe(1);
  expect(await ids()).toEqual([1]);
});

test('an old key is followed by a new one, and forgotten when no valid URL can be of it', async () => {
  await stack.mysql.query("INSERT INTO file_keys (id, secret, created_at) VALUES (7, ?, '2026-01-01 00:00:00')", [
    Buffer.alloc(32, 7).toString('base64url'),
  ]);
  const keys = await openKeys(database);
  expect(keys.current().id).toBe(8);
  // What the seventh signed is valid for an hour yet.
  expect(await keys.find(7)).toEqual(Buffer.alloc(32, 7));
  await stack.mysql.query('UPDATE file_keys SET created_at = UTC_TIMESTAMP(3) - INTERVAL 3 HOUR WHERE id = 8');
  await openKeys(database);
  expect(await ids()).toEqual([8]);
});
