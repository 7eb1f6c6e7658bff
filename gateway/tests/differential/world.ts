import {
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  isAbstractType,
  isEnumType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';

// A world of which every value says what it is: the value of a field is made of the object, the field and its
// arguments, so a value at a wrong place is seen at once.

const LINK = `extend schema @link(
  url: "https://specs.apollo.dev/federation/v2.9"
  import: ["@key", "@external", "@requires", "@provides", "@shareable", "@interfaceObject"]
)`;

const CATALOG = `${LINK}
  type Query {
    item(id: ID!): Item
    items(first: Int = 2): [Item]
    product(id: ID!): Product
    grid(first: Int = 2): [[Product]]
    found(text: String = "x", kinds: [Kind!]): [Found]
    viewer: Person
    shared(scale: Float): String @shareable
  }
  type Mutation { touch(id: ID!, by: By): Item  rename(id: ID!, name: String): Product }
  type Subscription { touched(id: ID!): Item  changed(id: ID!): Product }
  enum Kind { SMALL LARGE }
  input By { amount: Int = 3  kind: Kind  tags: [String!]  deep: By }
  union Found = Product | Bundle | Person
  interface Item @key(fields: "id") { id: ID!  name: String  code(kind: Kind = SMALL): String  twin: Item }
  type Product implements Item @key(fields: "id") {
    id: ID!  name: String  code(kind: Kind = SMALL): String  twin: Item
    sku: String!  price(currency: String! = "EUR"): Int!  tags(first: Int): [String!]
    size(unit: Kind, by: By): Int  box: Box!  maker: Person  fragile: Boolean
  }
  type Bundle implements Item @key(fields: "id") @key(fields: "sku box { height }") {
    id: ID!  name: String  code(kind: Kind = SMALL): String  twin: Item
    sku: String!  box: Box!  parts(first: Int = 2): [Item!]  size: Int  maker: Person @provides(fields: "nick")
  }
  type Box @shareable { id: ID  width: Int!  height: Int!  inner: Box }
  type Person @key(fields: "handle") { handle: ID!  nick: String @external }
`;

const PEOPLE = `${LINK}
  type Query { person(handle: ID!): Person  people(first: Int = 2): [Person]  likes: [Liked]  shared(scale: Float): String @shareable }
  type Mutation { greet(handle: ID!): Person }
  union Liked = Product | Person
  type Person @key(fields: "handle") @key(fields: "id") {
    handle: ID!  id: ID!  name: String  nick: String @shareable  age(kind: String = "years"): Int
    friends(first: Int = 2): [Person!]  best: Person  mood: String!  likes(first: Int = 2): [Liked]
  }
  type Product @key(fields: "id") { id: ID!  reviews(first: Int = 2): [Review!]  owner: Person }
  type Review { id: ID!  stars: Int  author: Person  about: Product  handle: String }
`;

const STOCK = `${LINK}
  type Query { stocked(first: Int = 2): [Stocked]  }
  union Stocked = Bundle | Product
  type Product @key(fields: "id") {
    id: ID!  sku: String! @external  price(currency: String! = "EUR"): Int! @external  box: Box! @external
    inStock: Int
    shipping(to: String): Int @requires(fields: "sku box { width }")
    feeUsd: Int @requires(fields: "price(currency: \\"USD\\")")
    feeCny(by: Int = 1): Int @requires(fields: "price(currency: \\"CNY\\") sku")
  }
  type Bundle @key(fields: "sku box { height }") { sku: String!  box: Box!  inStock: Int }
  type Box @shareable { width: Int!  height: Int! }
  type Person @key(fields: "id") { id: ID!  name: String @external  label(upper: Boolean): String @requires(fields: "name")  basket: [Stocked] }
`;

const RATINGS = `${LINK}
  type Query { rated(first: Int = 2): [Item] }
  type Item @key(fields: "id") @interfaceObject { id: ID!  rating(scale: Float = 1.5): Int  keeper: Person }
  type Person @key(fields: "id", resolvable: false) { id: ID! }
`;

export const SERVICES = [
  { name: 'catalog', sdl: CATALOG },
  { name: 'people', sdl: PEOPLE },
  { name: 'stock', sdl: STOCK },
  { name: 'ratings', sdl: RATINGS },
];

type Arguments = Record<string, unknown>;
/** `kind` is what a thing really is: to some services, all items are of one type. */
type Thing = Record<string, unknown> & { __typename: string; kind: string };

const COUNT = 7;
const hash = (text: string) => [...text].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 999_983, 7);

/** Arguments in one order, so that equal ones give equal values. */
function textOf(args: unknown): string {
  if (Array.isArray(args)) return `[${args.map(textOf).join()}]`;
  if (typeof args !== 'object' || args === null) return String(args);
  return `{${Object.entries(args)
    .map(([name, value]) => `${name}:${textOf(value)}`)
    .sort()
    .join()}}`;
}

const thing = (kind: string, fields: Record<string, unknown>): Thing => ({ __typename: kind, kind, ...fields });
const box = (of: string): Thing =>
  thing('Box', { id: `box ${of}`, width: hash(`${of} width`) % 100, height: hash(`${of} height`) % 100 });
const MAKERS: Record<string, (n: number) => Thing> = {
  Product: (n) => thing('Product', { id: `p${n}`, sku: `sku-p${n}`, box: box(`p${n}`) }),
  Bundle: (n) => thing('Bundle', { id: `b${n}`, sku: `sku-b${n}`, box: box(`b${n}`) }),
  Person: (n) => thing('Person', { handle: `h${n}`, id: `u${n}`, name: `name of u${n}` }),
};
const KINDS: Record<string, string> = { p: 'Product', b: 'Bundle', h: 'Person', u: 'Person' };

/** The thing that a key means. */
export function find({ id, handle, sku }: Arguments): Thing | null {
  const [, letter = '', number] = /^(?:sku-)?([a-z])(\d+)$/.exec(String(id ?? handle ?? sku)) ?? [];
  return MAKERS[KINDS[letter] ?? '']?.(Number(number) % COUNT) ?? null;
}

/**
 * What fields are made of that require others. A service is told these; where everything is in one place they
 * are there.
 */
const price = (source: Thing, currency: string) =>
  source.price ?? hash(`Product ${source.id} price{currency:${currency}}`);
const REQUIRED: Record<string, (source: Thing) => unknown> = {
  shipping: (source) => `${source.sku} ${(source.box as Thing).width}`,
  feeUsd: (source) => price(source, 'USD'),
  feeCny: (source) => `${price(source, 'CNY')} ${source.sku}`,
  label: (source) => source.name,
};

/** The value of any field: what the thing has, or what is made of its name. */
export function resolve(
  source: Thing | undefined,
  args: Arguments,
  _context: unknown,
  { fieldName, parentType, returnType }: GraphQLResolveInfo,
): unknown {
  if (source && fieldName in source && fieldName !== 'price') return source[fieldName];
  const text = `${source?.kind ?? parentType.name} ${source?.handle ?? source?.id ?? ''} ${fieldName}${textOf(args)}`;
  // Those never fail that others require.
  if (fieldName === 'price') return hash(text);
  const chance = hash(text);
  if (!isNonNullType(returnType) && chance % 11 === 0) return null;
  if (chance % 13 === 0) throw new Error('It fell into the water.');
  const required = source && REQUIRED[fieldName]?.(source);
  return make(returnType, required === undefined ? text : `${text} ${required}`, args);
}

function make(type: GraphQLOutputType, text: string, args: Arguments): unknown {
  if (isNonNullType(type)) return make(type.ofType, text, args);
  if (isListType(type)) {
    const length = typeof args.first === 'number' ? Math.max(0, Math.min(3, args.first)) : 2;
    return Array.from({ length }, (_, index) => {
      const one = `${text} ${index}`;
      return !isNonNullType(type.ofType) && hash(one) % 9 === 0 ? null : make(type.ofType, one, args);
    });
  }
  const key = args.id ?? args.handle;
  if (typeof key === 'string') {
    const found = find({ id: key });
    return found && (MEMBERS[type.name] ?? [type.name]).includes(found.kind) ? found : null;
  }
  if (type.name === 'Box') return box(text);
  if (type.name === 'Review') return thing('Review', { id: `review ${hash(text)}` });
  if (isAbstractType(type) || isObjectType(type)) return pick(MEMBERS[type.name] ?? [type.name], text);
  if (isEnumType(type)) return type.getValues()[0]?.name;
  if (type.name === 'Int') return hash(text);
  return type.name === 'Boolean' ? hash(text) % 2 === 0 : `value of ${text}`;
}

/** Written out, as not all services know all of them. */
const MEMBERS: Record<string, readonly string[]> = {
  Item: ['Product', 'Bundle'],
  Found: ['Product', 'Bundle', 'Person'],
  Liked: ['Product', 'Person'],
  Stocked: ['Bundle', 'Product'],
};

function pick(kinds: readonly string[], text: string): Thing {
  const kind = kinds[hash(text) % kinds.length] as string;
  return (MAKERS[kind] as (n: number) => Thing)(hash(`${text} which`) % COUNT);
}
