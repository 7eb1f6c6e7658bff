import { buildSchema, getOperationAST, type OperationDefinitionNode, parse } from 'graphql';
import { createDataNames } from '../execution/data-names.ts';
import { createShaper, type Shaped } from '../execution/shape.ts';

/** How the answer is made of what services have said. */

const schema = buildSchema(`
  type Query { thing: Thing sure: Thing! things: [Thing] all: [Thing!] any: Any node: Node level: Level }
  type Thing implements Node { id: ID! name: String must: String! count: Int share: Float isOpen: Boolean names: [String!] tags: [String] part: Thing sure: Thing! constructor: String }
  type Other implements Node { id: ID! weight: Int! }
  interface Node { id: ID! }
  union Any = Thing | Other
  enum Level { LOW HIGH }
`);

const NAMES = createDataNames(parse('{ thing }'), new Set());

function shape(text: string, said: Record<string, unknown>, variables: Record<string, unknown> = {}): Shaped {
  const document = parse(text);
  return createShaper(schema, document, getOperationAST(document) as OperationDefinitionNode, NAMES)(said, variables);
}

/** What the answer is, and where something was not as the schema says. */
function made(text: string, said: Record<string, unknown>): [unknown, string[]] {
  const { data, faults } = shape(text, said);
  return [data, faults.map(({ message }) => message)];
}

const NULL = 'What may not be null is null';

test.each<[string, string, Record<string, unknown>, unknown, string[]]>([
  [
    'what was not asked for is left out, and the order is that of the operation',
    '{ thing { name id } }',
    { thing: { __typename: 'Thing', id: '1', name: 'a', count: 3 } },
    { thing: { name: 'a', id: '1' } },
    [],
  ],
  [
    'what is not there is null',
    '{ thing { name part { id } } }',
    { thing: {} },
    { thing: { name: null, part: null } },
    [],
  ],
  [
    'what may not be null takes what is around it',
    '{ thing { name must } }',
    { thing: { name: 'a' } },
    { thing: null },
    [`${NULL}: thing.must.`],
  ],
  [
    'and what is around that, where it may not be null either',
    '{ thing { part { sure { must } } } }',
    { thing: { part: { sure: {} } } },
    { thing: { part: null } },
    [`${NULL}: thing.part.sure.must.`],
  ],
  ['up to the whole answer', '{ level sure { must } }', { level: 'LOW', sure: {} }, null, [`${NULL}: sure.must.`]],
  [
    'an element of a list that may be null',
    '{ things { must } }',
    { things: [{ must: 'a' }, {}, null] },
    { things: [{ must: 'a' }, null, null] },
    [`${NULL}: things.1.must.`],
  ],
  [
    'one that may not',
    '{ all { must } level }',
    { all: [{ must: 'a' }, {}] },
    { all: null, level: null },
    [`${NULL}: all.1.must.`],
  ],
  [
    'texts in lists',
    '{ thing { names tags } }',
    { thing: { names: ['a', null], tags: ['a', null, 'b'] } },
    { thing: { names: null, tags: ['a', null, 'b'] } },
    [`${NULL}: thing.names.1.`],
  ],
  [
    'values of other types',
    '{ thing { name count share isOpen id } level }',
    { thing: { name: 1, count: 1.5, share: '1', isOpen: 'yes', id: 7 }, level: 'MIDDLE' },
    { thing: { name: null, count: null, share: null, isOpen: null, id: 7 }, level: null },
    [
      'The value is not a String: thing.name.',
      'The value is not a Int: thing.count.',
      'The value is not a Float: thing.share.',
      'The value is not a Boolean: thing.isOpen.',
      'The value is not a Level: level.',
    ],
  ],
  [
    'what is no object, and no list',
    '{ thing { id } things { id } }',
    { thing: 'a', things: {} },
    { thing: null, things: null },
    ['What should be an object is none: thing.', 'What should be a list is none: things.'],
  ],
  [
    'objects by their types',
    '{ any { __typename ... on Thing { name } ... on Other { weight } } node { id ... on Other { weight } } }',
    { any: { __typename: 'Other', weight: 2 }, node: { __typename: 'Thing', id: '1' } },
    { any: { __typename: 'Other', weight: 2 }, node: { id: '1' } },
    [],
  ],
  [
    'an object of a type that nobody knows',
    '{ any { __typename } }',
    { any: { __typename: 'Secret' } },
    { any: null },
    ['The type of the object is not one of the schema: any.'],
  ],
  [
    'names that mean something in JavaScript',
    '{ class: thing { constructor return: name toString: id valueOf: count hasOwnProperty: name } }',
    { class: { return: 'a', toString: '1', hasOwnProperty: 'b' } },
    { class: { constructor: null, return: 'a', toString: '1', valueOf: null, hasOwnProperty: 'b' } },
    [],
  ],
])('%s', (_what, text, said, data, faults) => {
  expect(made(text, said)).toEqual([data, faults]);
});

test('the order of fields is that of the operation', () => {
  const { data } = shape('{ level b: thing { name id } a: thing { id name } }', { b: { id: '1' }, a: { id: '1' } });
  expect(JSON.stringify(data)).toBe('{"level":null,"b":{"name":null,"id":"1"},"a":{"id":"1","name":null}}');
});

test('conditions are decided for each who asks', () => {
  const text = 'query ($no: Boolean!) { thing { id name @skip(if: $no) } }';
  const document = parse(text);
  const shaper = createShaper(schema, document, getOperationAST(document) as OperationDefinitionNode, NAMES);
  const said = { thing: { id: '1', name: 'a' } };
  expect([true, false, true].map((no) => shaper(said, { no }).data)).toEqual([
    { thing: { id: '1' } },
    { thing: { id: '1', name: 'a' } },
    { thing: { id: '1' } },
  ]);
});
