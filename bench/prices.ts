import { readFileSync } from 'node:fs';
import { Supergraph } from '@apollo/federation-internals';
import { getOperationAST, getVariableValues, parse } from 'graphql';
import { newId, newUuid } from '../kit/base/ids.ts';
import { prepareEstimate } from '../kit/graph/limits/cost/estimate.ts';
import { Weights } from '../kit/graph/limits/cost/weights.ts';
import { type Person, people } from '../testing/people.ts';
import { collect } from '../testing/socket.ts';
import { short, table } from './figures.ts';
import type { Lab } from './lab.ts';
import type { Options } from './options.ts';
import { cpuBetween, cpuOf } from './proc.ts';
import { report, whereAndWhen } from './report.ts';
import { seedMessages, seedPeople } from './seed.ts';

/** How often each operation is asked, after as many to make code warm, and how many at once. */
const TIMES = 200;
const WARM_UP = 40;
const AT_ONCE = 4;
/** CPU of an object of an answer in the gateway and a service, by which prices are set, in us. */
const UNIT = 8;

interface Scene {
  ada: Person;
  group: string;
  direct: string;
  /** Ids of people whom nobody knows. */
  strangers: string[];
  message: string;
}

interface Operation {
  document: string;
  variables(scene: Scene, n: number): object;
}

const operation = (document: string, variables: Operation['variables'] = () => ({})): Operation => ({
  document,
  variables,
});
/** A mutation that answers with nothing but its type. */
const mutation = (name: string, input: (scene: Scene, n: number) => object): Operation => {
  const type = `${name[0]?.toUpperCase()}${name.slice(1)}Input`;
  const document = `mutation ($input: ${type}!) { ${name}(input: $input) { __typename } }`;
  return operation(document, (scene, n) => ({ input: input(scene, n) }));
};

/** What clients do, each in its usual size. */
const OPERATIONS: Record<string, Operation> = {
  viewer: operation('{ viewer { id name } }'),
  'a page of 20 conversations': operation(
    '{ conversations(first: 20) { edges { node { id title headSeq unreadCount lastMessage { preview } } } } }',
  ),
  'a page of 50 messages': operation(
    'query ($id: ID!) { conversation(id: $id) { messages(last: 50) { edges { node { id seq preview sender { name } } } } } }',
    ({ group }) => ({ id: group }),
  ),
  'a search': operation(
    'query ($t: String!) { searchUsers(text: $t, first: 20) { edges { node { id name } } } }',
    () => ({
      t: 'Ada',
    }),
  ),
  sendMessage: mutation('sendMessage', ({ group }, n) => ({
    conversationId: group,
    clientMessageId: newUuid(),
    content: { text: { text: `hello ${n}` } },
  })),
  markRead: mutation('markRead', ({ group }, n) => ({ conversationId: group, seq: 2 + (n % 100) })),
  setTyping: mutation('setTyping', ({ group }) => ({ conversationId: group, isTyping: true })),
  createGroup: mutation('createGroup', ({ ada }, n) => ({
    title: `Group ${n}`,
    memberIds: friendsOf.get(ada.id) ?? [],
  })),
  updateProfile: mutation('updateProfile', (_, n) => ({ bio: `Builds dam ${n}.` })),
  updatePrivacySettings: mutation('updatePrivacySettings', (_, n) => ({ whoMayAsk: n % 2 ? 'FRIENDS' : 'EVERYONE' })),
  sendFriendRequest: mutation('sendFriendRequest', ({ strangers }, n) => ({ userId: strangers[n] })),
  blockUser: mutation('blockUser', ({ strangers }, n) => ({ userId: strangers[n + 500] })),
  'inbox, opened and ended': operation('subscription { inbox { __typename } }'),
  'contactEvents, opened and ended': operation('subscription { contactEvents(device: MOBILE) { __typename } }'),
  'presenceEvents of 100, opened and ended': operation(
    'subscription ($ids: [ID!]!) { presenceEvents(userIds: $ids) { __typename } }',
    ({ strangers }) => ({ ids: strangers.slice(0, 100) }),
  ),
};
const friendsOf = new Map<string, string[]>();

/** What operations cost the servers, beside the price that a budget pays for them. */
export async function prices(lab: Lab, { command, isWanted, write }: Options): Promise<void> {
  const estimate = estimator();
  const stack = await lab.stack({ auth: 1, user: 1, chat: 1, file: 1, gateway: 1 }, { CHAT_SEND_BURST: '1000000' });
  const names = ['gateway', 'user', 'chat', 'auth', 'file'] as const;
  const pids = {
    mysql: lab.mysqlPid,
    ...Object.fromEntries(names.map((name) => [name, stack.services(name)[0]?.pid ?? 0])),
  };
  const { ada, bo, cy } = await people(stack, 'ada', 'bo', 'cy');
  await ada.befriend(bo, cy);
  friendsOf.set(ada.id, [bo.id, cy.id]);
  const group = await ada.group('Beavers', [bo, cy]);
  await seedMessages(stack.mysql, [{ id: group, members: [ada.id, bo.id, cy.id] }], 200);
  for (let n = 0; n < 20; n += 1) await ada.group(`Beavers ${n}`, [bo, cy]);
  const scene: Scene = {
    ...{ ada: ada.throughGateway(), group, direct: await ada.direct(bo), message: newId('msg') },
    strangers: await seedPeople(stack.mysql, 1_200),
  };

  const rows: string[][] = [];
  for (const [name, { document, variables }] of Object.entries(OPERATIONS).filter(([title]) => isWanted(title))) {
    const socket = scene.ada.socket('gateway');
    const ask = async (n: number) => {
      const given = variables(scene, n) as Record<string, unknown>;
      if (!document.startsWith('subscription')) return void (await scene.ada.gateway.data(document, given));
      const collected = collect(socket, document, given);
      await collected.until(() => true);
      collected.stop();
    };
    await many(0, WARM_UP, ask);
    const before = cpuOf(pids);
    await many(WARM_UP, TIMES, ask);
    const used = cpuBetween(before, cpuOf(pids));
    await socket.dispose();
    const us = (seconds: number) => (seconds / TIMES) * 1e6;
    const { mysql = 0, gateway = 0, ...services } = used as Record<string, number>;
    const rest = Object.values(services).reduce((sum, one) => sum + one, 0);
    const price = estimate(document, variables(scene, 0) as Record<string, unknown>);
    const all = us(gateway + rest + mysql);
    rows.push([
      name,
      short(price),
      ...[gateway, rest, mysql].map((one) => short(us(one))),
      short(all),
      short(all / UNIT / Math.max(1, price)),
    ]);
    console.log(rows.at(-1)?.join(' | '));
  }
  const head = ['operation', 'price', 'gateway us', 'services us', 'MySQL us', 'all us', 'to its price'];
  const text = `${table(head, rows)}

CPU of an operation, asked ${TIMES} times, ${AT_ONCE} at once. "To its price": the CPU by that which the price stands for, ${UNIT} us a unit.

${await whereAndWhen(stack, command)}`;
  report('prices', text, write);
}

async function many(from: number, count: number, ask: (n: number) => Promise<void>): Promise<void> {
  let next = from;
  const work = async () => {
    while (next < from + count) {
      const n = next;
      next += 1;
      await ask(n);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}

/** The price of an operation, as the gateway has it. */
function estimator() {
  const sdl = readFileSync(new URL('../gateway/supergraph/supergraph.graphql', import.meta.url), 'utf8');
  const schema = Supergraph.build(sdl).schema.toGraphQLJSSchema();
  const weights = Weights.ofSupergraph(schema);
  return (text: string, variables: Record<string, unknown>) => {
    const document = parse(text);
    const found = getOperationAST(document);
    if (!found) throw new Error('A document has one operation.');
    const { coerced } = getVariableValues(schema, found.variableDefinitions ?? [], variables);
    return prepareEstimate(weights, document, found)(coerced ?? {});
  };
}
