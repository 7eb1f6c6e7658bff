import type { EventEmitter } from 'node:events';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { Writable } from 'node:stream';
import { GraphQLError, GraphQLScalarType } from 'graphql';
import { processRequest, Upload } from 'graphql-upload-minimal';
import { readJson, toText } from '../base/json.ts';
import { BODY_PATIENCE, inTime, requireUtf8 } from './body.ts';
import { readDisposition } from './disposition.ts';
import { HttpError } from './refusals.ts';

const WITHOUT_FILE =
  'A file is sent as multipart/form-data (graphql-multipart-request-spec), with null for it in the variables. A client that sends JSON only needs an upload link.';

function refuseValue(): never {
  throw new GraphQLError(WITHOUT_FILE);
}

/** The scalar `Upload` of the GraphQL multipart request specification: a promise of an `UploadedFile`. */
export const GraphQLUpload = new GraphQLScalarType({
  name: 'Upload',
  description: 'A file that arrives with the request.',
  extensions: { rule: WITHOUT_FILE },
  parseValue: (value) => fileOf(value) ?? refuseValue(),
  parseLiteral: refuseValue,
  serialize: refuseValue,
});

/** A file in transfer. Consume or destroy its stream: the rest of the request waits behind it. */
export interface UploadedFile {
  filename: string;
  /** The client's claim. Never trust it. */
  mimetype: string;
  encoding: string;
  createReadStream(): NodeJS.ReadableStream & { truncated?: boolean };
}

export interface UploadLimits {
  /** Bytes per file. At the limit the stream ends early with `truncated` set. */
  maxFileSize: number;
  maxFiles: number;
  /** Bytes of the `operations` and `map` fields. */
  maxFieldSize: number;
}

/** The operation of a multipart request, and the bytes that it and the map had. */
export interface MultipartOperation {
  value: unknown;
  bytes: number;
}

const MULTIPART = /^multipart\/form-data\b/i;

export function isMultipart(incoming: IncomingMessage): boolean {
  return MULTIPART.test(incoming.headers['content-type'] ?? '');
}

/** The file behind a variable of a multipart request, or null for any other value. */
export function fileOf(value: unknown): Promise<UploadedFile> | null {
  return value instanceof Upload ? (value.promise as Promise<UploadedFile>) : null;
}

/**
 * Reads the operation of a multipart request, with the size of operation and map. The files keep streaming
 * after it returns. @throws HttpError
 */
export async function readMultipart(
  incoming: IncomingMessage,
  response: ServerResponse,
  limits: UploadLimits,
  patience = BODY_PATIENCE,
): Promise<MultipartOperation> {
  requirePlain(incoming.headers);
  let bytes = 0;
  const count = (length: number) => {
    bytes += length;
  };
  try {
    // The timeout covers the operation, which precedes the files. Those may take as long as they are large.
    const value = await inTime(processRequest(withCheckedParts(incoming, count), response, limits), patience);
    return { value, bytes };
  } catch (error) {
    const hasLeft = incoming.destroyed && !incoming.complete;
    if (error instanceof HttpError || hasLeft) throw error;
    const { status = 400, message } = error as { status?: number; message: string };
    if (status === 413) throw new HttpError(413, 'PAYLOAD_TOO_LARGE', message);
    // The library reports a body without any field as an internal error.
    throw refusal(status < 500 ? (PARSER_FAULTS[message] ?? message) : 'The multipart request has no operation.');
  }
}

/** Our messages for the parser's errors, with advice. */
const PARSER_FAULTS: Record<string, string> = {
  'Malformed part header':
    'The head of a part of the multipart request cannot be read. Leave it to your client to write it.',
  'Unexpected end of form':
    'The multipart request ends before its last boundary, or has another `boundary` than its `content-type` says.',
};

/** Checks headers that the parser would only call malformed. @throws HttpError */
function requirePlain(headers: IncomingHttpHeaders): void {
  if (!/;\s*boundary\s*=/i.test(headers['content-type'] ?? ''))
    throw refusal('The `content-type` of a multipart request names its `boundary`. Leave it to your client to set it.');
  if (headers['content-encoding'] && headers['content-encoding'] !== 'identity')
    throw new HttpError(415, 'UNSUPPORTED_MEDIA_TYPE', 'A multipart request has no `content-encoding`.');
}

type FieldListener = (name: string, value: string, info: { valueTruncated: boolean }) => void;
type FileListener = (name: string, stream: unknown, info: { filename?: string }) => void;
/** The headers of a part as busboy parses them, in latin1: one character per byte. */
type Head = Record<string, string[]>;

/**
 * Wraps the request for the library, with three checks around its parser.
 * - Headers: the parser drops parts with unusual headers and decodes names that are not UTF-8 with loss. We
 * parse headers first and hand it normalized ones.
 * - Fields: we decode them and reject bytes that are not UTF-8.
 * - `map`: the library sets whatever path it names. An index of twenty million allocates an array of that
 * length, and `variables.hasOwnProperty.call` crashes the process. We accept a path only if the operation has
 * null there.
 */
function withCheckedParts(incoming: IncomingMessage, count: (bytes: number) => void): IncomingMessage {
  let operations: unknown;
  let mapped: Record<string, unknown> = {};
  let filename: string | undefined;

  /** Returns the normalized headers of a part. @throws HttpError 400, 415 */
  function readHead(head: Head): Head {
    const part = readDisposition(head['content-disposition']?.[0] ?? '');
    if (part === null) throw refusal('The `content-disposition` of a part cannot be read.');
    const name = Buffer.from(part.name.replace(/["\\]/g, '\\$&')).toString('latin1');
    if (FIELDS.has(part.name)) {
      requireUtf8(head['content-type']?.[0]);
      // A field, even if a client sends it as a blob. latin1 keeps its bytes.
      return { 'content-disposition': [`form-data; name="${name}"`], 'content-type': ['text/plain; charset=latin1'] };
    }
    filename = part.filename;
    if (filename !== undefined)
      return { ...head, 'content-disposition': [`form-data; name="${name}"; filename="file"`] };
    if (Object.hasOwn(mapped, part.name))
      throw refusal('A file has no name. Give its part a `filename` in the `content-disposition`.');
    // An unexpected part, which the parser then drops.
    return {};
  }

  /** Decodes and checks a field. @throws HttpError 400 */
  function readField(name: string, bytes: string): string {
    try {
      count(bytes.length);
      const text = toText(Buffer.from(bytes, 'latin1')).replace(/^\ufeff/, '');
      const value = readJson(text);
      if (name === 'operations') operations = value;
      else checkMap(operations, value);
      if (name === 'map' && typeof value === 'object') mapped = value as Record<string, unknown>;
      return text;
    } catch (error) {
      throw error instanceof HttpError ? error : refusal(`\`${name}\` cannot be read. ${(error as Error).message}`);
    }
  }

  function check(parser: Writable): void {
    // The library handles the parser's first error only. A second one would crash the process.
    parser.on('error', () => {});
    const orRefuse = <T>(read: () => T): T | null => {
      try {
        return read();
      } catch (error) {
        parser.emit('error', error);
        return null;
      }
    };
    rewriteHeads(parser, (head) => orRefuse(() => readHead(head)) ?? {});
    intercept<FieldListener>(parser, 'field', (pass) => (name, bytes, info) => {
      const text = info.valueTruncated ? bytes : orRefuse(() => readField(name, bytes));
      if (text !== null) pass(name, text, info);
    });
    intercept<FileListener>(
      parser,
      'file',
      (pass) => (name, stream, info) => pass(name, stream, { ...info, filename }),
    );
  }

  const type = incoming.headers['content-type'] as string;
  const request = {
    // The library accepts lower case only.
    headers: { ...incoming.headers, 'content-type': type.replace(MULTIPART, 'multipart/form-data') },
    get readableEnded() {
      return incoming.readableEnded;
    },
    pipe(parser: Writable) {
      check(parser);
      return incoming.pipe(parser);
    },
    unpipe: (parser: Writable) => incoming.unpipe(parser),
    once: (event: string, listener: () => void) => incoming.once(event, listener),
    resume: () => incoming.resume(),
  };
  return request as unknown as IncomingMessage;
}

const FIELDS = new Set(['operations', 'map']);

/** Wraps the current listeners of an event. */
function intercept<Listener extends (...args: never[]) => void>(
  emitter: EventEmitter,
  event: string,
  between: (pass: Listener) => Listener,
): void {
  const listeners = emitter.listeners(event) as Listener[];
  emitter.removeAllListeners(event);
  for (const listener of listeners) emitter.on(event, between(listener.bind(emitter) as Listener) as () => void);
}

/** busboy's parser of part headers. */
interface HeadParser {
  cb(head: Head): void;
}

/**
 * Rewrites the part headers that busboy sees. It has no hook for that, but keeps its header parser in
 * `_hparser`. The version is pinned, and the tests of uploads fail if this internal changes.
 */
function rewriteHeads(parser: Writable, rewrite: (head: Head) => Head): void {
  let current: HeadParser | null = null;
  let isSeen = false;
  Object.defineProperty(parser, '_hparser', {
    get: () => current,
    set(next: HeadParser | null) {
      current = next;
      if (!next || isSeen) return;
      isSeen = true;
      const { cb } = next;
      next.cb = (head) => cb(rewrite(head));
    },
  });
}

function refusal(message: string): HttpError {
  return new HttpError(400, 'BAD_REQUEST', message);
}

/** @throws HttpError 400 */
function checkMap(operations: unknown, map: unknown): void {
  if (Array.isArray(operations)) throw refusal('Send one operation a request.');
  if (typeof map !== 'object' || map === null || Array.isArray(map)) return;
  const seen = new Set<string>();
  for (const paths of Object.values(map)) {
    if (!Array.isArray(paths) || paths.length !== 1 || typeof paths[0] !== 'string') {
      throw refusal('In `map` each file needs a list of exactly one path.');
    }
    const path = paths[0];
    if (seen.has(path) || valueAt(operations, path) !== null) {
      throw refusal('A path in `map` must name a variable that is null, once.');
    }
    seen.add(path);
  }
}

/** The value at a path of own properties, or undefined. */
function valueAt(root: unknown, path: string): unknown {
  let value = root;
  for (const name of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
    value = (value as Record<string, unknown>)[name];
  }
  return value;
}
