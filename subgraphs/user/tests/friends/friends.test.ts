import { newId } from '../../../../kit/base/ids.ts';
import { PAGE_INFO, readAll, type TestPage } from '../../../../testing/pages.ts';
import { crowd, type Person, people, person } from '../../../../testing/people.ts';
import { type Stack, startStack } from '../../../../testing/stack.ts';
import { waitFor } from '../../../../testing/wait.ts';

let stack: Stack;
beforeAll(async () => {
  // Two instances: what is decided at once is decided by MySQL, not inside one process.
  stack = await startStack({ user: 2 });
});
afterAll(() => stack.stop());

type Answer = 'acceptFriendRequest' | 'refuseFriendRequest';
const REQUEST = 'request { id status message decidedAt sender { id } addressee { id friendship } }';
const SEND = `mutation ($input: SendFriendRequestInput!) { result: sendFriendRequest(input: $input) {
  __typename ... on SendFriendRequestPayload { ${REQUEST} } ... on UserError { code message } ... on InvalidInput { field }
  ... on RateLimited { retryAfterSeconds }
} }`;
const answerDocument = (answer: Answer) => {
  const name = answer[0]?.toUpperCase() + answer.slice(1);
  return `mutation ($input: ${name}Input!) { result: ${answer}(input: $input) {
    __typename ... on ${name}Payload { ${REQUEST} } ... on UserError { code message } ... on InvalidInput { field }
  } }`;
};

const send = async (from: Person, userId: unknown, message?: unknown) =>
  (await from.user.data(SEND, { input: { userId, message } })).result;
const answer = async (by: Person, how: Answer, requestId: unknown) =>
  (await by.user.data(answerDocument(how), { input: { requestId } })).result;
const accept = (by: Person, requestId: unknown) => answer(by, 'acceptFriendRequest', requestId);
const refuse = (by: Person, requestId: unknown) => answer(by, 'refuseFriendRequest', requestId);

async function state(of: Person, to: Person): Promise<string> {
  return (await of.user.data('query ($id: ID!) { user(id: $id) { friendship } }', { id: to.id })).user.friendship;
}

interface RequestNode {
  id: string;
  message: string | null;
}
async function requests(of: Person, direction: 'RECEIVED' | 'SENT', args: object = {}): Promise<TestPage<RequestNode>> {
  const document = `query ($first: Int, $after: String, $last: Int, $before: String) {
    friendRequests(direction: ${direction}, first: $first, after: $after, last: $last, before: $before) {
      edges { cursor node { id message status } } ${PAGE_INFO}
    }
  }`;
  return (await of.user.data(document, { ...args })).friendRequests;
}

const FRIENDS = `query ($first: Int, $after: String, $last: Int, $before: String) { viewer {
  friends(first: $first, after: $after, last: $last, before: $before) {
    edges { cursor friendsSince node { id name friendship } } ${PAGE_INFO}
  }
} }`;
async function friends(of: Person, args: object = {}): Promise<TestPage<{ id: string }>> {
  return (await of.user.data(FRIENDS, { ...args })).viewer.friends;
}
const friendIds = async (of: Person) => (await friends(of)).edges.map((edge) => edge.node.id);

async function befriend(one: Person, other: Person): Promise<void> {
  const { request } = await send(one, other.id);
  await accept(other, request.id);
}

const rows = (table: string, a: Person, b: Person, columns: [string, string]) =>
  stack.mysql.query(`SELECT * FROM ${table} WHERE ${columns[0]} IN (?, ?) AND ${columns[1]} IN (?, ?)`, [
    a.id,
    b.id,
    a.id,
    b.id,
  ]);
const requestRows = (a: Person, b: Person) => rows('user_friend_requests', a, b, ['sender_id', 'addressee_id']);
const friendshipRows = (a: Person, b: Person) => rows('user_friendships', a, b, ['user_id', 'friend_id']);

describe('a friend request', () => {
  test('is seen by both, accepted by the addressee, and makes two friends', async () => {
    const [ada, bob] = [await person(stack, { name: 'Ada' }), await person(stack, { name: 'Bob 🐶' })];
    expect(await state(ada, bob)).toBe('NONE');
    expect(await state(ada, ada)).toBe('SELF');
    const { request } = await send(ada, bob.id, ' 你好\r\n🐶\u0007 ');
    expect(request).toEqual({
      id: expect.any(String),
      status: 'PENDING',
      message: ' 你好\n🐶 ',
      decidedAt: null,
      sender: { id: ada.id },
      addressee: { id: bob.id, friendship: 'REQUEST_SENT' },
    });
    expect(await state(ada, bob)).toBe('REQUEST_SENT');
    expect(await state(bob, ada)).toBe('REQUEST_RECEIVED');
    expect((await requests(ada, 'SENT')).edges.map((edge) => edge.node.id)).toEqual([request.id]);
    expect((await requests(bob, 'RECEIVED')).edges.map((edge) => edge.node.message)).toEqual([' 你好\n🐶 ']);
    expect((await requests(ada, 'RECEIVED')).edges).toEqual([]);
    expect((await requests(bob, 'SENT')).edges).toEqual([]);

    const accepted = await accept(bob, request.id);
    expect(accepted.request).toMatchObject({ id: request.id, status: 'ACCEPTED', addressee: { friendship: 'SELF' } });
    expect(Math.abs(Date.now() - Date.parse(accepted.request.decidedAt))).toBeLessThan(60_000);
    expect([await state(ada, bob), await state(bob, ada)]).toEqual(['FRIENDS', 'FRIENDS']);
    expect([await friendIds(ada), await friendIds(bob)]).toEqual([[bob.id], [ada.id]]);
    expect((await requests(bob, 'RECEIVED')).edges).toEqual([]);
    expect(await send(ada, bob.id)).toMatchObject({ __typename: 'AlreadyFriends', code: 'ALREADY_FRIENDS' });
    expect(await send(bob, ada.id)).toMatchObject({ __typename: 'AlreadyFriends' });
  });

  test('sent again is the same request', async () => {
    const { ada, bob } = await people(stack, 'ada', 'bob');
    const first = await send(ada, bob.id, 'one');
    const again = await send(ada, bob.id, 'two');
    expect(again).toEqual(first);
    expect(await requestRows(ada, bob)).toHaveLength(1);
  });

  test('to somebody who has asked already accepts theirs', async () => {
    const { ada, bob } = await people(stack, 'ada', 'bob');
    const { request } = await send(ada, bob.id);
    expect((await send(bob, ada.id)).request).toMatchObject({ id: request.id, status: 'ACCEPTED' });
    expect(await state(ada, bob)).toBe('FRIENDS');
  });

  test('refused cannot be sent again for a day, by the same sender', async () => {
    await stack.add('user', { USER_ASK_AGAIN_HOURS: '24' });
    const [ada, bob] = (await crowd(stack, 2)).map((one) => one.at(2)) as [Person, Person];
    const { request } = await send(ada, bob.id);
    await refuse(bob, request.id);
    const again = await send(ada, bob.id);
    expect(again).toMatchObject({ __typename: 'RateLimited', code: 'RATE_LIMITED' });
    expect(again.retryAfterSeconds).toBeGreaterThan(86_000);
    expect((await requests(bob, 'RECEIVED')).edges).toEqual([]);
    // Others are not concerned, and the one who refused may ask.
    expect((await send((await person(stack)).at(2), bob.id)).__typename).toBe('SendFriendRequestPayload');
    const theirs = await send(bob, ada.id);
    expect(theirs.request).toMatchObject({ status: 'PENDING' });
    await refuse(ada, theirs.request.id);
    const dayBefore = 'UPDATE user_friend_requests SET decided_at = decided_at - INTERVAL 25 HOUR WHERE id = ?';
    await stack.mysql.query(dayBefore, [request.id]);
    expect((await send(ada, bob.id)).request).toMatchObject({ status: 'PENDING' });
  });

  test('refused leaves nothing between the two, and may be sent again', async () => {
    const { ada, bob } = await people(stack, 'ada', 'bob');
    const { request } = await send(ada, bob.id);
    expect((await refuse(bob, request.id)).request).toMatchObject({ status: 'REFUSED' });
    expect((await refuse(bob, request.id)).request).toMatchObject({ status: 'REFUSED' });
    expect([await state(ada, bob), await state(bob, ada)]).toEqual(['NONE', 'NONE']);
    expect((await requests(ada, 'SENT')).edges).toEqual([]);
    expect(await accept(bob, request.id)).toMatchObject({
      __typename: 'FriendRequestClosed',
      code: 'FRIEND_REQUEST_CLOSED',
    });
    const second = await send(ada, bob.id);
    expect(second.request.id).not.toBe(request.id);
    await accept(bob, second.request.id);
    expect(await refuse(bob, second.request.id)).toMatchObject({ __typename: 'FriendRequestClosed' });
    expect(await state(ada, bob)).toBe('FRIENDS');
  });

  test('is answered by nobody but the addressee, and is nothing to a third person', async () => {
    const { ada, bob, eve } = await people(stack, 'ada', 'bob', 'eve');
    const { request } = await send(ada, bob.id, 'private');
    for (const answerIt of [accept, refuse]) {
      expect(await answerIt(ada, request.id)).toMatchObject({ __typename: 'Forbidden', code: 'FORBIDDEN' });
      expect(await answerIt(eve, request.id)).toEqual(await answerIt(eve, newId('friendreq')));
      expect(await answerIt(eve, request.id)).toMatchObject({ __typename: 'NotFound', code: 'NOT_FOUND' });
    }
    expect([...(await requests(eve, 'RECEIVED')).edges, ...(await requests(eve, 'SENT')).edges]).toEqual([]);
    expect([await state(eve, ada), await state(eve, bob)]).toEqual(['NONE', 'NONE']);
    expect(await state(ada, bob)).toBe('REQUEST_SENT');
    await accept(bob, request.id);
    const { user } = await eve.user.data('query ($id: ID!) { user(id: $id) { friends { edges { cursor } } } }', {
      id: ada.id,
    });
    expect(user).toEqual({ friends: null });
  });

  test.each([
    ['userId', 'x'],
    ['userId', ''],
    ['userId', 'a'.repeat(100_000)],
  ])('to a wrong %s, number %#, is refused', async (field, userId) => {
    expect(await send(await person(stack), userId)).toMatchObject({ __typename: 'InvalidInput', field });
  });

  test('to oneself, to nobody, or with a wrong message is refused, and nothing is written', async () => {
    const { ada, bob } = await people(stack, 'ada', 'bob');
    expect(await send(ada, ada.id)).toMatchObject({ __typename: 'InvalidInput', field: 'userId' });
    expect(await send(ada, newId('user'))).toMatchObject({ __typename: 'NotFound' });
    for (const message of ['a'.repeat(201), 'a'.repeat(500_000)]) {
      expect(await send(ada, bob.id, message)).toMatchObject({ __typename: 'InvalidInput', field: 'message' });
    }
    const { status } = await ada.user.send(SEND, { input: { userId: bob.id, message: { a: 1 } } });
    expect(status).toBe(400);
    const written = await stack.mysql.query('SELECT id FROM user_friend_requests WHERE sender_id = ?', [ada.id]);
    expect(written).toHaveLength(0);
    const noProfile = stack.client('user').as((await stack.signIn()).token);
    expect((await noProfile.data(SEND, { input: { userId: bob.id } })).result).toMatchObject({
      __typename: 'NotFound',
    });
  });

  test('is neither sent nor answered without signing in', async () => {
    const { ada, bob } = await people(stack, 'ada', 'bob');
    const { request } = await send(ada, bob.id);
    const nobody = stack.client('user');
    const service = nobody.as(await stack.serviceToken('chat', 'user'));
    for (const caller of [nobody, service]) {
      const sent = await caller.send(SEND, { input: { userId: bob.id } });
      const accepted = await caller.send(answerDocument('acceptFriendRequest'), { input: { requestId: request.id } });
      for (const { data, errors } of [sent, accepted]) {
        expect(data).toEqual({ result: null });
        expect(errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
      }
    }
    expect(await state(ada, bob)).toBe('REQUEST_SENT');
  });

  test.each(['x', '', 'a'.repeat(100_000)])('id %# that is none is refused', async (requestId) => {
    const ada = await person(stack);
    expect(await accept(ada, requestId)).toMatchObject({ __typename: 'InvalidInput', field: 'requestId' });
    expect(await refuse(ada, requestId)).toMatchObject({ __typename: 'InvalidInput', field: 'requestId' });
  });

  test('an answer is seen by later fields of the same operation', async () => {
    const { ada, bob } = await people(stack, 'ada', 'bob');
    const document = `mutation ($bob: ID!) {
      one: sendFriendRequest(input: { userId: $bob }) { ...Now }
      two: updateProfile(input: { name: "Ada the second" }) { __typename }
      three: sendFriendRequest(input: { userId: $bob }) { ...Now }
    }
    fragment Now on SendFriendRequestPayload { request { sender { name } addressee { friendship } } }`;
    const { one, three } = await ada.user.data(document, { bob: bob.id });
    expect(one.request).toEqual({ sender: { name: 'Ada' }, addressee: { friendship: 'REQUEST_SENT' } });
    expect(three.request.sender.name).toBe('Ada the second');
  });

  test('is in the log by its ids, without what was written', async () => {
    const { ada, bob } = await people(stack, 'ada', 'bob');
    const { request } = await send(ada, bob.id, 'for Bob only');
    await accept(bob, request.id);
    const log = () => stack.services('user').flatMap((service) => service.lines);
    await waitFor(() => log().some((line) => line.includes('friend request accepted') && line.includes(request.id)), {
      what: 'the log line of the friendship',
    });
    expect(log().some((line) => line.includes('friend request sent') && line.includes(ada.id))).toBe(true);
    expect(log().join('\n')).not.toContain('for Bob only');
  });
});

describe('at once, at two instances', () => {
  const ROUNDS = [1, 2, 3, 4, 5];

  test.each(ROUNDS)('both send: one request, which the other accepts, one friendship (%#)', async () => {
    const { ada, bob } = await people(stack, 'ada', 'bob');
    const results = await Promise.all([
      send(ada, bob.id),
      send(bob.at(1), ada.id),
      send(ada.at(1), bob.id),
      send(bob, ada.id),
    ]);
    // Who comes after the friendship has begun is told so.
    for (const result of results) expect(['SendFriendRequestPayload', 'AlreadyFriends']).toContain(result.__typename);
    expect(await requestRows(ada, bob)).toMatchObject([{ status: 'ACCEPTED', pending_pair: null }]);
    const both = await friendshipRows(ada, bob);
    expect(both).toHaveLength(2);
    expect(both[0].friendship_id).toBe(both[1].friendship_id);
  });

  test.each(ROUNDS)('one sends many times: one request (%#)', async () => {
    const { ada, bob } = await people(stack, 'ada', 'bob');
    const senders = Array.from({ length: 10 }, (_, i) => (i % 2 ? ada : ada.at(1)));
    const ids = await Promise.all(senders.map(async (sender) => (await send(sender, bob.id)).request.id));
    expect(new Set(ids).size).toBe(1);
    expect(await requestRows(ada, bob)).toHaveLength(1);
  });

  test.each(ROUNDS)('accepted many times: one friendship (%#)', async () => {
    const { ada, bob } = await people(stack, 'ada', 'bob');
    const { request } = await send(ada, bob.id);
    const answers = await Promise.all(Array.from({ length: 8 }, (_, i) => accept(i % 2 ? bob : bob.at(1), request.id)));
    expect(new Set(answers.map((result) => JSON.stringify(result))).size).toBe(1);
    expect(answers[0].request.status).toBe('ACCEPTED');
    expect(await friendshipRows(ada, bob)).toHaveLength(2);
  });

  test.each(ROUNDS)('accepted and refused: the first answer stands (%#)', async () => {
    const { ada, bob } = await people(stack, 'ada', 'bob');
    const { request } = await send(ada, bob.id);
    const results = await Promise.all([accept(bob, request.id), refuse(bob.at(1), request.id)]);
    const [row] = await requestRows(ada, bob);
    const stands = results.filter((result) => result.request);
    expect(stands.map((result) => result.request.status)).toEqual([row.status]);
    expect(results.map((result) => result.__typename)).toContain('FriendRequestClosed');
    expect(await friendshipRows(ada, bob)).toHaveLength(row.status === 'ACCEPTED' ? 2 : 0);
  });

  test('everybody asks everybody: nothing fails, and every pair are friends once', async () => {
    const everybody = await crowd(stack, 7);
    const pairs = everybody.flatMap((one) =>
      everybody.filter((other) => other !== one).map((other) => [one, other] as const),
    );
    await Promise.all(pairs.map(([one, other], i) => send(i % 2 ? one : one.at(1), other.id)));
    for (const one of everybody) {
      const others = everybody.filter((other) => other !== one).map((other) => other.id);
      expect((await friendIds(one)).sort()).toEqual(others.sort());
    }
  });
});

describe('lists', () => {
  let ada: Person;
  const asked: Person[] = [];
  beforeAll(async () => {
    ada = await person(stack, { name: 'Ada' });
    for (let i = 0; i < 5; i += 1) {
      const friend = await person(stack, { name: `Friend ${i}` });
      await befriend(friend, ada);
      const other = await person(stack);
      asked.push(other);
      // Not Ada's: nothing of it may come into her lists.
      await send(friend, other.id);
    }
    for (const one of asked) await send(ada, one.id, `to ${one.id}`);
    for (let i = 0; i < 5; i += 1) await send(await person(stack), ada.id, String(i));
  }, 120_000);

  test('of friends are complete in both directions, newest first', async () => {
    const whole = await friends(ada);
    expect(whole.edges.map((edge) => edge.node)).toMatchObject(
      [4, 3, 2, 1, 0].map((i) => ({ name: `Friend ${i}`, friendship: 'FRIENDS' })),
    );
    expect(whole.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: false });
    for (const direction of ['forward', 'backward'] as const) {
      const read = await readAll(direction, (args) => friends(ada, args));
      expect(read).toEqual(whole.edges.map((edge) => edge.node));
    }
  });

  test('of requests are complete in both directions, newest first', async () => {
    for (const kind of ['SENT', 'RECEIVED'] as const) {
      const whole = (await requests(ada, kind)).edges.map((edge) => edge.node);
      const messages = kind === 'SENT' ? asked.map((one) => `to ${one.id}`) : ['0', '1', '2', '3', '4'];
      expect(whole.map((node) => node.message)).toEqual(messages.reverse());
      for (const direction of ['forward', 'backward'] as const) {
        expect(await readAll(direction, (args) => requests(ada, kind, args))).toEqual(whole);
      }
    }
  });

  test('refuse the cursors of other lists', async () => {
    const cursors = {
      friends: (await friends(ada)).pageInfo.endCursor,
      SENT: (await requests(ada, 'SENT')).pageInfo.endCursor,
      RECEIVED: (await requests(ada, 'RECEIVED')).pageInfo.endCursor,
    };
    const read = (list: string) =>
      list === 'friends'
        ? FRIENDS
        : `query ($after: String, $before: String, $first: Int) {
      friendRequests(direction: ${list}, after: $after, before: $before, first: $first) { edges { cursor } }
    }`;
    for (const list of Object.keys(cursors)) {
      for (const [other, cursor] of [...Object.entries(cursors), ['none', 'W10'], ['none', '\u0000']]) {
        if (other === list) continue;
        const { status, errors } = await ada.user.send(read(list), { before: cursor });
        expect(status).toBe(200);
        expect(errors).toMatchObject([{ extensions: { code: 'INVALID_INPUT', field: 'before' } }]);
      }
      const { errors } = await ada.user.send(read(list), { first: 101 });
      expect(errors).toMatchObject([{ extensions: { code: 'INVALID_INPUT', field: 'first' } }]);
    }
  });
});
