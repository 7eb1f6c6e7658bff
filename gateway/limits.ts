import {
  type ASTVisitor,
  type FragmentDefinitionNode,
  GraphQLError,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
  type ValidationContext,
} from 'graphql';

/**
 * Selections that one operation may have, with its fragments written out. Planning takes about a millisecond for each and holds up everybody's requests
 * meanwhile; a text of one kilobyte whose fragments double each other twenty times would take all the memory there is.
 */
export const MAX_SELECTIONS = 1_000;

/** A validation rule that refuses operations of more than `MAX_SELECTIONS`. */
export function limitSelections(context: ValidationContext): ASTVisitor {
  return {
    Document({ definitions }) {
      const fragments = new Map<string, FragmentDefinitionNode>();
      for (const node of definitions) if (node.kind === Kind.FRAGMENT_DEFINITION) fragments.set(node.name.value, node);
      for (const node of definitions) {
        if (node.kind !== Kind.OPERATION_DEFINITION || !isTooLarge(node, fragments)) continue;
        const message = `An operation may have at most ${MAX_SELECTIONS} fields, those of its fragments counted wherever they are used. Send several.`;
        context.reportError(new GraphQLError(message, { nodes: node }));
      }
    },
  };
}

/** Stops counting at the limit, so that neither doubling fragments nor one that uses itself takes long. */
function isTooLarge(operation: OperationDefinitionNode, fragments: Map<string, FragmentDefinitionNode>): boolean {
  let left = MAX_SELECTIONS;
  const count = (set: SelectionSetNode | undefined): void => {
    for (const selection of set?.selections ?? []) {
      left -= 1;
      if (left < 0) return;
      if (selection.kind === Kind.FRAGMENT_SPREAD) count(fragments.get(selection.name.value)?.selectionSet);
      else count(selection.selectionSet);
    }
  };
  count(operation.selectionSet);
  return left < 0;
}

/** A validation rule that refuses `__proto__` as the name of anything in an answer: to an object in JavaScript it is no name like others. */
export function refuseReservedNames(context: ValidationContext): ASTVisitor {
  return {
    Field(node) {
      if (node.alias?.value !== '__proto__') return;
      context.reportError(new GraphQLError('`__proto__` cannot be an alias. Choose another.', { nodes: node }));
    },
  };
}
