import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSchema, parse, validate } from 'graphql';
import { examples } from '../gateway/page/browser/example-tabs.js';

const read = (path: string) => readFileSync(join(import.meta.dirname, '..', path), 'utf8');
const schema = buildSchema(read('gateway/schema.graphql'));

/** The operations that a document shows. */
const operationsOf = (path: string) =>
  [...read(path).matchAll(/```graphql\n([\s\S]*?)```/g)].map((match) => match[1] as string);

describe.each(['README.md', 'PROTOCOL.md'])('what %s shows', (path) => {
  it('is valid in the graph as it is', () => {
    const operations = operationsOf(path);
    expect(operations.length).toBeGreaterThan(0);
    for (const operation of operations) expect(validate(schema, parse(operation)).map(String)).toEqual([]);
  });
});

it('the request in README.md that a shell sends is JSON, and valid', () => {
  const body = /--data-binary @- <<'END'\n(.*)\nEND/.exec(read('README.md'))?.[1] as string;
  expect(validate(schema, parse(JSON.parse(body).query)).map(String)).toEqual([]);
});

it('what the page at /graphql begins with is valid', () => {
  expect(examples.length).toBeGreaterThan(0);
  for (const { query } of examples) expect(validate(schema, parse(query)).map(String)).toEqual([]);
});
