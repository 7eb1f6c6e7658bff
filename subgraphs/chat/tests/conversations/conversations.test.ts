import { newId, newUuid } from '../../../../kit/base/ids.ts';
import { sharedStack } from '../../../../testing/shared-stack.ts';
import type { SharedStack } from '../../../../testing/stack.ts';
import {
  befriend,
  countRows,
  createGroup,
  MARK,
  markRead,
  openDirect,
  type Person,
  pair,
  person,
  readLog,
  see,
  send,
} from '../people.ts';

let stack: SharedStack;
beforeAll(async () => {
  stack = await sharedStack({ chat: 2, user: 1 });
});
afterAll(() => stack.stop());

const OPEN = `mutation ($input: OpenDirectConversationInput!) { openDirectConversation(input: $input) {
  __typename ... on UserError { code message } ... on InvalidInput { field } ... on NotFriends { userIds }
} }`;
const CREATE = `mutation ($input: CreateGroupInput!) { createGroup(input: $input) {
  __typename ... on CreateGroupPayload { conversation { id title kind viewerMembership { role } } }
  ... on UserError { code message } ... on InvalidInput { field } ... on NotFriends { userIds }
} }`;
const ADD = `mutation ($input: AddGroupMembersInput!) { addGroupMembers(input: $input) {
  __typename ... on AddGroupMembersPayload { conversation { headSeq } }
  ... on UserError { code message } ... on InvalidInput { field } ... on NotFriends { userIds }
} }`;
const LEAVE = `mutation ($input: LeaveGroupInput!) { leaveGroup(input: $input) {
  __typename ... on UserError { code message }
} }`;
describe('a direct conversation', () => {
  test('is one, however many open it at once, from both sides and at both instances', async () => {
    for (let round = 0; round < 5; round += 1) {
      const [ada, bob] = [await person(stack), await person(stack)];
      await befriend(stack, ada, bob);
      const attempts = Array.from({ length: 12 }, (_, i) =>
        i % 3 ? openDirect(ada, bob, i % 2) : openDirect(bob, ada, i % 2),
      );
      const ids = new Set(await Promise.all(attempts));
      expect(ids.size).toBe(1);
      const [id] = ids as unknown as [string];
      expect(await readLog(stack, id)).toMatchObject([{ seq: 1, kind: 'CONVERSATION_CREATED' }]);
    }
  });

  test('shows each the other, and is found from the user', async () => {
    const { ada, bob, id } = await pair(stack);
    expect(await see(ada, id)).toMatchObject({
      kind: 'DIRECT',
      title: null,
      headSeq: 1,
      unreadCount: 0,
      lastMessage: null,
      otherMember: { id: bob.id },
      viewerMembership: { role: 'MEMBER', user: { id: ada.id } },
    });
    expect((await see(bob, id, 1)).otherMember).toEqual({ id: ada.id });
    const eve = await person(stack);
    const of = [bob.id, eve.id, ada.id, newId('user'), 'x', '海'].map((user) => ({ __typename: 'User', id: user }));
    const { _entities } = await ada
      .chat()
      .data('query ($of: [_Any!]!) { _entities(representations: $of) { ... on User { directConversation { id } } } }', {
        of,
      });
    const found = _entities.map((user: { directConversation: unknown }) => user.directConversation);
    expect(found).toEqual([{ id }, null, null, null, null, null]);
  });

  test('is opened with friends only, and not with oneself; nothing is written otherwise', async () => {
    const [ada, eve] = [await person(stack), await person(stack)];
    const before = await countRows(stack);
    const open = async (userId: unknown) => (await ada.chat().data(OPEN, { input: { userId } })).openDirectConversation;
    const unknown = newId('user');
    expect(await open(eve.id)).toMatchObject({ __typename: 'NotFriends', code: 'NOT_FRIENDS', userIds: [eve.id] });
    expect(await open(unknown)).toMatchObject({ __typename: 'NotFriends', code: 'NOT_FRIENDS', userIds: [unknown] });
    for (const wrong of [ada.id, '', 'x', '海', 'x'.repeat(100_000)]) {
      expect(await open(wrong)).toMatchObject({ __typename: 'InvalidInput', field: 'userId' });
    }
    expect(await countRows(stack)).toEqual(before);
  });

  test('can neither be left nor added to', async () => {
    const { ada, bob, id } = await pair(stack);
    const { leaveGroup } = await ada.chat().data(LEAVE, { input: { conversationId: id } });
    expect(leaveGroup).toMatchObject({ __typename: 'Forbidden' });
    const { addGroupMembers } = await ada.chat().data(ADD, { input: { conversationId: id, memberIds: [bob.id] } });
    expect(addGroupMembers).toMatchObject({ __typename: 'Forbidden' });
  });
});

describe('a group', () => {
  let owner: Person;
  let friends: Person[];
  beforeAll(async () => {
    owner = await person(stack);
    friends = await Promise.all(Array.from({ length: 4 }, () => person(stack)));
    await befriend(stack, owner, ...friends);
  });
  const ids = () => friends.map(({ id }) => id);

  test('has its creator as owner, and those who were named', async () => {
    const id = await createGroup(owner, friends, '  海狸 & friends ');
    const group = await see(owner, id);
    expect(group).toMatchObject({ kind: 'GROUP', title: '海狸 & friends', otherMember: null, headSeq: 1 });
    const members = group.members.edges.map((edge: { node: unknown }) => edge.node);
    expect(members).toEqual(
      [owner.id, ...ids()].sort().map((user) => ({
        role: user === owner.id ? 'OWNER' : 'MEMBER',
        readSeq: 1,
        user: { id: user },
      })),
    );
    for (const friend of friends) expect((await see(friend, id, 1)).viewerMembership.role).toBe('MEMBER');
  });

  test('pages its members in both directions', async () => {
    const id = await createGroup(owner, friends);
    const wanted = [owner.id, ...ids()].sort();
    const page = async (args: string) => {
      const { conversation } = await owner.chat().data(
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
    const attempts = Array.from({ length: 8 }, (_, i) => owner.chat(i % 2).data(CREATE, { input }));
    const groups = (await Promise.all(attempts)).map(({ createGroup }) => createGroup.conversation.id);
    expect(new Set(groups).size).toBe(1);
    const [row] = await stack.mysql.query('SELECT COUNT(*) AS n FROM chat_conversations WHERE client_group_id = ?', [
      input.clientGroupId,
    ]);
    expect(row.n).toBe(1);
  });

  test('is refused by name where its clientGroupId made another one, also in a race', async () => {
    const first = { clientGroupId: newUuid(), title: 'First', memberIds: ids() };
    const create = async (input: object, instance = 0) =>
      (await owner.chat(instance).data(CREATE, { input })).createGroup;
    const { conversation } = await create(first);
    for (const other of [{ title: 'Second' }, { memberIds: ids().slice(1) }]) {
      expect(await create({ ...first, ...other })).toMatchObject({
        __typename: 'ClientGroupIdReused',
        code: 'CLIENT_GROUP_ID_REUSED',
      });
    }
    // The same in another order, and when somebody has left the group, is a retry.
    await friends[0]?.chat().data('mutation ($id: ID!) { leaveGroup(input: { conversationId: $id }) { __typename } }', {
      id: conversation.id,
    });
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
    const first = (await owner.chat().data(CREATE, { input })).createGroup.conversation;
    const second = (await owner.chat().data(CREATE, { input })).createGroup.conversation;
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
    const { createGroup } = await owner.chat().data(CREATE, { input });
    expect(createGroup).toMatchObject({ __typename: 'InvalidInput', field });
    expect(await countRows(stack)).toEqual(before);
  });

  test('is not made with strangers, oneself, or somebody twice', async () => {
    const before = await countRows(stack);
    const create = async (memberIds: string[]) =>
      (await owner.chat().data(CREATE, { input: { title: 'Group', memberIds } })).createGroup;
    const stranger = await person(stack);
    const unknown = newId('user');
    expect(await create([...ids(), stranger.id, unknown])).toMatchObject({
      __typename: 'NotFriends',
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
      'INSERT INTO user_friendships (friendship_id, user_id, friend_id, created_at) VALUES (?, ?, ?, UTC_TIMESTAMP(3))',
      pairs,
    );
    const { createGroup } = await owner.chat().data(CREATE, { input: { title: 'Many', memberIds: many } });
    const { id } = createGroup.conversation;
    const [row] = await stack.mysql.query('SELECT COUNT(*) AS n FROM chat_memberships WHERE conversation_id = ?', [id]);
    expect(row.n).toBe(501);
    const [more] = friends as [Person];
    const { addGroupMembers } = await owner.chat().data(ADD, { input: { conversationId: id, memberIds: [more.id] } });
    expect(addGroupMembers).toMatchObject({ __typename: 'InvalidInput', field: 'memberIds' });
  });

  test('is added to by its owner, with friends; who comes sees what is said from then on', async () => {
    const [one, two, late] = friends as [Person, Person, Person];
    const id = await createGroup(owner, [one, two]);
    const before = await send(owner, id, 'before');
    const add = async (by: Person, memberIds: string[]) =>
      (await by.chat().data(ADD, { input: { conversationId: id, memberIds } })).addGroupMembers;
    expect(await see(late, id)).toBeNull();
    expect(await add(one, [late.id])).toMatchObject({ __typename: 'NotFriends' });
    await befriend(stack, one, late);
    expect(await add(one, [late.id])).toMatchObject({ __typename: 'Forbidden' });
    expect(await add(late, [late.id])).toMatchObject({ __typename: 'NotAMember' });
    expect(await add(owner, [newId('user')])).toMatchObject({ __typename: 'NotFriends' });
    expect(await add(owner, [late.id])).toMatchObject({ conversation: { headSeq: 3 } });
    // Once more changes nothing.
    expect(await add(owner, [late.id, one.id, owner.id])).toMatchObject({ conversation: { headSeq: 3 } });
    const fresh = await see(late, id);
    expect(fresh).toMatchObject({ unreadCount: 0, lastMessage: null, messages: { edges: [] } });
    const reference = { of: [{ __typename: 'Message', id: before.id }] };
    const entity = 'query ($of: [_Any!]!) { _entities(representations: $of) { ... on Message { preview } } }';
    expect(await late.chat().data(entity, reference)).toEqual({ _entities: [null] });
    expect(await one.chat().data(entity, reference)).toEqual({ _entities: [{ preview: 'before' }] });
    await send(owner, id, 'after');
    expect(await see(late, id)).toMatchObject({
      unreadCount: 1,
      lastMessage: { content: { text: 'after' } },
      messages: { edges: [{ node: { content: { text: 'after' } } }] },
    });
  });

  test('is left by members but not by its owner; who left sees nothing of it', async () => {
    const [one, two] = friends as [Person, Person];
    const id = await createGroup(owner, [one, two]);
    const message = await send(owner, id, 'hello');
    const leave = async (who: Person) => (await who.chat().data(LEAVE, { input: { conversationId: id } })).leaveGroup;
    expect(await leave(owner)).toMatchObject({ __typename: 'Forbidden' });
    expect(await leave(one)).toEqual({ __typename: 'LeaveGroupPayload' });
    expect(await leave(one)).toMatchObject({ __typename: 'NotAMember' });
    expect(await see(one, id)).toBeNull();
    expect(await markRead(one, id, 1)).toMatchObject({ __typename: 'NotAMember' });
    const { _entities } = await one
      .chat()
      .data('query ($of: [_Any!]!) { _entities(representations: $of) { __typename } }', {
        of: [
          { __typename: 'Message', id: message.id },
          { __typename: 'Conversation', id },
        ],
      });
    expect(_entities).toEqual([null, null]);
    expect((await see(two, id)).members.edges).toHaveLength(2);
  });
});

describe('a third person', () => {
  test('sees nothing of anything', async () => {
    const { id, ada } = await pair(stack);
    const message = await send(ada, id, 'secret');
    const eve = await person(stack);
    for (const unknown of [id, newId('conv'), 'x', '', '海', "'", 'x'.repeat(100_000)])
      expect(await see(eve, unknown)).toBeNull();
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
    expect(await eve.chat().data(query, { of })).toEqual({ _entities: nothing });
    expect(await stack.client('chat').data(query, { of })).toEqual({ _entities: nothing });
    expect((await ada.chat().data(query, { of }))._entities).toMatchObject([
      { title: null },
      { preview: 'secret' },
      null,
      null,
    ]);
  });

  test('does not see the clientMessageId that another gave', async () => {
    const { id, ada, bob } = await pair(stack);
    await send(ada, id, 'hello', 0, 'mine');
    const query =
      'query ($id: ID!) { conversation(id: $id) { messages { edges { node { clientMessageId sender { id } } } } } }';
    const read = async (viewer: Person) =>
      (await viewer.chat().data(query, { id })).conversation.messages.edges[0].node;
    expect(await read(ada)).toEqual({ clientMessageId: 'mine', sender: { id: ada.id } });
    expect(await read(bob)).toEqual({ clientMessageId: null, sender: { id: ada.id } });
  });
});

test('nobody, and who has an expired or forged token, is refused everything', async () => {
  const { id } = await pair(stack);
  const operations: [string, Record<string, unknown>][] = [
    ['query ($id: ID!) { conversation(id: $id) { id } }', { id }],
    ['{ conversations { edges { cursor } } }', {}],
    [OPEN, { input: { userId: newId('user') } }],
    [CREATE, { input: { title: 'a', memberIds: [newId('user'), newId('user')] } }],
    [ADD, { input: { conversationId: id, memberIds: [newId('user')] } }],
    [LEAVE, { input: { conversationId: id } }],
    [MARK, { input: { conversationId: id, seq: 1 } }],
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
