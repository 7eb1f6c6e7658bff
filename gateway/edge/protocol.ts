import type { IncomingMessage } from 'node:http';
import { readJson, toText } from '../../kit/base/json.ts';
import { acceptedTypes, GRAPHQL_TYPE, JSON_TYPE } from '../../kit/http/refusals.ts';
import { HttpError, type HttpRequest } from '../../kit/http/server.ts';
import type { ClientOperation } from '../pipeline.ts';

// The GraphQL over HTTP specification, as far as it is about what stands where in a request and its answer.

/** Where subscriptions are to be had, for those who ask for them over HTTP. */
export const SUBSCRIPTIONS_OVER = 'Subscriptions are delivered over WebSocket (graphql-transport-ws) at this address';

/**
 * Headers of which one makes browsers ask (preflight) before they send a GET or a form of another page:
 * nothing is answered that any page could ask in the user's name. `authorization` is one of them, and is no
 * ambient authority: there are no cookies, so a page that can set it has the token.
 */
const PREFLIGHT_HEADERS = ['apollo-require-preflight', 'x-apollo-operation-name', 'authorization'];

/**
 * What browsers may send of another page without asking. @throws HttpError 400 where a request has none of
 * the headers for which they ask
 */
export function requirePreflight({ headers }: IncomingMessage, what: string): void {
  if (PREFLIGHT_HEADERS.some((name) => headers[name])) return;
  const message = `Send the header \`${PREFLIGHT_HEADERS[0]}: true\` with ${what}.`;
  throw new HttpError(400, 'BAD_REQUEST', message);
}

/**
 * The media type of the answer, by `Accept`: the one that clients of the specification name, JSON for all
 * others. @throws HttpError 406
 */
export function negotiate(accept: string | undefined): string {
  if (!accept) return JSON_TYPE;
  const types = acceptedTypes(accept);
  if (types.includes(GRAPHQL_TYPE)) return GRAPHQL_TYPE;
  if (types.some((type) => type === JSON_TYPE || type === '*/*' || type === 'application/*')) return JSON_TYPE;
  const message = `Answers are ${GRAPHQL_TYPE} or ${JSON_TYPE}: accept one of them. ${SUBSCRIPTIONS_OVER}.`;
  throw new HttpError(406, 'NOT_ACCEPTABLE', message);
}

/** What GET requests carry. @throws HttpError 400 */
export function readQueryString({ search, incoming }: HttpRequest): unknown {
  requirePreflight(incoming, 'a GET request');
  const given = Object.fromEntries(new URLSearchParams(queryText(search)));
  return {
    ...given,
    variables: parse('variables', given.variables),
    extensions: parse('extensions', given.extensions),
  };
}

/** The query string, whose bytes and whose percent escapes have to be UTF-8. @throws HttpError 400 */
function queryText(search: string): string {
  try {
    // Node has made a character of each byte.
    const text = /[\x80-\xff]/.test(search) ? toText(Buffer.from(search, 'latin1')) : search;
    // A percent sign that escapes nothing stands for itself.
    if (text.includes('%')) decodeURIComponent(text.replace(/%(?![\da-f]{2})/gi, '%25'));
    return text;
  } catch {
    throw new HttpError(
      400,
      'BAD_REQUEST',
      'The query string is not UTF-8. Escape what is not ASCII by its UTF-8 bytes.',
    );
  }
}

function parse(name: string, text: string | undefined): unknown {
  if (text === undefined || text === '') return undefined;
  try {
    return readJson(text);
  } catch (error) {
    throw new HttpError(400, 'BAD_REQUEST', `\`${name}\` cannot be read. ${(error as Error).message}`);
  }
}

/**
 * The operation in the parameters of a request, which had so many bytes.
 * @throws HttpError 400 that names what is not as it should be
 */
export function readParameters(given: unknown, bytes: number): ClientOperation {
  if (Array.isArray(given)) throw refusal('Send one operation a request: batches are not taken.');
  if (!isObject(given)) throw refusal('The body is an object with `query`, `variables` and `operationName`.');
  const { query, operationName, variables, extensions, documentId } = given;
  // Without it the operation is named by its hash or id, or is missing: whoever finds the text says so.
  if (query != null && typeof query !== 'string') throw refusal('`query` is the text of the operation.');
  if (operationName != null && typeof operationName !== 'string') throw refusal('`operationName` is a text.');
  if (variables != null && !isObject(variables)) throw refusal('`variables` is an object.');
  if (extensions != null && !isObject(extensions)) throw refusal('`extensions` is an object.');
  return {
    query: query ?? '',
    operationName: operationName ? (operationName as string) : null,
    variables: variables ?? {},
    extensions,
    documentId,
    bytes,
  };
}

function refusal(message: string): HttpError {
  return new HttpError(400, 'BAD_REQUEST', message);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
