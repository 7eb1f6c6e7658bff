import { readdir } from 'node:fs/promises';
import { type ClientRequest, request } from 'node:http';
import { join } from 'node:path';
import { FILE } from '../../../testing/files.ts';
import { mutation } from '../../../testing/schema.ts';
import { type Stack, startStack } from '../../../testing/stack.ts';
import { waitFor } from '../../../testing/wait.ts';

export const PUBLIC_URL = 'https://files.example/base';

export const UPLOAD = mutation('uploadFile', FILE);

/** One instance of the file service. */
export function startFile(environment: Record<string, string> = {}): Promise<Stack> {
  return startStack({ file: 1 }, { FILE_PUBLIC_URL: PUBLIC_URL, ...environment });
}

/** A signed URL as one can reach it here, not from behind the proxy that it names. */
export function reachable(stack: Stack, url: string): string {
  if (!url.startsWith(`${PUBLIC_URL}/files/`)) throw new Error(`not a URL of the file service: ${url}`);
  return `${stack.services('file')[0]?.url}${url.slice(PUBLIC_URL.length)}`;
}

/** Fetches a signed URL. */
export function download(stack: Stack, url: string, init: RequestInit = {}): Promise<Response> {
  return fetch(reachable(stack, url), init);
}

/** A multipart upload that is written piece by piece. */
export interface SlowUpload {
  request: ClientRequest;
  /** Resolves when the system took the bytes. */
  write(bytes: Buffer): Promise<void>;
  /** Ends the body, and resolves to the answer. */
  finish(): Promise<{ status: number; body: string }>;
}

export function slowUpload(stack: Stack, token: string, map: unknown = { 0: ['variables.input.file'] }): SlowUpload {
  const boundary = 'beaver-test-boundary';
  const sent = request(`${stack.services('file')[0]?.url}/graphql`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'apollo-require-preflight': 'true',
      'content-type': `multipart/form-data; boundary=${boundary}`,
    },
  });
  const answer = new Promise<{ status: number; body: string }>((resolve, reject) => {
    sent.on('error', reject);
    sent.on('response', async (response) => {
      const body = (await response.toArray()).join('');
      resolve({ status: response.statusCode ?? 0, body });
    });
  });
  // Whoever aborts doesn't look at the answer.
  answer.catch(() => {});
  const field = (name: string, text: string) =>
    `--${boundary}\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${text}\r\n`;
  const operations = { query: UPLOAD, variables: { input: { file: null, purpose: 'MESSAGE' } } };
  sent.write(field('operations', JSON.stringify(operations)));
  sent.write(field('map', JSON.stringify(map)));
  sent.write(`--${boundary}\r\ncontent-disposition: form-data; name="0"; filename="slow.bin"\r\n\r\n`);
  return {
    request: sent,
    write: (bytes) =>
      new Promise((resolve, reject) => sent.write(bytes, (error) => (error ? reject(error) : resolve()))),
    async finish() {
      sent.end(`\r\n--${boundary}--\r\n`);
      return answer;
    },
  };
}

/** Every file below the store, by its path. */
export async function storeContent(stack: Stack): Promise<string[]> {
  const root = stack.environment.FILE_STORE_DIR as string;
  // A folder may go while it is read.
  const entries = await waitFor(() => readdir(root, { recursive: true, withFileTypes: true }), {
    what: 'the store without a change under the hand',
  });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1));
}

/** How many rows there are that an upload writes, and how many bytes are counted. */
export async function rows(stack: Stack): Promise<{ records: number; variants: number; bytes: number }> {
  const [row] = await stack.mysql.query(`SELECT
    (SELECT COUNT(*) FROM file_records) AS records,
    (SELECT COUNT(*) FROM file_variants) AS variants,
    (SELECT COALESCE(SUM(bytes), 0) FROM file_usages) AS bytes`);
  return { records: Number(row.records), variants: Number(row.variants), bytes: Number(row.bytes) };
}

/** What an upload that was refused must leave as it was. */
export async function traces(stack: Stack) {
  return { ...(await rows(stack)), files: (await storeContent(stack)).sort() };
}
