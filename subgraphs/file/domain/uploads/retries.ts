import { createHash } from 'node:crypto';
import { RateLimited } from '../../../../kit/base/errors.ts';
import { pause } from '../../../../kit/base/pause.ts';
import { ClientFileIdReused } from '../errors.ts';
import type { ClientFile, FileRecords } from '../ports.ts';
import type { Purpose, StoredFile } from '../types.ts';

/**
 * How long a retry waits for an upload that is just being put in its place, in ms: that takes some
 * milliseconds.
 */
const PATIENCE = 3_000;
const LOOK_AGAIN = 100;
const RETRY_SECONDS = 5;

/** What was uploaded under a client id. The bytes as they came: those that are kept are cleaned. */
export function fingerprintOf(purpose: Purpose, name: string, sha256: string): string {
  return createHash('sha256')
    .update(JSON.stringify([purpose, name, sha256]))
    .digest('base64url');
}

/**
 * The file that the same upload gave before, or null where there was none.
 * @throws ClientFileIdReused where another upload has this id; RateLimited where the first is not done yet
 */
export async function findEarlier(
  records: FileRecords,
  ownerId: string,
  client: ClientFile,
): Promise<StoredFile | null> {
  for (let waited = 0; waited < PATIENCE; waited += LOOK_AGAIN) {
    const before = await records.uploaded(ownerId, client.id);
    if (!before) return null;
    if (before.fingerprint !== client.fingerprint) throw new ClientFileIdReused();
    if (before.fileId) return (await records.read([before.fileId]))[0] ?? null;
    await pause(LOOK_AGAIN);
  }
  throw new RateLimited('This file is being stored already. Send it again in a moment.', RETRY_SECONDS);
}
