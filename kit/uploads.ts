import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Writable } from 'node:stream';
import { GraphQLError, GraphQLScalarType } from 'graphql';
import { processRequest, Upload } from 'graphql-upload-minimal';
import { BODY_PATIENCE, inTime } from './body.ts';
import { HttpError } from './http.ts';

const WITHOUT_FILE =
  'A file is sent as multipart/form-data (graphql-multipart-request-spec), with null for it in the variables. A client that sends JSON only needs an upload link.';

function refuseValue(): never {
  throw new GraphQLError(WITHOUT_FILE);
}

/** The scalar `Upload` of the GraphQL multipart request specification. Its value is a promise of an `UploadedFile`. */
export const GraphQLUpload = new GraphQLScalarType({
  name: 'Upload',
  description: 'A file that arrives with the request.',
  parseValue: (value) => fileOf(value) ?? refuseValue(),
  parseLiteral: refuseValue,
  serialize: refuseValue,
});

/** A file that is arriving. Consume or destroy the stream: the request waits behind it. */
export interface UploadedFile {
  filename: string;
  /** What the client says; never to be believed. */
  mimetype: string;
  encoding: string;
  createReadStream(): NodeJS.ReadableStream & { truncated?: boolean };
}

export interface UploadLimits {
  /** Bytes of one file. At the limit the stream ends short and its `truncated` is true. */
  maxFileSize: number;
  maxFiles: number;
  /** Bytes of the `operations` and `map` fields. */
  maxFieldSize: number;
}

export function isMultipart(incoming: IncomingMessage): boolean {
  return /^multipart\/form-data\b/i.test(incoming.headers['content-type'] ?? '');
}

/** The file that a variable of a multipart request stands for, or null where the value is something else. */
export function fileOf(value: unknown): Promise<UploadedFile> | null {
  return value instanceof Upload ? (value.promise as Promise<UploadedFile>) : null;
}

/** Reads the operation of a multipart request; the files go on streaming behind it. @throws HttpError */
export async function readMultipart(
  incoming: IncomingMessage,
  response: ServerResponse,
  limits: UploadLimits,
  patience = BODY_PATIENCE,
): Promise<unknown> {
  try {
    // The operation comes before the files, which may take as long as they are large.
    return await inTime(processRequest(withCheckedMap(incoming), response, limits), patience);
  } catch (error) {
    const { status, message } = error as { status?: number; message: string };
    if (error instanceof HttpError || status === undefined) throw error;
    if (status === 413) throw new HttpError(413, 'PAYLOAD_TOO_LARGE', message);
    // The library calls a body without any field its own fault.
    throw new HttpError(400, 'BAD_REQUEST', status < 500 ? message : 'The multipart request has no operation.');
  }
}

type FieldListener = (name: string, value: string, info: unknown) => void;

/**
 * The request as the library needs it, with a check in front of its parser's `field` events. The library sets whatever path `map` names: an index of
 * twenty million makes an array of that length, and `variables.hasOwnProperty.call` breaks the whole process. So a path counts only where the
 * operation itself has null, which is looked up before the library sees the field.
 */
function withCheckedMap(incoming: IncomingMessage): IncomingMessage {
  let operations: unknown;

  function check(name: string, value: string): void {
    if (name === 'operations') operations = parseJson(value);
    if (name === 'map') checkMap(operations, parseJson(value));
  }

  const request = {
    headers: incoming.headers,
    get readableEnded() {
      return incoming.readableEnded;
    },
    pipe(parser: Writable) {
      // The library listens for the parser's first error only; a second one would end the process.
      parser.on('error', () => {});
      const listeners = parser.listeners('field') as FieldListener[];
      parser.removeAllListeners('field');
      parser.on('field', (...field: Parameters<FieldListener>) => {
        try {
          check(field[0], field[1]);
        } catch (error) {
          parser.emit('error', error);
          return;
        }
        for (const listener of listeners) listener.apply(parser, field);
      });
      return incoming.pipe(parser);
    },
    unpipe: (parser: Writable) => incoming.unpipe(parser),
    once: (event: string, listener: () => void) => incoming.once(event, listener),
    resume: () => incoming.resume(),
  };
  return request as unknown as IncomingMessage;
}

/** Undefined for what is not JSON: the library refuses that itself. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** @throws HttpError 400 */
function checkMap(operations: unknown, map: unknown): void {
  if (Array.isArray(operations)) throw new HttpError(400, 'BAD_REQUEST', 'Send one operation a request.');
  if (typeof map !== 'object' || map === null || Array.isArray(map)) return;
  const seen = new Set<string>();
  for (const paths of Object.values(map)) {
    if (!Array.isArray(paths) || paths.length !== 1 || typeof paths[0] !== 'string') {
      throw new HttpError(400, 'BAD_REQUEST', 'In `map` each file needs a list of exactly one path.');
    }
    const path = paths[0];
    if (seen.has(path) || valueAt(operations, path) !== null) {
      throw new HttpError(400, 'BAD_REQUEST', 'A path in `map` must name a variable that is null, once.');
    }
    seen.add(path);
  }
}

/** The value at a path of names that objects and arrays have themselves; undefined where there is none. */
function valueAt(root: unknown, path: string): unknown {
  let value = root;
  for (const name of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
    value = (value as Record<string, unknown>)[name];
  }
  return value;
}
