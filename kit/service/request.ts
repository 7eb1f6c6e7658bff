import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import { type Dispatcher, request } from 'undici';
import { ADDRESS_HEADER, SERVICE_HEADER } from '../identity/caller.ts';

/** Errors with which a connection fails before a byte of a request is written. */
const NOTHING_SENT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** Whether the other side may have seen something of a request that failed. */
export function wasSent(error: unknown): boolean {
  return !NOTHING_SENT.has((error as { code?: string }).code ?? '');
}

export interface GraphQLRequest {
  /** JSON, or a stream of `contentType`. */
  body: string | Readable;
  contentType?: string;
  authorization: string | undefined;
  /** Proves which process sends the request, where `authorization` is that of its client. */
  serviceToken?: string;
  clientAddress?: string | undefined;
  requestId: string | undefined;
  traceparent: string | undefined;
  dispatcher: Dispatcher;
  /** The longest that the other side may be silent, in ms. */
  timeout: number;
  signal: AbortSignal;
}

export interface GraphQLResponse {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/** Sends a GraphQL request to an instance over HTTP. @throws where no answer comes, or `signal` aborts */
export async function sendGraphQL(url: string, asked: GraphQLRequest): Promise<GraphQLResponse> {
  const { body, authorization, serviceToken, clientAddress, requestId, traceparent, dispatcher, timeout, signal } =
    asked;
  const headers: Record<string, string> = {
    'content-type': asked.contentType ?? 'application/json',
    accept: 'application/json',
  };
  if (authorization) headers.authorization = authorization;
  if (serviceToken !== undefined) headers[SERVICE_HEADER] = serviceToken;
  if (clientAddress !== undefined) headers[ADDRESS_HEADER] = clientAddress;
  if (requestId !== undefined) headers['x-request-id'] = requestId;
  if (traceparent !== undefined) headers.traceparent = traceparent;
  // A content type that browsers send without a preflight is refused without this header.
  if (asked.contentType) headers['apollo-require-preflight'] = 'true';
  const response = await request(url, {
    method: 'POST',
    dispatcher,
    headersTimeout: timeout,
    bodyTimeout: timeout,
    headers,
    body,
    signal,
  });
  return {
    status: response.statusCode,
    headers: response.headers,
    body: Buffer.from(await response.body.arrayBuffer()),
  };
}

/** The JSON text of a response. @throws where it is no GraphQL response, but for example a proxy's page */
export function resultOf({ status, headers, body }: GraphQLResponse): Buffer {
  const isJson = String(headers['content-type'] ?? '').includes('json');
  if (!isJson || body[0] !== 0x7b) throw new Error(`HTTP ${status} and no GraphQL answer`);
  return body;
}
