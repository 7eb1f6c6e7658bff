import { MessageType } from 'graphql-ws';
import { readJson } from '../base/json.ts';

/**
 * The one close code of ours, beside those of graphql-ws: reconnect and resume from your positions
 * (PROTOCOL.md).
 */
export const RESUME_CODE = 4205;

/** The payload of `subscribe`. */
export interface OperationPayload {
  /** Empty where `extensions.persistedQuery` or `documentId` names the operation. */
  query: string;
  operationName?: string | null;
  variables?: Record<string, unknown> | null;
  extensions?: Record<string, unknown> | null;
  documentId?: unknown;
}

/** A message of a client in graphql-transport-ws. */
export type ClientMessage =
  | { type: 'connection_init'; payload?: Record<string, unknown> | null }
  | { type: 'ping'; payload?: Record<string, unknown> | null }
  | { type: 'pong' }
  | { type: 'subscribe'; id: string; payload: OperationPayload }
  | { type: 'complete'; id: string };

/** Longest id of an operation, in characters: it is kept as long as the operation. */
const MAX_ID = 256;

/**
 * Reads a message. `validateMessage` of graphql-ws is not used: its errors repeat what was sent, and the
 * reason of a close ends up in logs of clients and proxies. @throws Error that says what is wrong with it
 */
export function readMessage(text: string): ClientMessage {
  const message = readJson(text);
  if (!isObject(message)) throw new Error('A message is a JSON object.');
  const { type, id, payload } = message;
  switch (type) {
    case MessageType.ConnectionInit:
    case MessageType.Ping:
    case MessageType.Pong:
      if (!isOptionalObject(payload)) throw new Error(`The payload of ${type} is an object.`);
      break;
    case MessageType.Complete:
      checkId(id);
      break;
    case MessageType.Subscribe:
      checkId(id);
      if (!isObject(payload)) throw new Error('The payload of subscribe is an object.');
      if (typeof payload.query !== 'string') throw new Error('The payload of subscribe has a query.');
      if (payload.operationName != null && typeof payload.operationName !== 'string')
        throw new Error('operationName is text.');
      if (!isOptionalObject(payload.variables)) throw new Error('variables are an object.');
      if (!isOptionalObject(payload.extensions)) throw new Error('extensions are an object.');
      break;
    default:
      throw new Error('A message of a client has a type that clients send.');
  }
  return message as unknown as ClientMessage;
}

/** `{"id":"…","type":"subscribe"` or the two the other way round, as clients write it. */
const SUBSCRIBE_WITH_ID =
  /^\s*\{\s*(?:"id"\s*:\s*"([^"\\]{1,256})"\s*,\s*"type"\s*:\s*"subscribe"|"type"\s*:\s*"subscribe"\s*,\s*"id"\s*:\s*"([^"\\]{1,256})")/;
/** Bytes in which id and type are looked for. */
const HEAD = 1_500;

/** The id in a `subscribe` message that is too long to be parsed. Null where it does not begin with it. */
export function idOfUnread(data: Buffer): string | null {
  const [, first, second] = SUBSCRIBE_WITH_ID.exec(data.toString('utf8', 0, HEAD)) ?? [];
  return first ?? second ?? null;
}

function checkId(id: unknown): void {
  if (typeof id !== 'string' || id === '' || id.length > MAX_ID)
    throw new Error(`An id is text of 1 to ${MAX_ID} characters.`);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isOptionalObject(value: unknown): boolean {
  return value === undefined || value === null || isObject(value);
}
