import { hash } from 'node:crypto';
import { ApolloServerErrorCode } from '@apollo/server/errors';
import type { GraphQLError } from 'graphql';
import { LRUCache } from 'lru-cache';
import { refusal } from '../../../kit/graph/refusal.ts';
import type { Log } from '../../../kit/observe/log.ts';
import type { Redis } from '../../../kit/redis/client.ts';
import type { ProtectionConfig } from './config.ts';

/** What a client says of the operation, over HTTP or a socket. */
export interface OperationRequest {
  /** Empty where only a name is sent. */
  query: string;
  /** The id of an operation of the manifest. */
  documentId?: unknown;
  /** `persistedQuery: {version: 1, sha256Hash}`, as Apollo's clients send it. */
  extensions?: unknown;
}

export interface FoundText {
  text: string;
  /**
   * Called when the text has turned out to be valid: it is remembered under the hash that came with it. What
   * is not valid is not worth the memory.
   */
  remember?: () => void;
}

/**
 * Finds the text of an operation by what the client sent of it, and says which operations are taken at all.
 */
export interface PersistedOperations {
  /**
   * @throws GraphQLError, or rejects with it: PERSISTED_QUERY_NOT_FOUND, QUERY_NOT_IN_SAFELIST, BAD_REQUEST …
   */
  find(request: OperationRequest): FoundText | Promise<FoundText>;
}

/** Texts that this process keeps beside Redis, and characters of them. */
const MAX_TEXTS = 1_000;
const MAX_CHARACTERS = 4_000_000;
/** How long Redis keeps a text that nobody asks for, in seconds. */
const LIFETIME = 24 * 60 * 60;

const MAX_REPORTED = 10_000;
const SHA256 = /^[0-9a-f]{64}$/;

export function createPersistedOperations(
  config: Pick<ProtectionConfig, 'learnsOperations' | 'manifest' | 'unlisted'>,
  redis: Redis,
  namespace: string,
  log: Log,
): PersistedOperations {
  const { manifest, unlisted } = config;
  const isClosed = manifest !== null && unlisted === 'refuse';
  // What is not in the list would be refused as soon as it was learnt.
  const learns = config.learnsOperations && !isClosed;
  const texts = new LRUCache<string, string>({
    max: MAX_TEXTS,
    maxSize: MAX_CHARACTERS,
    sizeCalculation: (text) => text.length,
  });
  /** What is not in the manifest and was logged: once is enough to find it by. */
  const reported = new Set<string>();
  const keyOf = (id: string) => `${namespace}:operation:${id}`;

  function checkListed(text: string): void {
    if (!manifest || manifest.known.has(text)) return;
    if (isClosed) throw notListed('QUERY_NOT_IN_SAFELIST', 'This operation');
    const sha256 = hash('sha256', text, 'hex');
    if (reported.has(sha256)) return;
    if (reported.size >= MAX_REPORTED) reported.clear();
    reported.add(sha256);
    log.warn({ sha256, text: text.slice(0, 500) }, 'an operation that is not in the manifest');
  }

  async function recall(id: string): Promise<FoundText> {
    const kept = await redis.getex(keyOf(id), 'EX', LIFETIME).catch((error) => {
      // The client then sends the text, as it does where the operation is new.
      log.debug({ err: error }, 'Redis cannot be asked for an operation');
      return null;
    });
    // Redis is a cache that others may write to: what it says is believed only where it is what was asked
    // for.
    if (kept === null || hash('sha256', kept, 'hex') !== id) throw notFound();
    texts.set(id, kept);
    checkListed(kept);
    return { text: kept };
  }

  function remember(id: string, text: string): void {
    if (texts.get(id) !== undefined) return;
    texts.set(id, text);
    redis.set(keyOf(id), text, 'EX', LIFETIME).catch((error) => {
      log.debug({ err: error }, 'Redis cannot keep an operation');
    });
  }

  return {
    find(request) {
      const { query } = request;
      const id = idOf(request);
      const text = query === '' ? null : query;
      if (id === null) {
        if (text === null) throw withoutText();
        checkListed(text);
        return { text };
      }
      const listed = manifest?.texts.get(id);
      if (listed !== undefined) {
        if (text !== null && text !== listed) throw mismatch();
        return { text: listed };
      }
      if (text !== null) {
        if (hash('sha256', text, 'hex') !== id) throw mismatch();
        checkListed(text);
        return learns ? { text, remember: () => remember(id, text) } : { text };
      }
      if (isClosed) throw notListed('PERSISTED_QUERY_NOT_IN_LIST', `The operation with the id ${id.slice(0, 100)}`);
      if (!learns) throw notSupported();
      if (!SHA256.test(id)) throw notFound();
      const known = texts.get(id);
      if (known === undefined) return recall(id);
      checkListed(known);
      return { text: known };
    },
  };
}

/** Null where the client names none. @throws GraphQLError BAD_REQUEST */
function idOf({ documentId, extensions }: OperationRequest): string | null {
  if (typeof documentId === 'string') return documentId.replace(/^sha256:/, '');
  const given = (extensions as { persistedQuery?: unknown } | null | undefined)?.persistedQuery;
  if (given === undefined || given === null) return null;
  const { version, sha256Hash } = given as { version?: unknown; sha256Hash?: unknown };
  if (version !== 1 || typeof sha256Hash !== 'string') {
    throw refusal(ApolloServerErrorCode.BAD_REQUEST, 'A persisted query needs `version: 1` and its `sha256Hash`.');
  }
  return sha256Hash;
}

function withoutText(): GraphQLError {
  return refusal(ApolloServerErrorCode.BAD_REQUEST, 'Send the text of an operation as `query`, or its id.');
}

/**
 * Apollo's clients look for this code, or this message, and then send the text along. They expect status 200.
 */
function notFound(): GraphQLError {
  return refusal(ApolloServerErrorCode.PERSISTED_QUERY_NOT_FOUND, 'PersistedQueryNotFound', { status: 200 });
}

function notSupported(): GraphQLError {
  return refusal(ApolloServerErrorCode.PERSISTED_QUERY_NOT_SUPPORTED, 'PersistedQueryNotSupported', { status: 200 });
}

function mismatch(): GraphQLError {
  return refusal(ApolloServerErrorCode.BAD_REQUEST, 'The hash is not that of the operation that came with it.');
}

function notListed(code: string, what: string): GraphQLError {
  const message = `${what} is none of the operations that this server takes. Publish it with the frontend's manifest.`;
  return refusal(code, message, { status: 403 });
}
