import type { FetchNode, PlanNode, QueryPlan, QueryPlanSelectionNode } from '@apollo/query-planner';
import {
  type DocumentNode,
  type FieldNode,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isObjectType,
  Kind,
  type NamedTypeNode,
  type OperationDefinitionNode,
  parse,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import { isSameField, nameOf, renameInData } from '../../execution/fields.ts';
import { isIntrospection } from '../../execution/introspection.ts';
import { createTypeConditions, type TypeConditions } from '../../execution/type-conditions.ts';
import type { RuntimeTypes } from './runtime-types.ts';
import { collectSelected, type Selecting, selecting } from './selected.ts';

type RequiredCalls = ReadonlyMap<string, FieldNode>;

/** A selection set that a fetch asks for, or that a fetch requires: then no service is asked for it. */
interface Source extends Selecting {
  service: string | null;
}

/** A source below a place of the data, and the rest of its path. */
interface Below {
  path: readonly string[];
  source: Source;
}

/** What is selected at one place of the data: by the operation, and by the plan. */
interface Place {
  asked: readonly Selecting[];
  sources: readonly Source[];
  below: readonly Below[];
}

/**
 * Compares plans with their operations. Data is put together by names alone, so a plan that fetches another
 * field under the name of one that was asked for gives a wrong answer without any error. Such a plan must not
 * run, whatever made it.
 */
export class PlanCheck {
  readonly #schema: GraphQLSchema;
  readonly #types: TypeConditions;
  readonly #runtimeTypes: RuntimeTypes;
  readonly #calls: RequiredCalls;

  /** `calls` are the fields that names of required fields stand for. */
  constructor(schema: GraphQLSchema, runtimeTypes: RuntimeTypes, calls: RequiredCalls = new Map()) {
    this.#calls = calls;
    this.#schema = schema;
    this.#types = createTypeConditions(schema);
    this.#runtimeTypes = runtimeTypes;
  }

  /**
   * Returns what is wrong, or null. For each object type that can be at a place, every field of the operation
   * has to be fetched there under its name with its arguments, and nothing else may be fetched under that
   * name.
   */
  findFault({ node }: QueryPlan, document: DocumentNode): string | null {
    const operation = document.definitions.find((one) => one.kind === Kind.OPERATION_DEFINITION);
    const root = operation && this.#schema.getRootType(operation.operation);
    if (!operation || !root) return 'The operation has no root type.';
    const below: Below[] = [];
    for (const part of node?.kind === 'Subscription' ? [node.primary, node.rest] : [node])
      if (part) addSources(part, [], this.#calls, below);
    const place = reach({ asked: [selecting(operation.selectionSet, document)], sources: [], below });
    return new Comparison(this.#schema, this.#types, this.#runtimeTypes).find(place, [root], []);
  }
}

class Comparison {
  readonly #schema: GraphQLSchema;
  readonly #types: TypeConditions;
  readonly #runtimeTypes: RuntimeTypes;
  readonly #ids = new Map<object, number>();
  readonly #seen = new Set<string>();

  constructor(schema: GraphQLSchema, types: TypeConditions, runtimeTypes: RuntimeTypes) {
    this.#schema = schema;
    this.#types = types;
    this.#runtimeTypes = runtimeTypes;
  }

  find(place: Place, types: readonly GraphQLObjectType[], path: readonly string[]): string | null {
    for (const type of types) {
      // Objects of different types are mostly asked the same.
      const key = this.#keyOf(place, type);
      if (this.#seen.has(key)) continue;
      this.#seen.add(key);
      const fault = this.#findInType(place, type, path);
      if (fault) return fault;
    }
    return null;
  }

  #findInType({ asked, sources, below }: Place, type: GraphQLObjectType, path: readonly string[]): string | null {
    // Services can have other names for root types, so a name that the graph does not know is no condition.
    const applies = (condition: string) =>
      !this.#schema.getType(condition) || this.#types.applies(condition, type.name);
    const wanted = collectSelected(asked, applies);
    const fetched = collectSelected(sources, applies);
    for (const name of new Set([...wanted.keys(), ...fetched.keys()])) {
      const wants = wanted.get(name) ?? [];
      const fetches = fetched.get(name) ?? [];
      const field = (wants[0] ?? fetches[0])?.field as FieldNode;
      if (isIntrospection(field)) continue;
      const isAnswered = field.name.value === '__typename';
      const where = `${type.name}.${field.name.value} at ${[...path, name].join('.')}`;
      if (wants.length > 0 && fetches.length === 0 && !isAnswered) return `Nothing fetches ${where}.`;
      if ([...wants, ...fetches].some((other) => !isSameField(other.field, field)))
        return `Another field is fetched for ${where}.`;
      const fault = isAnswered ? null : this.#findBelow({ wants, fetches, below }, type, field, [...path, name]);
      if (fault) return fault;
    }
    return null;
  }

  #findBelow(
    at: { wants: readonly { below: Selecting | null }[]; fetches: readonly Fetched[]; below: readonly Below[] },
    type: GraphQLObjectType,
    field: FieldNode,
    path: readonly string[],
  ): string | null {
    const definition = type.getFields()[field.name.value];
    const returned = definition && getNamedType(definition.type);
    if (!isAbstractType(returned) && !isObjectType(returned)) return null;
    const place = reach({
      asked: at.wants.flatMap(({ below }) => below ?? []),
      sources: at.fetches.flatMap(({ below, from }) => (below ? [{ ...below, service: from.service }] : [])),
      below: at.below.flatMap(({ path: [first, ...rest], source }) =>
        first === path.at(-1) ? [{ path: rest, source }] : [],
      ),
    });
    const services = at.fetches.flatMap(({ from }) => from.service ?? []);
    return this.find(place, this.#possible(returned.name, type, field.name.value, services), path);
  }

  /** The object types that services can give for a field. */
  #possible(returned: string, parent: GraphQLObjectType, field: string, services: readonly string[]) {
    const type = this.#schema.getType(returned);
    if (isObjectType(type)) return [type];
    if (!isAbstractType(type)) return [];
    const known = new Set(services.flatMap((service) => this.#runtimeTypes.of(service, parent.name, field, type)));
    return this.#schema.getPossibleTypes(type).filter(({ name }) => known.has(name));
  }

  #keyOf({ asked, sources, below }: Place, { name }: GraphQLObjectType): string {
    const id = (one: object) => {
      const known = this.#ids.get(one) ?? this.#ids.size;
      this.#ids.set(one, known);
      return known;
    };
    const parts = [
      asked.map(({ set, known }) => `${id(set)} ${[...known].join()}`),
      sources.map(({ set, service }) => `${id(set)} ${service}`),
      below.map(({ path, source }) => `${id(source.set)} ${path.join('.')}`),
    ];
    return JSON.stringify([name, ...parts]);
  }
}

interface Fetched {
  field: FieldNode;
  below: Selecting | null;
  from: Source;
}

/** Moves the sources whose path ends here to this place. */
function reach({ asked, sources, below }: Place): Place {
  return {
    asked,
    sources: [...sources, ...below.filter(({ path }) => path.length === 0).map(({ source }) => source)],
    below: below.filter(({ path }) => path.length > 0),
  };
}

/** Adds what the fetches of a plan ask for, and what they require, at their paths. */
function addSources(node: PlanNode, path: readonly string[], calls: RequiredCalls, into: Below[]): void {
  switch (node.kind) {
    case 'Fetch':
      into.push({ path, source: sourceOf(node) });
      if (node.requires)
        into.push({ path, source: { ...selecting(setOf(node.requires, calls), null), service: null } });
      return;
    case 'Flatten':
      addSources(node.node, [...path, ...node.path.map(String).filter((name) => name !== '@')], calls, into);
      return;
    case 'Sequence':
    case 'Parallel':
      for (const one of node.nodes) addSources(one, path, calls, into);
      return;
    case 'Condition':
      if (node.ifClause) addSources(node.ifClause, path, calls, into);
      if (node.elseClause) addSources(node.elseClause, path, calls, into);
      return;
    case 'Defer':
      throw new Error('The planner was not asked for @defer.');
  }
}

function sourceOf({ operation, requires, serviceName: service, outputRewrites = [] }: FetchNode): Source {
  const document = parse(operation);
  const root = document.definitions.find((node): node is OperationDefinitionNode => 'operation' in node);
  const [entities] = root?.selectionSet.selections ?? [];
  let set = (
    requires && entities?.kind === Kind.FIELD ? entities.selectionSet : root?.selectionSet
  ) as SelectionSetNode;
  for (const rewrite of outputRewrites)
    if (rewrite.kind === 'KeyRenamer') set = renameInData(set, rewrite.path, rewrite.renameKeyTo);
  return { ...selecting(set, document), service };
}

/** What a fetch requires, as a selection set. */
function setOf(selections: readonly QueryPlanSelectionNode[], calls: RequiredCalls): SelectionSetNode {
  return {
    kind: Kind.SELECTION_SET,
    selections: selections.map((selection): SelectionNode => {
      const selectionSet = selection.selections && setOf(selection.selections, calls);
      if (selection.kind === 'Field') {
        const called = calls.get(selection.name) ?? { kind: Kind.FIELD, name: nameOf(selection.name) };
        const alias = nameOf(selection.alias ?? selection.name);
        return { ...called, alias, ...(selectionSet ? { selectionSet } : {}) };
      }
      const { typeCondition } = selection;
      const type = typeCondition === undefined ? {} : { typeCondition: named(typeCondition) };
      return { kind: Kind.INLINE_FRAGMENT, ...type, selectionSet: selectionSet as SelectionSetNode };
    }),
  };
}

function named(type: string): NamedTypeNode {
  return { kind: Kind.NAMED_TYPE, name: nameOf(type) };
}
