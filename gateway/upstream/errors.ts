import type { GraphQLFormattedError } from 'graphql';
import { Unavailable } from '../../kit/base/errors.ts';
import { TooSlow } from '../../kit/http/pace.ts';
import { HttpError } from '../../kit/http/refusals.ts';
import { FileTooLarge } from './multipart.ts';

// Errors of the gateway in place of a service that has not answered.

/** A reply that is only an error. The empty path becomes the path of the fetch in the response. */
export function refusedWith(problem: GraphQLFormattedError): { data: null; errors: GraphQLFormattedError[] } {
  return { data: null, errors: [{ ...problem, path: [] }] };
}

const unreachable = new WeakSet<GraphQLFormattedError>();

/** Error: no instance of the service was reached. */
export function unavailable(service: string): GraphQLFormattedError {
  const { message, code } = new Unavailable(`the ${service} service`);
  const problem = { message, extensions: { code } };
  unreachable.add(problem);
  return problem;
}

/** Whether the error is of `unavailable`, and so the same for every viewer. */
export function isUnreachable(error: GraphQLFormattedError | undefined): boolean {
  return error !== undefined && unreachable.has(error);
}

/** Error in place of data that an event went out without. */
export const LATE: GraphQLFormattedError = {
  message: 'A service did not answer in time, so this event comes without what it knows. Ask for that in a moment.',
  extensions: { code: 'UNAVAILABLE' },
};

export function unknownOutcome(service: string): GraphQLFormattedError {
  return {
    message: `The ${service} service did not answer. The change may or may not have been made; look before trying again.`,
    extensions: { code: 'UNAVAILABLE' },
  };
}

/** Error: a file was sent whole, and the service has not answered. */
export function unknownStorage(service: string): GraphQLFormattedError {
  return {
    message: `The ${service} service has the file and did not answer. The file may have been stored: send it again with the same client id if it had one, else look before you send it again.`,
    extensions: { code: 'UNAVAILABLE' },
  };
}

export const CLIENT_LEFT: GraphQLFormattedError = {
  message: 'The client left.',
  extensions: { code: 'CLIENT_CLOSED_REQUEST' },
};
export const TOO_LARGE: GraphQLFormattedError = {
  message: 'The operation and its variables are larger than this server takes.',
  extensions: { code: 'BAD_USER_INPUT' },
};
export const NOT_LIVE: GraphQLFormattedError = {
  message: 'The service of this subscription has no WebSocket address, so it cannot be subscribed to.',
  extensions: { code: 'UNAVAILABLE' },
};
export const FILES_APART: GraphQLFormattedError = {
  message: 'The files of one request go to one field of one service. Send a request for each.',
  extensions: { code: 'BAD_USER_INPUT', http: { status: 400 } },
};
const FILE_TOO_LARGE: GraphQLFormattedError = {
  message: 'The file is larger than this server takes.',
  extensions: { code: 'PAYLOAD_TOO_LARGE', http: { status: 413 } },
};

export function fileProblem(failure: unknown): GraphQLFormattedError {
  if (failure instanceof FileTooLarge) return FILE_TOO_LARGE;
  if (failure instanceof TooSlow) {
    const { message, code, status } = failure;
    return { message, extensions: { code, http: { status } } };
  }
  return {
    message:
      failure instanceof HttpError
        ? failure.message
        : 'A file named in `map` did not arrive to its end. Send the request again.',
    extensions: { code: 'BAD_USER_INPUT', http: { status: 400 } },
  };
}
