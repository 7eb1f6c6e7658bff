import {
  type DirectiveNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  Kind,
  type SelectionSetNode,
  visit,
} from 'graphql';
import { type Data, own } from '../upstream/response-data.ts';

/** The fragments of a document by their names. */
export type Fragments = ReadonlyMap<string, FragmentDefinitionNode>;

export function fragmentsOf({ definitions }: DocumentNode): Fragments {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const node of definitions) if (node.kind === Kind.FRAGMENT_DEFINITION) fragments.set(node.name.value, node);
  return fragments;
}

/** The variables that decide what is asked at all: those of `@skip` and `@include`, in a fixed order. */
export function conditionVariables(document: DocumentNode): string[] {
  const names = new Set<string>();
  visit(document, {
    Directive(directive) {
      if (isCondition(directive)) visit(directive, { Variable: ({ name }) => void names.add(name.value) });
    },
  });
  return [...names].sort();
}

/** Whether a directive is `@skip` or `@include`. */
export function isCondition({ name }: DirectiveNode): boolean {
  return name.value === 'skip' || name.value === 'include';
}

/** Whether what has these directives is asked. */
export function isAsked(directives: readonly DirectiveNode[] | undefined, variables: Data): boolean {
  return (directives ?? []).every((directive) => {
    if (!isCondition(directive)) return true;
    const value = directive.arguments?.find(({ name }) => name.value === 'if')?.value;
    const holds =
      value?.kind === Kind.VARIABLE
        ? own(variables, value.name.value) === true
        : value?.kind === Kind.BOOLEAN && value.value;
    return holds === (directive.name.value === 'include');
  });
}

/** A field of an answer, with everything that is selected below it wherever it is written. */
export interface Selected {
  field: FieldNode;
  below: SelectionSetNode[];
}

/**
 * The fields that are asked of an object, by their names in the answer and in their order (CollectFields of
 * the specification). `applies` says whether a fragment is for the object's type.
 */
export function collectFields(
  sets: readonly SelectionSetNode[],
  fragments: Fragments,
  variables: Data,
  applies: (condition: string) => boolean,
): Map<string, Selected> {
  const fields = new Map<string, Selected>();
  const spread = new Set<string>();
  const add = (set: SelectionSetNode): void => {
    for (const selection of set.selections) {
      if (!isAsked(selection.directives, variables)) continue;
      if (selection.kind === Kind.FIELD) {
        const name = selection.alias?.value ?? selection.name.value;
        const known = fields.get(name) ?? { field: selection, below: [] };
        if (selection.selectionSet) known.below.push(selection.selectionSet);
        fields.set(name, known);
        continue;
      }
      if (selection.kind === Kind.FRAGMENT_SPREAD) {
        if (spread.has(selection.name.value)) continue;
        spread.add(selection.name.value);
      }
      const fragment = selection.kind === Kind.INLINE_FRAGMENT ? selection : fragments.get(selection.name.value);
      const condition = fragment?.typeCondition?.name.value;
      if (fragment && (condition === undefined || applies(condition))) add(fragment.selectionSet);
    }
  };
  for (const set of sets) add(set);
  return fields;
}
