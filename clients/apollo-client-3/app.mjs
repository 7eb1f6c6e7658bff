import { readFileSync } from 'node:fs';
import { ApolloClient, ApolloLink, gql, HttpLink, InMemoryCache, split } from '@apollo/client/core/index.js';
import { setContext } from '@apollo/client/link/context/index.js';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions/index.js';
import { getMainDefinition } from '@apollo/client/utilities/index.js';
import createUploadLink from 'apollo-upload-client/createUploadLink.mjs';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';
import { check, friends, HTTP, INBOX, LIST, PICTURE, SEND, send, UPLOAD, until, WS } from '../lib/people.mjs';

const { ada, bo, conversationId } = await friends();
const possibleTypes = JSON.parse(readFileSync(process.env.POSSIBLE_TYPES, 'utf8'));
const authorize = setContext((_, { headers }) => ({ headers: { ...headers, authorization: `Bearer ${bo.token}` } }));
// As Apollo's documentation has it: the bare token, under a name of its own.
const live = new GraphQLWsLink(
  createClient({ url: WS, webSocketImpl: WebSocket, connectionParams: { authToken: bo.token } }),
);
const isLive = ({ query }) => getMainDefinition(query).operation === 'subscription';
const clientOf = (link) =>
  new ApolloClient({
    cache: new InMemoryCache({
      possibleTypes,
      typePolicies: { Subscription: { fields: { inbox: { merge: false } } } },
    }),
    link: split(isLive, live, ApolloLink.from([authorize, link])),
  });
const client = clientOf(new HttpLink({ uri: HTTP }));

const list = await client.query({ query: gql(LIST) });
check('a list', list.data.conversations.edges.length === 1, list.data);

const events = [];
const subscription = client.subscribe({ query: gql(INBOX) }).subscribe(({ data }) => events.push(data.inbox));
await until(() => events.length === 1, 'the start of the inbox');
await send(ada, conversationId, 'live');
await until(() => events.length === 2, 'the message');
const cached = client.readQuery({ query: gql(LIST) }).conversations.edges[0].node;
check('a message comes live, and is in the cached list', cached.lastMessage.preview === 'live', cached);
subscription.unsubscribe();

const empty = { conversationId, clientMessageId: crypto.randomUUID(), content: { text: { text: '' } } };
const refused = await client.mutate({ mutation: gql(SEND), variables: { input: empty } });
check('an error that is data', refused.data.sendMessage.code === 'INVALID_INPUT', refused.data);

const byGet = clientOf(new HttpLink({ uri: HTTP, useGETForQueries: true }));
check('queries by GET', (await byGet.query({ query: gql(LIST) })).data.viewer.id === bo.id);

const file = new File([PICTURE], 'a.png', { type: 'image/png' });
const uploaded = await clientOf(createUploadLink({ uri: HTTP })).mutate({ mutation: gql(UPLOAD), variables: { file } });
check('an upload', uploaded.data.uploadFile.file?.name === 'a.png', uploaded.data);
process.exit();
