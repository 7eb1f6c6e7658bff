import { readdir } from 'node:fs/promises';
import { type ClientRequest, request } from 'node:http';
import { join } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import sharp from 'sharp';
import type { GraphClient } from '../../../testing/client.ts';
import { type Stack, startStack } from '../../../testing/stack.ts';
import { waitFor } from '../../../testing/wait.ts';

export const PUBLIC_URL = 'https://files.example/base';

export const FILE_FIELDS = 'id name contentType size width height createdAt url thumbnailUrl';
export const UPLOAD = `mutation ($input: UploadFileInput!) {
  uploadFile(input: $input) {
    __typename
    ... on UploadFilePayload { file { ${FILE_FIELDS} } }
    ... on UserError { code message }
    ... on InvalidInput { field }
    ... on FileTooLarge { maxBytes }
    ... on QuotaExceeded { quotaBytes }
  }
}`;

/** One instance of the file service. */
export function startFile(environment: Record<string, string> = {}): Promise<Stack> {
  return startStack({ file: 1 }, { FILE_PUBLIC_URL: PUBLIC_URL, ...environment });
}

/** Uploads; resolves to what `uploadFile` returned, whichever member of the union it is. */
export async function upload(
  client: GraphClient,
  content: string | Uint8Array,
  options: { name?: string; type?: string; purpose?: 'MESSAGE' | 'AVATAR'; clientFileId?: string } = {},
) {
  const { name = 'a file', type = 'application/octet-stream', purpose = 'MESSAGE', clientFileId } = options;
  const file = new File([content as Uint8Array<ArrayBuffer>], name, { type });
  const answer = await client.upload(UPLOAD, { input: { file: null, purpose, clientFileId } }, { 'input.file': file });
  if (answer.errors || !answer.data) throw new Error(`HTTP ${answer.status}: ${JSON.stringify(answer.errors)}`);
  return answer.data.uploadFile;
}

/** The same, where it is expected to succeed. */
export async function stored(...parameters: Parameters<typeof upload>) {
  const result = await upload(...parameters);
  if (result.__typename !== 'UploadFilePayload') throw new Error(JSON.stringify(result));
  return result.file;
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

/** Bytes like those of a photograph: noise that doesn't compress to nothing. */
function noise(width: number, height: number) {
  return sharp({
    create: { width, height, channels: 3, background: '#888', noise: { type: 'gaussian', mean: 128, sigma: 30 } },
  });
}

/**
 * As a phone writes it: lying pixels with an orientation that stands them up, a camera, a place. 600 × 800 as
 * shown.
 */
export function photograph(width = 800, height = 600): Promise<Buffer> {
  return noise(width, height)
    .jpeg({ quality: 90 })
    .withExif({
      IFD0: { Make: 'BeaverCam' },
      IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '51/1 30/1 0/1', GPSLongitudeRef: 'E', GPSLongitude: '7/1 28/1 0/1' },
    })
    .withMetadata({ orientation: 6 })
    .toBuffer();
}

export function png(width: number, height: number): Promise<Buffer> {
  return noise(width, height).png().toBuffer();
}

/** A PNG of one grey, which is small whatever its size. */
export function flat(width: number, height: number): Promise<Buffer> {
  const create = { width, height, channels: 3 as const, background: '#888' };
  return sharp({ create, limitInputPixels: false }).toColourspace('b-w').png().toBuffer();
}

/** A PNG whose header promises more pixels than anybody has memory for. */
export function bomb(width: number, height: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 0, 0, 0, 0], 8);
  const chunk = (type: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(data.length);
    const sum = Buffer.alloc(4);
    sum.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, sum]);
  };
  const pixels = deflateSync(Buffer.alloc(1_000_000));
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', pixels), chunk('IEND', Buffer.alloc(0))]);
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
