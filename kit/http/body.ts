import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { type BrotliOptions, brotliDecompress, gunzip, inflate, type ZlibOptions } from 'node:zlib';
import { readJson, toText } from '../base/json.ts';
import { within } from '../base/pause.ts';
import { HttpError } from './refusals.ts';

/** Timeout of a body that is read as a whole, in ms: a megabyte over a slow mobile connection. */
export const BODY_PATIENCE = 15_000;

/**
 * Reads and decodes the whole body. The timeout ends a body that drips, which would hold its connection for
 * as long as its sender likes.
 * @throws HttpError 413 past `limit` bytes, compressed or not; 408 after `patience` ms; 415 for an unknown
 * encoding; 400 for a body that does not match its encoding
 */
export async function readBody(incoming: IncomingMessage, limit: number, patience = BODY_PATIENCE): Promise<Buffer> {
  const tooLarge = () => new HttpError(413, 'PAYLOAD_TOO_LARGE', `The body may have at most ${limit} bytes.`);
  const decompress = decompressorOf(incoming);
  const length = Number(incoming.headers['content-length']);
  if (length > limit) throw tooLarge();
  // Fast path: most bodies come in one read with their head. They are readable as soon as the head is parsed,
  // although not yet marked complete.
  await undefined;
  const isThere = incoming.readableLength === length;
  const body = isThere ? (incoming.read() as Buffer | null) : await arrival(incoming, limit, patience);
  if (body && body.length > limit) throw tooLarge();
  if (!body) return NOTHING;
  return decompress ? decompress(body, limit).catch(wrongly) : body;

  function wrongly({ code }: NodeJS.ErrnoException): never {
    if (code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge();
    throw new HttpError(400, 'BAD_REQUEST', 'The body is not compressed as its `content-encoding` says.');
  }
}

const NOTHING = Buffer.alloc(0);

type Decompress = (body: Buffer, maxOutputLength: number) => Promise<Buffer>;
const decompressor = (work: (body: Buffer, options: ZlibOptions & BrotliOptions) => Promise<Buffer>): Decompress => {
  return (body, maxOutputLength) => work(body, { maxOutputLength });
};
/** Run in the thread pool and stop at the limit, so a bomb costs no more than a body of the limit's size. */
const DECOMPRESSORS = new Map([
  ['gzip', decompressor(promisify(gunzip))],
  ['x-gzip', decompressor(promisify(gunzip))],
  ['deflate', decompressor(promisify(inflate))],
  ['br', decompressor(promisify(brotliDecompress))],
]);

/** The decompressor of a body, or null if it is not compressed. @throws HttpError 415 */
function decompressorOf({ headers }: IncomingMessage): Decompress | null {
  const encoding = headers['content-encoding']?.trim().toLowerCase();
  if (!encoding || encoding === 'identity') return null;
  const decompress = DECOMPRESSORS.get(encoding);
  if (decompress) return decompress;
  const message = 'The header `content-encoding` may say gzip, deflate or br here, one of them.';
  throw new HttpError(415, 'UNSUPPORTED_MEDIA_TYPE', message, { 'accept-encoding': 'gzip, deflate, br' });
}

/** Reads a body to its end, or until it exceeds `limit` bytes. @throws HttpError 408 */
async function arrival(incoming: IncomingMessage, limit: number, patience: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const read = (chunk: Buffer) => {
    chunks.push(chunk);
    size += chunk.length;
    if (size > limit) resolve();
  };
  const left = () => {
    if (!incoming.readableEnded) reject(new Error('The client left in the middle of its request.'));
  };
  // Not `for await`, which destroys the connection when it ends early. The error has still to go over it.
  incoming.on('data', read).once('end', resolve).once('error', reject).once('close', left);
  try {
    await inTime(promise, patience);
  } finally {
    incoming.off('data', read).off('end', resolve).off('error', reject).off('close', left);
  }
  return Buffer.concat(chunks);
}

/** Reads a JSON body in UTF-8. @throws HttpError 400, 415, and those of `readBody` */
export async function readJsonBody(incoming: IncomingMessage, limit: number): Promise<unknown> {
  return parseJsonBody(await readUnparsedJson(incoming, limit));
}

/**
 * Reads a JSON body in UTF-8 without parsing it. Parsing time grows with the body, so a caller that charges
 * for it does so between this and `parseJsonBody`. @throws HttpError 415, and those of `readBody`
 */
export function readUnparsedJson(incoming: IncomingMessage, limit: number, patience?: number): Promise<Buffer> {
  requireUtf8(incoming.headers['content-type']);
  return readBody(incoming, limit, patience);
}

/** @throws HttpError 400 */
export function parseJsonBody(body: Buffer): unknown {
  if (body.length === 0)
    throw new HttpError(400, 'BAD_REQUEST', 'The body is empty. Send the operation in it, as JSON.');
  try {
    return readJson(toText(body));
  } catch (error) {
    throw new HttpError(400, 'BAD_REQUEST', `The body cannot be read. ${(error as Error).message}`);
  }
}

const CHARSET = /;\s*charset\s*=\s*"?([^";\s]*)/i;
const UTF8 = /^(utf-?8|(us-)?ascii)?$/i;

/** Rejects a charset other than UTF-8, as JSON has no other. @throws HttpError 415 */
export function requireUtf8(contentType: string | undefined): void {
  const charset = CHARSET.exec(contentType ?? '')?.[1];
  if (charset === undefined || UTF8.test(charset)) return;
  throw new HttpError(415, 'UNSUPPORTED_MEDIA_TYPE', 'The `charset` of a request is utf-8: send it in that.');
}

/** Awaits `work`, which reads from a request. @throws HttpError 408 after `patience` ms */
export function inTime<T>(work: Promise<T>, patience: number): Promise<T> {
  const message = `The request did not arrive within ${patience / 1000} s. Send it again over a better line.`;
  return within(patience, work, () => new HttpError(408, 'REQUEST_TIMEOUT', message));
}
