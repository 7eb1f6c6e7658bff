import { readFileSync } from 'node:fs';
import { Supergraph } from '@apollo/federation-internals';
import {
  type GraphQLSchema,
  getOperationAST,
  getVariableValues,
  type OperationDefinitionNode,
  parse,
  validate,
} from 'graphql';
import { prepareEstimate } from '../../kit/graph/limits/cost/estimate.ts';
import { Weights } from '../../kit/graph/limits/cost/weights.ts';
import { composeSchemas } from '../supergraph/compose.ts';

const LINK = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: [IMPORT])';

/** A supergraph as the gateway builds it, of one service. */
function compose(sdl: string, imports = '"@cost", "@listSize", "@key"'): GraphQLSchema {
  const { supergraphSdl, errors } = composeSchemas([{ name: 'a', sdl: `${LINK.replace('IMPORT', imports)} ${sdl}` }]);
  if (!supergraphSdl) throw new Error(errors?.join('\n'));
  return build(supergraphSdl);
}

const build = (sdl: string) => Supergraph.build(sdl).schema.toGraphQLJSSchema();

function costOf(schema: GraphQLSchema, text: string, variables: Record<string, unknown> = {}): number {
  const document = parse(text);
  expect(validate(schema, document)).toEqual([]);
  const operation = getOperationAST(document);
  if (!operation) throw new Error('no operation');
  const { coerced } = getVariableValues(schema, operation.variableDefinitions ?? [], variables);
  return prepareEstimate(Weights.ofSupergraph(schema), document, operation)(coerced ?? {});
}

const small = compose(`
  type Query {
    one: Thing
    ten: [Thing]
    five: [Thing] @listSize(assumedSize: 5)
    find(first: Int = 3, last: Int): Page @listSize(slicingArguments: ["first", "last"], sizedFields: ["edges"], requireOneSlicingArgument: false)
    strict(first: Int, last: Int): [Thing] @listSize(slicingArguments: ["first", "last"])
    any: Any
    node: Node
    dear: Int @cost(weight: 7)
    odd: Odd
    level: Level
    asks(by: Int @cost(weight: 4), input: Input, inputs: [Input!]): Int
  }
  type Mutation { change: Thing }
  type Page { edges: [Edge!]! pageInfo: Thing }
  type Edge { node: Thing }
  type Thing implements Node { id: ID! dear: Dear things: [Thing] }
  type Dear @cost(weight: 20) { id: ID! }
  type Big implements Node { id: ID! things: [Thing] @listSize(assumedSize: 50) }
  interface Node { id: ID! things: [Thing] }
  union Any = Thing | Big
  scalar Odd @cost(weight: 3)
  enum Level @cost(weight: 2) { LOW }
  input Input { count: Int text: String @cost(weight: 6) more: Input }
`);

test.each([
  ['query ($n: Int) { find(first: $n) { edges { node { id } } } }', [{ n: 1 }, { n: 5 }], [3, 11]],
  ['query ($no: Boolean!) { one { id } ten @skip(if: $no) { id } }', [{ no: true }, { no: false }], [1, 11]],
  ['query ($l: Level) { find(first: 2) { edges { node { id } } } asks(by: 1) }', [{ l: 'LOW' }, {}], [9, 9]],
])('%s costs what its variables say, each time', (text, given, costs) => {
  const document = parse(text);
  const estimate = prepareEstimate(
    Weights.ofSupergraph(small),
    document,
    getOperationAST(document) as OperationDefinitionNode,
  );
  expect(given.map((variables) => estimate(variables))).toEqual(costs);
});

test.each<[string, string, number]>([
  ['an object', '{ one { id } }', 1],
  ['two objects in one another', '{ one { dear { id } } }', 21],
  ['a list of which nothing is known', '{ ten { id } }', 10],
  ['a list in a list', '{ ten { things { id } } }', 110],
  ['a list with an assumed size', '{ five { id } }', 5],
  ['a page, by its argument', '{ find(first: 4) { edges { node { id } } } }', 9],
  ['a page, by the larger of two', '{ find(first: 4, last: 6) { edges { node { id } } } }', 13],
  ['a page, by the default of its argument', '{ find { edges { node { id } } pageInfo { id } } }', 8],
  ['a page of a negative length', '{ find(first: -4) { edges { node { id } } } }', 1],
  ['a field with a weight', '{ dear }', 7],
  ['a scalar and an enum with weights', '{ odd level }', 5],
  ['arguments', '{ asks(by: 1) }', 4],
  ['an input object, and what stands in it', '{ asks(input: { text: "x", more: { text: "y" } }) }', 14],
  ['a list of input objects', '{ asks(inputs: [{ text: "x" }, { text: "y" }]) }', 13],
  ['a mutation', 'mutation { change { id } }', 11],
  ['`__typename` and the schema', '{ __typename __schema { types { name } } }', 0],
  ['the dearest type of a union', '{ any { ... on Thing { dear { id } } ... on Big { things { id } } } }', 51],
  ['an interface: the dearest of its types', '{ node { things { id } } }', 51],
  ['fragments that apply together', '{ any { ... on Node { things { id } } ... on Thing { dear { id } } } }', 71],
  ['a named fragment, twice', '{ one { ...F } two: one { ...F } } fragment F on Thing { dear { id } }', 42],
])('%s', (_what, text, cost) => {
  expect(costOf(small, text)).toBe(cost);
});

test('counts what the variables ask for, and nothing that they leave out', () => {
  const text =
    'query ($n: Int, $is: Boolean!) { find(first: $n) @include(if: $is) { edges { node { id } } } dear @skip(if: $is) }';
  expect(costOf(small, text, { n: 100, is: true })).toBe(201);
  expect(costOf(small, text, { n: 100, is: false })).toBe(7);
});

test('asks for exactly one slicing argument where the schema does', () => {
  expect(costOf(small, '{ strict(last: 2) { id } }')).toBe(2);
  for (const text of ['{ strict { id } }', '{ strict(first: 1, last: 2) { id } }']) {
    expect(() => costOf(small, text)).toThrow('Give exactly one of first, last to "strict"');
  }
});

test('finds the directives under another name', () => {
  const renamed = compose(
    'type Query { a: Int @weight(weight: 9) b: [Int] @size(assumedSize: 4) @weight(weight: 2) }',
    '{ name: "@cost", as: "@weight" }, { name: "@listSize", as: "@size" }',
  );
  expect(costOf(renamed, '{ a b }')).toBe(17);
});

test('a supergraph without weights has the defaults', () => {
  expect(costOf(compose('type Query { a: [Thing] } type Thing { id: ID }', '"@key"'), '{ a { id } }')).toBe(10);
});

test('interfaces in one another multiply the cost, not the work', () => {
  const levels = 18;
  const text = `{ ten { ${'... on Node { things { '.repeat(levels)} id ${'} }'.repeat(levels)} } }`;
  expect(costOf(small, text)).toBeGreaterThan(10 ** levels);
});

describe('the graph of Beaver', () => {
  const schema = build(readFileSync(new URL('../supergraph/supergraph.graphql', import.meta.url), 'utf8'));
  const page = (first: number, inner: string) => `conversations(first: ${first}) { edges { node { id ${inner} } } }`;

  test.each<[string, string, number]>([
    ['a list of conversations', `{ ${page(20, '')} }`, 41],
    ['as many as are there by default', '{ conversations { edges { node { id } } } }', 41],
    [
      'with the newest messages of each',
      `{ ${page(20, 'messages(last: 10) { edges { node { id sender { name } } } }')} }`,
      661,
    ],
    [
      'one message that is sent',
      'mutation ($i: SendMessageInput!) { sendMessage(input: $i) { ... on SendMessagePayload { sentMessage { id } } } }',
      15,
    ],
    [
      'texts, which may be long',
      '{ conversation(id: "c") { messages(last: 100) { edges { node { content { ... on TextContent { text } } } } } } }',
      502,
    ],
    ['signing in', 'mutation { logIn(input: { login: "a", password: "b" }) { ... on UserError { code } } }', 61],
    [
      'an inbox',
      'subscription ($p: [PositionInput!]) { inbox(positions: $p) { ... on MessageSent { message { id } } } }',
      3,
    ],
  ])('%s', (_what, text, cost) => {
    const positions = Array.from({ length: 10_000 }, (_, seq) => ({ conversationId: 'c', seq }));
    expect(
      costOf(schema, text, {
        i: { conversationId: 'c', clientMessageId: 'm', content: { text: { text: 'x' } } },
        p: positions,
      }),
    ).toBe(cost);
  });
});
