import {
  type DirectiveNode,
  type GraphQLArgument,
  GraphQLBoolean,
  GraphQLDirective,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLInputType,
  GraphQLInt,
  GraphQLList,
  type GraphQLNamedType,
  GraphQLNonNull,
  type GraphQLSchema,
  GraphQLString,
  getDirectiveValues,
  getNamedType,
  getNullableType,
  isCompositeType,
  isInputObjectType,
  isListType,
  Kind,
} from 'graphql';

const COST_SPEC = 'https://specs.apollo.dev/cost/';

/** `@listSize` of a field, in the words of the IBM cost specification. */
export interface ListSize {
  assumedSize: number | null;
  /** Arguments that say how many there will be: numbers, or lists of as many. */
  slicingArguments: readonly string[];
  /**
   * The lists in what the field returns that have this size, for example `edges`; empty where it is the
   * field's own.
   */
  sizedFields: readonly string[];
  /** Whether exactly one of the slicing arguments must be given. */
  requiresOne: boolean;
}

const COST = new GraphQLDirective({
  name: 'cost',
  locations: [],
  args: { weight: { type: new GraphQLNonNull(GraphQLInt) } },
});
const NAMES = { type: new GraphQLList(new GraphQLNonNull(GraphQLString)) };
const LIST_SIZE = new GraphQLDirective({
  name: 'listSize',
  locations: [],
  args: {
    assumedSize: { type: GraphQLInt },
    slicingArguments: NAMES,
    sizedFields: NAMES,
    requireOneSlicingArgument: { type: GraphQLBoolean },
  },
});

/** As many entities as references. */
const ENTITIES: ListSize = {
  assumedSize: null,
  slicingArguments: ['representations'],
  sizedFields: [],
  requiresOne: false,
};

/** A lookup by a list of ids has one element for each. Composition takes numbers alone for `@listSize`. */
const LOOKUP: ListSize = { assumedSize: null, slicingArguments: ['ids'], sizedFields: [], requiresOne: false };

function isLookup({ args, type }: AnyField): boolean {
  const ids = args.find(({ name }) => name === 'ids');
  return ids !== undefined && isListType(getNullableType(ids.type)) && isListType(getNullableType(type));
}

type AnyField = GraphQLField<unknown, unknown>;
type AnyInput = GraphQLArgument | GraphQLInputField;

/**
 * Weights by the `@cost` and `@listSize` of a supergraph. Defaults are those of the specification and of
 * Apollo's router: an object 1, a scalar or an enum value nothing.
 */
export class Weights {
  readonly schema: GraphQLSchema;
  readonly #cost: GraphQLDirective | undefined;
  readonly #listSize: GraphQLDirective | undefined;
  readonly #areInputsFree: boolean;
  readonly #freeInside = new Map<GraphQLNamedType, boolean>();
  readonly #listSizes = new Map<AnyField, ListSize | null>();

  private constructor(schema: GraphQLSchema, cost?: GraphQLDirective, listSize?: GraphQLDirective, free = false) {
    this.schema = schema;
    this.#cost = cost;
    this.#listSize = listSize;
    this.#areInputsFree = free;
  }

  static ofSupergraph(supergraph: GraphQLSchema): Weights {
    return new Weights(supergraph, findDirective(supergraph, 'cost'), findDirective(supergraph, 'listSize'));
  }

  /**
   * Weights of a service, whose schema imports the directives by their own names. Inputs are free: the
   * gateway has charged them.
   */
  static ofService(schema: GraphQLSchema): Weights {
    return new Weights(schema, COST, LIST_SIZE, true);
  }

  /** Of each thing that a field returns, without what is selected of it. */
  ofField(field: AnyField): number {
    const type = getNamedType(field.type);
    return this.#weight(field) ?? this.#weight(type) ?? (isCompositeType(type) ? 1 : 0);
  }

  /** Of an argument, or of a field of an input object, that is given. */
  ofInput(input: AnyInput): number {
    if (this.#areInputsFree) return 0;
    const type = getNamedType(input.type);
    return this.#weight(input) ?? this.#weight(type) ?? (isInputObjectType(type) ? 1 : 0);
  }

  /**
   * Whether nothing that can stand in an input of this type costs anything: then ten thousand of them need
   * not be looked at.
   */
  isFreeInside(type: GraphQLInputType): boolean {
    const named = getNamedType(type);
    if (!isInputObjectType(named)) return true;
    const known = this.#freeInside.get(named);
    if (known !== undefined) return known;
    // For a type that holds itself.
    this.#freeInside.set(named, true);
    const isFree = Object.values(named.getFields()).every(
      (field) => this.ofInput(field) === 0 && this.isFreeInside(field.type),
    );
    this.#freeInside.set(named, isFree);
    return isFree;
  }

  /** Null where the schema says nothing of it. */
  listSize(field: AnyField): ListSize | null {
    let known = this.#listSizes.get(field);
    if (known === undefined) {
      known = this.#readListSize(field);
      this.#listSizes.set(field, known);
    }
    return known;
  }

  #readListSize(field: AnyField): ListSize | null {
    if (field.name === '_entities') return ENTITIES;
    const given = this.#listSize && field.astNode && getDirectiveValues(this.#listSize, field.astNode);
    if (!given) return isLookup(field) ? LOOKUP : null;
    return {
      assumedSize: (given.assumedSize as number | null | undefined) ?? null,
      slicingArguments: (given.slicingArguments as string[] | null | undefined) ?? [],
      sizedFields: (given.sizedFields as string[] | null | undefined) ?? [],
      requiresOne: given.requireOneSlicingArgument !== false,
    };
  }

  #weight({ astNode }: AnyField | AnyInput | GraphQLNamedType): number | null {
    const given = this.#cost && astNode && getDirectiveValues(this.#cost, astNode);
    return given ? (given.weight as number) : null;
  }
}

/**
 * By the name that the supergraph has imported it under: `@cost`, `@cost__listSize`, or whatever `as` says.
 */
function findDirective(supergraph: GraphQLSchema, name: string): GraphQLDirective | undefined {
  for (const node of supergraph.astNode?.directives ?? []) {
    const link = node.name.value === 'link' ? readLink(node) : null;
    if (!link?.url.startsWith(COST_SPEC)) continue;
    const prefix = link.as ?? 'cost';
    const imported = link.imports.get(`@${name}`)?.slice(1);
    // The directive that has the name of its specification goes by that name alone.
    return supergraph.getDirective(imported ?? (name === 'cost' ? prefix : `${prefix}__${name}`)) ?? undefined;
  }
  return undefined;
}

function readLink(node: DirectiveNode): { url: string; as: string | null; imports: Map<string, string> } {
  let url = '';
  let as: string | null = null;
  const imports = new Map<string, string>();
  for (const { name, value } of node.arguments ?? []) {
    if (name.value === 'url' && value.kind === Kind.STRING) url = value.value;
    if (name.value === 'as' && value.kind === Kind.STRING) as = value.value;
    if (name.value !== 'import' || value.kind !== Kind.LIST) continue;
    for (const item of value.values) {
      if (item.kind === Kind.STRING) imports.set(item.value, item.value);
      if (item.kind !== Kind.OBJECT) continue;
      const entry = new Map(item.fields.map((f) => [f.name.value, f.value.kind === Kind.STRING ? f.value.value : '']));
      imports.set(entry.get('name') ?? '', entry.get('as') ?? entry.get('name') ?? '');
    }
  }
  return { url, as, imports };
}
