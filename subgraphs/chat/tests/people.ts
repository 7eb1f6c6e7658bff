import type { Client } from 'graphql-ws';
import { newUuid } from '../../../kit/base/ids.ts';
import type { GraphClient } from '../../../testing/client.ts';
import { type Collected, collect } from '../../../testing/socket.ts';
import type { SharedStack } from '../../../testing/stack.ts';

/** Somebody with a profile, signed in, who talks with the chat instances of a stack. */
export interface Person {
  id: string;
  token: string;
  sessionId: string;
  /** The chat service, at this instance. */
  chat(instance?: number): GraphClient;
  inbox(options?: { positions?: TestPosition[]; instance?: number }): TestInbox;
  /** The subscription to one conversation. */
  follow(conversationId: string, options?: { seq?: number; instance?: number }): TestInbox;
}

export interface TestPosition {
  conversationId: string;
  seq: number;
}

export interface TestEvent {
  __typename: string;
  conversationId: string;
  seq: number;
  happenedAt?: string;
  headSeq?: number;
  positions?: TestPosition[];
  message?: { id: string; content: { text: string }; sender: { id: string }; clientMessageId: string | null };
  user?: { id: string };
  isTyping?: boolean;
}

export interface TestInbox extends Collected<{ inbox: TestEvent }> {
  /** The entries that came, in the order in which they came. */
  entries(conversationId?: string): TestEvent[];
  close(): Promise<void>;
}

const SELECTION = `{
  __typename
  ... on LogEvent { conversationId seq happenedAt }
  ... on InboxStarted { positions { conversationId seq } }
  ... on MessageSent { message { id content { ... on TextContent { text } } clientMessageId sender { id } } }
  ... on MemberJoined { user { id } }
  ... on MemberLeft { user { id } }
  ... on GapTooLarge { conversationId headSeq }
  ... on TypingChanged { conversationId isTyping user { id } }
}`;
const INBOX = `subscription ($positions: [PositionInput!]) { inbox(positions: $positions) ${SELECTION} }`;
const CONVERSATION_EVENTS = `subscription ($conversationId: ID!, $seq: Int) {
  inbox: conversationEvents(conversationId: $conversationId, seq: $seq) ${SELECTION}
}`;

export async function person(stack: SharedStack): Promise<Person> {
  const { userId, token, sessionId } = await stack.signIn();
  if (stack.services('user').length > 0) {
    const auth = stack.client('user').as(await stack.serviceToken('auth', 'user'));
    await auth.data('mutation ($input: CreateProfileInput!) { createProfile(input: $input) { __typename } }', {
      input: { id: userId, userName: `u${newUuid().slice(-12)}`, name: 'Ada' },
    });
  }
  return {
    id: userId,
    token,
    sessionId,
    chat: (instance = 0) => stack.client('chat', instance).as(token),
    inbox: ({ positions, instance = 0 } = {}) =>
      watch(stack.socket('chat', { token, index: instance }), INBOX, { positions }),
    follow: (conversationId, { seq, instance = 0 } = {}) =>
      watch(stack.socket('chat', { token, index: instance }), CONVERSATION_EVENTS, { conversationId, seq }),
  };
}

function watch(client: Client, query: string, variables: Record<string, unknown>): TestInbox {
  const collected = collect<{ inbox: TestEvent }>(client, query, variables);
  return {
    ...collected,
    // Not by the spread: it's asked each time.
    get ended() {
      return collected.ended;
    },
    entries: (conversationId) =>
      collected.events
        .map(({ inbox }) => inbox)
        .filter((event) => event.seq !== undefined && (!conversationId || event.conversationId === conversationId)),
    close: async () => client.dispose(),
  };
}

/** Makes one the friend of each of the others, through the user service. */
export async function befriend(stack: SharedStack, one: Person, ...others: Person[]): Promise<void> {
  // Each asks the other: the second request makes them friends.
  const ask = (from: Person, to: Person) =>
    stack
      .client('user')
      .as(from.token)
      .data('mutation ($id: ID!) { sendFriendRequest(input: { userId: $id }) { __typename } }', { id: to.id });
  for (const other of others) {
    await ask(one, other);
    await ask(other, one);
  }
}

export async function openDirect(one: Person, other: Person, instance = 0): Promise<string> {
  const { openDirectConversation } = await one.chat(instance).data(
    `mutation ($userId: ID!) { openDirectConversation(input: { userId: $userId }) {
      __typename ... on OpenDirectConversationPayload { conversation { id } }
    } }`,
    { userId: other.id },
  );
  return openDirectConversation.conversation.id;
}

/** A conversation of two new friends. */
export async function pair(stack: SharedStack): Promise<{ ada: Person; bob: Person; id: string }> {
  const [ada, bob] = [await person(stack), await person(stack)];
  await befriend(stack, ada, bob);
  return { ada, bob, id: await openDirect(ada, bob) };
}

export async function createGroup(owner: Person, members: Person[], title = 'Beavers'): Promise<string> {
  const { createGroup } = await owner.chat().data(
    `mutation ($input: CreateGroupInput!) { createGroup(input: $input) {
      __typename ... on CreateGroupPayload { conversation { id } }
    } }`,
    { input: { title, memberIds: members.map(({ id }) => id) } },
  );
  return createGroup.conversation.id;
}

export interface SentMessage {
  id: string;
  seq: number;
  content: { text: string };
  clientMessageId: string;
}

export const SEND = `mutation ($input: SendMessageInput!) { sendMessage(input: $input) {
  __typename
  ... on SendMessagePayload { sentMessage { id seq clientMessageId sentAt sender { id } preview
    content { __typename ... on TextContent { text } ... on ImageContent { caption file { id } } } } }
  ... on UserError { code message }
  ... on InvalidInput { field }
} }`;

/** Sends and returns the result, whichever of the union's types it is. */
export async function trySend(from: Person, input: object, instance = 0) {
  return (await from.chat(instance).data(SEND, { input })).sendMessage;
}

export async function send(
  from: Person,
  conversationId: string,
  text: string,
  instance = 0,
  clientMessageId: string = newUuid(),
): Promise<SentMessage> {
  const result = await trySend(from, { conversationId, clientMessageId, content: { text: { text } } }, instance);
  if (!result.sentMessage) throw new Error(`The message was not sent: ${JSON.stringify(result)}`);
  return result.sentMessage;
}

/** What is in a conversation's log in the database: the truth that answers and events are compared with. */
export async function readLog(stack: SharedStack, conversationId: string) {
  const rows = await stack.mysql.query(
    `SELECT l.seq, l.kind, m.id, m.ordinal FROM chat_log l
     LEFT JOIN chat_messages m ON m.conversation_id = l.conversation_id AND m.seq = l.message_seq
     WHERE l.conversation_id = ? ORDER BY l.seq`,
    [conversationId],
  );
  return rows as { seq: number; kind: string; id: string | null; ordinal: number | null }[];
}

export const MARK = `mutation ($input: MarkReadInput!) { markRead(input: $input) {
  __typename ... on MarkReadPayload { conversation { unreadCount viewerMembership { readSeq } } }
  ... on UserError { code message } ... on InvalidInput { field }
} }`;

const CONVERSATION = `query ($id: ID!) { conversation(id: $id) {
  id kind title headSeq unreadCount lastActivityAt
  otherMember { id } lastMessage { content { ... on TextContent { text } } seq } viewerMembership { role readSeq joinedAt user { id } }
  members { edges { node { role readSeq user { id } } } } messages { edges { node { content { ... on TextContent { text } } } } }
} }`;

/** A conversation as somebody sees it, null where they do not. */
export async function see(viewer: Person, id: string, instance = 0) {
  return (await viewer.chat(instance).data(CONVERSATION, { id })).conversation;
}

export async function markRead(viewer: Person, conversationId: string, seq: number) {
  return (await viewer.chat().data(MARK, { input: { conversationId, seq } })).markRead;
}

/** How many rows the tables of chat have: to see that nothing was written. */
export async function countRows(stack: SharedStack): Promise<unknown> {
  const tables = ['chat_conversations', 'chat_memberships', 'chat_log', 'chat_messages', 'chat_inboxes'];
  const counts = tables.map((table) => `(SELECT COUNT(*) FROM ${table})`).join(', ');
  return (await stack.mysql.query({ sql: `SELECT ${counts}`, rowsAsArray: true }))[0];
}

/**
 * Lets each of some people send one message after the other, all of them at once, as long as `during` lasts.
 */
export function sendOn(people: Person[], sendOne: (from: Person, turn: number) => Promise<unknown>) {
  return {
    async during(work: () => Promise<void>): Promise<void> {
      let isOver = false;
      const sending = people.map(async (from, index) => {
        for (let turn = index; !isOver; turn += 1) await sendOne(from, turn);
      });
      try {
        await work();
      } finally {
        isOver = true;
        await Promise.all(sending);
      }
    },
  };
}
