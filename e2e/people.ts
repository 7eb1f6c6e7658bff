import { randomBytes } from 'node:crypto';
import type { GraphClient } from '../testing/client.ts';
import { waitFor } from '../testing/wait.ts';

/** Somebody who registered through the gateway. */
export interface Person {
  id: string;
  userName: string;
  token: string;
  refreshToken: string;
  api: GraphClient;
}

export const PASSWORD = 'correct horse battery staple';

/** Registers a new person, as a frontend does. */
export async function register(gateway: GraphClient, name: string): Promise<Person> {
  const userName = `${name}_${randomBytes(4).toString('hex')}`;
  const { register: result } = await gateway.data(
    `mutation ($input: RegisterInput!) {
      register(input: $input) {
        __typename
        ... on RegisterPayload { tokens { accessToken refreshToken } user { id userName } }
        ... on UserError { code message }
      }
    }`,
    { input: { userName, email: `${userName}@example.com`, password: PASSWORD, deviceName: 'test' } },
  );
  if (result.__typename !== 'RegisterPayload') throw new Error(`${name} could not register: ${JSON.stringify(result)}`);
  const { accessToken, refreshToken } = result.tokens;
  const api = gateway.as(accessToken);
  // On a busy machine the profile is made after the answer.
  const profile = async () => (await api.data('{ viewer { id } }')).viewer;
  const { id } = result.user ?? (await waitFor(profile, { what: `the profile of ${name}`, timeout: 60_000 }));
  return { id, userName, token: accessToken, refreshToken, api };
}

/** Makes two people friends: one asks, the other accepts. */
export async function befriend(one: Person, other: Person): Promise<void> {
  await one.api.data(
    `mutation ($input: SendFriendRequestInput!) {
      sendFriendRequest(input: $input) { ... on SendFriendRequestPayload { request { id } } ... on UserError { code message } }
    }`,
    { input: { userId: other.id } },
  );
  const { friendRequests } = await other.api.data(
    `{ friendRequests(direction: RECEIVED, first: 100) { edges { node { id sender { id } } } } }`,
  );
  const request = friendRequests.edges.find(
    (edge: { node: { sender: { id: string } } }) => edge.node.sender.id === one.id,
  );
  const { acceptFriendRequest } = await other.api.data(
    `mutation ($input: AcceptFriendRequestInput!) {
      acceptFriendRequest(input: $input) { __typename ... on UserError { code message } }
    }`,
    { input: { requestId: request.node.id } },
  );
  if (acceptFriendRequest.__typename !== 'AcceptFriendRequestPayload')
    throw new Error(JSON.stringify(acceptFriendRequest));
}

/** Opens the direct conversation of two friends; returns its id. */
export async function openDirect(one: Person, other: Person): Promise<string> {
  const { openDirectConversation } = await one.api.data(
    `mutation ($input: OpenDirectConversationInput!) {
      openDirectConversation(input: $input) {
        ... on OpenDirectConversationPayload { conversation { id } }
        ... on UserError { code message }
      }
    }`,
    { input: { userId: other.id } },
  );
  if (!openDirectConversation.conversation) throw new Error(JSON.stringify(openDirectConversation));
  return openDirectConversation.conversation.id;
}

export const SEND = `mutation ($input: SendMessageInput!) {
  sendMessage(input: $input) {
    __typename
    ... on SendMessagePayload {
      sentMessage {
        id seq preview
        content {
          ... on TextContent { text }
          ... on ImageContent { caption file { id url thumbnailUrl width height } }
        }
        sender { id name }
      }
    }
    ... on UserError { code message }
  }
}`;

export const INBOX = `subscription ($positions: [PositionInput!]) {
  inbox(positions: $positions) {
    __typename
    ... on InboxStarted { positions { conversationId seq } }
    ... on LogEvent { conversationId seq }
    ... on MessageSent {
      message {
        id preview
        content { ... on TextContent { text } ... on ImageContent { caption file { id url } } }
        sender { id name avatarUrl }
      }
    }
  }
}`;
