import { ApolloServerErrorCode } from '@apollo/server/errors';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { maskError } from '../../kit/graph/mask.ts';
import { countError } from '../../kit/graph/operation-metrics.ts';
import type { Log } from '../../kit/observe/log.ts';
import { currentRequestId } from '../../kit/observe/request.ts';

/** Codes with which a service that does not mask its errors reports what it does not understand itself. */
const UNNAMED = new Set<unknown>([
  undefined,
  ApolloServerErrorCode.INTERNAL_SERVER_ERROR,
  ApolloServerErrorCode.BAD_REQUEST,
  'DOWNSTREAM_SERVICE_ERROR',
]);
/** What a service may say in `extensions` but a client must not see. */
const PRIVATE = ['stacktrace', 'exception', 'http'];

/**
 * What a client may know of an error. One that a service named (the kit of our services masks all others
 * there) keeps its code, message and fields, so that a client handles it as if it had asked the service;
 * `serviceName` says where it comes from. The gateway's own errors go the way of every service.
 */
export function maskGatewayError(formatted: GraphQLFormattedError, error: unknown, log: Log): GraphQLFormattedError {
  const extensions = formatted.extensions ?? {};
  if (typeof extensions.serviceName !== 'string' || UNNAMED.has(extensions.code)) {
    return maskError(withShownPath(formatted), error, log);
  }
  countError(extensions.code);
  const shown = Object.fromEntries(Object.entries(extensions).filter(([name]) => !PRIVATE.includes(name)));
  const { message, path, locations } = withShownPath(formatted);
  // The service may have been asked for another client too, whose id it then has.
  return {
    message,
    ...(locations ? { locations } : {}),
    ...(path ? { path } : {}),
    extensions: { ...shown, requestId: currentRequestId() },
  };
}

/**
 * Plans mark "each element of a list" as `@` in a path; a path that is not one of the answer tells a client
 * nothing.
 */
function withShownPath(formatted: GraphQLFormattedError): GraphQLFormattedError {
  const { path, ...rest } = formatted;
  return path && path.length > 0 && !path.includes('@') ? formatted : rest;
}

/** The errors of an answer as the client gets them. */
export function maskErrors(errors: readonly Error[], log: Log): GraphQLFormattedError[] {
  return errors.map((given) => {
    const error = given instanceof GraphQLError ? given : new GraphQLError(given.message, { originalError: given });
    return maskGatewayError(error.toJSON(), error, log);
  });
}

/** Errors with which a service has refused or ended an operation. */
export function maskRefusal(
  errors: readonly GraphQLFormattedError[],
  serviceName: string,
  log: Log,
): GraphQLFormattedError[] {
  return errors.map(({ message, path, extensions }) => {
    const error = new GraphQLError(message, { extensions: { ...extensions, serviceName } });
    return maskGatewayError({ ...error.toJSON(), ...(path ? { path } : {}) }, error, log);
  });
}
