import { execFileSync } from 'node:child_process';
import { copyFileSync, readdirSync } from 'node:fs';
import { check, friends, HTTP } from '../lib/people.mjs';

copyFileSync(process.env.SCHEMA, 'schema.graphql');
execFileSync('npx', ['--no-install', 'relay-compiler'], { stdio: 'pipe' });
const made = readdirSync('src/__generated__');
check('the compiler takes connections, mutations and subscriptions', made.length === 7, made);

const { bo } = await friends();
const { default: request } = await import('./src/__generated__/ConversationsPaginationQuery.graphql.js');
const answer = await fetch(HTTP, {
  method: 'POST',
  headers: { 'content-type': 'application/json', authorization: `Bearer ${bo.token}` },
  body: JSON.stringify({ query: request.params.text, variables: { count: 20 } }),
});
const { data } = await answer.json();
check('what it has made is answered', data?.conversations.edges.length === 1, data);

const { default: refetch } = await import('./src/__generated__/MessageRefetchQuery.graphql.js');
const { id } = data.conversations.edges[0].node.lastMessage;
const again = await fetch(HTTP, {
  method: 'POST',
  headers: { 'content-type': 'application/json', authorization: `Bearer ${bo.token}` },
  body: JSON.stringify({ query: refetch.params.text, variables: { id } }),
});
const { data: message } = await again.json();
check('an entity is read again by its id', message?.node?.preview !== undefined, message);
