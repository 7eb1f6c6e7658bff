import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { newId } from '../../../../kit/base/ids.ts';
import { type Person, people, person } from '../../../../testing/people.ts';
import { collect } from '../../../../testing/socket.ts';
import { type Stack, startStack } from '../../../../testing/stack.ts';
import { waitFor } from '../../../../testing/wait.ts';
import { act, contactEvents, relation } from '../relations.ts';

let stack: Stack;
beforeAll(async () => {
  // Two instances: what one commits, subscribers of the other hear.
  stack = await startStack({ user: 2 });
});
afterAll(() => stack.stop());

const UPDATE = `mutation ($input: UpdateProfileInput!) { updateProfile(input: $input) { __typename } }`;
const rename = (who: Person, name: string) => who.user.data(UPDATE, { input: { name } });
const hasSeqsInOrder = (seqs: number[]) => seqs.every((seq, at) => at === 0 || seq > (seqs[at - 1] as number));

describe('the account feed', () => {
  test('tells both of a request and of a friendship, and each of their own remarks', async () => {
    const { ada, bob } = await people(stack, 'ada', 'bob');
    const [adas, bobs] = [await contactEvents(stack, ada, undefined, 1), await contactEvents(stack, bob)];
    const { request } = await act(ada, 'sendFriendRequest', { userId: bob.id, source: 'QR_CODE' });
    expect(request.source).toBe('QR_CODE');
    for (const feed of [adas, bobs])
      await feed.until(
        (event) => event.requestId === request.id && event.request?.status === 'PENDING',
        'the request that waits',
      );
    await act(bob, 'acceptFriendRequest', { requestId: request.id });
    await adas.until((event) => event.userId === bob.id && event.user?.friendship === 'FRIENDS', 'the friendship');
    await bobs.until((event) => event.userId === ada.id && event.user?.friendship === 'FRIENDS', 'the friendship');

    const before = bobs.lastSeq();
    await act(ada, 'updateFriend', { userId: bob.id, remark: '  老鲍勃 ', isStarred: true });
    await adas.until((event) => event.user?.remark === '老鲍勃', 'the remark');
    await rename(bob, 'Robert');
    await adas.until((event) => event.__typename === 'ProfileChanged' && event.user?.name === 'Robert', 'the name');
    await bobs.until((event) => event.__typename === 'ProfileChanged' && event.user?.name === 'Robert', 'the name');
    // Of Ada's remark Bob hears nothing.
    expect(bobs.events().filter(({ seq }) => seq > before)).toHaveLength(1);
    for (const feed of [adas, bobs]) {
      expect(hasSeqsInOrder(feed.events().map(({ seq }) => seq))).toBe(true);
      expect(feed.collected.errors).toEqual([]);
      await feed.stop();
    }
  });

  test('gives each thing that changed meanwhile once, in its present state', async () => {
    const { ada, bob, cy } = await people(stack, 'ada', 'bob', 'cy');
    const first = await contactEvents(stack, ada);
    await ada.befriend(bob);
    const { seq } = await first.until((event) => event.user?.friendship === 'FRIENDS', 'the friendship');
    await first.stop();

    for (const remark of ['one', 'two', 'three']) await act(ada, 'updateFriend', { userId: bob.id, remark });
    await cy.befriend(ada);
    await act(ada, 'removeFriend', { userId: cy.id });
    for (const name of ['B', 'Bo', 'Bobby']) await rename(bob, name);
    const isTold = async () =>
      (await stack.mysql.query('SELECT id FROM user_work WHERE job_key LIKE ?', [`${bob.id}:%`])).length === 0;
    await waitFor(isTold, { what: 'friends to be told of all names' });
    const again = await contactEvents(stack, ada, seq, 1);
    const last = await again.until(
      (event) => event.user?.name === 'Bobby' && event.__typename === 'ProfileChanged',
      'all',
    );
    const replayed = again.events().slice(1);
    expect(replayed.map(({ __typename, userId }) => [__typename, userId])).toEqual([
      ['FriendChanged', bob.id],
      ['FriendRequestChanged', undefined],
      ['FriendChanged', cy.id],
      ['ProfileChanged', bob.id],
    ]);
    expect(replayed.map(({ user }) => user && [user.friendship, user.remark])).toEqual(
      [['FRIENDS', 'three'], null, ['NONE', null], ['FRIENDS', 'three']].map((one) => one ?? undefined),
    );
    expect(again.events()[0]).toMatchObject({ __typename: 'ContactsStarted', seq, isReset: false });
    await again.stop();

    // Whoever has all gets nothing again.
    const done = await contactEvents(stack, ada, last.seq);
    await rename(ada, 'Adah');
    await done.until((event) => event.user?.name === 'Adah', 'the own name');
    expect(done.events()).toHaveLength(2);
    await done.stop();
  });

  test('starts anew where the number is of a history that is gone, and ends where the history goes back', async () => {
    const { ada, bob } = await people(stack, 'ada', 'bob');
    await ada.befriend(bob);
    const feed = await contactEvents(stack, ada, 1_000_000);
    expect(feed.events()[0]).toMatchObject({ isReset: true, seq: 0 });
    await feed.until((event) => event.user?.friendship === 'FRIENDS', 'the friendship, told anew');

    await stack.mysql.query('UPDATE user_feed_heads SET head_seq = 1 WHERE user_id = ?', [ada.id]);
    await stack.mysql.query('DELETE FROM user_feed_changes WHERE user_id = ? AND seq > 1', [ada.id]);
    await waitFor(() => feed.collected.ended, { what: 'the end of a feed whose history went back' });
    expect(feed.collected.errors.flat()).toMatchObject([{ extensions: { code: 'RESUME' } }]);
    await feed.stop();
  });

  test('is told anew after a restore, whatever number a device has', async () => {
    const { ada, bob } = await people(stack, 'ada', 'bob');
    await ada.befriend(bob);
    const listening = await contactEvents(stack, ada);
    const before = listening.lastSeq();
    const program = new URL('../../restored.ts', import.meta.url).pathname;
    await promisify(execFile)(process.execPath, [program], { env: stack.environment });
    await waitFor(() => listening.collected.ended, { what: 'the end of a feed that was put back' });
    await listening.stop();
    // One that it has had, and one that it was given after the backup.
    for (const after of [1, before, before + 5]) {
      const feed = await contactEvents(stack, ada, after);
      expect(feed.events()[0]).toMatchObject({ isReset: true });
      const told = await feed.until((event) => event.user?.friendship === 'FRIENDS', 'the friendship');
      await feed.stop();
      const again = await contactEvents(stack, ada, told.seq, 1);
      expect(again.events()[0]).toMatchObject({ isReset: false, seq: told.seq });
      await again.stop();
    }
    await act(ada, 'updateFriend', { userId: bob.id, remark: 'B.' });
    const feed = await contactEvents(stack, ada, before);
    await feed.until((event) => event.user?.remark === 'B.', 'what came after the restore');
    await feed.stop();
  });

  test('finds a change of which no hint came', async () => {
    const ada = await person(stack, { name: 'Ada' });
    const feed = await contactEvents(stack, ada);
    const head = feed.lastSeq();
    await stack.mysql.query(
      'INSERT INTO user_feed_heads (user_id, head_seq) VALUES (?, ?) ON DUPLICATE KEY UPDATE head_seq = VALUES(head_seq)',
      [ada.id, head + 2],
    );
    await stack.mysql.batch('INSERT INTO user_feed_changes (user_id, subject, seq) VALUES (?, ?, ?)', [
      [ada.id, `friend:${newId('user')}`, head + 1],
      [ada.id, 'of-tomorrow:1', head + 2],
    ]);
    await feed.until((event) => event.__typename === 'FriendChanged' && event.user === null, 'the change');
    await feed.until(({ __typename }) => __typename === 'UnknownContactChange', 'what only a newer version knows');
    await feed.stop();
  });

  test('is only for who is signed in, and ends with the session', async () => {
    const ada = await person(stack, { name: 'Ada' });
    const { token, sessionId } = await stack.signIn(ada.id);
    const feed = await contactEvents(stack, { token });
    await stack.endSession(sessionId);
    await waitFor(() => feed.collected.ended, { what: 'the end of the feed' });
    await feed.stop();
    const client = stack.socket('user');
    const refused = collect(client, 'subscription { contactEvents { seq } }');
    await waitFor(() => refused.ended, { what: 'the refusal' });
    expect(refused.errors.flat()).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
    await client.dispose();
  });

  test('many changes of many at once lose nothing, and all feeds end in the same state', async () => {
    const people = await Promise.all(Array.from({ length: 5 }, (_, n) => person(stack, { name: `P${n}` })));
    const feeds = await Promise.all(people.map((one, n) => contactEvents(stack, one, undefined, n % 2)));
    const others = (one: Person) => people.filter((other) => other !== one);
    const everybody = people.flatMap((one) => others(one).map((other) => [one, other] as const));
    // The same two at once from both sides, on both instances, in all ways.
    for (const round of [0, 1, 2])
      await Promise.all(
        everybody.map(async ([one, other], n) => {
          const by = (n + round) % 2 === 0 ? one : one.at(1);
          const kind = (n + round) % 5;
          if (kind === 0) await act(by, 'blockUser', { userId: other.id });
          else if (kind === 1) await act(by, 'unblockUser', { userId: other.id });
          else if (kind === 2) await act(by, 'removeFriend', { userId: other.id });
          else await act(by, 'sendFriendRequest', { userId: other.id });
        }),
      );
    const marker = newId('msg').slice(-8);
    await Promise.all(people.map((one) => rename(one, `${one.name} ${marker}`)));
    for (const [at, one] of people.entries()) {
      const feed = feeds[at];
      const name = `${one.name} ${marker}`;
      await feed?.until((event) => event.userId === one.id && event.user?.name === name, `the marker of ${one.name}`);
      // What the feed told last of each other is what is.
      for (const other of others(one)) {
        const told = feed
          ?.events()
          .filter((event) => event.userId === other.id && event.__typename !== 'ProfileChanged');
        const now = await relation(one, other);
        const fallback = { friendship: 'NONE', isBlocked: false };
        const state = (kind: string) => told?.filter((event) => event.__typename === kind).at(-1)?.user ?? fallback;
        expect(state('BlockChanged').isBlocked).toBe(now.isBlocked);
        expect(state('FriendChanged').friendship === 'FRIENDS').toBe(now.friendship === 'FRIENDS');
      }
      expect(feed?.collected.errors).toEqual([]);
      await feed?.stop();
    }
    const sides = await stack.mysql.query(
      `SELECT COUNT(*) AS n FROM user_friendships a
       LEFT JOIN user_friendships b ON b.user_id = a.friend_id AND b.friend_id = a.user_id
       WHERE b.user_id IS NULL`,
    );
    expect(Number(sides[0].n)).toBe(0);
  });
});
