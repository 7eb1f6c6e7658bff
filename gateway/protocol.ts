import { HttpError, type HttpRequest } from '../kit/http.ts';
import type { ClientOperation } from './pipeline.ts';

// The GraphQL over HTTP specification, as far as it is about what stands where in a request and its answer.

const JSON_TYPE = 'application/json';
const GRAPHQL_TYPE = 'application/graphql-response+json';

/** Headers of which one makes browsers ask (preflight) before they send a GET of another page: nothing is answered that any page could ask in the user's name. */
const PREFLIGHT_HEADERS = ['apollo-require-preflight', 'x-apollo-operation-name'];

/** The media type of the answer, by `Accept`: the one that clients of the specification name, JSON for all others. @throws HttpError 406 */
export function negotiate(accept: string | undefined): string {
  if (!accept) return JSON_TYPE;
  const types = accept.split(',').map((part) => part.split(';', 1)[0]?.trim().toLowerCase());
  if (types.includes(GRAPHQL_TYPE)) return GRAPHQL_TYPE;
  if (types.some((type) => type === JSON_TYPE || type === '*/*' || type === 'application/*')) return JSON_TYPE;
  throw new HttpError(406, 'NOT_ACCEPTABLE', `Answers are ${GRAPHQL_TYPE} or ${JSON_TYPE}: accept one of them.`);
}

/** What GET requests carry. @throws HttpError 400 */
export function readQueryString({ search, incoming }: HttpRequest): unknown {
  if (!PREFLIGHT_HEADERS.some((name) => incoming.headers[name] !== undefined))
    throw new HttpError(400, 'BAD_REQUEST', `Send the header \`${PREFLIGHT_HEADERS[0]}: true\` with a GET request.`);
  const given = Object.fromEntries(new URLSearchParams(search));
  return {
    ...given,
    variables: parse('variables', given.variables),
    extensions: parse('extensions', given.extensions),
  };
}

function parse(name: string, text: string | undefined): unknown {
  if (text === undefined || text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw new HttpError(400, 'BAD_REQUEST', `\`${name}\` is not JSON.`);
  }
}

/** The operation in the parameters of a request. @throws HttpError 400 that names what is not as it should be */
export function readParameters(given: unknown): ClientOperation {
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
  };
}

function refusal(message: string): HttpError {
  return new HttpError(400, 'BAD_REQUEST', message);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
