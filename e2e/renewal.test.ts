import { type Person, registered } from '../testing/people.ts';
import { sharedStack } from '../testing/shared-stack.ts';
import { collect } from '../testing/socket.ts';
import type { SharedStack } from '../testing/stack.ts';
import { waitFor } from '../testing/wait.ts';
import { INBOX, SEND } from './operations.ts';

// A socket that hands in one token after the other (PROTOCOL.md, "Renewal in place"), with all services.

let stack: SharedStack;
let ada: Person;
let bob: Person;
let conversationId: string;

const RENEW = `mutation ($input: RenewConnectionInput!) {
  renewConnection(input: $input) { ... on RenewConnectionPayload { expiresAt } ... on UserError { code } }
}`;

beforeAll(async () => {
  stack = await sharedStack({ auth: 1, user: 1, chat: 1, file: 1, gateway: 1 });
  ({ ada, bob } = await registered(stack, ['ada', 'bob']));
  await ada.befriend(bob);
  conversationId = await ada.direct(bob);
});
afterAll(() => stack?.stop());

async function send(text: string): Promise<void> {
  const { sendMessage } = await ada.gateway.data(SEND, {
    input: { conversationId, clientMessageId: text, content: { text: { text } } },
  });
  expect(sendMessage.__typename).toBe('SendMessagePayload');
}

/** Bob's inbox on a socket of its own, and what the socket is asked beside it. */
async function openInbox(token: string) {
  let code: number | null = null;
  const client = stack.socket('gateway', {
    token,
    onClosed: (given) => {
      code = given;
    },
  });
  const inbox = collect(client, INBOX);
  await inbox.until((event) => event.inbox.__typename === 'InboxStarted');
  return {
    client,
    inbox,
    code: () => code,
    texts: () => inbox.events.flatMap((event) => event.inbox.message ?? []).map(({ preview }) => preview),
    async ask(query: string, input: object) {
      const answer = collect(client, query, { input });
      await waitFor(() => answer.ended, { what: 'the end of the operation' });
      return answer.events[0];
    },
  };
}

test('the inbox outlives the token that it began with, and names of other services still come', async () => {
  const expiry = Date.now() + 5_000;
  const { token } = await stack.signIn(bob.id, 5);
  const bobs = await openInbox(token);
  await send('before');
  const { renewConnection } = await bobs.ask(RENEW, { accessToken: bob.token });
  expect(Date.parse(renewConnection.expiresAt)).toBeGreaterThan(expiry);
  await waitFor(() => Date.now() > expiry, { what: 'the end of the first token' });
  await send('after');
  const { inbox } = await bobs.inbox.until((event) => event.inbox.message?.preview === 'after');
  expect(inbox.message.sender).toEqual({ id: ada.id, name: ada.userName, avatarUrl: null });
  expect(bobs.texts()).toEqual(['before', 'after']);
  expect(bobs.inbox.errors).toEqual([]);
  expect(bobs.code()).toBeNull();
  await bobs.client.dispose();
});

test("somebody else's token is refused by name, and the socket ends with its own", async () => {
  const { token } = await stack.signIn(bob.id, 3);
  const bobs = await openInbox(token);
  const { renewConnection } = await bobs.ask(RENEW, { accessToken: ada.token });
  expect(renewConnection).toEqual({ code: 'INVALID_ACCESS_TOKEN' });
  await waitFor(() => bobs.code() !== null, { what: 'the end of the socket' });
  expect(bobs.code()).toBe(4403);
});

test('refreshSession over the socket renews it, and logging out ends it', async () => {
  const expiry = Date.now() + 4_000;
  const { token } = await stack.signIn(bob.id, 4);
  const bobs = await openInbox(token);
  const { refreshSession } = await bobs.ask(
    'mutation ($input: RefreshSessionInput!) { refreshSession(input: $input) { ... on RefreshSessionPayload { tokens { accessToken } } } }',
    { refreshToken: bob.refreshToken },
  );
  await waitFor(() => Date.now() > expiry, { what: 'the end of the first token' });
  await send('refreshed');
  await bobs.inbox.until((event) => event.inbox.message?.preview === 'refreshed');
  const api = stack.client('gateway').as(refreshSession.tokens.accessToken);
  await api.data('mutation { logOut { __typename } }');
  await waitFor(() => bobs.code() !== null, { what: 'the end of the socket' });
  expect(bobs.code()).toBe(4401);
});
