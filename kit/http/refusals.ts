import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { internalMessage, Unauthenticated } from '../base/errors.ts';
import { newUuid } from '../base/ids.ts';

// HTTP errors, for requests that no handler answers: JSON in the shape of a GraphQL response, with a code and
// the request id.

export const JSON_TYPE = 'application/json';
export const GRAPHQL_TYPE = 'application/graphql-response+json';

/** An error with an HTTP status. Handlers throw it; the client gets it as JSON. */
export class HttpError extends Error {
  readonly status: number;
  readonly code: string;
  /** Further headers of the answer. */
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, code: string, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.headers = headers;
  }
}

/** The media types of an `Accept` header, without their parameters. */
export function acceptedTypes(accept: string): string[] {
  return accept.split(',').map((part) => (part.split(';', 1)[0] ?? '').trim().toLowerCase());
}

/**
 * Answers with a thrown error. Uses GraphQL's media type if the client accepts it: such clients read an error
 * of any other type as "no GraphQL server" and hide its code.
 */
export function sendRefusal(error: unknown, requestId: string, incoming: IncomingMessage, response: ServerResponse) {
  const { status, message, headers, ...extensions } = describe(error, requestId);
  const isGraphQL = acceptedTypes(incoming.headers.accept ?? '').includes(GRAPHQL_TYPE);
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  sendJson(
    response,
    status,
    { errors: [{ message, extensions: { ...extensions, requestId } }] },
    isGraphQL ? GRAPHQL_TYPE : JSON_TYPE,
  );
}

function describe(error: unknown, requestId: string) {
  if (error instanceof Unauthenticated) {
    const { code, reason, message } = error;
    return { status: 401, headers: { 'www-authenticate': 'Bearer' }, message, code, reason };
  }
  if (error instanceof HttpError) {
    const { status, headers, message, code } = error;
    return { status, headers, message, code };
  }
  return { status: 500, headers: {}, message: internalMessage(requestId), code: 'INTERNAL' };
}

export function sendJson(response: ServerResponse, status: number, value: unknown, mediaType = JSON_TYPE): void {
  const body = JSON.stringify(value);
  response.writeHead(status, {
    'content-type': `${mediaType}; charset=utf-8`,
    'content-length': Buffer.byteLength(body),
  });
  response.end(body);
}

/**
 * Sends an error on a connection without a response object, after an unreadable request or a refused
 * WebSocket, and closes it.
 */
export function refuseConnection(
  socket: Duplex,
  { status, code, message, headers }: HttpError,
  requestId = newUuid(),
): void {
  const body = JSON.stringify({ errors: [{ message, extensions: { code, requestId } }] });
  const head = {
    ...headers,
    'x-request-id': requestId,
    'content-type': `${JSON_TYPE}; charset=utf-8`,
    'content-length': Buffer.byteLength(body),
    connection: 'close',
  };
  const lines = Object.entries(head).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${body}`, () => socket.destroy());
}

/** The error for an unreadable request, by Node's error code. */
export function unreadable({ code }: NodeJS.ErrnoException): HttpError {
  switch (code) {
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new HttpError(408, 'REQUEST_TIMEOUT', 'The request did not arrive in time. Send it again.');
    case 'HPE_HEADER_OVERFLOW':
      return new HttpError(
        431,
        'HEADERS_TOO_LARGE',
        'The head of a request may have at most 16 KiB. Send a long operation with POST.',
      );
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return new HttpError(
        413,
        'PAYLOAD_TOO_LARGE',
        'The extensions of the chunks are too long. Send chunks without extensions.',
      );
    default:
      return new HttpError(400, 'BAD_REQUEST', 'The request cannot be read: this port speaks HTTP/1.1 without TLS.');
  }
}
