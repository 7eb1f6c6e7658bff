import { readFileSync } from 'node:fs';
import { Graph } from '../operation/graph.ts';
import type { SubgraphRequests } from '../upstream/request-coalescing.ts';
import { isClean } from '../upstream/subgraph-request.ts';

const supergraph = readFileSync(new URL('../supergraph/supergraph.graphql', import.meta.url), 'utf8');
/** A graph that nothing is asked of. */
const graphOf = (sdl: string) => new Graph(sdl, {} as SubgraphRequests);
const graph = graphOf(supergraph);

/** The text that one service is asked; null where the operation takes another way. */
function direct(query: string, operationName: string | null = null): string | null {
  const found = graph.prepare(query, operationName, null);
  return !found.errors && found.prepared.isDirect ? JSON.parse(found.prepared.primary?.text ?? '') : null;
}

test.each([
  'mutation($input:SendMessageInput!){sendMessage(input:$input){__typename ...on SendMessagePayload{sentMessage{id seq}}...on UserError{code message}}}',
  'mutation Named($input:SendMessageInput!){sendMessage(input:$input){...on SendMessagePayload{sentMessage{id seq}}...on UserError{code}}}',
  'query($id:ID!){conversation(id:$id){a:id ...F}}fragment F on Conversation{headSeq messages(last:3){edges{node{preview}}}}',
  'query($id:ID!$x:Boolean!){conversation(id:$id){id@skip(if:$x)headSeq}}',
  'subscription($positions:[PositionInput!]){inbox(positions:$positions){...on LogEvent{seq}...on MessageSent{message{preview content{...on TextContent{text}}sender{id}}}}}',
])('goes to its service as it is: %s', (query) => {
  expect(direct(query)).toBe(query);
});

test('of several operations only the one that is asked, with the fragments that it uses', () => {
  const query = `query A { viewer { id } } query B($id: ID!) { conversation(id: $id) { ...F } }
    fragment F on Conversation { ...G } fragment G on Conversation { id } fragment H on Viewer { id }`;
  const valid = query.replace('fragment H on Viewer { id }', '');
  expect(direct(valid, 'B')).toBe(
    'query B($id:ID!){conversation(id:$id){...F}}fragment F on Conversation{...G}fragment G on Conversation{id}',
  );
});

test.each([
  ['fields of another service', 'query ($id: ID!) { conversation(id: $id) { otherMember { name } } }'],
  ['two services', 'query ($id: ID!) { conversation(id: $id) { id } viewer { id } }'],
  ['introspection', 'query ($id: ID!) { conversation(id: $id) { id } __schema { queryType { name } } }'],
  ['nothing of a service', '{ __typename }'],
  ['the name of the root', 'query ($id: ID!) { __typename conversation(id: $id) { id } }'],
  ['a condition at the root', 'query ($id: ID!, $x: Boolean!) { conversation(id: $id) @skip(if: $x) { id } }'],
])('takes the other way: %s', (_name, query) => {
  expect(graph.prepare(query, null, null)?.errors).toBeUndefined();
  expect(direct(query)).toBeNull();
});

test('takes the other way where the answer could hold what is hidden from clients', () => {
  const hiding = supergraph
    .replace(/(type GapTooLarge[^{]*?)(\n {2}@join__type)/, '$1 @inaccessible$2')
    .replace(/(\n {2})(DIRECT @join__enumValue\(graph: CHAT\))/, '$1$2 @inaccessible');
  expect(hiding).not.toBe(supergraph);
  const other = graphOf(hiding);
  const isDirect = (query: string) => {
    const found = other.prepare(query, null, null);
    if (found?.errors) throw found.errors[0];
    return found.prepared.isDirect;
  };
  expect(isDirect('{ conversations(first: 1) { edges { node { id } } } }')).toBe(true);
  expect(isDirect('{ conversations(first: 1) { edges { node { kind } } } }')).toBe(false);
  expect(isDirect('subscription { inbox { __typename } }')).toBe(false);
});

test.each([
  ['{"data":{"a":1}}', true],
  [JSON.stringify({ data: { a: '"errors":' } }), true],
  [JSON.stringify({ data: { a: '\\"extensions\\"' } }), true],
  ['{"data":{"a":"errors"}}', false],
  ['{"data":{"a":1},"errors":[]}', false],
  ['{"data":{"a":1}, "errors" : []}', false],
  ['{"errors":[],"data":{"a":1}}', false],
  ['{"data":{"a":1},"extensions":{}}', false],
  ['{"data":null}', false],
  ['{ "data": {} }', false],
  ['', false],
])('looks at results without parsing them: %s', (text, clean) => {
  expect(isClean(Buffer.from(text))).toBe(clean);
});
