import { readFileSync } from 'node:fs';
import { Supergraph } from '@apollo/federation-internals';
import type { FetchNode, PlanNode } from '@apollo/query-planner';
import { parse, print } from 'graphql';
import { renameFields } from '../execution/data-names.ts';
import { PlanCheck } from '../operation/planning/check.ts';
import { Planner } from '../operation/planning/planner.ts';
import { nameRequired } from '../operation/planning/required.ts';
import { RuntimeTypes } from '../operation/planning/runtime-types.ts';
import { composeSchemas } from '../supergraph/compose.ts';

const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@external", "@requires", "@interfaceObject"])`;
const goods = `${LINK}
  type Query { goods: [Good] lost: Thing }
  type Good @key(fields: "id") { id: ID! name: String price(in: String!): Int reviews(first: Int): [Review] }
  type Review { stars: Int }
  interface Thing @key(fields: "id") { id: ID! }`;
const shipping = `${LINK}
  type Good @key(fields: "id") {
    id: ID!
    price(in: String!): Int @external
    reviews(first: Int): [Review] @external
    feeHere: Int @requires(fields: "price(in: \\"CNY\\")")
    feeThere(by: String): Int @requires(fields: "price(in: \\"EUR\\") reviews(first: 3) { stars }")
  }
  type Review @external { stars: Int }
  type Thing @key(fields: "id", resolvable: false) @interfaceObject { id: ID! weight: Int }`;

const composed = composeSchemas([
  { name: 'goods', sdl: goods },
  { name: 'shipping', sdl: shipping },
]);
if (composed.errors) throw new Error(composed.errors.join('\n'));
const planner = planFor(composed.supergraphSdl);

const fetches = (node: PlanNode | undefined): FetchNode[] => {
  if (!node) return [];
  if (node.kind === 'Fetch') return [node];
  if (node.kind === 'Flatten') return fetches(node.node);
  if (node.kind === 'Sequence' || node.kind === 'Parallel') return node.nodes.flatMap(fetches);
  throw new Error(`a ${node.kind} was not expected`);
};
const plan = (query: string) => {
  const document = parse(query);
  return fetches(planner.plan(renameFields(document, planner.namesFor(document))).node as PlanNode | undefined);
};
const text = ({ operation }: FetchNode) => print(parse(operation)).replace(/\s+/g, ' ');
const renames = ({ inputRewrites = [] }: FetchNode) =>
  inputRewrites.map((one) => `${one.path.join('/')} → ${one.kind === 'KeyRenamer' ? one.renameKeyTo : ''}`);

test('what the client and a service want of one field with different arguments is asked for twice', () => {
  const [first, second] = plan('{ goods { price(in: "USD") feeHere } }');
  expect(text(first as FetchNode)).toMatch(/required(\d)_price: price\(in: "CNY"\)/);
  expect(text(first as FetchNode)).toMatch(/ price\(in: "USD"\)/);
  expect(renames(second as FetchNode)).toEqual([expect.stringMatching(/^\.\.\. on Good\/required\d_price → price$/)]);
});

test('fields that require one field with different arguments are asked for apart, each with its own variables', () => {
  const [first, ...rest] = plan('query ($by: String) { goods { feeHere feeThere(by: $by) } }');
  expect(text(first as FetchNode)).toMatch(
    /price\(in: "CNY"\).*price\(in: "EUR"\)|price\(in: "EUR"\).*price\(in: "CNY"\)/,
  );
  expect(rest).toHaveLength(2);
  const [here, there] = (/feeHere/.test(text(rest[0] as FetchNode)) ? rest : rest.toReversed()) as [
    FetchNode,
    FetchNode,
  ];
  expect(text(here)).not.toMatch(/feeThere|\$by/);
  expect(here.variableUsages).toEqual([]);
  expect(renames(here).filter((one) => one.endsWith('→ price'))).toHaveLength(1);
  expect(text(there)).not.toMatch(/feeHere/);
  expect(there.variableUsages).toEqual(['by']);
  expect(
    renames(there)
      .map((one) => one.split(' ').at(-1))
      .sort(),
  ).toEqual(['price', 'reviews']);
  const prices = [here, there].map((fetch) => renames(fetch).find((one) => one.endsWith('price')));
  expect(new Set(prices).size).toBe(2);
});

test('an operation without such fields is planned as it was', () => {
  const [first] = plan('{ goods { name price(in: "USD") } }');
  expect(print(parse((first as FetchNode).operation))).toBe(print(parse('{ goods { name price(in: "USD") } }')));
});

test('an alias that would stand in the way is another one to the services', () => {
  const name = /required\d_price/.exec(text(plan('{ goods { feeHere } }')[0] as FetchNode))?.[0];
  const [first] = plan(`{ goods { ${name}: name feeHere } }`);
  expect(text(first as FetchNode)).toMatch(new RegExp(`renamed_${name}: name`));
  expect(text(first as FetchNode)).toMatch(new RegExp(` ${name}: price\\(in: "CNY"\\)`));
});

test('what a fragment asks for apart is fetched, and no fragment is left that nobody spreads', () => {
  const both = 'fragment F on Good { feeHere feeThere }';
  const [, ...rest] = plan(`query ($x: Boolean!) { goods { ...F ...F @skip(if: $x) } } ${both}`);
  expect(rest).toHaveLength(2);
  expect(text(rest[0] as FetchNode)).toMatch(/feeHere/);
  expect(text(rest[1] as FetchNode)).toMatch(/feeThere/);
  for (const fetch of rest) expect(text(fetch)).not.toMatch(/fragment F|\.\.\.F/);
});

test.each([
  '{ goods { reviews @skip(if: $x) { stars @include(if: $x) } } }',
  '{ goods { reviews { ...F @include(if: $x) } } } fragment F on Review { stars @skip(if: $x) }',
  '{ goods { reviews { ...F } } } fragment F on Review { stars @skip(if: true) }',
])('an object is fetched of which the conditions select nothing: %s', (query) => {
  const [first] = plan(`query ($x: Boolean!) ${query}`);
  expect(text(first as FetchNode)).toMatch(/\{ __typename/);
});

test('what no service can answer is refused, and what needs none is not', () => {
  expect(() => plan('{ lost { weight } }')).toThrow('No service can answer');
  expect(plan('{ __typename }')).toEqual([]);
  expect(plan('{ goods @skip(if: true) { name } }')).toEqual([]);
  expect(plan('query ($x: Boolean!) { ... @skip(if: $x) { goods @include(if: $x) { name } } }')).toEqual([]);
});

test('an object that its service can be asked for by its second key is asked for by that one', () => {
  const parts = [
    `${LINK} type Query { box: Box } type Box @key(fields: "code", resolvable: false) @key(fields: "id") { id: ID! code: ID! label: String @external size: Int @requires(fields: "label") }`,
    `${LINK} type Box @key(fields: "id") { id: ID! label: String }`,
  ];
  const { supergraphSdl } = composeSchemas(parts.map((sdl, index) => ({ name: `s${index}`, sdl })));
  const planner = planFor(supergraphSdl as string);
  const last = fetches(planner.plan(parse('{ box { size } }')).node as PlanNode).at(-1);
  expect(JSON.stringify(last?.requires)).toMatch(/"id"/);
  expect(JSON.stringify(last?.requires)).not.toMatch(/"code"/);
});

test('a plan that fetches another field under a name than was asked for is refused', () => {
  const sdl = readFileSync(new URL('../supergraph/supergraph.graphql', import.meta.url), 'utf8');
  const planner = planFor(sdl);
  const document = parse('{ viewer { id: name sessions { isCurrent } } }');
  // Without other names Apollo's planner takes the key for the field.
  expect(() => planner.plan(document)).toThrow(
    expect.objectContaining({ extensions: expect.objectContaining({ code: 'OPERATION_NOT_PLANNED' }) }),
  );
  expect(() => planner.plan(renameFields(document, planner.namesFor(document)))).not.toThrow();
});

describe('a plan is compared with its operation', () => {
  const supergraph = Supergraph.build(composed.supergraphSdl);
  const schema = supergraph.schema.toGraphQLJSSchema();
  const check = new PlanCheck(schema, new RuntimeTypes(supergraph, schema));
  const fault = (query: string, ...operations: [operation: string, path?: string, requires?: string[]][]) => {
    const nodes = operations.map(([operation, path, requires]): PlanNode => {
      const selections = requires?.map((name) => ({ kind: 'Field' as const, name }));
      const fetch = {
        kind: 'Fetch',
        serviceName: path === undefined ? 'goods' : 'shipping',
        operation: selections ? `{ _entities { ... on Good ${operation} } }` : operation,
        ...(selections ? { requires: [{ kind: 'InlineFragment', typeCondition: 'Good', selections }] } : {}),
      } as unknown as FetchNode;
      return path === undefined ? fetch : { kind: 'Flatten', path: path.split('.'), node: fetch };
    });
    return check.findFault({ kind: 'QueryPlan', node: { kind: 'Sequence', nodes } }, parse(query));
  };
  const KEY = ['__typename', 'id'];

  test.each<[string, string, Parameters<typeof fault>[1][], string | null]>([
    ['is right', '{ goods { name price(in: "USD") } }', [['{ goods { name price(in: "USD") } }']], null],
    [
      'fetches in two steps',
      '{ goods { name feeHere } }',
      [['{ goods { __typename id name } }'], ['{ feeHere }', 'goods.@', KEY]],
      null,
    ],
    [
      'writes a value otherwise',
      '{ goods { reviews(first: 3) { s: stars } } }',
      [['{ goods { ...F } } fragment F on Good { reviews(first: 3) { s: stars } }']],
      null,
    ],
    [
      'leaves a field out',
      '{ goods { name feeHere } }',
      [['{ goods { name } }']],
      'Nothing fetches Good.feeHere at goods.feeHere.',
    ],
    [
      'leaves a field out below',
      '{ goods { reviews { stars } } }',
      [['{ goods { reviews { __typename } } }']],
      'Nothing fetches Review.stars at goods.reviews.stars.',
    ],
    [
      'has another field',
      '{ goods { id: name } }',
      [['{ goods { id } }']],
      'Another field is fetched for Good.name at goods.id.',
    ],
    [
      'has other arguments',
      '{ goods { price(in: "USD") } }',
      [['{ goods { price(in: "EUR") } }']],
      'Another field is fetched for Good.price at goods.price.',
    ],
    [
      'has a variable for a value',
      'query ($c: String!) { goods { price(in: $c) } }',
      [['query ($d: String!) { goods { price(in: $d) } }']],
      'Another field is fetched for Good.price at goods.price.',
    ],
    [
      'has a second field in a later step',
      '{ goods { name feeHere } }',
      [['{ goods { id name } }'], ['{ feeHere name: feeThere }', 'goods.@', KEY]],
      'Another field is fetched for Good.name at goods.name.',
    ],
    [
      'takes another field for a key',
      '{ goods { n: name feeHere } }',
      [['{ goods { id: name n: name } }'], ['{ feeHere }', 'goods.@', KEY]],
      'Another field is fetched for Good.name at goods.id.',
    ],
  ])('that %s', (_what, query, operations, expected) => {
    expect(fault(query, ...operations)).toBe(expected);
  });
});

test('our own supergraph is planned as it is', () => {
  expect(
    nameRequired(readFileSync(new URL('../supergraph/supergraph.graphql', import.meta.url), 'utf8')).sdl,
  ).toBeNull();
});

function planFor(sdl: string): Planner {
  const supergraph = Supergraph.build(sdl);
  return new Planner(sdl, supergraph, supergraph.schema.toGraphQLJSSchema());
}
