import { type ASTVisitor, GraphQLError, type ValidationContext } from 'graphql';

/**
 * A validation rule that refuses `__proto__` as the name of anything in an answer: to an object in JavaScript
 * it is no name like others.
 */
export function refuseReservedNames(context: ValidationContext): ASTVisitor {
  return {
    Field(node) {
      if (node.alias?.value !== '__proto__') return;
      context.reportError(new GraphQLError('`__proto__` cannot be an alias. Choose another.', { nodes: node }));
    },
  };
}
