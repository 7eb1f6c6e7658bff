import sharp from 'sharp';
import { newUuid } from '../kit/base/ids.ts';
import { type Person, registered } from '../testing/people.ts';
import { photographFile } from '../testing/photographs.ts';
import { collect } from '../testing/socket.ts';
import { type Stack, startStack } from '../testing/stack.ts';
import { waitFor } from '../testing/wait.ts';
import { INBOX, SEND } from './operations.ts';

const UPLOAD = `mutation ($input: UploadFileInput!) {
  uploadFile(input: $input) { ... on UploadFilePayload { file { id contentType size width height } } ... on UserError { code message } }
}`;
const HISTORY = `query ($id: ID!, $first: Int, $after: String, $last: Int, $before: String) {
  conversation(id: $id) {
    unreadCount headSeq
    messages(first: $first, after: $after, last: $last, before: $before) {
      edges {
        cursor
        node {
          id seq
          content { ... on TextContent { text } ... on ImageContent { caption file { url thumbnailUrl } } }
          sender { name }
        }
      }
      pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    }
  }
}`;
const LIST = `{
  conversations(first: 10) {
    edges { node { id kind unreadCount otherMember { name } lastMessage { preview content { __typename } } } }
  }
}`;
const MARK_READ = `mutation ($input: MarkReadInput!) {
  markRead(input: $input) { ... on MarkReadPayload { conversation { unreadCount } } ... on UserError { code message } }
}`;

/** Grows with the stories, which differ in the instances that they go through. */
let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ auth: 1, user: 1, chat: 1, file: 1, gateway: 1 });
});
afterAll(() => stack.stop());

/** Adds a gateway, and returns its number. */
async function addGateway(environment?: Record<string, string>): Promise<number> {
  await stack.add('gateway', environment);
  return stack.services('gateway').length - 1;
}

/** The story of two people who meet, told through the gateway only, with clients that anybody can have. */
describe.each<[string, () => Promise<number[]>]>([
  ['one instance of each service', async () => [0]],
  [
    'two of chat and two of the gateway',
    async () => {
      await stack.add('chat');
      return [0, await addGateway()];
    },
  ],
  ['the executor of @apollo/gateway', async () => [await addGateway({ GATEWAY_EXECUTOR: 'apollo' })]],
])('a conversation from end to end, on %s', (_what, prepare) => {
  let ada: Person;
  let bo: Person;
  let eve: Person;
  let conversation: string;
  /** Where there are two gateways, some people come through the second. */
  let first: number;
  let last: number;

  beforeAll(async () => {
    const gateways = await prepare();
    first = gateways[0] as number;
    last = gateways.at(-1) as number;
    ({ ada } = await registered(stack, ['ada'], { gateway: first }));
    ({ bo, eve } = await registered(stack, ['bo', 'eve'], { gateway: last }));
  });

  it('lets them registered, with a profile of their own', async () => {
    const { viewer } = await ada.gateway.data(
      '{ viewer { id userName name friends { edges { node { id } } } sessions { deviceName isCurrent } } }',
    );
    expect(viewer).toEqual({
      id: ada.id,
      userName: ada.userName,
      name: ada.userName,
      friends: { edges: [] },
      sessions: [{ deviceName: 'test', isCurrent: true }],
    });
  });

  it('lets one find the other by name, and makes them friends', async () => {
    const { searchUsers } = await ada.gateway.data(
      `query ($text: String!) { searchUsers(text: $text) { edges { node { id friendship } } } }`,
      {
        text: bo.userName,
      },
    );
    expect(searchUsers.edges).toEqual([{ node: { id: bo.id, friendship: 'NONE' } }]);
    const stranger = await ada.gateway.data(
      `mutation ($input: OpenDirectConversationInput!) { openDirectConversation(input: $input) { ... on UserError { code } } }`,
      { input: { userId: bo.id } },
    );
    expect(stranger.openDirectConversation).toEqual({ code: 'NOT_REACHABLE' });
    const { request } = await ada.perform('sendFriendRequest', { userId: bo.id }, 'request { id }');
    const received = '{ friendRequests(direction: RECEIVED, first: 10) { edges { node { id sender { id } } } } }';
    const { friendRequests } = await bo.gateway.data(received);
    expect(friendRequests.edges).toEqual([{ node: { id: request.id, sender: { id: ada.id } } }]);
    await bo.perform('acceptFriendRequest', { requestId: request.id });
    const { user } = await bo.gateway.data('query ($id: ID!) { user(id: $id) { friendship } }', { id: ada.id });
    expect(user).toEqual({ friendship: 'FRIENDS' });
  });

  it('opens one conversation for the two, whoever asks', async () => {
    const [first, second] = await Promise.all([ada.direct(bo), bo.direct(ada)]);
    expect(second).toBe(first);
    conversation = first;
  });

  it('gives an avatar that others see', async () => {
    const uploaded = await ada.gateway.upload(
      UPLOAD,
      { input: { file: null, purpose: 'AVATAR' } },
      { 'input.file': await photographFile(640, 640) },
    );
    const { updateProfile } = await ada.gateway.data(
      `mutation ($input: UpdateProfileInput!) { updateProfile(input: $input) { ... on UpdateProfilePayload { user { name avatarUrl } } ... on UserError { code message } } }`,
      { input: { name: 'Ada 阿达', avatarFileId: uploaded.data.uploadFile.file.id } },
    );
    expect(updateProfile).toEqual({ user: { name: 'Ada 阿达', avatarUrl: expect.stringContaining('http') } });
    const { user } = await eve.gateway.data('query ($id: ID!) { user(id: $id) { avatarUrl } }', { id: ada.id });
    const picture = await fetch(user.avatarUrl);
    expect([picture.status, picture.headers.get('content-type')]).toEqual([200, 'image/webp']);
  });

  it('delivers text and a photograph live, in order, with the sender’s name and avatar', async () => {
    const socket = stack.socket('gateway', { token: bo.token, index: last });
    const inbox = collect(socket, INBOX);
    await inbox.until((event) => event.inbox.__typename === 'InboxStarted');
    expect(inbox.events[0].inbox.positions).toEqual([{ conversationId: conversation, seq: expect.any(Number) }]);
    const start = inbox.events[0].inbox.positions[0].seq;

    const input = {
      conversationId: conversation,
      clientMessageId: newUuid(),
      content: { text: { text: 'Hello Bo! 你好 👋' } },
    };
    const { sendMessage } = await ada.gateway.data(SEND, { input });
    expect(sendMessage).toMatchObject({
      __typename: 'SendMessagePayload',
      sentMessage: {
        content: input.content.text,
        preview: 'Hello Bo! 你好 👋',
        sender: { id: ada.id, name: 'Ada 阿达' },
      },
    });
    // A retry, through whichever gateway and chat: the same message.
    const again = await stack.client('gateway', last).as(ada.token).data(SEND, { input });
    expect(again.sendMessage.sentMessage.id).toBe(sendMessage.sentMessage.id);

    const file = await photographFile();
    const uploaded = await ada.gateway.upload(
      UPLOAD,
      { input: { file: null, purpose: 'MESSAGE' } },
      { 'input.file': file },
    );
    // EXIF turns it: width and height are as people see it.
    expect(uploaded.data.uploadFile.file).toMatchObject({
      contentType: 'image/jpeg',
      width: 1200,
      height: 1600,
    });
    const image = { fileId: uploaded.data.uploadFile.file.id, caption: 'the harbour' };
    const sent = await ada.gateway.data(SEND, {
      input: { conversationId: conversation, clientMessageId: newUuid(), content: { image } },
    });
    expect(sent.sendMessage).toMatchObject({
      sentMessage: { content: { caption: 'the harbour', file: { id: image.fileId } } },
    });

    await inbox.until((event) => event.inbox.message?.content.file);
    const messages = inbox.events.slice(1).map((event) => event.inbox);
    expect(inbox.errors).toEqual([]);
    expect(messages.map((event) => event.seq)).toEqual([start + 1, start + 2]);
    expect(messages[0].message).toMatchObject({
      content: input.content.text,
      sender: { id: ada.id, name: 'Ada 阿达', avatarUrl: expect.stringContaining('http') },
    });

    // Bo downloads the photograph, whole and in part, with nothing but the URL.
    const { url } = messages[1].message.content.file;
    const whole = await fetch(url);
    const bytes = Buffer.from(await whole.arrayBuffer());
    const { size } = uploaded.data.uploadFile.file;
    expect(bytes.length).toBe(size);
    // Every pixel of it, though not every byte.
    const original = await sharp(await file.arrayBuffer())
      .raw()
      .toBuffer();
    expect((await sharp(bytes).raw().toBuffer()).equals(original)).toBe(true);
    const part = await fetch(url, { headers: { range: 'bytes=100-199' } });
    expect([part.status, part.headers.get('content-range')]).toEqual([206, `bytes 100-199/${size}`]);
    inbox.stop();
    await socket.dispose();
  });

  it('agrees on history, unread and read state', async () => {
    const { conversation: newest } = await bo.gateway.data(HISTORY, { id: conversation, last: 1 });
    expect(newest).toMatchObject({
      unreadCount: 2,
      messages: { edges: [{ node: { content: { caption: 'the harbour' } } }] },
    });
    expect(newest.messages.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: true });
    const thumbnail = await fetch(newest.messages.edges[0].node.content.file.thumbnailUrl);
    expect(thumbnail.headers.get('content-type')).toBe('image/webp');

    const { conversation: older } = await bo.gateway.data(HISTORY, {
      id: conversation,
      last: 1,
      before: newest.messages.pageInfo.startCursor,
    });
    expect(older.messages.edges[0].node).toMatchObject({
      content: { text: 'Hello Bo! 你好 👋' },
      sender: { name: 'Ada 阿达' },
    });
    expect(older.messages.pageInfo.hasPreviousPage).toBe(false);
    const { conversation: forward } = await bo.gateway.data(HISTORY, { id: conversation, first: 50 });
    expect(forward.messages.edges.map((edge: { node: { id: string } }) => edge.node.id)).toEqual([
      older.messages.edges[0].node.id,
      newest.messages.edges[0].node.id,
    ]);

    const list = await bo.gateway.data(LIST);
    expect(list.conversations.edges).toEqual([
      {
        node: {
          id: conversation,
          kind: 'DIRECT',
          unreadCount: 2,
          otherMember: { name: 'Ada 阿达' },
          lastMessage: { preview: 'the harbour', content: { __typename: 'ImageContent' } },
        },
      },
    ]);
    const { markRead } = await bo.gateway.data(MARK_READ, {
      input: { conversationId: conversation, seq: older.messages.edges[0].node.seq },
    });
    expect(markRead.conversation.unreadCount).toBe(1);
    const rest = await bo.gateway.data(MARK_READ, { input: { conversationId: conversation, seq: newest.headSeq } });
    expect(rest.markRead.conversation.unreadCount).toBe(0);
    // Ada sent them herself: nothing of it is unread to her.
    const { conversation: hers } = await ada.gateway.data(HISTORY, { id: conversation });
    expect(hers.unreadCount).toBe(0);
  });

  it('catches up from a position, once and in order', async () => {
    const socket = stack.socket('gateway', { token: bo.token, index: first });
    const inbox = collect(socket, INBOX, { positions: [{ conversationId: conversation, seq: 0 }] });
    await inbox.until((event) => event.inbox.message?.content.file);
    const seqs = inbox.events.slice(1).map((event) => event.inbox.seq);
    expect(seqs).toEqual(seqs.map((_, index) => index + 1));
    inbox.stop();
    await socket.dispose();
  });

  it('shows a third person none of it', async () => {
    const { conversation: seen } = await eve.gateway.send(HISTORY, { id: conversation }).then((answer) => answer.data);
    expect(seen).toBeNull();
    expect((await eve.gateway.data(LIST)).conversations.edges).toEqual([]);
    const sent = await eve.gateway.data(SEND, {
      input: { conversationId: conversation, clientMessageId: newUuid(), content: { text: { text: 'me too' } } },
    });
    expect(sent.sendMessage).toMatchObject({ code: 'NOT_A_MEMBER' });
    const marked = await eve.gateway.data(MARK_READ, { input: { conversationId: conversation, seq: 1 } });
    expect(marked.markRead).toMatchObject({ code: 'NOT_A_MEMBER' });
    const socket = stack.socket('gateway', { token: eve.token, index: first });
    const inbox = collect(socket, INBOX, { positions: [{ conversationId: conversation, seq: 0 }] });
    const started = await inbox.until((event) => event.inbox.__typename === 'InboxStarted');
    expect(started.inbox.positions).toEqual([]);

    const own = await ada.gateway.data(HISTORY, { id: conversation, last: 1 });
    const { fileId } = {
      fileId: new URL(own.conversation.messages.edges[0].node.content.file.url).pathname.split('/')[2],
    };
    const { file } = await eve.gateway
      .send('query ($id: ID!) { file(id: $id) { url } }', { id: fileId })
      .then((answer) => answer.data);
    expect(file).toBeNull();
    await ada.gateway.data(SEND, {
      input: {
        conversationId: conversation,
        clientMessageId: newUuid(),
        content: { text: { text: 'just between us' } },
      },
    });
    await waitFor(
      async () => (await bo.gateway.data(LIST)).conversations.edges[0].node.lastMessage.preview === 'just between us',
      { what: 'the last message in the list' },
    );
    expect(inbox.events).toHaveLength(1);
    inbox.stop();
    await socket.dispose();
  });

  it('makes a group of several, in which all hear each other', async () => {
    await ada.befriend(eve);
    const { createGroup } = await ada.gateway.data(
      `mutation ($input: CreateGroupInput!) {
        createGroup(input: $input) { ... on CreateGroupPayload { conversation { id title members { edges { node { user { id name } role } } } } } ... on UserError { code message } }
      }`,
      { input: { title: 'Harbour walk', memberIds: [bo.id, eve.id] } },
    );
    expect(createGroup.conversation.members.edges).toHaveLength(3);
    const id = createGroup.conversation.id;
    const sockets = [ada, bo, eve].map((person, index) =>
      stack.socket('gateway', { token: person.token, index: index % 2 ? last : first }),
    );
    const inboxes = sockets.map((socket) => collect(socket, INBOX));
    for (const inbox of inboxes) await inbox.until((event) => event.inbox.__typename === 'InboxStarted');
    await Promise.all(
      [ada, bo, eve].flatMap((person) =>
        [1, 2, 3, 4].map((n) =>
          person.gateway.data(SEND, {
            input: { conversationId: id, clientMessageId: newUuid(), content: { text: { text: `${n}` } } },
          }),
        ),
      ),
    );
    for (const inbox of inboxes) {
      await waitFor(() => inbox.events.filter((event) => event.inbox.message).length === 12, {
        what: 'all 12 messages',
      });
      const seqs = inbox.events.filter((event) => event.inbox.message).map((event) => event.inbox.seq);
      expect(seqs).toEqual(seqs.map((_, index) => seqs[0] + index));
    }
    for (const inbox of inboxes) inbox.stop();
    for (const socket of sockets) await socket.dispose();
  });

  it('goes on with refreshed tokens, and ends at once with the session', async () => {
    const refresh = (refreshToken: string) =>
      stack
        .client('gateway', first)
        .data(
          `mutation ($input: RefreshSessionInput!) { refreshSession(input: $input) { ... on RefreshSessionPayload { tokens { accessToken refreshToken } } ... on UserError { code } } }`,
          { input: { refreshToken } },
        );
    const { refreshSession } = await refresh(bo.refreshToken as string);
    const api = stack.client('gateway', last).as(refreshSession.tokens.accessToken);
    await api.data('{ viewer { id } }');
    const closed: number[] = [];
    const socket = stack.socket('gateway', {
      index: first,
      token: refreshSession.tokens.accessToken,
      onClosed: (code) => closed.push(code),
    });
    const inbox = collect(socket, INBOX);
    await inbox.until((event) => event.inbox.__typename === 'InboxStarted');
    const { logOut } = await api.data(
      'mutation { logOut { ... on LogOutPayload { session { id } } ... on UserError { code } } }',
    );
    expect(logOut.session.id).toEqual(expect.any(String));
    const refused = await waitFor(
      async () => {
        const answer = await api.send('{ viewer { id } }');
        return answer.status === 401 && answer;
      },
      { what: 'the end of the session to be known' },
    );
    expect(refused.errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED', reason: 'SESSION_ENDED' } }]);
    await waitFor(() => closed.length > 0 || inbox.ended, { what: 'the socket to be closed' });
    expect((await refresh(refreshSession.tokens.refreshToken)).refreshSession).toEqual({ code: 'SESSION_ENDED' });
    await socket.dispose();
  });
});
