import { readFileSync } from 'node:fs';
import { Client, cacheExchange as documents, fetchExchange, subscriptionExchange } from '@urql/core';
import { cacheExchange } from '@urql/exchange-graphcache';
import { buildSchema, introspectionFromSchema } from 'graphql';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';
import { check, friends, HTTP, INBOX, LIST, SEND, send, until, WS } from '../lib/people.mjs';

const { ada, bo, conversationId } = await friends();
const sockets = createClient({
  url: WS,
  webSocketImpl: WebSocket,
  connectionParams: { headers: { Authorization: `Bearer ${bo.token}` } },
});
const live = subscriptionExchange({
  forwardSubscription: (request) => ({
    subscribe: (sink) => ({ unsubscribe: sockets.subscribe({ ...request, query: request.query ?? '' }, sink) }),
  }),
});
const clientOf = (cache) =>
  new Client({
    url: HTTP,
    exchanges: [cache, fetchExchange, live],
    fetchOptions: { headers: { authorization: `Bearer ${bo.token}` } },
  });

const plain = await clientOf(documents).query(LIST, {}).toPromise();
check('a query as urql sends it by default, by GET', plain.data?.viewer.id === bo.id, plain.error);

const schema = introspectionFromSchema(buildSchema(readFileSync(process.env.SCHEMA, 'utf8')));
const client = clientOf(cacheExchange({ schema }));
let list = null;
client.query(LIST, {}).subscribe(({ data }) => {
  list = data;
});
await until(() => list, 'the list');
const events = [];
client.subscription(INBOX, {}).subscribe(({ data }) => events.push(data.inbox));
await until(() => events.length === 1, 'the start of the inbox');
await send(ada, conversationId, 'live');
await until(() => events.length === 2, 'the message');
await until(() => list.conversations.edges[0].node.lastMessage?.preview === 'live', 'the message in the list');
check('a message comes live, and is in the list of graphcache', true);

const empty = { conversationId, clientMessageId: crypto.randomUUID(), content: { text: { text: '' } } };
const refused = await client.mutation(SEND, { input: empty }).toPromise();
check('an error that is data', refused.data?.sendMessage.code === 'INVALID_INPUT', refused.error ?? refused.data);
process.exit();
