import { buildSchema, getOperationAST, getVariableValues, type OperationDefinitionNode, parse } from 'graphql';
import { prepareVariables } from '../variables.ts';

/** Variables that are read without graphql-js come to the same as with it, whatever a client gives. */

const schema = buildSchema(`
  scalar Odd
  enum Level { LOW HIGH }
  input Input { count: Int! = 3 }
  type Query {
    find(id: ID, text: String, count: Int, share: Float, isOpen: Boolean, odd: Odd, level: Level, input: Input, ids: [ID!]): Int
  }
`);
const VALUES = [
  undefined,
  null,
  '',
  'text',
  '7',
  7,
  -0,
  1.5,
  2 ** 31,
  2 ** 53,
  Number.POSITIVE_INFINITY,
  true,
  [],
  ['a'],
  [null],
  {},
  { count: 1 },
  'LOW',
];
const TYPES = ['ID', 'String', 'Int', 'Float', 'Boolean', 'Odd', 'Level', 'Input', '[ID!]'];

const operationOf = (definitions: string) =>
  getOperationAST(parse(`query (${definitions}) { find }`)) as OperationDefinitionNode;

test.each(TYPES.flatMap((type) => [`$a: ${type}`, `$a: ${type}!`, `$a: ID, $b: ${type}`]))('%s', (definitions) => {
  const operation = operationOf(definitions);
  const coerce = prepareVariables(schema, operation);
  for (const value of VALUES) {
    const given = value === undefined ? {} : { a: value, b: value, more: value };
    const { coerced, errors } = getVariableValues(schema, operation.variableDefinitions ?? [], given, {
      maxErrors: 20,
    });
    const read = coerce(given);
    if (coerced) expect(read).toEqual({ coerced });
    else expect(read.errors?.map(({ message }) => message)).toEqual(errors.map(({ message }) => message));
  }
});

test('a default stands for what is not given, and null does not', () => {
  const coerce = prepareVariables(schema, operationOf('$a: Int = 5'));
  expect([coerce({}), coerce({ a: null }), coerce({ a: 1 })]).toEqual([
    { coerced: { a: 5 } },
    { coerced: { a: null } },
    { coerced: { a: 1 } },
  ]);
});

test('what is wrong is said with the code of bad input', () => {
  const read = prepareVariables(schema, operationOf('$a: Int'))({ a: 'x' });
  expect(read.errors?.map(({ extensions }) => extensions)).toEqual([{ code: 'BAD_USER_INPUT' }]);
});

test('names of what every object has are names of variables too', () => {
  const coerce = prepareVariables(schema, operationOf('$constructor: Int, $toString: Int!'));
  expect(coerce({ toString: 1 })).toEqual({ coerced: { toString: 1 } });
  expect(coerce({ constructor: 2 }).errors).toHaveLength(1);
});
