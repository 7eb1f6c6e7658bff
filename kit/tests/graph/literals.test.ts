import { buildSchema, GraphQLError, parse, validate } from 'graphql';
import { readDocument } from '../../graph/limits/document.ts';
import { DEFAULT_LIMITS } from '../../graph/limits/limits.ts';
import { findFaults } from '../../graph/limits/validate.ts';
import { InputWorld, SECRET } from './input-world.ts';

/*
 * Values that are written into a document are valid where graphql-js says so. The errors quote none of them,
 * and are bounded however large the document is.
 */

test.each(Array.from({ length: 8 }, (_, seed) => seed))('generated literals, seed %i', (seed) => {
  const world = new InputWorld(seed);
  const counts = { valid: 0, faulty: 0 };
  for (let n = 0; n < 400; n += 1) {
    const index = n % world.types.length;
    const literal = world.literal(world.value(world.types[index] as string));
    if (literal === null) continue;
    const text = `{ find${index}(v: ${literal}) }`;
    const document = parse(text);
    const expected = validate(world.schema, document);
    const faults = findFaults(world.schema, document);
    expect({ text, faulty: faults.length > 0 }).toEqual({ text, faulty: expected.length > 0 });
    expect(JSON.stringify(faults)).not.toContain(SECRET);
    for (const { locations } of faults) expect(locations).not.toHaveLength(0);
    counts[faults.length > 0 ? 'faulty' : 'valid'] += 1;
  }
  expect(Math.min(counts.valid, counts.faulty)).toBeGreaterThan(30);
});

const schema = buildSchema(`
  enum Level { LOW HIGH }
  input Login { login: String!  password: String!  level: Level }
  type Query { logIn(input: Login!, count: Int): Int  viewer: Query  other: Query  name: String }
`);
const faultsOf = (text: string) => findFaults(schema, parse(text)).map(({ message }) => message);

test.each([
  [`{ logIn(input: { login: "a", password: ["${SECRET}"] }) }`, 'Expected a value of type "String".'],
  [`{ logIn(input: "${SECRET}") }`, 'Expected a value of type "Login!".'],
  [
    `{ logIn(input: { login: "a", password: "b", level: ${SECRET.replace('-', '')} }) }`,
    'Expected a value of type "Level".',
  ],
  [
    `{ logIn(input: { login: "a", password: "${SECRET}", pasword: 1 }) }`,
    'Field "pasword" is not defined by type "Login". Did you mean "password"?',
  ],
  [`{ logIn(input: { login: "${SECRET}" }) }`, 'Field "Login.password" of required type "String!" was not provided.'],
])('%s is refused by type and name', (text, message) => {
  expect(faultsOf(text)).toEqual([message]);
});

test.each([
  [`{ logIn(input: { password "${SECRET}" }) }`, 'Syntax Error: Expected ":", found String.'],
  [`{ logIn(input: { password: "a" """${SECRET}""" }) }`, 'Syntax Error: Expected Name, found BlockString.'],
  [`{ logIn 123456 }`, 'Syntax Error: Expected Name, found Int.'],
  [`{ logIn(secret }`, 'Syntax Error: Expected ":", found "}".'],
])('what cannot be parsed is quoted by its kind: %s', (text, message) => {
  const read = () => readDocument(text, DEFAULT_LIMITS);
  expect(read).toThrow(GraphQLError);
  expect(read).toThrow(message);
  expect(read).not.toThrow(/s3cret|123456/);
});

const repeat = (count: number, part: (n: number) => string) =>
  Array.from({ length: count }, (_, n) => part(n)).join(' ');
const long = 'x'.repeat(40_000);

test.each([
  [
    'an operation of a long name whose variables are not used',
    `query ${long}(${repeat(200, (n) => `$a${n}: Int`)}) { name }`,
  ],
  ['an unknown field of a long name', `{ ${long} ${long}1 }`],
  [
    'fields that conflict in many places',
    `{ ${repeat(20, (n) => `a: ${n % 2 ? 'viewer' : 'other'} { ${repeat(20, (m) => `b${m}: ${n % 2 ? 'name' : 'logIn'}`)} }`)} }`,
  ],
  ['2,000 wrong literals', `{ ${repeat(2_000, (n) => `a${n}: logIn(count: "x")`)} }`],
])('the answer to a document is bounded: %s', (_what, text) => {
  const faults = findFaults(schema, parse(text));
  expect(faults.length).toBeGreaterThan(0);
  expect(faults.length).toBeLessThanOrEqual(21);
  expect(JSON.stringify(faults).length).toBeLessThan(12_000);
});
