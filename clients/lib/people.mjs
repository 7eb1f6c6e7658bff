// Two friends with a conversation, made with plain fetch, and the checks of the small apps beside this
// folder.
import { randomBytes, randomUUID } from 'node:crypto';

/** The address of the graph over HTTP, and over WebSocket. */
export const HTTP = process.env.GRAPH;
export const WS = HTTP.replace(/^http/, 'ws');

export async function ask(query, variables, token) {
  const answer = await fetch(HTTP, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = await answer.json();
  if (errors) throw new Error(JSON.stringify(errors));
  return data;
}

async function register(name) {
  const userName = `${name}_${randomBytes(4).toString('hex')}`;
  const input = { userName, email: `${userName}@example.com`, password: 'correct horse battery staple' };
  const { register } = await ask(
    `mutation ($input: RegisterInput!) {
      register(input: $input) {
        ... on RegisterPayload { tokens { accessToken } user { id } }
        ... on UserError { code message }
      }
    }`,
    { input },
  );
  return { id: register.user.id, userName, token: register.tokens.accessToken };
}

/** Ada and Bo, who are friends, and the id of their conversation. */
export async function friends() {
  const [ada, bo] = await Promise.all([register('ada'), register('bo')]);
  const { sendFriendRequest } = await ask(
    `mutation ($input: SendFriendRequestInput!) {
      sendFriendRequest(input: $input) { ... on SendFriendRequestPayload { request { id } } }
    }`,
    { input: { userId: bo.id } },
    ada.token,
  );
  await ask(
    `mutation ($input: AcceptFriendRequestInput!) { acceptFriendRequest(input: $input) { __typename } }`,
    { input: { requestId: sendFriendRequest.request.id } },
    bo.token,
  );
  const { openDirectConversation } = await ask(
    `mutation ($input: OpenDirectConversationInput!) {
      openDirectConversation(input: $input) { ... on OpenDirectConversationPayload { conversation { id } } }
    }`,
    { input: { userId: bo.id } },
    ada.token,
  );
  return { ada, bo, conversationId: openDirectConversation.conversation.id };
}

/** Somebody sends a text. */
export const send = (person, conversationId, text) =>
  ask(
    `mutation ($input: SendMessageInput!) { sendMessage(input: $input) { __typename ... on UserError { message } } }`,
    { input: { conversationId, clientMessageId: randomUUID(), content: { text: { text } } } },
    person.token,
  );

/** Resolves when something has come about; rejects after ten seconds. */
export async function until(condition, what) {
  const end = Date.now() + 10_000;
  while (!condition()) {
    if (Date.now() > end) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/**
 * Writes a line that the suite reads: `ok` and the name of a check, or `FAIL`, the name and what was there
 * instead.
 */
export function check(name, isGood, found) {
  console.log(isGood ? `ok ${name}` : `FAIL ${name}: ${JSON.stringify(found)}`);
}

/** The picture that is uploaded. */
export const PICTURE = Buffer.from(process.env.PICTURE, 'hex');

export const LIST = `query List {
  viewer { id name }
  conversations(first: 20) { edges { node { id unreadCount lastMessage { id preview } } } }
}`;
export const INBOX = `subscription Inbox {
  inbox {
    __typename
    ... on MessageSent {
      seq
      message { id preview conversation { id unreadCount lastMessage { id preview } } }
    }
  }
}`;
export const SEND = `mutation Send($input: SendMessageInput!) {
  sendMessage(input: $input) {
    ... on SendMessagePayload { sentMessage { id preview } }
    ... on UserError { code message }
  }
}`;
export const UPLOAD = `mutation Upload($file: Upload!) { uploadFile(input: { file: $file, purpose: MESSAGE }) { ... on UploadFilePayload { file { id name } } ... on UserError { code message } } }`;
