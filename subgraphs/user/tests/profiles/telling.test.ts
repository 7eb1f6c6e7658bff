import { newId } from '../../../../kit/base/ids.ts';
import { type Person, person } from '../../../../testing/people.ts';
import { type Stack, startStack } from '../../../../testing/stack.ts';
import { waitFor } from '../../../../testing/wait.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ user: 2 });
});
afterAll(() => stack.stop());

/** Friendships straight in the table, with people of whom only the id is there. In the order of the ids. */
async function befriendMany({ id }: Person, count: number): Promise<string[]> {
  const friends = Array.from({ length: count }, () => newId('user')).toSorted();
  await stack.mysql.batch(
    'INSERT INTO user_friendships (user_id, friend_id, friendship_id, created_at) VALUES (?, ?, ?, UTC_TIMESTAMP(3))',
    friends.map((friendId) => [id, friendId, newId('friend')]),
  );
  return friends;
}

async function told(friends: readonly string[]): Promise<number> {
  const [row] = await stack.mysql.query('SELECT COUNT(*) AS n FROM user_feed_heads WHERE user_id IN (?)', [friends]);
  return Number(row.n);
}

test('a changed profile is answered before its thousands of friends are told, and a killed instance tells none twice', async () => {
  const ada = await person(stack, { name: 'Ada' });
  const friends = await befriendMany(ada, 2_600);
  // Somebody is at the row of a friend in the middle: the work stands still there.
  const held = friends[1_300];
  const connection = await stack.mysql.getConnection();
  try {
    await connection.query('INSERT INTO user_feed_heads (user_id, head_seq) VALUES (?, 0)', [held]);
    await connection.beginTransaction();
    await connection.query('SELECT head_seq FROM user_feed_heads WHERE user_id = ? FOR UPDATE', [held]);
    await ada.perform('updateProfile', { name: 'Ada Lovelace' });
    // Two transactions of 500, and the row that is held.
    await waitFor(async () => (await told(friends)) === 1_001, { what: 'the first thousand to be told' });
    await stack.services('user')[0]?.kill();
  } finally {
    await connection.rollback();
    await connection.release();
  }
  // As when the lease of the dead ends.
  await stack.mysql.query('UPDATE user_work SET lease_until = UTC_TIMESTAMP(3)');
  const isDone = async () => (await stack.mysql.query('SELECT id FROM user_work')).length === 0;
  await waitFor(isDone, { what: 'the others to be told', timeout: 60_000 });
  const subjects = await stack.mysql.query(
    `SELECT h.head_seq AS head, c.subject, c.seq FROM user_feed_heads h JOIN user_feed_changes c ON c.user_id = h.user_id
     WHERE h.user_id IN (?)`,
    [friends],
  );
  expect(subjects).toHaveLength(friends.length);
  const others = subjects.filter(
    (row: object) => JSON.stringify(row) !== JSON.stringify({ head: 1, subject: `profile:${ada.id}`, seq: 1 }),
  );
  expect(others).toEqual([]);
});
