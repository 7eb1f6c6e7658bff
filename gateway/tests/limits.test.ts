import { readFileSync } from 'node:fs';
import { buildSchema, parse, validate } from 'graphql';
import type { Calls } from '../execution/calls.ts';
import { Graph } from '../graph.ts';
import { limitSelections, MAX_SELECTIONS } from '../limits.ts';

const schema = buildSchema('type Query { a: Query b: Query name: String }');
const faults = (text: string) => validate(schema, parse(text), [limitSelections]).map(({ message }) => message);
const refusal = expect.stringContaining(`at most ${MAX_SELECTIONS} fields`);

test('an operation may have so many selections and not one more', () => {
  const operation = (count: number) =>
    `{ ${Array.from({ length: count }, (_, index) => `n${index}: name`).join(' ')} }`;
  expect(faults(operation(MAX_SELECTIONS))).toEqual([]);
  expect(faults(operation(MAX_SELECTIONS + 1))).toEqual([refusal]);
});

test('a fragment counts wherever it is used', () => {
  const doubling = (times: number) =>
    [
      '{ ...F0 }',
      ...Array.from({ length: times }, (_, n) => `fragment F${n} on Query { a { ...F${n + 1} } b { ...F${n + 1} } }`),
      `fragment F${times} on Query { name }`,
    ].join('\n');
  expect(faults(doubling(6))).toEqual([]);
  expect(faults(doubling(60))).toEqual([refusal]);
  expect(faults('{ ...F } fragment F on Query { a { ...F } }')).toEqual([refusal]);
});

test('each operation of a document is counted by itself', () => {
  const half = Array.from({ length: MAX_SELECTIONS * 0.6 }, (_, index) => `n${index}: name`).join(' ');
  expect(faults(`query A { ${half} } query B { ${half} }`)).toEqual([]);
});

test('plans are remembered, but neither faults nor long texts', () => {
  const supergraph = readFileSync(new URL('../supergraph.graphql', import.meta.url), 'utf8');
  const graph = new Graph(supergraph, {} as Calls, () => ({ process: () => Promise.reject(new Error('not asked')) }));
  const text = 'subscription { inbox { __typename } }';
  const isRemembered = (query: string) => {
    const { errors, ...first } = graph.prepare(query, null, null);
    const { errors: none, ...again } = graph.prepare(query, null, null);
    return 'prepared' in first && 'prepared' in again && first.prepared === again.prepared;
  };
  expect(graph.prepare(text, null, null).errors).toBeUndefined();
  expect(isRemembered(text)).toBe(true);
  expect(isRemembered(`${text} # ${'x'.repeat(10_000)}`)).toBe(false);
  expect(isRemembered('subscription { nothing }')).toBe(false);
  const refused = graph.prepare(`subscription { inbox { ${'... on LogEvent { seq } '.repeat(600)} } }`, null, null);
  expect(refused.errors?.map(({ message }) => message)).toEqual([refusal]);
});
