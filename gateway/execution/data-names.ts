import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  GraphQLError,
  Kind,
  type OperationDefinitionNode,
  parse,
  type SelectionSetNode,
  visit,
} from 'graphql';
import { type Data, isData } from '../upstream/response-data.ts';
import { type Fragments, fragmentsOf, isCondition } from './conditions.ts';
import { nameOf, responseName } from './fields.ts';
import { isIntrospection } from './introspection.ts';

/**
 * The names of fields in fetched data. A plan also fetches fields for itself: keys, `__typename`, what
 * `@requires` needs. They stand beside the client's fields, under their own names, so a client's field of
 * such a name that is not this very field (`id: name`) needs another name until the answer is made.
 */
export interface DataNames {
  /** Whether all fields have the names of the answer. */
  isPlain: boolean;
  of(field: FieldNode): string;
  /** The same data with the names of the answer. */
  restore(data: Data): Data;
  /** An error, at its place in the answer. */
  restoreError(error: GraphQLError): GraphQLError;
}

/** Names for an operation of `document`. `reserved` are the fields that plans fetch for themselves. */
export function createDataNames(document: DocumentNode, reserved: ReadonlySet<string>): DataNames {
  const conflicting = new Set<string>();
  const taken = new Set(reserved);
  visit(document, {
    Field(node) {
      const name = responseName(node);
      taken.add(name);
      if (isConflicting(node, reserved)) conflicting.add(name);
    },
  });
  const given = new Map<string, string>();
  for (const name of conflicting) {
    let free = `renamed_${name}`;
    while (taken.has(free)) free += '_';
    taken.add(free);
    given.set(name, free);
  }
  const answerNames = new Map([...given].map(([name, free]) => [free, name]));
  const answerName = (name: string) => answerNames.get(name) ?? name;
  const restore = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(restore);
    if (!isData(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([name, below]) => [answerName(name), restore(below)]));
  };
  return {
    isPlain: given.size === 0,
    of(field) {
      const name = responseName(field);
      return isConflicting(field, reserved) ? (given.get(name) ?? name) : name;
    },
    restore: (data) => restore(data) as Data,
    restoreError(error) {
      const { message, path, originalError, extensions } = error;
      if (!path) return error;
      const places = path.map((place) => (typeof place === 'string' ? answerName(place) : place));
      return new GraphQLError(message, { path: places, originalError, extensions });
    },
  };
}

function isConflicting(node: FieldNode, reserved: ReadonlySet<string>): boolean {
  const name = responseName(node);
  if (!reserved.has(name)) return false;
  return node.name.value !== name || (node.arguments !== undefined && node.arguments.length > 0);
}

/** A document with the names of the data. */
export function renameFields(document: DocumentNode, names: DataNames): DocumentNode {
  if (names.isPlain) return document;
  return visit(document, {
    Field(node) {
      const value = names.of(node);
      return value === responseName(node) ? undefined : { ...node, alias: nameOf(value) };
    },
  });
}

/**
 * The operation as Apollo's planner gets it: without `__schema` and `__type`, which the gateway answers
 * itself, as the planner rejects what newer versions of GraphQL can be asked about a schema. And with
 * `__typename` where nothing may be left to select: the planner drops fields of which the conditions never
 * select anything, though they are objects.
 */
export function documentForPlanner(document: DocumentNode): DocumentNode {
  const fragments = fragmentsOf(document);
  const kept = visit(document, {
    Field: {
      enter: (node) => (isIntrospection(node) ? TYPENAME : undefined),
      leave(node) {
        const { selectionSet } = node;
        if (!selectionSet || selectsAlways(selectionSet, fragments)) return undefined;
        return { ...node, selectionSet: { ...selectionSet, selections: [...selectionSet.selections, TYPENAME] } };
      },
    },
  });
  const operation = kept.definitions.find((node) => node.kind === Kind.OPERATION_DEFINITION);
  return kept === document || !operation ? document : operationAlone(kept, operation);
}

/** Whether any field is selected whatever the conditions are. */
function selectsAlways({ selections }: SelectionSetNode, fragments: Fragments): boolean {
  return selections.some((selection) => {
    if (selection.directives?.some(isCondition)) return false;
    if (selection.kind === Kind.FIELD) return true;
    const fragment = selection.kind === Kind.INLINE_FRAGMENT ? selection : fragments.get(selection.name.value);
    return fragment !== undefined && selectsAlways(fragment.selectionSet, fragments);
  });
}

/** Keeps a selection set from being empty; the planner asks nobody for it at the root. */
const TYPENAME: FieldNode = { kind: Kind.FIELD, name: nameOf('__typename') };

/** An operation and the fragments that it uses. */
export function operationAlone(document: DocumentNode, operation: OperationDefinitionNode): DocumentNode {
  const fragments = fragmentsOf(document);
  const used = new Set<FragmentDefinitionNode>();
  const use = (node: OperationDefinitionNode | FragmentDefinitionNode): void => {
    visit(node, {
      FragmentSpread({ name }) {
        const fragment = fragments.get(name.value);
        if (!fragment || used.has(fragment)) return;
        used.add(fragment);
        use(fragment);
      },
    });
  };
  use(operation);
  return { kind: Kind.DOCUMENT, definitions: [operation, ...used] };
}

/** Arguments of `join__type` and `join__field` that name fields which plans fetch for themselves. */
const FIELD_SETS = new Set(['key', 'requires', 'provides']);

/** The fields that a plan for the supergraph can fetch for itself. */
export function reservedNames(supergraph: DocumentNode): Set<string> {
  const names = new Set(['__typename']);
  visit(supergraph, {
    Directive({ name, arguments: args = [] }) {
      if (name.value !== 'join__type' && name.value !== 'join__field') return;
      for (const { name: argument, value } of args) {
        if (!FIELD_SETS.has(argument.value) || value.kind !== Kind.STRING) continue;
        visit(parse(`{ ${value.value} }`), { Field: (node) => void names.add(node.name.value) });
      }
    },
  });
  return names;
}
