import { type ASTNode, GraphQLError } from 'graphql';
import { UserError } from '../base/errors.ts';

/**
 * Refuses an operation before any of it is executed. A GraphQL error whose original is a `UserError`, so that
 * the client gets `code`, the message and `fields` as they stand; over HTTP with this status.
 */
export function refusal(
  code: string,
  message: string,
  {
    fields = {},
    status = 400,
    node,
  }: { fields?: Record<string, unknown>; status?: number; node?: ASTNode | undefined } = {},
): GraphQLError {
  return new GraphQLError(message, {
    ...(node ? { nodes: node } : {}),
    originalError: new UserError('OperationRefused', code, message, fields),
    extensions: { code, ...fields, http: { status } },
  });
}

/** The same error with a code. */
export function withCode({ message, nodes, source, positions }: GraphQLError, code: string): GraphQLError {
  return new GraphQLError(message, { nodes, source, positions, extensions: { code } });
}
