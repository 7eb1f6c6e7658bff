import { type DocumentNode, GraphQLError, Kind, type SelectionSetNode } from 'graphql';
import { fragmentsOf } from '../execution/conditions.ts';

/**
 * `@skip` and `@include` on the root field of a subscription, which would make it a subscription to nothing.
 * The specification forbids them, but the validation rules of graphql 16 throw where they meet them, and so
 * does the planner.
 */
export function findConditionalSubscription(document: DocumentNode): GraphQLError | null {
  const fragments = fragmentsOf(document);
  const seen = new Set<string>();
  const hasCondition = (set: SelectionSetNode): boolean =>
    set.selections.some((selection) => {
      if (selection.directives?.some(({ name }) => name.value === 'skip' || name.value === 'include')) return true;
      if (selection.kind === Kind.INLINE_FRAGMENT) return hasCondition(selection.selectionSet);
      if (selection.kind !== Kind.FRAGMENT_SPREAD || seen.has(selection.name.value)) return false;
      seen.add(selection.name.value);
      const fragment = fragments.get(selection.name.value);
      return fragment !== undefined && hasCondition(fragment.selectionSet);
    });
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION || definition.operation !== 'subscription') continue;
    if (!hasCondition(definition.selectionSet)) continue;
    return new GraphQLError('@skip and @include may not stand on the root field of a subscription.', {
      nodes: definition,
      extensions: { code: 'GRAPHQL_VALIDATION_FAILED' },
    });
  }
  return null;
}
