import {
  type DirectiveNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isEnumType,
  isInterfaceType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  parse,
  print,
  type SelectionSetNode,
  stripIgnoredCharacters,
  visit,
} from 'graphql';
import { fragmentsOf } from '../execution/conditions.ts';

/** What an operation selects, however it is written: fields with what they select, by their text. */
type Selected = Map<string, Selected>;

/**
 * The text with which one service can be asked what the client asks, so that its answer is the client's
 * answer as it stands; null where there is none. `planned` is what the planner would ask that service, the
 * only step of its plan, and `renamed` what the planner was given. Planning can rewrite an operation; here it
 * must have added no more than `__typename`, which the gateway needs to look at an answer, and which nobody
 * needs who passes it on. Nor may the answer be able to hold what is hidden from clients.
 */
export function findPassthroughText(
  document: DocumentNode,
  operation: OperationDefinitionNode,
  renamed: DocumentNode,
  planned: string,
  api: GraphQLSchema,
  supergraph: GraphQLSchema,
): string | null {
  const root = api.getRootType(operation.operation);
  const fragments = fragmentsOf(document);
  const plannedDocument = parse(planned);
  const plannedOperation = operationOf(plannedDocument);
  const renamedOperation = operationOf(renamed);
  if (!root || operation.directives?.length || !plannedOperation || !renamedOperation) return null;
  if (hasPlainTypename(operation.selectionSet, fragments)) return null;
  const asked = new Selection(api, supergraph, fragmentsOf(renamed));
  const steps = new Selection(api, supergraph, fragmentsOf(plannedDocument));
  if (!isSame(asked.of(renamedOperation.selectionSet, root), steps.of(plannedOperation.selectionSet, root)))
    return null;
  if (asked.mayHide) return null;
  const used = new Set<FragmentDefinitionNode>();
  const use = (set: SelectionSetNode): void => {
    visit(set, {
      FragmentSpread({ name }) {
        const fragment = fragments.get(name.value) as FragmentDefinitionNode;
        if (used.has(fragment)) return;
        used.add(fragment);
        use(fragment.selectionSet);
      },
    });
  };
  use(operation.selectionSet);
  return stripIgnoredCharacters(print({ kind: Kind.DOCUMENT, definitions: [operation, ...used] }));
}

class Selection {
  /** Whether it comes by a type of which clients do not know all members or values. */
  mayHide = false;
  readonly #api: GraphQLSchema;
  readonly #supergraph: GraphQLSchema;
  readonly #fragments: ReadonlyMap<string, FragmentDefinitionNode>;

  constructor(api: GraphQLSchema, supergraph: GraphQLSchema, fragments: ReadonlyMap<string, FragmentDefinitionNode>) {
    this.#api = api;
    this.#supergraph = supergraph;
    this.#fragments = fragments;
  }

  of(set: SelectionSetNode, parent: GraphQLNamedType, into: Selected = new Map()): Selected {
    for (const selection of set.selections) {
      if (selection.kind === Kind.FIELD) this.#addField(selection, parent, into);
      else {
        const fragment =
          selection.kind === Kind.INLINE_FRAGMENT ? selection : this.#fragments.get(selection.name.value);
        if (!fragment) throw new Error('A fragment is missing.');
        const type = this.#api.getType(fragment.typeCondition?.name.value ?? parent.name) ?? parent;
        const conditions = printDirectives(selection.directives);
        const isPlain = conditions === '' && type === parent;
        this.of(fragment.selectionSet, type, isPlain ? into : enter(into, `... on ${type.name}${conditions}`));
      }
    }
    return into;
  }

  #addField(field: FieldNode, parent: GraphQLNamedType, into: Selected): void {
    if (isPlainTypename(field)) return;
    const { selectionSet, ...own } = field;
    const selected = enter(into, print(own as FieldNode));
    const definition =
      isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[field.name.value] : undefined;
    const type = definition && getNamedType(definition.type);
    if (!type) return;
    this.mayHide ||= !this.#isWhole(type);
    if (selectionSet && isCompositeType(type)) this.of(selectionSet, type, selected);
  }

  #isWhole(type: GraphQLNamedType): boolean {
    const full = this.#supergraph.getType(type.name);
    if (isEnumType(type)) return isEnumType(full) && full.getValues().length === type.getValues().length;
    if (!isAbstractType(type)) return true;
    const members = this.#api.getPossibleTypes(type).length;
    return isAbstractType(full) && this.#supergraph.getPossibleTypes(full).length === members;
  }
}

function operationOf({ definitions }: DocumentNode): OperationDefinitionNode | undefined {
  return definitions.find((node) => node.kind === Kind.OPERATION_DEFINITION);
}

function enter(selected: Selected, key: string): Selected {
  const known = selected.get(key) ?? new Map();
  selected.set(key, known);
  return known;
}

function isPlainTypename({ name, alias, directives }: FieldNode): boolean {
  return name.value === '__typename' && !alias && !directives?.length;
}

/** At the root, where a service may call its type by another name. */
function hasPlainTypename(set: SelectionSetNode, fragments: ReadonlyMap<string, FragmentDefinitionNode>): boolean {
  return set.selections.some((selection) => {
    if (selection.kind === Kind.FIELD) return selection.name.value === '__typename';
    const fragment = selection.kind === Kind.INLINE_FRAGMENT ? selection : fragments.get(selection.name.value);
    return fragment !== undefined && hasPlainTypename(fragment.selectionSet, fragments);
  });
}

function printDirectives(directives: readonly DirectiveNode[] = []): string {
  return directives.map((directive) => ` ${print(directive)}`).join('');
}

function isSame(one: Selected, other: Selected): boolean {
  if (one.size !== other.size) return false;
  for (const [key, selected] of one) {
    const others = other.get(key);
    if (!others || !isSame(selected, others)) return false;
  }
  return true;
}
