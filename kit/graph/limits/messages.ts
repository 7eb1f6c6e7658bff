import { type GraphQLInputType, getNamedType, isScalarType } from 'graphql';

/**
 * Longest message of an error about an operation, in characters: a message repeats names, which a client
 * chooses.
 */
const MAX_MESSAGE = 300;

/** Cuts a message that a client has made long. */
export function shorten(message: string): string {
  return message.length <= MAX_MESSAGE ? message : `${message.slice(0, MAX_MESSAGE)}…`;
}

/**
 * What a scalar of ours wants, for an error: `extensions.rule` of the type. The error that the scalar throws
 * may contain the value, so nobody shows that.
 */
export function ruleOf(type: GraphQLInputType | undefined | null): string {
  const named = getNamedType(type);
  const { rule } = isScalarType(named) ? named.extensions : {};
  return typeof rule === 'string' ? `: ${rule}` : '.';
}
