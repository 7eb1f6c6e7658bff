import {
  type DocumentNode,
  type FieldNode,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isNonNullType,
  isUnionType,
  Kind,
  type OperationDefinitionNode,
  SchemaMetaFieldDef,
  type SelectionNode,
  type SelectionSetNode,
  TypeMetaFieldDef,
} from 'graphql';
import { type Fragments, fragmentsOf } from '../../execution/conditions.ts';
import type { Rule, Rules } from './rules.ts';

/** A field at one place of an operation that is not for everybody. */
export interface Need {
  /** Indices of the rules that have to be met, all of them. */
  rules: readonly number[];
  /** Where it stands in the answer, without the indices of lists. */
  path: readonly string[];
  /**
   * What can make it disappear from the operation by `@skip` and `@include`: itself, and what it stands in.
   */
  conditional: readonly SelectionNode[];
  isNonNull: boolean;
}

/** What an operation requires of its viewer. */
export interface Requirements {
  /** The operation with its fragments written out, so that each field is at one place only. */
  operation: OperationDefinitionNode;
  /** The rules that count for it. None where it is for everybody. */
  rules: readonly Rule[];
  needs: ReadonlyMap<FieldNode, Need>;
}

/** Where a selection stands. */
interface Place {
  /** The type of which it is a selection, and the object types that can be there. */
  parent: GraphQLCompositeType;
  possible: readonly GraphQLObjectType[];
  path: readonly string[];
  conditional: readonly SelectionNode[];
}

/**
 * What a valid operation requires. A field needs the rules of all objects that can be where it is selected:
 * those of the object's type and those of its field; and those of the type that it returns. A field of an
 * interface is thus for those who may see it in every type that can be there, whereas a fragment asks for one
 * type alone. Fields that return an interface or union need nothing for the types that can come: what is
 * selected of those does.
 */
export function findRequirements(
  schema: GraphQLSchema,
  rules: Rules,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): Requirements {
  const reader = new Reader(schema, rules, document);
  const root = schema.getRootType(operation.operation) as GraphQLObjectType;
  const place = { parent: root, possible: [root], path: [], conditional: [] };
  const selectionSet = reader.read(operation.selectionSet, place);
  return { operation: { ...operation, selectionSet }, rules: reader.found, needs: reader.needs };
}

class Reader {
  readonly found: Rule[] = [];
  readonly needs = new Map<FieldNode, Need>();
  readonly #schema: GraphQLSchema;
  readonly #rules: Rules;
  readonly #fragments: Fragments;

  constructor(schema: GraphQLSchema, rules: Rules, document: DocumentNode) {
    this.#schema = schema;
    this.#rules = rules;
    this.#fragments = fragmentsOf(document);
  }

  /** Writes out the fragments of a selection set, and notes the needs of its fields. */
  read(set: SelectionSetNode, place: Place): SelectionSetNode {
    const selections = set.selections.map((selection) =>
      selection.kind === Kind.FIELD ? this.#readField(selection, place) : this.#readFragment(selection, place),
    );
    return { ...set, selections };
  }

  #readFragment(selection: Exclude<SelectionNode, FieldNode>, place: Place): SelectionNode {
    const spread = selection.kind === Kind.FRAGMENT_SPREAD ? this.#fragments.get(selection.name.value) : selection;
    if (!spread) throw new Error('A fragment is missing.');
    const { typeCondition, selectionSet } = spread;
    const parent = typeCondition
      ? (this.#schema.getType(typeCondition.name.value) as GraphQLCompositeType)
      : place.parent;
    const allowed = this.#possible(parent);
    const inner = {
      ...place,
      parent,
      possible: place.possible.filter((type) => allowed.includes(type)),
      conditional: withConditions(place.conditional, selection),
    };
    const { directives, loc } = selection;
    return { kind: Kind.INLINE_FRAGMENT, typeCondition, directives, loc, selectionSet: this.read(selectionSet, inner) };
  }

  #readField(selection: FieldNode, place: Place): FieldNode {
    const name = selection.name.value;
    const definition = fieldOf(place.parent, name);
    if (!definition) return { ...selection };
    const type = getNamedType(definition.type);
    const path = [...place.path, selection.alias?.value ?? name];
    const conditional = withConditions(place.conditional, selection);
    const field = { ...selection };
    if (selection.selectionSet && isCompositeType(type)) {
      const inner = { parent: type, possible: this.#possible(type), path, conditional };
      field.selectionSet = this.read(selection.selectionSet, inner);
    }
    const rules = [...this.#rulesOf(place, definition)].map((rule) => this.#number(rule));
    if (rules.length > 0)
      this.needs.set(field, { rules, path, conditional, isNonNull: isNonNullType(definition.type) });
    return field;
  }

  #rulesOf({ parent, possible }: Place, { name, type }: GraphQLField<unknown, unknown>): Set<Rule> {
    const found = new Set<Rule>();
    const add = (coordinate: string) => {
      for (const rule of this.#rules.get(coordinate) ?? []) found.add(rule);
    };
    // Introspection tells of the graph, not of what is in it.
    if (name.startsWith('__')) return found;
    const owners = new Set<GraphQLCompositeType>(possible);
    // Composition gives an interface the rules of all its types. They count unless what is around it leaves
    // only some of those.
    if (possible.length === this.#possible(parent).length) owners.add(parent);
    for (const owner of owners) {
      add(owner.name);
      add(`${owner.name}.${name}`);
    }
    const returned = getNamedType(type);
    if (!isAbstractType(returned)) add(returned.name);
    return found;
  }

  #possible(type: GraphQLCompositeType): readonly GraphQLObjectType[] {
    return isAbstractType(type) ? this.#schema.getPossibleTypes(type) : [type];
  }

  #number(rule: Rule): number {
    const index = this.found.indexOf(rule);
    return index < 0 ? this.found.push(rule) - 1 : index;
  }
}

function fieldOf(parent: GraphQLCompositeType, name: string): GraphQLField<unknown, unknown> | undefined {
  if (name === SchemaMetaFieldDef.name) return SchemaMetaFieldDef;
  if (name === TypeMetaFieldDef.name) return TypeMetaFieldDef;
  return isUnionType(parent) ? undefined : parent.getFields()[name];
}

function withConditions(conditional: readonly SelectionNode[], selection: SelectionNode): readonly SelectionNode[] {
  return selection.directives?.length ? [...conditional, selection] : conditional;
}
