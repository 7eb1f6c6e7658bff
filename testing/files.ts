import type { GraphClient } from './client.ts';
import { mutation } from './schema.ts';

// biome-ignore lint/suspicious/noExplicitAny: tests read answers of many shapes; what is asserted is the value
type Loose = any;

export const FILE_FIELDS = 'id name contentType size width height createdAt url thumbnailUrl';
/** Selects the file of the payload of `uploadFile`. */
export const FILE = `file { ${FILE_FIELDS} }`;

export interface Upload {
  name?: string;
  type?: string;
  purpose?: 'MESSAGE' | 'AVATAR';
  clientFileId?: string;
}

/** Uploads with any client; what `uploadFile` ended with. */
export async function upload(client: GraphClient, content: string | Uint8Array, options: Upload = {}): Promise<Loose> {
  const { name = 'a file', type = 'application/octet-stream', purpose = 'MESSAGE', clientFileId } = options;
  const file = new File([content as Uint8Array<ArrayBuffer>], name, { type });
  const input = { file: null, purpose, clientFileId };
  const answer = await client.upload(mutation('uploadFile', FILE), { input }, { 'input.file': file });
  if (answer.errors || !answer.data) throw new Error(`HTTP ${answer.status}: ${JSON.stringify(answer.errors)}`);
  return answer.data.uploadFile;
}

/** The same, where it is expected to succeed; the file. */
export async function stored(...given: Parameters<typeof upload>): Promise<Loose> {
  const result = await upload(...given);
  if (!result.file) throw new Error(`uploadFile was refused: ${JSON.stringify(result)}`);
  return result.file;
}
