import type { Readable } from 'node:stream';
import { type Dispatcher, request } from 'undici';
import { ADDRESS_HEADER, SERVICE_HEADER } from '../../kit/identity/caller.ts';

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

/**
 * Asks a service over HTTP: with JSON, or with a stream of `contentType`. @throws where it does not answer in
 * JSON, or `signal` aborts
 */
export async function post(
  url: string,
  body: string | Readable,
  options: {
    /** Of a body that is no JSON. */
    contentType?: string;
    authorization: string | undefined;
    serviceToken: string;
    clientAddress: string | undefined;
    requestId: string;
    traceparent: string | undefined;
    dispatcher: Dispatcher;
    /** The longest it may be silent, in ms. */
    timeout: number;
    signal: AbortSignal;
  },
): Promise<Buffer> {
  const { authorization, clientAddress, requestId, dispatcher, timeout, signal } = options;
  const headers: Record<string, string> = {
    'content-type': options.contentType ?? 'application/json',
    accept: 'application/json',
    'x-request-id': requestId,
    [SERVICE_HEADER]: options.serviceToken,
  };
  if (clientAddress !== undefined) headers[ADDRESS_HEADER] = clientAddress;
  if (authorization) headers.authorization = authorization;
  // What a browser would send without asking first is refused without this.
  if (options.contentType) headers['apollo-require-preflight'] = 'true';
  if (options.traceparent) headers.traceparent = options.traceparent;
  const response = await request(url, {
    method: 'POST',
    dispatcher,
    headersTimeout: timeout,
    bodyTimeout: timeout,
    headers,
    body,
    signal,
  });
  const answer = Buffer.from(await response.body.arrayBuffer());
  const type = String(response.headers['content-type'] ?? '');
  if (!type.includes('json') || answer[0] !== 0x7b)
    throw new Error(`HTTP ${response.statusCode} and no GraphQL answer`);
  return answer;
}
