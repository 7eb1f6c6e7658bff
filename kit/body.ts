import type { IncomingMessage } from 'node:http';
import { HttpError } from './http.ts';
import { readJson } from './json.ts';

/** How long a body that is read as a whole may take to arrive, in ms: a megabyte over a slow telephone line. */
export const BODY_PATIENCE = 15_000;

/**
 * The whole body as text. One that comes drop by drop would otherwise keep its connection for as long as its sender likes.
 * @throws HttpError 413 past `limit` bytes, 408 after `patience` ms
 */
export async function readBody(incoming: IncomingMessage, limit: number, patience = BODY_PATIENCE): Promise<string> {
  const tooLarge = () => new HttpError(413, 'PAYLOAD_TOO_LARGE', `The body may have at most ${limit} bytes.`);
  const length = Number(incoming.headers['content-length']);
  if (length > limit) throw tooLarge();
  // Most bodies come in one read with their head. As soon as that is parsed they are there, though not yet said to be complete, and nothing has to wait for them.
  await undefined;
  const isThere = incoming.readableLength === length;
  const body = isThere ? (incoming.read() as Buffer | null) : await arrival(incoming, limit, patience);
  if (body && body.length > limit) throw tooLarge();
  return body ? body.toString('utf8') : '';
}

/** What comes of a body until it ends, or until it has more bytes than `limit`. @throws HttpError 408 */
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
  // Not `for await`: ending it early destroys the connection, over which the refusal has still to go.
  incoming.on('data', read).once('end', resolve).once('error', reject).once('close', left);
  try {
    await inTime(promise, patience);
  } finally {
    incoming.off('data', read).off('end', resolve).off('error', reject).off('close', left);
  }
  return Buffer.concat(chunks);
}

/** The whole body, which is JSON. @throws HttpError 400, and those of `readBody` */
export async function readJsonBody(incoming: IncomingMessage, limit: number, patience?: number): Promise<unknown> {
  const text = await readBody(incoming, limit, patience);
  try {
    return readJson(text);
  } catch (error) {
    throw new HttpError(400, 'BAD_REQUEST', `The body cannot be read. ${(error as Error).message}`);
  }
}

/** What `work` reads of a request. @throws HttpError 408 where it is not there after so many ms */
export async function inTime<T>(work: Promise<T>, patience: number): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const message = `The request did not arrive within ${patience / 1000} s. Send it again over a better line.`;
  const timer = setTimeout(() => reject(new HttpError(408, 'REQUEST_TIMEOUT', message)), patience);
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
  }
}
