import type { GraphQLResolveInfo, SelectionSetNode } from 'graphql';

/**
 * Whether an operation asks for a field of what is being resolved, under whatever alias and in whatever
 * fragment: for what costs a read of its own. `@skip` and `@include` are not looked at.
 */
export function selects({ fieldNodes, fragments }: GraphQLResolveInfo, name: string): boolean {
  const isIn = (set: SelectionSetNode | undefined): boolean =>
    set?.selections.some((selection) => {
      if (selection.kind === 'Field') return selection.name.value === name;
      return isIn(
        selection.kind === 'InlineFragment' ? selection.selectionSet : fragments[selection.name.value]?.selectionSet,
      );
    }) ?? false;
  return fieldNodes.some(({ selectionSet }) => isIn(selectionSet));
}
