import { buildSubgraphSchema } from '@apollo/subgraph';
import { graphql, parse } from 'graphql';
import { checkReferences } from '../../graph/references.ts';

const typeDefs = parse(`
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])
  type Query { ok: Boolean }
  type Parcel @key(fields: "id") @key(fields: "sender place { street number }") {
    id: ID!
    sender: String!
    place: Place!
    text: String
  }
  type Place { street: String! number: Int! }
  type Stamp @key(fields: "id seal") { id: ID! seal: String }
`);
const schema = buildSubgraphSchema({
  typeDefs,
  resolvers: {
    Parcel: { __resolveReference: (reference: object) => ({ ...reference, text: 'there' }) },
    Stamp: { __resolveReference: (reference: object) => ({ seal: 'none', ...reference }) },
  },
});
checkReferences(schema);

const ask = (representations: unknown[]) =>
  graphql({
    schema,
    source: `query ($of: [_Any!]!) { _entities(representations: $of) { ... on Parcel { text } ... on Stamp { seal } } }`,
    variableValues: { of: representations },
  });

test.each([
  ['its first key', { __typename: 'Parcel', id: '1' }, { text: 'there' }],
  ['another key, which has parts', parcelAt({ street: 'Dam', number: 3 }), { text: 'there' }],
  ['a key of which what may be null is null', { __typename: 'Stamp', id: '1', seal: null }, { seal: null }],
  ['a key of which what may be null is absent', { __typename: 'Stamp', id: '1' }, { seal: 'none' }],
])('a reference by %s is resolved', async (_what, reference, entity) => {
  expect(await ask([reference])).toEqual({ data: { _entities: [entity] } });
});

test.each([
  ['names no type', { id: '1' }],
  ['names a type that is no entity', { __typename: 'Place', street: 'Dam', number: 3 }],
  ['has no key', { __typename: 'Parcel' }],
  ['has half of a key', { __typename: 'Parcel', sender: 'Ada' }],
  ['has half of a part of a key', parcelAt({ street: 'Dam' })],
  ['has a text where a key has parts', parcelAt('Dam 3')],
  ['has an id that is no text', { __typename: 'Parcel', id: { like: '%' } }],
])('a reference that %s is refused before any other is resolved', async (_what, reference) => {
  const { data, errors } = await ask([{ __typename: 'Parcel', id: '1' }, reference]);
  expect(data).toBeNull();
  expect(errors?.[0]?.originalError).toMatchObject({ code: 'INVALID_INPUT', fields: { field: 'representations.1' } });
});

function parcelAt(place: unknown): object {
  return { __typename: 'Parcel', sender: 'Ada', place };
}
