import { buildSubgraphSchema } from '@apollo/subgraph';
import type { GraphQLResolverMap } from '@apollo/subgraph/dist/schema-helper/index.js';
import {
  execute,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  type OperationDefinitionNode,
  parse,
} from 'graphql';
import { compile } from '../../graph/execute.ts';
import { prepareVariables } from '../../graph/variables.ts';

/*
 * An operation that is sent often is compiled. Whatever it is, the answers before and after must be those of
 * graphql-js.
 */

const schema = buildSubgraphSchema({
  typeDefs: parse(`
    type Query {
      thing(id: ID!, count: Int = 3): Thing
      things(input: ThingsInput): [Thing]
      strict: Strict
      depth(tree: TreeInput!): Int
      any(kind: String): Any
    }
    type Mutation { first: Int  second: Int  add(input: ThingsInput!): Any }
    input ThingsInput { ids: [ID!]!  size: Size = SMALL }
    input TreeInput { id: ID!  children: [TreeInput!] }
    enum Size { SMALL LARGE }
    interface Named { name: String }
    type Thing implements Named @key(fields: "id") { id: ID!  name: String  size: Size  late: String!  broken: String  never: String!  child: Thing }
    type Strict { items: [Thing!]! }
    type Fault implements Named { name: String  code: Int! }
    union Any = Thing | Fault
  `),
  resolvers: {
    Query: {
      thing: (_: unknown, { id, count }: { id: string; count: number }) => ({
        id,
        name: `${id}×${count}`,
        size: 'SMALL',
      }),
      things: (_: unknown, { input }: { input: { ids: string[]; size: string } | null }) =>
        input?.ids.map((id) => (id === 'none' ? null : { id, size: input.size })),
      depth: (_: unknown, { tree }: { tree: Tree }) => depthOf(tree),
      strict: () => ({ items: [{ id: '1' }, null] }),
      any: (_: unknown, { kind }: { kind: string }) => ({ __typename: kind, id: 'a', name: 'n', code: 7 }),
    },
    Mutation: {
      first: async (_: unknown, __: unknown, context: { steps: string[] }) => {
        context.steps.push('first begins');
        await new Promise((resolve) => setImmediate(resolve));
        return context.steps.push('first ends');
      },
      second: (_: unknown, __: unknown, context: { steps: string[] }) => context.steps.push('second'),
      add: (_: unknown, { input }: { input: { ids: string[] } }) => ({ __typename: 'Thing', id: input.ids[0] }),
    },
    Thing: {
      __resolveReference: ({ id }: { id: string }) => ({ id, name: `found ${id}` }),
      late: async ({ id }: { id: string }) => `late ${id}`,
      broken: () => {
        throw new GraphQLError('broken on purpose', { extensions: { code: 'BROKEN' } });
      },
      never: async () => {
        throw new TypeError('a bug');
      },
      child: ({ id }: { id: string }) => ({ id: `${id}.1` }),
    },
  } as GraphQLResolverMap<unknown>,
}) as GraphQLSchema;

interface Tree {
  children?: Tree[];
}

function depthOf({ children = [] }: Tree): number {
  return 1 + Math.max(0, ...children.map(depthOf));
}

const operations: [query: string, variables?: Record<string, unknown>, operationName?: string][] = [
  ['{ thing(id: 1) { id name size late child { child { id } } } }'],
  ['query ($id: ID!, $count: Int) { t: thing(id: $id, count: $count) { name } }', { id: 'x' }],
  ['query ($id: ID!, $count: Int) { t: thing(id: $id, count: $count) { name } }', { id: 'x', count: null }],
  ['query ($input: ThingsInput) { things(input: $input) { id size } }', { input: { ids: ['a', 'none', 'b'] } }],
  ['query ($input: ThingsInput) { things(input: $input) { id size } }', { input: { ids: ['a'], size: 'LARGE' } }],
  ['query ($ids: [ID!]!) { things(input: { ids: $ids, size: LARGE }) { id size } }', { ids: ['a', 'b'] }],
  ['query ($tree: TreeInput!) { depth(tree: $tree) }', { tree: { id: 1, children: [{ id: 2 }] } }],
  ['{ thing(id: 1) { id broken name } }'],
  ['{ thing(id: 1) { id never } other: thing(id: 2) { id } }'],
  ['{ strict { items { id } } thing(id: 1) { id } }'],
  [
    'query ($kind: String) { any(kind: $kind) { __typename ... on Thing { id } ... on Fault { code } ... on Named { name } } }',
    { kind: 'Fault' },
  ],
  [
    'query ($kind: String) { any(kind: $kind) { __typename ... on Thing { id } ... on Fault { code } } }',
    { kind: 'Nothing' },
  ],
  ['query ($yes: Boolean!) { thing(id: 1) { id @include(if: $yes) name @skip(if: $yes) } }', { yes: true }],
  ['query ($yes: Boolean!) { thing(id: 1) { id @include(if: $yes) name @skip(if: $yes) } }', { yes: false }],
  ['query A { thing(id: 1) { ...F } } query B { thing(id: 2) { ...F } } fragment F on Thing { id name }', {}, 'B'],
  ['{ _entities(representations: [{ __typename: "Thing", id: "7" }]) { ... on Thing { id name } } }'],
  ['{ __schema { queryType { name } } __typename }'],
  ['mutation { first second add(input: { ids: ["q"] }) { ... on Thing { id } } }'],
];

test.each(operations)('%s', async (query, variables = {}, operationName) => {
  const document = parse(query);
  const run = compile(schema, document, operationName ?? null);
  const plain = { steps: [] as string[] };
  // Those with bad variables aren't executed: variables.test.ts.
  const read = prepareVariables(schema, getOperationAST(document, operationName) as OperationDefinitionNode)(variables);
  if (read.errors) throw new Error('bad variables');
  const expected = await execute({ schema, document, operationName, variableValues: variables, contextValue: plain });
  for (let turn = 0; turn < 30; turn += 1) {
    const context = { steps: [] as string[] };
    const result = await run(undefined, context, read.coerced);
    expect(shape(result)).toEqual(shape(expected));
    expect(context.steps).toEqual(plain.steps);
    // By this, whoever masks errors knows a fault of the client, whose variables are not allowed, from one of
    // ours.
    for (const { originalError } of result.errors ?? []) expect(originalError === undefined).toBe(!('data' in result));
  }
});

/**
 * What a client sees, and whose fault it was. How a fault is worded that is not the resolver's own is each
 * one's own.
 */
function shape(result: Awaited<ReturnType<ReturnType<typeof compile>>>) {
  const errors = result.errors?.map(({ message, path, originalError, extensions }) => ({
    path,
    ...(originalError && /purpose|bug/.test(message)
      ? { message, cause: originalError.constructor.name, extensions }
      : {}),
  }));
  const inOrder = errors?.sort((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b)));
  return { hasData: 'data' in result, text: JSON.stringify(result.data), errors: inOrder };
}
