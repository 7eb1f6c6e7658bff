import { createServer, type Server } from 'node:http';
import { newUuid } from '../kit/base/ids.ts';
import { registered } from '../testing/people.ts';
import { type Stack, startStack } from '../testing/stack.ts';
import { waitFor } from '../testing/wait.ts';

/** A span as OTLP has it in JSON, with the service that sent it. */
interface SentSpan {
  service: string;
  name: string;
  traceId: string;
  spanId: string;
  parentSpanId?: string;
}

const SEND =
  'mutation ($input: SendMessageInput!) { sendMessage(input: $input) { __typename ... on UserError { message } } }';

const spans: SentSpan[] = [];
let receiver: Server = createServer();
let stack: Stack;
beforeAll(async () => {
  receiver = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    for (const { resource, scopeSpans } of JSON.parse(body).resourceSpans) {
      const named = resource.attributes.find(({ key }: { key: string }) => key === 'service.name');
      for (const scope of scopeSpans)
        for (const span of scope.spans) spans.push({ ...span, service: named.value.stringValue });
    }
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
  await new Promise<void>((resolve) => {
    receiver.listen(0, '127.0.0.1', resolve);
  });
  const { port } = receiver.address() as { port: number };
  stack = await startStack(
    { auth: 1, user: 1, chat: 1, gateway: 1 },
    { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`, OTEL_BSP_SCHEDULE_DELAY: '100' },
  );
}, 120_000);
afterAll(async () => {
  await stack?.stop();
  receiver.close();
});

const traceOf = (traceId: string) => spans.filter((span) => span.traceId === traceId);
const parentOf = (span: SentSpan) => spans.find(({ spanId }) => spanId === span.parentSpanId);

/** The spans from this one up to the first of its trace, as far as they were sent. */
function wayOf(span: SentSpan): string[] {
  const above = parentOf(span);
  return [...(above ? wayOf(above) : []), `${span.service}: ${span.name}`];
}

const ways = (traceId: string) => traceOf(traceId).map(wayOf);
const newTraceId = () => newUuid().replaceAll('-', '');

test('a query is one trace, from the client that began it through gateway and service to the database', async () => {
  const { token } = await stack.signIn();
  const traceId = newTraceId();
  const response = await fetch(stack.client('gateway').url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${token}`,
      traceparent: `00-${traceId}-00f067aa0ba902b7-01`,
    },
    body: JSON.stringify({ query: '{ conversations(first: 5) { edges { node { id } } } }' }),
  });
  expect(response.status).toBe(200);
  const way = [
    'gateway: POST /graphql',
    'gateway: execute query',
    'gateway: fetch chat',
    'chat: operation',
    expect.stringMatching(/^chat: (Prisma|SQL) /),
  ];
  await waitFor(() => ways(traceId).some((one) => one.length === way.length), {
    what: `the whole way among ${JSON.stringify(ways(traceId))}`,
  });
  expect(ways(traceId)).toContainEqual(way);
  expect(ways(traceId)).toContainEqual(['gateway: POST /graphql', 'gateway: plan']);
});

test('a message that is sent over a socket leads to the transaction that commits it, and nothing of it is in the trace', async () => {
  const { ada, bo } = await registered(stack, ['ada', 'bo']);
  await ada.befriend(bo);
  const conversationId = await ada.direct(bo);
  const { token } = ada;
  const socket = stack.socket('gateway', { token });
  const traceId = newTraceId();
  const text = `Nobody else may read this ${newUuid()}`;
  const variables = { input: { conversationId, clientMessageId: newUuid(), content: { text: { text } } } };
  const extensions = { traceparent: `00-${traceId}-00f067aa0ba902b7-01` };
  const { value } = await socket
    .iterate<Record<string, { __typename: string }>>({ query: SEND, variables, extensions })
    .next();
  expect(value?.data?.sendMessage?.__typename).toBe('SendMessagePayload');
  const begun = ['gateway: operation', 'gateway: execute mutation'];
  const committed = ['chat: commit messages', 'chat: transaction', 'chat: SQL INSERT chat_messages'];
  // Each process reports its part in its own time.
  const isWhole = (way: string[]) => way.slice(0, 2).join() === begun.join() && way.join().endsWith(committed.join());
  await waitFor(
    () => {
      if (ways(traceId).some(isWhole)) return true;
      throw new Error(`There is only ${JSON.stringify(ways(traceId))}.`);
    },
    { what: 'the way from the gateway to the commit' },
  );
  expect(JSON.stringify(spans)).not.toContain(text);
  expect(JSON.stringify(spans)).not.toContain(token);
  await socket.dispose();
});

test('what is no traceparent begins a trace of its own, and does no harm', async () => {
  const { token } = await stack.signIn();
  for (const traceparent of ['', 'nonsense', `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`, `00-${newTraceId()}-x-01`]) {
    const response = await fetch(stack.client('gateway').url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}`, traceparent },
      body: '{"query": "{ __typename }"}',
    });
    expect([traceparent, response.status]).toEqual([traceparent, 200]);
  }
});
