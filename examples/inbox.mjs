// Prints what happens to somebody as it happens, one JSON line an event: `node examples/inbox.mjs <access
// token>`. The smallest client there is: one that also resumes, from its positions, is described in
// PROTOCOL.md.
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';

const [token] = process.argv.slice(2);
if (!token) {
  console.error('Usage: node examples/inbox.mjs <access token>');
  process.exit(1);
}

const client = createClient({
  url: (process.env.GRAPH ?? 'http://localhost:8000/graphql').replace(/^http/, 'ws'),
  webSocketImpl: WebSocket,
  connectionParams: { authorization: `Bearer ${token}` },
});
const query = `subscription {
  inbox {
    __typename
    ... on LogEvent { conversationId seq }
    ... on MessageSent { message { preview sender { name } } }
  }
}`;
try {
  for await (const { data, errors } of client.iterate({ query })) console.log(JSON.stringify(data?.inbox ?? errors));
} catch (error) {
  console.error(error.reason ?? error.message ?? error);
  process.exit(1);
}
