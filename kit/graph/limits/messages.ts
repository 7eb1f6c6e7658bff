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
 * Rule of one of our scalars, for errors: `extensions.rule` of the type. The scalar's own error may quote the
 * value.
 */
export function ruleOf(type: GraphQLInputType | undefined | null): string {
  const named = getNamedType(type);
  const { rule } = isScalarType(named) ? named.extensions : {};
  return typeof rule === 'string' ? `: ${rule}` : '.';
}
