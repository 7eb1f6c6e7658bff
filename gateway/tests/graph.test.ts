import { readFileSync } from 'node:fs';
import { DEFAULT_LIMITS } from '../../kit/graph/limits/limits.ts';
import { Graph } from '../operation/graph.ts';
import { composeSchemas } from '../supergraph/compose.ts';
import type { SubgraphRequests } from '../upstream/request-coalescing.ts';

const supergraph = readFileSync(new URL('../supergraph/supergraph.graphql', import.meta.url), 'utf8');
/** Of which nothing is asked. */
const graphOf = (limits = DEFAULT_LIMITS) => new Graph(supergraph, {} as SubgraphRequests, limits);

test('operations are remembered, but neither faults nor long texts', () => {
  const graph = graphOf();
  const text = 'subscription { inbox { __typename } }';
  const isRemembered = (query: string) => {
    const [first, again] = [graph.prepare(query, null, null), graph.prepare(query, null, null)];
    return !first.errors && !again.errors && first.prepared === again.prepared;
  };
  expect(graph.prepare(text, null, null).errors).toBeUndefined();
  expect(isRemembered(text)).toBe(true);
  expect(isRemembered(`${text} # ${'x'.repeat(10_000)}`)).toBe(false);
  expect(isRemembered('subscription { nothing }')).toBe(false);
});

test('what is too large is refused before it is validated', () => {
  const text = 'subscription { inbox { ... on LogEvent { nothing nobody nowhere } } }';
  const codes = (graph: Graph) => graph.prepare(text, null, null).errors?.map(({ extensions }) => extensions.code);
  expect(codes(graphOf())).toEqual(Array(3).fill('GRAPHQL_VALIDATION_FAILED'));
  expect(codes(graphOf({ ...DEFAULT_LIMITS, selections: 4 }))).toEqual(['OPERATION_TOO_LARGE']);
});

test('of variables that are wrong a hundred thousand times some are reported', () => {
  const graph = graphOf();
  const found = graph.prepare(
    'subscription ($p: [PositionInput!]) { inbox(positions: $p) { __typename } }',
    null,
    null,
  );
  if (found.errors) throw found.errors[0];
  const { errors } = found.prepared.readVariables({ p: Array(100_000).fill(0) });
  expect(errors?.length).toBeLessThan(30);
});

test.each([
  'mutation { a }',
  'subscription { a }',
  'subscription { __typename }',
  'mutation { ...F } fragment F on Query { a }',
])('an operation of a kind that the graph does not have is not valid: %s', (text) => {
  const { supergraphSdl } = composeSchemas([{ name: 'one', sdl: 'type Query { a: Int }' }]);
  const graph = new Graph(supergraphSdl as string, {} as SubgraphRequests);
  const codes = graph.prepare(text, null, null).errors?.map(({ extensions }) => extensions.code);
  expect(codes).toEqual(['GRAPHQL_VALIDATION_FAILED']);
});

test.each([
  [
    'fields of types of types of types',
    '{ __schema { types { fields { type { fields { type { fields { type { name } } } } } } } } }',
  ],
  [
    'types that could be types that could be types',
    '{ __schema { types { possibleTypes { interfaces { possibleTypes { interfaces { name } } } } } } }',
  ],
])('the schema cannot be asked for in circles: %s', (_what, text) => {
  expect(graphOf().prepare(text, null, null).errors?.[0]?.message).toMatch(/introspection depth/i);
});
