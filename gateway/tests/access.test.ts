import { Supergraph } from '@apollo/federation-internals';
import { getOperationAST, type OperationDefinitionNode, parse, print, stripIgnoredCharacters, validate } from 'graphql';
import type { Viewer } from '../../kit/identity/caller.ts';
import { createDataNames } from '../execution/data-names.ts';
import { ALL, createAccess } from '../operation/access/access.ts';
import { withoutSecurity } from '../operation/access/features.ts';
import type { Policies } from '../operation/access/rules.ts';
import { Graph } from '../operation/graph.ts';
import { composeSchemas } from '../supergraph/compose.ts';
import type { SubgraphRequests } from '../upstream/request-coalescing.ts';

const LINK = `extend schema @link(
  url: "https://specs.apollo.dev/federation/v2.9"
  import: ["@key", "@external", "@requires", "@shareable", "@interfaceObject", "@authenticated", "@requiresScopes", "@policy"]
)`;

const PRESS = `${LINK}
  type Query {
    free: String
    posts: [Post!]!
    post(id: ID!): Post
    finds(text: String): [Find]
    me: Person @authenticated
    people: [Person!]
    secret(of: ID): Secret
    sure: String! @authenticated
    badge: Badge
    colour: Colour
    audit(first: Int!): String @requiresScopes(scopes: [["read", "audit"], ["admin"]])
    both: String @authenticated @policy(policies: [["owner"]])
    nobody: String @requiresScopes(scopes: [])
    nothing: String @policy(policies: [[]])
    shared: String @shareable @requiresScopes(scopes: [["one"]])
  }
  type Mutation {
    write(text: String): Post
    erase: Boolean @requiresScopes(scopes: [["admin"]])
    wipe: Boolean! @requiresScopes(scopes: [["admin"]])
  }
  type Subscription { posted: Post  leaked: Secret }
  interface Post { id: ID!  title: String  note: String }
  type Public implements Post { id: ID!  title: String  note: String }
  type Draft implements Post @authenticated { id: ID!  title: String  note: String }
  type Memo implements Post { id: ID!  title: String  note: String @requiresScopes(scopes: [["admin"]]) }
  union Find = Public | Draft | Person
  type Secret @policy(policies: [["spy"]]) { text: String }
  scalar Badge @requiresScopes(scopes: [["badge"]])
  enum Colour @authenticated { RED }
  type Person @key(fields: "id") {
    id: ID! @requiresScopes(scopes: [["admin"]])
    name: String
    friend: Person
    email: String @authenticated
    phone: String! @requiresScopes(scopes: [["phone"]])
  }
  interface Media @key(fields: "id") { id: ID! }
  type Film implements Media @key(fields: "id") { id: ID! }
`;
const STAFF = `${LINK}
  type Query { media: Media  shared: String @shareable @requiresScopes(scopes: [["two"]]) }
  type Person @key(fields: "id") { id: ID! @requiresScopes(scopes: [["admin"]])  desk: String }
  type Media @key(fields: "id") @interfaceObject { id: ID!  rating: Int @authenticated }
`;

function compose(press = PRESS, staff = STAFF): string {
  const { supergraphSdl, errors } = composeSchemas([
    { name: 'press', sdl: press },
    { name: 'staff', sdl: staff },
  ]);
  if (errors) throw new Error(errors.join('\n'));
  return supergraphSdl;
}

const supergraphSdl = compose();
const api = Supergraph.build(withoutSecurity(supergraphSdl)).apiSchema().toGraphQLJSSchema();
const POLICIES: Policies = (name, viewer) => name === 'owner' && viewer?.userId === 'owner';
const accessOf = (sdl: string, policies?: Policies) => {
  const { schema } = Supergraph.build(withoutSecurity(sdl), { validateSupergraph: false });
  return createAccess(schema, schema.toGraphQLJSSchema(), policies);
};
const access = accessOf(supergraphSdl, POLICIES);
const viewer = (scope = '', userId = 'somebody'): Viewer => ({
  userId,
  sessionId: 's',
  scopes: scope.split(' '),
  expiresAt: Number.POSITIVE_INFINITY,
});

/** What an operation comes to for somebody; `asked` is null where nothing is planned. */
function look(query: string, who: Viewer | null, variables: Record<string, unknown> = {}, of = access) {
  const document = parse(query);
  const faults = validate(api, document);
  if (faults.length > 0) throw faults[0];
  const requirements = of.requirementsOf(document, getOperationAST(document) as OperationDefinitionNode);
  const decision = of.decide(requirements, who);
  if (!requirements || decision === ALL) return { decision, asked: query, refused: [], filtered: null };
  const filtered = of.filter(requirements, decision);
  const errors = filtered.errors(variables);
  for (const { extensions } of errors) expect(extensions).toEqual({ code: 'UNAUTHORIZED_FIELD_OR_TYPE' });
  const asked = filtered.document && stripIgnoredCharacters(print(filtered.document));
  if (filtered.document) expect(validate(api, filtered.document)).toEqual([]);
  return { decision, asked, refused: errors.map(({ path }) => path?.join('.')), filtered };
}

const NOBODY = null;
const SOMEBODY = viewer('user');
const ADMIN = viewer('user admin');
const SAME = 'all of it';

describe('what is asked of services, and what is refused', () => {
  test.each<[string, Viewer | null, string, string | null, string[]]>([
    // [what, who, the operation, what is left of it, the paths that are refused]
    ['for everybody', NOBODY, '{ free posts { __typename } }', SAME, []],
    ['@authenticated: nobody', NOBODY, '{ free me { name } }', '{free}', ['me']],
    ['@authenticated: somebody', SOMEBODY, '{ free me { name } }', SAME, []],
    ['all of one set of scopes', viewer('audit x read'), '{ audit(first: 1) }', SAME, []],
    ['another set of scopes', ADMIN, '{ audit(first: 1) }', SAME, []],
    ['half a set of scopes', viewer('read'), '{ free audit(first: 1) }', '{free}', ['audit']],
    ['scopes: nobody', NOBODY, '{ free audit(first: 1) }', '{free}', ['audit']],
    ['several directives: one is not met', SOMEBODY, '{ free both }', '{free}', ['both']],
    ['several directives: all are met', viewer('', 'owner'), '{ free both }', SAME, []],
    ['rules of two services: one is met', viewer('one'), '{ free shared }', '{free}', ['shared']],
    ['rules of two services: both are met', viewer('one two'), '{ free shared }', SAME, []],
    ['scopes that name nothing', ADMIN, '{ free nobody nothing }', '{free}', ['nobody', 'nothing']],
    ['a policy that nobody knows', ADMIN, '{ free secret { text } }', '{free}', ['secret']],
    ['a scalar and an enum', NOBODY, '{ free badge colour }', '{free}', ['badge', 'colour']],
    ['a scalar and an enum, allowed', viewer('badge'), '{ free badge colour }', SAME, []],
    ['a field of an object', NOBODY, '{ people { name email } }', '{people{name}}', ['people.email']],
    ['aliases', NOBODY, '{ p: people { n: name e: email } }', '{p:people{n:name}}', ['p.e']],
    ['nothing left of an object', NOBODY, '{ people { email } }', '{people{__typename}}', ['people.email']],
    ['deep', NOBODY, '{ people { friend { email } } }', '{people{friend{__typename}}}', ['people.friend.email']],
    ['a refused field hides what is in it', NOBODY, '{ free me { email friend { email } } }', '{free}', ['me']],
    ['all refused', NOBODY, '{ me { name } colour }', null, ['me', 'colour']],
    ['a null that reaches the top', NOBODY, '{ free sure }', null, ['sure']],
    [
      'a mutation beside a refused one',
      SOMEBODY,
      'mutation { write { title } erase }',
      'mutation{write{title}}',
      ['erase'],
    ],
    ['a mutation that cannot be answered', SOMEBODY, 'mutation { write { __typename } wipe }', null, ['wipe']],
    ['a mutation', SOMEBODY, 'mutation { erase }', null, ['erase']],
    ['a subscription', SOMEBODY, 'subscription { leaked { text } }', null, ['leaked']],
    [
      'in a subscription',
      NOBODY,
      'subscription { posted { note } }',
      'subscription{posted{__typename}}',
      ['posted.note'],
    ],
    ['introspection', NOBODY, '{ __schema { queryType { name } } __type(name: "Secret") { name } }', SAME, []],
    [
      'introspection beside it',
      NOBODY,
      '{ __schema { ...F } colour } fragment F on __Schema { queryType { name } }',
      '{__schema{...on __Schema{queryType{name}}}}',
      ['colour'],
    ],
    ['a name alone', NOBODY, '{ __typename posts { __typename ... on Draft { __typename } } }', SAME, []],
    // Interfaces and unions.
    ['a field of an interface', NOBODY, '{ posts { id } }', '{posts{__typename}}', ['posts.id']],
    ['a field of an interface, signed in', SOMEBODY, '{ posts { id title } }', SAME, []],
    ['a field that one type restricts', SOMEBODY, '{ posts { id note } }', '{posts{id}}', ['posts.note']],
    [
      'fragments',
      NOBODY,
      '{ posts { ... on Public { id note } ... on Draft { id } ... on Memo { title note } } }',
      '{posts{...on Public{id note}...on Memo{title}}}',
      ['posts.id', 'posts.note'],
    ],
    [
      'a fragment on the interface where one type is left',
      NOBODY,
      '{ posts { ... on Public { ... on Post { title note } } } }',
      SAME,
      [],
    ],
    [
      'a named fragment at two places',
      NOBODY,
      '{ posts { ...P ... on Public { ...P } } } fragment P on Post { title }',
      '{posts{...on Public{...on Post{title}}}}',
      ['posts.title'],
    ],
    [
      'a union, by an interface that leaves two of its types',
      NOBODY,
      '{ finds { ... on Post { title } ... on Person { name email } } }',
      '{finds{...on Person{name}}}',
      ['finds.title', 'finds.email'],
    ],
    ['a field that comes by an interface object', NOBODY, '{ media { id rating } }', '{media{id}}', ['media.rating']],
    [
      'the same by its type',
      NOBODY,
      '{ media { ... on Film { id rating } } }',
      '{media{...on Film{id}}}',
      ['media.rating'],
    ],
  ])('%s', (_what, who, query, left, refused) => {
    const { asked, ...found } = look(query, who);
    expect(found.refused).toEqual(refused);
    expect(asked).toBe(left === SAME ? query : left);
  });

  test('variables that nothing uses any more are not declared', () => {
    const query =
      'query Named($n: Int!, $id: ID!, $x: Boolean!) { audit(first: $n) post(id: $id) { __typename @skip(if: $x) } }';
    expect(look(query, SOMEBODY).asked).toBe('query Named($id:ID!$x:Boolean!){post(id:$id){__typename@skip(if:$x)}}');
  });

  test('what is skipped is not refused', () => {
    const query = 'query ($x: Boolean!) { free me @include(if: $x) { name } ... @skip(if: $x) { colour } }';
    expect(look(query, NOBODY, { x: true }).refused).toEqual(['me']);
    expect(look(query, NOBODY, { x: false }).refused).toEqual(['colour']);
    expect(look('query ($x: Boolean!) { free sure @include(if: $x) }', NOBODY, { x: false })).toMatchObject({
      asked: '{free}',
      refused: [],
    });
  });

  test('a place is refused once, and the error says where it stands in the operation', () => {
    const { filtered, refused } = look('{ free\n me { name } me { email } }', NOBODY);
    expect(refused).toEqual(['me']);
    expect(filtered?.errors({})[0]?.toJSON()).toEqual({
      message: expect.stringMatching(/^Unauthorized field or type/),
      locations: [{ line: 2, column: expect.any(Number) }],
      path: ['me'],
      extensions: { code: 'UNAUTHORIZED_FIELD_OR_TYPE' },
    });
  });
});

describe('decisions', () => {
  const graph = new Graph(supergraphSdl, {} as SubgraphRequests);
  const prepare = (query: string, who: Viewer | null) => {
    const found = graph.prepare(query, null, who);
    if (found.errors) throw found.errors[0];
    return found.prepared;
  };

  test('plans are shared by all who may see the same, and by nobody else', () => {
    const text = '{ audit(first: 1) free }';
    const plain = prepare(text, SOMEBODY);
    expect(prepare(text, NOBODY)).toBe(plain);
    expect(JSON.parse(plain.primary?.text ?? '')).toBe('{free}');
    const whole = prepare(text, ADMIN);
    expect(whole.refused).toBeNull();
    expect(prepare(text, viewer('read audit'))).toBe(whole);
    expect([ADMIN, SOMEBODY, NOBODY].map((who) => graph.isFor(plain, who))).toEqual([false, true, true]);
    const open = prepare('{ free }', SOMEBODY);
    expect(prepare('{ free }', NOBODY)).toBe(open);
    expect(graph.isFor(open, ADMIN)).toBe(true);
  });

  test('where nothing may be asked there is no plan', () => {
    expect(prepare('mutation { erase }', SOMEBODY)).toMatchObject({ primary: null, plan: { kind: 'QueryPlan' } });
    expect(prepare('subscription { leaked { text } }', ADMIN).primary).toBeNull();
  });

  const query = '{ audit(first: 1) people { email phone } }';
  const decide = (who: Viewer | null) => look(query, who).decision;

  test('are equal for all who may see the same, and for nobody else', () => {
    expect(decide(viewer('phone x'))).toBe(decide(viewer('y phone', 'another')));
    expect(decide(viewer('admin phone'))).toBe(ALL);
    expect(decide(viewer('audit read phone'))).toBe(ALL);
    const all = [NOBODY, viewer(), viewer('phone'), viewer('admin'), viewer('admin phone')].map(decide);
    expect(new Set(all).size).toBe(all.length);
  });

  test('there is nothing to decide for an operation without rules', () => {
    const document = parse('{ free people { name } }');
    const requirements = access.requirementsOf(document, document.definitions[0] as OperationDefinitionNode);
    expect(requirements).toBeNull();
    expect(access.decide(requirements, NOBODY)).toBe(ALL);
  });
});

describe('what a service says and the viewer may not see', () => {
  const NAMES = createDataNames(parse('{ id }'), new Set());
  test('a key that the plan needs is withheld under the names that were refused', () => {
    const { filtered } = look('{ people { id key: id desk friend { id name } } }', SOMEBODY);
    const data = {
      people: [{ __typename: 'Person', id: '1', key: '1', desk: 'd', friend: { id: '2', name: 'n' } }, null],
    };
    filtered?.withhold(data, NAMES);
    expect(data).toEqual({ people: [{ __typename: 'Person', desk: 'd', friend: { name: 'n' } }, null] });
  });

  test('by the type that an object has, and by all that it could have where that is not known', () => {
    const { filtered } = look(
      '{ finds { ... on Public { title } ... on Post { title } ... on Person { id } } }',
      NOBODY,
    );
    const data = {
      finds: [
        { __typename: 'Person', id: '1', title: 'x' },
        { id: '1', title: 'x' },
      ],
    };
    filtered?.withhold(data, NAMES);
    expect(data).toEqual({ finds: [{ __typename: 'Person', title: 'x' }, {}] });
  });
});

describe('a supergraph with rules', () => {
  const UNKNOWN = '@link(url: "https://specs.apollo.dev/authenticated/v9.1", for: SECURITY)';
  const KNOWN = '@link(url: "https://specs.apollo.dev/authenticated/v0.1", for: SECURITY)';
  test('is planned with when its rules are enforced elsewhere', () => {
    expect(() => Supergraph.build(supergraphSdl)).toThrow('is for: SECURITY but is unsupported');
    const plain = withoutSecurity(supergraphSdl);
    expect(plain.match(/for: [A-Z]+/g)).toEqual(['for: EXECUTION']);
    expect(plain.replace(/@link.*/g, '')).toBe(supergraphSdl.replace(/@link.*/g, ''));
  });

  test('clients see neither the rules nor their types', () => {
    expect(Object.keys(api.getTypeMap()).filter((name) => /scope|policy/i.test(name))).toEqual([]);
    expect(api.getDirectives().map(({ name }) => name)).not.toContain('authenticated');
  });

  test('of a version that is not known is refused, marked for security or not', () => {
    const marked = supergraphSdl.replace(KNOWN, UNKNOWN);
    const unmarked = supergraphSdl.replace(KNOWN, UNKNOWN.replace(', for: SECURITY', ''));
    for (const other of [marked, unmarked]) {
      expect(other).not.toBe(supergraphSdl);
      expect(() => accessOf(other)).toThrow('authenticated/v9.1');
    }
    expect(() => new Graph(marked, {} as SubgraphRequests)).toThrow('is for: SECURITY but is unsupported');
  });

  test('other features for security keep their mark', () => {
    const other = supergraphSdl.replace(KNOWN, `${KNOWN} @link(url: "https://example.com/veil/v0.1", for: SECURITY)`);
    expect(withoutSecurity(other)).toContain('@link(url: "https://example.com/veil/v0.1", for: SECURITY)');
    expect(() => accessOf(other)).toThrow('is for: SECURITY but is unsupported');
  });

  test('rules count under the names that services import them by', () => {
    const renamed = (sdl: string) =>
      sdl
        .replace('"@authenticated"', '{ name: "@authenticated", as: "@login" }')
        .replace(/ @authenticated/g, ' @login');
    const other = accessOf(compose(renamed(PRESS), renamed(STAFF)), POLICIES);
    expect(look('{ free me { name } colour }', NOBODY, {}, other).refused).toEqual(['me', 'colour']);
    expect(look('{ me { name } colour }', SOMEBODY, {}, other).decision).toBe(ALL);
  });

  test('a rule that stands on an interface alone counts for its fields', () => {
    const other = supergraphSdl.replace(/(interface Media[^{]*)/, '$1 @authenticated ');
    expect(other).not.toBe(supergraphSdl);
    expect(look('{ media { id } }', NOBODY, {}, accessOf(other)).refused).toEqual(['media.id']);
  });

  test('a rule on the type of the root counts for all its fields, but not for introspection', () => {
    const closed = (sdl: string) => sdl.replace('type Query {', 'type Query @authenticated {');
    const other = accessOf(compose(closed(PRESS), closed(STAFF)));
    expect(look('{ a: free __typename __schema { queryType { name } } }', NOBODY, {}, other)).toMatchObject({
      asked: '{__typename __schema{queryType{name}}}',
      refused: ['a'],
    });
  });

  test('composition refuses rules that could be gone round', () => {
    const errors = (press: string) => composeSchemas([{ name: 'press', sdl: press }]).errors?.join();
    expect(
      errors(`${LINK} type Query { a: I } interface I @authenticated { id: ID } type T implements I { id: ID }`),
    ).toMatch('cannot be applied on interfaces');
  });
});
