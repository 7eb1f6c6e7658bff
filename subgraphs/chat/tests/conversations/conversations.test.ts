import { newId, newUuid } from '../../../../kit/base/ids.ts';
import { crowd, type Person, pair, people, person } from '../../../../testing/people.ts';
import { mutation } from '../../../../testing/schema.ts';
import { sharedStack } from '../../../../testing/shared-stack.ts';
import type { SharedStack } from '../../../../testing/stack.ts';
import { countRows, readLog } from '../log-rows.ts';

let stack: SharedStack;
beforeAll(async () => {
  stack = await sharedStack({ chat: 2, user: 1 });
});
afterAll(() => stack.stop());

const CREATED = 'conversation { id title kind viewerMembership { role } }';

describe('a direct conversation', () => {
  test('is one, however many open it at once, from both sides and at both instances', async () => {
    for (let round = 0; round < 5; round += 1) {
      const { ada, bob } = await people(stack, 'ada', 'bob');
      await ada.befriend(bob);
      const attempts = Array.from({ length: 12 }, (_, i) =>
        i % 3 ? ada.at(i % 2).direct(bob) : bob.at(i % 2).direct(ada),
      );
      const ids = new Set(await Promise.all(attempts));
      expect(ids.size).toBe(1);
      const [id] = ids as unknown as [string];
      expect(await readLog(stack, id)).toMatchObject([{ seq: 1, kind: 'CONVERSATION_CREATED' }]);
    }
  });

  test('shows each the other, and is found from the user', async () => {
    const { ada, bob, id } = await pair(stack);
    expect(await ada.see(id)).toMatchObject({
      kind: 'DIRECT',
      title: null,
      headSeq: 1,
      unreadCount: 0,
      lastMessage: null,
      otherMember: { id: bob.id },
      viewerMembership: { role: 'MEMBER', user: { id: ada.id } },
    });
    expect((await bob.at(1).see(id)).otherMember).toEqual({ id: ada.id });
    const eve = await person(stack);
    const of = [bob.id, eve.id, ada.id, newId('user'), 'x', '海'].map((user) => ({ __typename: 'User', id: user }));
    const { _entities } = await ada.chat.data(
      'query ($of: [_Any!]!) { _entities(representations: $of) { ... on User { directConversation { id } } } }',
      {
        of,
      },
    );
    const found = _entities.map((user: { directConversation: unknown }) => user.directConversation);
    expect(found).toEqual([{ id }, null, null, null, null, null]);
  });

  test('is opened with friends only, and not with oneself; nothing is written otherwise', async () => {
    const { ada, eve } = await people(stack, 'ada', 'eve');
    const before = await countRows(stack);
    const open = (userId: unknown) => ada.attempt('openDirectConversation', { userId });
    const unknown = newId('user');
    expect(await open(eve.id)).toMatchObject({ __typename: 'NotReachable', code: 'NOT_REACHABLE', userIds: [eve.id] });
    expect(await open(unknown)).toMatchObject({
      __typename: 'NotReachable',
      code: 'NOT_REACHABLE',
      userIds: [unknown],
    });
    for (const wrong of [ada.id, '', 'x', '海', 'x'.repeat(100_000)]) {
      expect(await open(wrong)).toMatchObject({ __typename: 'InvalidInput', field: 'userId' });
    }
    expect(await countRows(stack)).toEqual(before);
  });

  test('can neither be left nor added to', async () => {
    const { ada, bob, id } = await pair(stack);
    const leaveGroup = await ada.attempt('leaveGroup', { conversationId: id });
    expect(leaveGroup).toMatchObject({ __typename: 'Forbidden' });
    const addGroupMembers = await ada.attempt('addGroupMembers', { conversationId: id, memberIds: [bob.id] });
    expect(addGroupMembers).toMatchObject({ __typename: 'Forbidden' });
  });
});

describe('a group', () => {
  let owner: Person;
  let friends: Person[];
  beforeAll(async () => {
    owner = await person(stack);
    friends = await crowd(stack, 4);
    await owner.befriend(...friends);
  });
  const ids = () => friends.map(({ id }) => id);

  test('has its creator as owner, and those who were named', async () => {
    const id = await owner.group('  海狸 & friends ', friends);
    const group = await owner.see(id);
    expect(group).toMatchObject({ kind: 'GROUP', title: '海狸 & friends', otherMember: null, headSeq: 1 });
    const members = group.members.edges.map((edge: { node: unknown }) => edge.node);
    expect(members).toEqual(
      [owner.id, ...ids()].sort().map((user) => ({
        role: user === owner.id ? 'OWNER' : 'MEMBER',
        readSeq: 1,
        user: { id: user },
      })),
    );
    for (const friend of friends) expect((await friend.at(1).see(id)).viewerMembership.role).toBe('MEMBER');
  });

  test('pages its members in both directions', async () => {
    const id = await owner.group('Beavers', friends);
    const wanted = [owner.id, ...ids()].sort();
    const page = async (args: string) => {
      const { conversation } = await owner.chat.data(
        `query ($id: ID!) { conversation(id: $id) { members(${args}) {
          edges { node { user { id } } } pageInfo { startCursor endCursor hasNextPage hasPreviousPage }
        } } }`,
        { id },
      );
      const { edges, pageInfo } = conversation.members;
      return { pageInfo, ids: edges.map((edge: { node: { user: { id: string } } }) => edge.node.user.id) };
    };
    const first = await page('first: 2');
    const second = await page(`first: 3, after: "${first.pageInfo.endCursor}"`);
    expect([...first.ids, ...second.ids]).toEqual(wanted);
    expect([first.pageInfo.hasNextPage, second.pageInfo.hasNextPage]).toEqual([true, false]);
    const last = await page('last: 2');
    const before = await page(`last: 3, before: "${last.pageInfo.startCursor}"`);
    expect([...before.ids, ...last.ids]).toEqual(wanted);
  });

  test('is one for one clientGroupId, however often and wherever it is tried', async () => {
    const input = { clientGroupId: newUuid(), title: 'Once', memberIds: ids() };
    const attempts = Array.from({ length: 8 }, (_, i) => owner.at(i % 2).perform('createGroup', input, CREATED));
    const groups = (await Promise.all(attempts)).map(({ conversation }) => conversation.id);
    expect(new Set(groups).size).toBe(1);
    const [row] = await stack.mysql.query('SELECT COUNT(*) AS n FROM chat_conversations WHERE client_group_id = ?', [
      input.clientGroupId,
    ]);
    expect(row.n).toBe(1);
  });

  test('is refused by name where its clientGroupId made another one, also in a race', async () => {
    const first = { clientGroupId: newUuid(), title: 'First', memberIds: ids() };
    const create = (input: object, instance = 0) => owner.at(instance).attempt('createGroup', input, CREATED);
    const { conversation } = await create(first);
    for (const other of [{ title: 'Second' }, { memberIds: ids().slice(1) }]) {
      expect(await create({ ...first, ...other })).toMatchObject({
        __typename: 'ClientGroupIdReused',
        code: 'CLIENT_GROUP_ID_REUSED',
      });
    }
    // The same in another order, and when somebody has left the group, is a retry.
    await friends[0]?.leave(conversation.id);
    expect((await create({ ...first, memberIds: ids().reverse() }, 1)).conversation.id).toBe(conversation.id);

    const clientGroupId = newUuid();
    const titles = Array.from({ length: 8 }, (_, i) => `Title ${i % 2}`);
    const results = await Promise.all(titles.map((title, i) => create({ ...first, clientGroupId, title }, i % 2)));
    const made = results.filter((result) => result.conversation);
    expect(new Set(made.map((result) => result.conversation.id)).size).toBe(1);
    expect(new Set(made.map((result) => result.conversation.title)).size).toBe(1);
    expect(made).toHaveLength(4);
    for (const result of results) {
      if (!result.conversation) expect(result.__typename).toBe('ClientGroupIdReused');
    }
    // A group from before the fingerprint is taken for the one that is asked for.
    await stack.mysql.query('UPDATE chat_conversations SET client_group_fingerprint = NULL WHERE id = ?', [
      conversation.id,
    ]);
    expect((await create({ ...first, title: 'Second' })).conversation.id).toBe(conversation.id);
  });

  test('has a title of one line, and an empty clientGroupId counts as left out', async () => {
    const input = { clientGroupId: '', title: '\u202eabc\nd\u2028e\u200b', memberIds: ids() };
    const first = (await owner.perform('createGroup', input, CREATED)).conversation;
    const second = (await owner.perform('createGroup', input, CREATED)).conversation;
    expect([first.title, second.title]).toEqual(['abc d e', 'abc d e']);
    expect(second.id).not.toBe(first.id);
  });

  test.each([
    ['a title of nothing', { title: '\u3164\u200b' }, 'title'],
    ['an empty title', { title: ' ' }, 'title'],
    ['a long title', { title: 'x'.repeat(101) }, 'title'],
    ['a huge title', { title: 'x'.repeat(200_000) }, 'title'],
    ['one member', { memberIds: [newId('user')] }, 'memberIds'],
    ['no member', { memberIds: [] }, 'memberIds'],
    ['501 members', { memberIds: Array.from({ length: 501 }, () => newId('user')) }, 'memberIds'],
    ['an id that is none', { memberIds: [newId('user'), 'x'] }, 'memberIds.1'],
    ['a wrong clientGroupId', { clientGroupId: 'a b' }, 'clientGroupId'],
  ])('with %s is refused by name and nothing is written', async (_what, wrong, field) => {
    const before = await countRows(stack);
    const input = { title: 'Group', memberIds: ids(), ...wrong };
    const createGroup = await owner.attempt('createGroup', input);
    expect(createGroup).toMatchObject({ __typename: 'InvalidInput', field });
    expect(await countRows(stack)).toEqual(before);
  });

  test('is not made with strangers, oneself, or somebody twice', async () => {
    const before = await countRows(stack);
    const create = (memberIds: string[]) => owner.attempt('createGroup', { title: 'Group', memberIds });
    const stranger = await person(stack);
    const unknown = newId('user');
    expect(await create([...ids(), stranger.id, unknown])).toMatchObject({
      __typename: 'NotReachable',
      userIds: [stranger.id, unknown],
    });
    expect(await create([...ids(), owner.id])).toMatchObject({ __typename: 'InvalidInput', field: 'memberIds' });
    expect(await create([...ids(), ids()[0] as string])).toMatchObject({
      __typename: 'InvalidInput',
      field: 'memberIds',
    });
    expect(await countRows(stack)).toEqual(before);
  });

  test('takes 500 friends at once', async () => {
    const many = Array.from({ length: 500 }, () => newId('user'));
    const pairs = many.flatMap((id) => [
      [newId('friend'), owner.id, id],
      [newId('friend'), id, owner.id],
    ]);
    // Befriending 500 people one by one would only test the user service.
    await stack.mysql.batch(
      "INSERT INTO user_profiles (id, user_name, name, created_at) VALUES (?, ?, 'One of many', UTC_TIMESTAMP(3))",
      many.map((id) => [id, id.slice(-26)]),
    );
    await stack.mysql.batch(
      'INSERT INTO user_friendships (friendship_id, user_id, friend_id, created_at) VALUES (?, ?, ?, UTC_TIMESTAMP(3))',
      pairs,
    );
    const createGroup = await owner.perform('createGroup', { title: 'Many', memberIds: many }, CREATED);
    const { id } = createGroup.conversation;
    const [row] = await stack.mysql.query('SELECT COUNT(*) AS n FROM chat_memberships WHERE conversation_id = ?', [id]);
    expect(row.n).toBe(501);
    const [more] = friends as [Person];
    const addGroupMembers = await owner.attempt('addGroupMembers', { conversationId: id, memberIds: [more.id] });
    expect(addGroupMembers).toMatchObject({ __typename: 'InvalidInput', field: 'memberIds' });
  });

  test('is added to by its owner, with friends; who comes sees what is said from then on', async () => {
    const [one, two, late] = friends as [Person, Person, Person];
    const id = await owner.group('Beavers', [one, two]);
    const before = await owner.send(id, 'before');
    const add = (by: Person, memberIds: string[]) =>
      by.attempt('addGroupMembers', { conversationId: id, memberIds }, 'conversation { headSeq }');
    expect(await late.see(id)).toBeNull();
    expect(await add(one, [late.id])).toMatchObject({ __typename: 'NotReachable' });
    await one.befriend(late);
    expect(await add(one, [late.id])).toMatchObject({ __typename: 'Forbidden' });
    expect(await add(late, [late.id])).toMatchObject({ __typename: 'NotAMember' });
    expect(await add(owner, [newId('user')])).toMatchObject({ __typename: 'NotReachable' });
    expect(await add(owner, [late.id])).toMatchObject({ conversation: { headSeq: 3 } });
    // Once more changes nothing.
    expect(await add(owner, [late.id, one.id, owner.id])).toMatchObject({ conversation: { headSeq: 3 } });
    const fresh = await late.see(id);
    expect(fresh).toMatchObject({ unreadCount: 0, lastMessage: null, messages: { edges: [] } });
    const reference = { of: [{ __typename: 'Message', id: before.id }] };
    const entity = 'query ($of: [_Any!]!) { _entities(representations: $of) { ... on Message { preview } } }';
    expect(await late.chat.data(entity, reference)).toEqual({ _entities: [null] });
    expect(await one.chat.data(entity, reference)).toEqual({ _entities: [{ preview: 'before' }] });
    await owner.send(id, 'after');
    expect(await late.see(id)).toMatchObject({
      unreadCount: 1,
      lastMessage: { content: { text: 'after' } },
      messages: { edges: [{ node: { content: { text: 'after' } } }] },
    });
  });

  test('is left by members but not by its owner; who left sees nothing of it', async () => {
    const [one, two] = friends as [Person, Person];
    const id = await owner.group('Beavers', [one, two]);
    const message = await owner.send(id, 'hello');
    const leave = (who: Person) => who.attempt('leaveGroup', { conversationId: id });
    expect(await leave(owner)).toMatchObject({ __typename: 'Forbidden' });
    expect(await leave(one)).toEqual({ __typename: 'LeaveGroupPayload' });
    expect(await leave(one)).toMatchObject({ __typename: 'NotAMember' });
    expect(await one.see(id)).toBeNull();
    expect(await one.markRead(id, 1)).toMatchObject({ __typename: 'NotAMember' });
    const { _entities } = await one.chat.data(
      'query ($of: [_Any!]!) { _entities(representations: $of) { __typename } }',
      {
        of: [
          { __typename: 'Message', id: message.id },
          { __typename: 'Conversation', id },
        ],
      },
    );
    expect(_entities).toEqual([null, null]);
    expect((await two.see(id)).members.edges).toHaveLength(2);
  });
});

describe('a third person', () => {
  test('sees nothing of anything', async () => {
    const { id, ada } = await pair(stack);
    const message = await ada.send(id, 'secret');
    const eve = await person(stack);
    for (const unknown of [id, newId('conv'), 'x', '', '海', "'", 'x'.repeat(100_000)])
      expect(await eve.see(unknown)).toBeNull();
    const of = [
      { __typename: 'Conversation', id },
      { __typename: 'Message', id: message.id },
      { __typename: 'Message', id: newId('msg') },
      { __typename: 'Message', id: '海' },
    ];
    const query = `query ($of: [_Any!]!) { _entities(representations: $of) {
      ... on Conversation { title messages { edges { node { preview } } } } ... on Message { preview }
    } }`;
    const nothing = [null, null, null, null];
    expect(await eve.chat.data(query, { of })).toEqual({ _entities: nothing });
    expect(await stack.client('chat').data(query, { of })).toEqual({ _entities: nothing });
    expect((await ada.chat.data(query, { of }))._entities).toMatchObject([
      { title: null },
      { preview: 'secret' },
      null,
      null,
    ]);
  });

  test('does not see the clientMessageId that another gave', async () => {
    const { id, ada, bob } = await pair(stack);
    await ada.send(id, 'hello', 'mine');
    const query =
      'query ($id: ID!) { conversation(id: $id) { messages { edges { node { clientMessageId sender { id } } } } } }';
    const read = async (viewer: Person) => (await viewer.chat.data(query, { id })).conversation.messages.edges[0].node;
    expect(await read(ada)).toEqual({ clientMessageId: 'mine', sender: { id: ada.id } });
    expect(await read(bob)).toEqual({ clientMessageId: null, sender: { id: ada.id } });
  });
});

test('nobody, and who has an expired or forged token, is refused everything', async () => {
  const { id } = await pair(stack);
  const operations: [string, Record<string, unknown>][] = [
    ['query ($id: ID!) { conversation(id: $id) { id } }', { id }],
    ['{ conversations { edges { cursor } } }', {}],
    [mutation('openDirectConversation'), { input: { userId: newId('user') } }],
    [mutation('createGroup'), { input: { title: 'a', memberIds: [newId('user'), newId('user')] } }],
    [mutation('addGroupMembers'), { input: { conversationId: id, memberIds: [newId('user')] } }],
    [mutation('leaveGroup'), { input: { conversationId: id } }],
    [mutation('markRead'), { input: { conversationId: id, seq: 1 } }],
  ];
  const before = await countRows(stack);
  const api = stack.client('chat');
  for (const [query, variables] of operations) {
    const nobody = await api.send(query, variables);
    expect(nobody.errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED', reason: 'TOKEN_MISSING' } }]);
    for (const token of [stack.expiredToken(), stack.forgedToken()]) {
      expect((await api.as(token).send(query, variables)).status).toBe(401);
    }
  }
  expect(await countRows(stack)).toEqual(before);
});
