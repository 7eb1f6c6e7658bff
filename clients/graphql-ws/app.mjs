import { createClient } from 'graphql-ws';
import { createClient as createClient5 } from 'graphql-ws-5';
import { SubscriptionClient } from 'subscriptions-transport-ws';
import WebSocket from 'ws';
import { check, friends, INBOX, LIST, send, until, WS } from '../lib/people.mjs';

const { ada, bo, conversationId } = await friends();
const authorization = `Bearer ${bo.token}`;

for (const [version, create] of Object.entries({ 6: createClient, 5: createClient5 })) {
  const client = create({ url: WS, webSocketImpl: WebSocket, connectionParams: () => ({ authorization }) });
  const events = [];
  const sink = { next: ({ data }) => events.push(data.inbox), error: console.error, complete() {} };
  const stop = client.subscribe({ query: INBOX }, sink);
  await until(() => events.length === 1, 'the start of the inbox');
  await send(ada, conversationId, `for ${version}`);
  await until(() => events.length === 2, 'the message');
  check(`version ${version} gets what is sent`, events[1].message.preview === `for ${version}`, events[1]);
  stop();
  const answers = await new Promise((resolve, reject) => {
    const found = [];
    client.subscribe(
      { query: LIST },
      { next: (one) => found.push(one), error: reject, complete: () => resolve(found) },
    );
  });
  check(`version ${version} asks over the socket`, answers[0].data.viewer.id === bo.id, answers);
  await client.dispose();
}

// A token under a name that is not read must not end as "sign in first".
const misspelt = createClient({
  url: WS,
  webSocketImpl: WebSocket,
  connectionParams: { token: bo.token },
  retryAttempts: 3,
});
const closed = await new Promise((resolve) =>
  misspelt.subscribe({ query: LIST }, { next() {}, error: resolve, complete() {} }),
);
check('a token under another name is told the form', closed.code === 4400 && /Bearer/.test(closed.reason), closed);

// The protocol of before 2020.
const old = new SubscriptionClient(WS, { reconnect: false, connectionParams: { authorization } }, WebSocket);
const ended = await new Promise((resolve) => {
  old.client.onclose = ({ code, reason }) => resolve({ code, reason });
});
check('the old protocol is told the new one', ended.code === 4406 && /graphql-transport-ws/.test(ended.reason), ended);
process.exit();
