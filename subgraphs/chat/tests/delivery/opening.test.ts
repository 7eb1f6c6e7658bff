import { WebSocket } from 'ws';
import { countStatements, startProxy, type TcpProxy } from '../../../../testing/proxy.ts';
import { seedGroups, seedMessages } from '../../../../testing/seed.ts';
import { type SignedIn, type Stack, startStack } from '../../../../testing/stack.ts';
import { waitFor } from '../../../../testing/wait.ts';

/*
 * Many who subscribe at the same moment, as after a server died. The instance reaches MySQL through a proxy
 * that counts its statements.
 */

/** Subscriptions that are opened at once, and those that may wait here. */
const AT_ONCE = 200;
const WAITING = 20;
/** Conversations of one viewer. */
const MANY = 1_500;

let stack: Stack;
let proxy: TcpProxy;
let statements = 0;
let reads = 0;
const sockets: WebSocket[] = [];
beforeAll(async () => {
  stack = await startStack({});
  proxy = await startProxy(stack.config.mysql, (data) => {
    statements += countStatements(data);
    reads += countStatements(data, 'prepared');
  });
  const through = { MYSQL_HOST: '127.0.0.1', MYSQL_PORT: String(proxy.port) };
  await stack.add('chat', { ...through, CHAT_MAX_QUEUED_OPENS: String(WAITING) });
});
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.close();
});
afterAll(async () => {
  await stack.stop();
  await proxy.stop();
});

const people = (count: number) => Promise.all(Array.from({ length: count }, () => stack.signIn()));
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);

/** A group of these people with so many messages, written into the tables. */
async function seed(members: SignedIn[], messages: number): Promise<string> {
  const [conversationId] = (await seedGroups(stack.mysql, [members.map(({ userId }) => userId)])) as [string];
  await seedMessages(stack.mysql, { conversationId, actorId: members[0]?.userId as string }, messages);
  return conversationId;
}

interface Answers {
  started: number;
  seqs: number[];
  errors: { extensions: { code: string } }[];
}

/**
 * Subscribes all in one moment, as the gateway does: over few sockets, with each viewer's token beside the
 * operation.
 */
async function subscribeAll(wishes: { token: string; variables: object }[]): Promise<Answers[]> {
  const query = `subscription ($positions: [PositionInput!]) { inbox(positions: $positions) {
    __typename ... on LogEvent { seq } ... on MessageSent { message { preview } }
  } }`;
  const answers = wishes.map((): Answers => ({ started: 0, seqs: [], errors: [] }));
  const open: (() => void)[] = [];
  for (let from = 0; from < wishes.length; from += 100) {
    const socket = new WebSocket(`${stack.services('chat')[0]?.url}/graphql`, 'graphql-transport-ws');
    sockets.push(socket);
    socket.on('open', () => socket.send(JSON.stringify({ type: 'connection_init' })));
    await new Promise((resolve) => socket.once('message', resolve));
    socket.on('message', (data) => {
      const { id, type, payload } = JSON.parse(data.toString());
      const answer = answers[Number(id)] as Answers;
      if (type === 'error') answer.errors.push(...payload);
      else if (payload.data.inbox.__typename === 'InboxStarted') answer.started += 1;
      else answer.seqs.push(payload.data.inbox.seq);
    });
    open.push(() => {
      for (const [index, { token, variables }] of wishes.slice(from, from + 100).entries()) {
        const extensions = { authorization: `Bearer ${token}` };
        socket.send(
          JSON.stringify({ id: String(from + index), type: 'subscribe', payload: { query, variables, extensions } }),
        );
      }
    });
  }
  for (const begin of open) begin();
  return answers;
}

test('hundreds who come at once cost few statements', async () => {
  const members = await people(AT_ONCE);
  for (const at of range(0, 19)) await seed(members.slice(at * 10, at * 10 + 10), 0);
  statements = 0;
  const answers = await subscribeAll(members.map(({ token }) => ({ token, variables: {} })));
  await waitFor(() => answers.every(({ started }) => started === 1), { what: 'all to be started' });
  // Two for each would be four hundred; the heads and versions are looked at meanwhile.
  expect(statements).toBeLessThan(40);
});

test('many who resume from about the same place read the log together, and each has every entry once', async () => {
  const members = await people(100);
  const conversationId = await seed(members, 250);
  reads = 0;
  const from = (index: number) => 60 + index;
  const answers = await subscribeAll(
    members.map(({ token }, index) => ({ token, variables: { positions: [{ conversationId, seq: from(index) }] } })),
  );
  await waitFor(() => answers.every(({ seqs }) => seqs.at(-1) === 251), { what: 'all entries' });
  answers.forEach(({ seqs }, index) => {
    expect(seqs).toEqual(range(from(index) + 1, 251));
  });
  // Each alone would need two or three pages.
  expect(reads).toBeLessThan(20);
});

test('who missed an entry in each of very many conversations has them from few statements', async () => {
  const [viewer, other] = (await people(2)) as [SignedIn, SignedIn];
  const ids = await seedGroups(stack.mysql, Array(MANY).fill([other.userId, viewer.userId]));
  const positions = ids.map((conversationId) => ({ conversationId, seq: 0 }));
  reads = 0;
  const [answer] = (await subscribeAll([{ token: viewer.token, variables: { positions } }])) as [Answers];
  await waitFor(() => answer.seqs.length === MANY, { what: 'an entry of each', timeout: 30_000 });
  expect(answer.seqs).toEqual(Array(MANY).fill(1));
  // One page after the other would be as many statements as conversations.
  expect(reads).toBeLessThan(MANY / 10);
});

test('more than can wait are refused by name at once, and the others are served when it goes on', async () => {
  const viewer = await stack.signIn();
  await seed([viewer], 0);
  const tooMany = 30;
  proxy.silence();
  const wishes = range(1, AT_ONCE + WAITING + tooMany).map(() => ({ token: viewer.token, variables: {} }));
  const answers = await subscribeAll(wishes).finally(() => setTimeout(() => proxy.mend(), 500));
  await waitFor(() => answers.every(({ started, errors }) => started + errors.length === 1), { what: 'all answers' });
  const refused = answers.filter(({ errors }) => errors.length > 0);
  expect(refused).toHaveLength(tooMany);
  for (const { errors } of refused) expect(errors).toMatchObject([{ extensions: { code: 'OVERLOADED' } }]);
});
