import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { ApolloClient, ApolloLink, CombinedGraphQLErrors, gql, HttpLink, InMemoryCache } from '@apollo/client';
import { SetContextLink } from '@apollo/client/link/context';
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import UploadHttpLink from 'apollo-upload-client/UploadHttpLink.mjs';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';
import { check, friends, HTTP, INBOX, LIST, PICTURE, SEND, send, UPLOAD, until, WS } from '../lib/people.mjs';

const { ada, bo, conversationId } = await friends();
const possibleTypes = JSON.parse(readFileSync(process.env.POSSIBLE_TYPES, 'utf8'));
const authorize = new SetContextLink(({ headers }) => ({
  headers: { ...headers, authorization: `Bearer ${bo.token}` },
}));
const live = new GraphQLWsLink(
  createClient({ url: WS, webSocketImpl: WebSocket, connectionParams: { Authorization: `Bearer ${bo.token}` } }),
);
const clientOf = (...links) =>
  new ApolloClient({
    cache: new InMemoryCache({
      possibleTypes,
      typePolicies: { Subscription: { fields: { inbox: { merge: false } } } },
    }),
    link: ApolloLink.split(({ operationType }) => operationType === 'subscription', live, ApolloLink.from(links)),
  });
const client = clientOf(authorize, new HttpLink({ uri: HTTP }));

const list = await client.query({ query: gql(LIST) });
check('a list', list.data.conversations.edges.length === 1, list.data);

const events = [];
const subscription = client.subscribe({ query: gql(INBOX) }).subscribe(({ data }) => events.push(data.inbox));
await until(() => events.length === 1, 'the start of the inbox');
await send(ada, conversationId, 'live');
await until(() => events.length === 2, 'the message');
check('a message comes live', events[1].message.preview === 'live', events[1]);
const cached = client.readQuery({ query: gql(LIST) }).conversations.edges[0].node;
check('and is in the cached list', cached.lastMessage.preview === 'live' && cached.unreadCount === 1, cached);
subscription.unsubscribe();

const empty = { conversationId, clientMessageId: crypto.randomUUID(), content: { text: { text: '' } } };
const refused = await client.mutate({ mutation: gql(SEND), variables: { input: empty } });
check('an error that is data', refused.data.sendMessage.code === 'INVALID_INPUT', refused.data);

const byGet = clientOf(authorize, new HttpLink({ uri: HTTP, useGETForQueries: true }));
check('queries by GET', (await byGet.query({ query: gql(LIST) })).data.viewer.id === bo.id);
const sha256 = (text) => createHash('sha256').update(text).digest('hex');
const hashed = () =>
  clientOf(authorize, new PersistedQueryLink({ sha256, useGETForHashedQueries: true }), new HttpLink({ uri: HTTP }));
for (const round of ['new', 'known']) {
  const found = await hashed().query({ query: gql(LIST) });
  check(`a persisted query by GET, ${round}`, found.data.viewer.id === bo.id, found);
}

const lost = new ApolloClient({
  cache: new InMemoryCache(),
  link: new HttpLink({ uri: HTTP, headers: { authorization: 'Bearer undefined' } }),
});
const error = await lost.query({ query: gql(LIST) }).catch((thrown) => thrown);
check(
  'a refused token has its code',
  CombinedGraphQLErrors.is(error) && error.errors[0].extensions.code === 'UNAUTHENTICATED',
  String(error),
);

const uploads = clientOf(authorize, new UploadHttpLink({ uri: HTTP }));
const file = new File([PICTURE], 'a.png', { type: 'image/png' });
const uploaded = await uploads.mutate({ mutation: gql(UPLOAD), variables: { file } });
check('an upload', uploaded.data.uploadFile.file?.name === 'a.png', uploaded.data);
process.exit();
