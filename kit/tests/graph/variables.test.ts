import { buildSchema, getOperationAST, getVariableValues, type OperationDefinitionNode, parse } from 'graphql';
import { prepareVariables } from '../../graph/variables.ts';
import { InputWorld, SECRET } from './input-world.ts';

/*
 * Variables are read as graphql-js reads them: the same values are accepted, and become the same. What is
 * said of those that are refused differs: no value ever comes back.
 */

const operationOf = (definitions: string) =>
  getOperationAST(parse(`query (${definitions}) { find }`)) as OperationDefinitionNode;

test.each(Array.from({ length: 15 }, (_, seed) => seed))('generated types and values, seed %i', (seed) => {
  const world = new InputWorld(seed);
  const counts = { accepted: 0, refused: 0 };
  for (let n = 0; n < 25; n += 1) {
    const types = [world.type(5), world.type(5)];
    const operation = operationOf(types.map((type, index) => `$v${index}: ${type}`).join(', '));
    const read = prepareVariables(world.schema, operation);
    for (let m = 0; m < 20; m += 1) {
      const given = JSON.parse(
        JSON.stringify(Object.fromEntries(types.map((type, index) => [`v${index}`, world.value(type)]))),
      );
      if (m === 0) delete given.v0;
      const { coerced } = getVariableValues(world.schema, operation.variableDefinitions ?? [], given);
      const ours = read(given);
      if (coerced) {
        expect(ours).toEqual({ coerced });
        counts.accepted += 1;
        continue;
      }
      expect({ given, errors: ours.errors?.length }).toEqual({ given, errors: expect.any(Number) });
      expect(ours.errors?.length).toBeLessThanOrEqual(6);
      expect(JSON.stringify(ours.errors)).not.toContain(SECRET);
      counts.refused += 1;
    }
  }
  // Neither side of the comparison is empty.
  expect(Math.min(counts.accepted, counts.refused)).toBeGreaterThan(50);
});

const schema = buildSchema(`
  scalar Odd
  enum Level { LOW HIGH }
  input Login { login: String!  password: String! }
  input One @oneOf { a: Int  b: Int }
  type Query { find(id: ID): Int }
`);
const faultsOf = (definitions: string, given: Record<string, unknown>) =>
  prepareVariables(schema, operationOf(definitions))(given).errors?.map(({ message }) => message);

test.each<[string, Record<string, unknown>, string]>([
  [
    '$input: Login!',
    { input: { login: 'ada', password: SECRET, extra: 1 } },
    'Variable "$input" got an invalid value: field "extra" is not defined by type "Login".',
  ],
  [
    '$input: Login!',
    { input: { login: 'ada', password: SECRET, [SECRET]: 1 } },
    'Variable "$input" got an invalid value: a field whose name is none is not defined by type "Login".',
  ],
  [
    '$inputs: [Login!]',
    { inputs: [{ login: 'ada', password: [SECRET] }] },
    'Variable "$inputs" got an invalid value at "inputs[0].password": expected type "String", a text.',
  ],
  [
    '$input: Login',
    { input: { login: SECRET } },
    'Variable "$input" got an invalid value: field "password" of required type "String!" was not provided.',
  ],
  [
    '$level: Level',
    { level: SECRET },
    'Variable "$level" got an invalid value: expected one of the values of enum "Level".',
  ],
  [
    '$one: One',
    { one: { a: 1, b: 2 } },
    'Variable "$one" got an invalid value: exactly one field of OneOf type "One" must be given.',
  ],
  ['$one: One', { one: { a: null } }, 'Variable "$one" got an invalid value: field "a" must be non-null.'],
  ['$id: ID!', {}, 'Variable "$id" of required type "ID!" was not provided.'],
  ['$id: ID!', { id: null }, 'Variable "$id" of non-null type "ID!" must not be null.'],
  [
    '$ids: [ID!]',
    { ids: [null] },
    'Variable "$ids" got an invalid value at "ids[0]": expected non-nullable type "ID!" not to be null.',
  ],
])('%s is refused by path and rule', (definitions, given, message) => {
  expect(faultsOf(definitions, given)).toEqual([message]);
});

test('a handful of faults is named, however many there are, and their code is that of bad input', () => {
  const many = Object.fromEntries(Array.from({ length: 60_000 }, (_, n) => [`f${n}`, SECRET]));
  for (const [definitions, given] of [
    ['$v: Login!', { v: many }],
    ['$v: [ID!]', { v: Array(60_000).fill({ secret: SECRET }) }],
    ['$v: [[Level!]]', { v: Array(60_000).fill([SECRET]) }],
  ] as const) {
    const { errors = [] } = prepareVariables(schema, operationOf(definitions))(given);
    expect(errors.map(({ extensions }) => extensions)).toEqual(Array(6).fill({ code: 'BAD_USER_INPUT' }));
    expect(errors.at(-1)?.message).toBe('The variables have more faults. These are the first 5.');
    expect(JSON.stringify(errors).length).toBeLessThan(2_000);
  }
});

test('a message is short, however long the names in it are', () => {
  const [message = ''] = faultsOf(`$${'x'.repeat(50_000)}: ID!`, {}) ?? [];
  expect(message.length).toBeLessThan(400);
});

test('a default stands for what is not given, and null does not; nobody shares a list with others', () => {
  const read = prepareVariables(schema, operationOf('$a: Int = 5, $b: [Int] = [1]'));
  expect([read({}), read({ a: null, b: 2 })]).toEqual([
    { coerced: { a: 5, b: [1] } },
    { coerced: { a: null, b: [2] } },
  ]);
  const lists = [read({}), read({})].map((found) => (found.errors ? null : found.coerced.b));
  expect(lists[0]).not.toBe(lists[1]);
});

test('names of what every object has are names of variables too', () => {
  const read = prepareVariables(schema, operationOf('$constructor: Int, $toString: Int!'));
  expect(read({ toString: 1 })).toEqual({ coerced: { toString: 1 } });
  expect(read({ constructor: 2 }).errors).toHaveLength(1);
});
