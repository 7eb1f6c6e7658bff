import { GraphQLError, getIntrospectionQuery } from 'graphql';
import { readDocument } from '../../graph/limits/document.ts';
import { DEFAULT_LIMITS, type Limit } from '../../graph/limits/limits.ts';
import { maskError } from '../../graph/mask.ts';
import { createLog } from '../../observe/log.ts';

const repeat = (count: number, part: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => part(index)).join(' ');
const nest = (levels: number, open: string, inner: string) => `${open.repeat(levels)}${inner}${'}'.repeat(levels)}`;

/** What a client is told, or null where the text is taken. */
function refusalOf(text: string, limits: Partial<typeof DEFAULT_LIMITS> = {}) {
  try {
    readDocument(text, { ...DEFAULT_LIMITS, ...limits });
    return null;
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    return maskError(error.toJSON(), error, createLog('test', 'silent'));
  }
}

/** For each limit a text that just keeps within it and one that is larger by one. */
const TEXTS: [Limit, (count: number) => string][] = [
  ['bytes', (count) => `{ viewer { id } } #${'é'.repeat((count - 19) >> 1)}${count % 2 === 0 ? 'x' : ''}`],
  ['tokens', (count) => `{ user(ids: [${repeat(count - 12, () => '1')}]) { id } }`],
  ['operations', (count) => repeat(count, (n) => `query Q${n} { viewer { id } }`)],
  ['fragments', (count) => `{ viewer { ...F0 } } ${repeat(count, (n) => `fragment F${n} on User { id }`)}`],
  ['selections', (count) => `{ viewer { ${repeat(count - 1, (n) => `f${n}`)} } }`],
  [
    'selections',
    (count) => `{ viewer { a @include(if: true) ... @skip(if: false) { ${repeat(count - 9, (n) => `f${n}`)} } } }`,
  ],
  [
    'introspection',
    (count) =>
      `{ __schema { ${repeat(40, (n) => `f${n} { ${repeat(count / 40 - 1, (m) => `g${m}`)} }`)}${count % 40 ? ' x' : ''} } viewer { ${repeat(190, (n) => `h${n}`)} } }`,
  ],
  ['depth', (count) => nest(count - 1, '{ a ', '{ b }')],
  ['depth', (count) => `{ a ${nest(count, '{ ... ', '{ b }')} }`],
  ['aliases', (count) => `{ viewer { ${repeat(count, (n) => `n${n}: name`)} } }`],
  ['rootFields', (count) => `{ ...R } fragment R on Query { ${repeat(count, (n) => `f${n}`)} }`],
  ['mutations', (count) => `mutation { ...R } fragment R on Mutation { ${repeat(count, (n) => `f${n}`)} }`],
  ['repeats', (count) => `{ a { ${repeat(count, () => 'b { id }')} } }`],
  ['repeats', (count) => `{ a { ${repeat(count - 1, () => 'b')} } ... on Query { a { ...F } } } fragment F on A { b }`],
  ['directives', (count) => `{ viewer { id ${repeat(count, () => '@include(if: true)')} } }`],
  ['directives', (count) => `query ($n: Int ${repeat(count, () => '@a')}) { viewer { id } }`],
  ['directives', (count) => `{ viewer { ...F } } fragment F on User ${repeat(count, () => '@a')} { id }`],
];

test.each(TEXTS)('%s: takes what is at the limit, and refuses one more by name', (limit, text) => {
  const maximum = DEFAULT_LIMITS[limit];
  expect(refusalOf(text(maximum))).toBeNull();
  expect(refusalOf(text(maximum + 1))).toMatchObject({
    message: expect.stringContaining(` ${maximum} `),
    extensions: { code: 'OPERATION_TOO_LARGE', limit, maximum },
  });
});

test.each([
  [
    'fragments that double each other',
    `{ ...F0 } ${repeat(15, (n) => `fragment F${n} on A { a { ...F${n + 1} } b { ...F${n + 1} } }`)} fragment F15 on A { c }`,
    'selections',
  ],
  ['a fragment that nobody uses', `{ a } fragment F on A { ${repeat(1_001, (n) => `f${n}`)} }`, 'selections'],
  [
    'one of two fragments of the same name',
    `{ ...F } fragment F on A { ${repeat(1_001, (n) => `f${n}`)} } fragment F on A { b }`,
    'selections',
  ],
  ['lists in one another, deeper than the stack', `{ a(b: ${'['.repeat(20_000)}${']'.repeat(20_000)}) }`, 'depth'],
])('refuses %s', (_what, text, limit) => {
  const isDeep = limit === 'depth';
  expect(refusalOf(text, isDeep ? { tokens: 50_000 } : {})?.extensions).toMatchObject({
    code: 'OPERATION_TOO_LARGE',
    limit,
  });
});

test.each([
  ['itself', '{ ...F } fragment F on A { a { ...F } }'],
  ['itself through another', '{ ...F } fragment F on A { ...G } fragment G on A { a { ...F } }'],
  ['itself, and is used by nobody', '{ a } fragment F on A { ...F }'],
])('refuses a fragment that uses %s', (_what, text) => {
  const refused = refusalOf(text);
  expect(refused?.extensions?.code).toBe('GRAPHQL_VALIDATION_FAILED');
  expect(refused?.message).toMatch(/"F" uses itself/);
});

test('each operation of a document is counted by itself', () => {
  const half = `a { ${repeat(DEFAULT_LIMITS.selections * 0.6, (n) => `f${n}`)} }`;
  expect(refusalOf(`query A { ${half} } query B { ${half} }`)).toBeNull();
});

test('what is not GraphQL is told where', () => {
  expect(refusalOf('{ viewer {')).toMatchObject({
    message: expect.stringContaining('Syntax Error'),
    locations: [{ line: 1, column: 11 }],
    extensions: { code: 'GRAPHQL_PARSE_FAILED' },
  });
});

test('takes what tools ask to read a schema', () => {
  expect(refusalOf(getIntrospectionQuery({ inputValueDeprecation: true, oneOf: true }))).toBeNull();
});
