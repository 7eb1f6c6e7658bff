import { getIntrospectionQuery } from 'graphql';
import { newId } from '../kit/base/ids.ts';
import type { Attack } from './attackers.ts';

/** How long a body of the drip attack may take, in ms. */
export const PATIENCE = 1_000;

const repeat = (count: number, part: (index: number) => string) =>
  Array.from({ length: count }, (_, n) => part(n)).join(' ');
const operation = (query: string, variables: object = {}): Attack => ({
  kind: 'post',
  body: JSON.stringify({ query, variables }),
});

function upload(path: string): Attack {
  const part = (name: string, value: string) =>
    `--b\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
  const operations = JSON.stringify({ query: 'mutation ($l: [Upload]) { x }', variables: { l: [null] } });
  const body = `${part('operations', operations)}${part('map', JSON.stringify({ 0: [path] }))}--b--\r\n`;
  const headers = { 'content-type': 'multipart/form-data; boundary=b', 'apollo-require-preflight': 'true' };
  return { kind: 'post', headers, body };
}

/** A page of everything: what planning takes longest for, as large as it may be. */
const PAGE = `conversations { edges { cursor node { id kind title headSeq unreadCount lastActivityAt
  otherMember { name userName bio avatarUrl sessions { id } } viewerMembership { role }
  members { edges { node { role user { id name avatarUrl } } } }
  messages { edges { node { id seq sentAt sender { name avatarUrl } content { ... on TextContent { text } ... on ImageContent { caption file { url } } } } } } } } }`;

/** A name, and how it is done: `n` makes each round another text. */
type Attacks = [string, (n: number) => Attack][];

const keys = (count: number, name: (n: number) => string, value: unknown = 1) =>
  Object.fromEntries(Array.from({ length: count }, (_, n) => [name(n), value]));
const CREATE = 'mutation ($i: CreateGroupInput!) { createGroup(input: $i) { __typename } }';
const SUBSCRIBE = 'subscription ($p: [PositionInput!]) { inbox(positions: $p) { __typename } }';

/** What somebody may put into variables; the same at the gateway and at a service. */
const VARIABLES: Attacks = [
  ['60,000 unknown fields', () => operation(CREATE, { i: keys(60_000, (n) => `f${n}`) })],
  [
    '5,000 long names that are nearly right',
    () => operation(CREATE, { i: keys(5_000, (n) => `memberIdss${'s'.repeat(100)}${n}`) }),
  ],
  [
    '60,000 fields for an id',
    () => operation(CREATE, { i: { title: 'x', clientGroupId: keys(60_000, (n) => `f${n}`), memberIds: [] } }),
  ],
  [
    '100,000 wrong ids',
    () => operation(CREATE, { i: { title: 'x', clientGroupId: 'x', memberIds: Array(100_000).fill({}) } }),
  ],
  [
    '9,999 positions',
    () =>
      operation(SUBSCRIBE, { p: Array.from({ length: 9_999 }, (_, seq) => ({ conversationId: newId('conv'), seq })) }),
  ],
];

/** Conditions in one another, each with fields of two services. */
function conditions(levels: number): string {
  const nest = (n: number): string =>
    n === levels
      ? 'name'
      : `... on User @include(if: $v${n}) { a${n}: friends(first: 1) { edges { node { avatarUrl } } } ${nest(n + 1)} }`;
  return `query (${repeat(levels, (n) => `$v${n}: Boolean!`)}) { viewer { ${nest(0)} } }`;
}
const truths = (levels: number) => keys(levels, (n) => `v${n}`, true);

export const GATEWAY_ATTACKS: Attacks = [
  ['one small query', (n) => operation(`{ viewer { id } } #${n}`)],
  ['5,000 aliases', (n) => operation(`{ ${repeat(1_600, (i) => `a${i}: viewer { id }`)} } #${n}`)],
  ['1,600 equal fields', (n) => operation(`{ ${repeat(1_600, () => 'viewer { id }')} } #${n}`)],
  ['a megabyte of one field', (n) => operation(`{ viewer { ${'id '.repeat(300_000)} } } #${n}`)],
  ['1,000 levels', (n) => operation(`${'{ viewer { friends '.repeat(500)}{ id }${'} }'.repeat(500)} #${n}`)],
  [
    'lists in lists, 50,000 levels',
    (n) => operation(`{ user(id: ${'['.repeat(50_000)}${']'.repeat(50_000)}) { id } } #${n}`),
  ],
  [
    'fragments that double each other',
    (n) =>
      operation(
        `{ viewer { ...F0 } } ${repeat(50, (i) => `fragment F${i} on User { a: id ...F${i + 1} ...F${i + 1} }`)} fragment F50 on User { id } #${n}`,
      ),
  ],
  [
    'a fragment that uses itself',
    (n) => operation(`{ viewer { ...F } } fragment F on User { friends { edges { node { ...F } } } } #${n}`),
  ],
  [
    '400 fragments in one place',
    (n) =>
      operation(
        `{ viewer { ${repeat(400, (i) => `...F${i}`)} } } ${repeat(400, (i) => `fragment F${i} on User { id }`)} #${n}`,
      ),
  ],
  ['1,000 operations', (n) => operation(`${repeat(1_000, (i) => `query Q${i} { viewer { id } }`)} #${n}`)],
  ['1,000 directives', (n) => operation(`{ viewer { id ${'@include(if: true) '.repeat(1_000)} } } #${n}`)],
  ['150 unknown fields', (n) => operation(`{ viewer { ${repeat(150, (i) => `nam${i}`)} } } #${n}`)],
  [
    'the schema in circles',
    (n) => operation(`{ __schema { types { ${'fields { type { '.repeat(9)} name ${'} }'.repeat(9)} } } } #${n}`),
  ],
  [
    'lists of a hundred each, four deep',
    (n) =>
      operation(
        `{ conversations(first: 100) { edges { node { members(first: 100) { edges { node { user { friends(first: 100) { edges { node { id } } } } } } } } } } } #${n}`,
      ),
  ],
  [
    '100,000 wrong positions',
    (n) =>
      operation(`subscription ($p: [PositionInput!]) { inbox(positions: $p) { __typename } } #${n}`, {
        p: Array(100_000).fill(0),
      }),
  ],
  [
    'variables in one another, a megabyte',
    (n) => ({
      kind: 'post',
      body: `{"query":"{ viewer { id } } #${n}","variables":{"a":${'['.repeat(450_000)}${']'.repeat(450_000)}}}`,
    }),
  ],
  ['a page as large as may be', (n) => operation(`{ ${repeat(4, (i) => `p${i}: ${PAGE}`)} } #${n}`)],
  [
    'a batch of 10,000',
    () => ({ kind: 'post', body: JSON.stringify(Array(10_000).fill({ query: '{ viewer { id } }' })) }),
  ],
  ['a map with the index 20,000,000', () => upload('variables.l.19999999')],
  ['a map to the prototype', () => upload('variables.__proto__.x')],
  ['200 bodies, drop by drop', () => ({ kind: 'drip', connections: 200, milliseconds: PATIENCE * 2 })],
  ...VARIABLES,
  ['19 conditions in one another', (n) => operation(`${conditions(19)} #${n}`, truths(19))],
  ['9 conditions in one another', (n) => operation(`${conditions(9)} #${n}`, truths(9))],
  [
    '6 mutations with all their errors',
    (n) =>
      operation(
        `mutation { ${repeat(6, (i) => `a${i}: createGroup(input: { clientGroupId: "x", title: "x", memberIds: [] }) { __typename ... on UserError { code message } ... on CreateGroupPayload { conversation { id otherMember { name avatarUrl } } } }`)} } #${n}`,
      ),
  ],
  ['40 new texts at once', (n) => ({ ...operation(`${conditions(9)} #${n}`, truths(9)), times: 40, differ: true })],
  [
    '40 new introspections at once',
    (n) => ({ ...operation(`${getIntrospectionQuery()} #${n}`), times: 40, differ: true }),
  ],
  [
    'a long name in 20 faults',
    (n) => operation(`query ${'x'.repeat(50_000)}(${repeat(200, (i) => `$a${i}: Int`)}) { __typename } #${n}`),
  ],
  ['50,000 pings', () => ({ kind: 'socket', messages: [{ type: 'ping' }], times: 50_000 })],
  [
    '20,000 pings of 1 kB',
    () => ({ kind: 'socket', messages: [{ type: 'ping', payload: { x: 'y'.repeat(1_000) } }], times: 20_000 }),
  ],
  ['50,000 pings of the protocol below', () => ({ kind: 'socket', messages: 'pings', times: 50_000 })],
  [
    '20,000 subscriptions, ended at once',
    () => ({
      kind: 'socket',
      messages: [
        { type: 'subscribe', id: '1', payload: { query: 'subscription { inbox { __typename } }' } },
        { type: 'complete', id: '1' },
      ],
      times: 20_000,
    }),
  ],
];

export const SERVICE_ATTACKS: Attacks = [
  ['one small query', (n) => operation(`{ __typename } #${n}`)],
  ...VARIABLES,
  ['2,000 aliases', (n) => operation(`{ ${repeat(2_000, (i) => `a${i}: conversation(id: "x") { id }`)} } #${n}`)],
  ['3,000 equal fields', (n) => operation(`{ ${repeat(3_000, () => 'conversation(id: "x") { id }')} } #${n}`)],
  ['1,000 wrong fields', (n) => operation(`{ conversations { ${repeat(900, (i) => `edgess${i}`)} } } #${n}`)],
  [
    'the largest text',
    (n) =>
      operation(
        `{ ${repeat(39, (i) => `${i ? `a${i}: ` : ''}conversations { edges { node { ${repeat(20, (m) => `b${m % 5 ? '' : `${i}_${m}`}${m % 5 ? 'id' : ': id'}`)} } } }`)} } #${n}`,
      ),
  ],
  [
    'lists of a hundred each, three deep',
    (n) =>
      operation(
        `{ conversations(first: 100) { edges { node { messages(first: 100) { edges { node { conversation { messages(first: 100) { edges { node { preview } } } } } } } } } } } #${n}`,
      ),
  ],
  [
    'fragments that double each other',
    (n) =>
      operation(
        `{ conversations { ...F0 } } ${repeat(16, (i) => `fragment F${i} on ConversationConnection { ...F${i + 1} ...F${i + 1} }`)} fragment F16 on ConversationConnection { __typename } #${n}`,
      ),
  ],
];
