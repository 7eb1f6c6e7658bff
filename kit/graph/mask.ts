import { ApolloServerErrorCode } from '@apollo/server/errors';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { internalMessage, OutcomeUnknown, Unavailable, UserError } from '../base/errors.ts';
import { isConnectionLost, isUnavailable } from '../mysql/errors.ts';
import type { Log } from '../observe/log.ts';
import { currentRequestId } from '../observe/request.ts';
import { withoutLiteral } from './limits/literals.ts';
import { countError } from './operation-metrics.ts';

/**
 * Codes of errors that GraphQL itself raises about the request; their messages tell the client what is wrong
 * with its operation.
 */
const ABOUT_THE_REQUEST = new Set<string>([
  ApolloServerErrorCode.GRAPHQL_PARSE_FAILED,
  ApolloServerErrorCode.GRAPHQL_VALIDATION_FAILED,
  ApolloServerErrorCode.PERSISTED_QUERY_NOT_FOUND,
  ApolloServerErrorCode.PERSISTED_QUERY_NOT_SUPPORTED,
  ApolloServerErrorCode.BAD_USER_INPUT,
  ApolloServerErrorCode.OPERATION_RESOLUTION_FAILURE,
  ApolloServerErrorCode.BAD_REQUEST,
]);

/**
 * Masks errors, in one place for all. A UserError shows its code and message; GraphQL's own errors about the
 * request pass; all others are logged in full and become INTERNAL. Each gets the request id, which finds the
 * log lines of its request.
 */
export function maskError(formatted: GraphQLFormattedError, error: unknown, log: Log): GraphQLFormattedError {
  const requestId = currentRequestId();
  const { extensions, ...masked } = mask(formatted, error, requestId, log);
  countError(extensions?.code);
  return { ...masked, extensions: { ...extensions, requestId } };
}

/**
 * Error for the client when the database is at fault: says whether something was changed, as far as known.
 * Null for other faults.
 */
function databaseAway(error: unknown): UserError | null {
  if (isUnavailable(error)) return new Unavailable('its database');
  return isConnectionLost(error) ? new OutcomeUnknown() : null;
}

function mask(formatted: GraphQLFormattedError, error: unknown, requestId: string, log: Log): GraphQLFormattedError {
  // Not Apollo's unwrapResolverError: an error that ended a subscription has an original but no path.
  const original = (error instanceof GraphQLError && error.originalError) || error;
  const { path, locations } = formatted;
  const place = { ...(locations ? { locations } : {}), ...(path ? { path } : {}) };
  const away = databaseAway(original);
  if (away !== null) {
    log.warn({ err: original, path }, 'MySQL does not do now what it is asked');
    return { message: away.message, ...place, extensions: { code: away.code } };
  }
  if (original instanceof UserError) {
    return { message: original.message, ...place, extensions: { code: original.code, ...original.fields } };
  }
  const code = formatted.extensions?.code;
  if (typeof code === 'string' && ABOUT_THE_REQUEST.has(code)) {
    return { message: formatted.message, ...place, extensions: { code } };
  }
  // A GraphQLError that no resolver threw comes from graphql-js itself: coercion of a variable, a
  // subscription that is not one.
  if (error instanceof GraphQLError && !error.originalError && code === undefined) {
    const message = withoutLiteral(formatted.message);
    return { message, ...place, extensions: { code: ApolloServerErrorCode.BAD_USER_INPUT } };
  }
  log.error({ err: original, requestId, path }, 'request failed');
  return {
    message: internalMessage(requestId),
    ...place,
    extensions: { code: 'INTERNAL' },
  };
}
