import { GraphQLError, GraphQLScalarType, Kind } from 'graphql';

// RFC 3339 with a zone: a time without one means another moment on each server.
const RFC_3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/;

const RULE = 'RFC 3339 text with a zone, for example "2026-11-23T14:20:40.000Z".';

function parse(value: unknown): Date {
  const date = typeof value === 'string' && RFC_3339.test(value) ? new Date(value) : null;
  if (!date || Number.isNaN(date.getTime())) {
    throw new GraphQLError(RULE);
  }
  return date;
}

/** RFC 3339 text outside, Date inside. */
export const DateTime = new GraphQLScalarType<Date, string>({
  name: 'DateTime',
  extensions: { rule: RULE },
  serialize: (value) => (value as Date).toISOString(),
  parseValue: parse,
  parseLiteral: (node) => parse(node.kind === Kind.STRING ? node.value : null),
});
