import type { Log } from '../../../../kit/observe/log.ts';
import type { Blobs, FileRecords } from '../ports.ts';

/**
 * An upload that lives touches its bytes at least every minute; after this long, in ms, nobody is at work on
 * it.
 */
const ABANDONED_AFTER = 15 * 60_000;

/**
 * Removes what processes that crashed left of uploads: half-written bytes, and rows that were reserved but
 * never completed, with their bytes and their share of the quota. Looks at ages only, so it may run in any
 * instance at any time.
 */
export async function sweep(records: FileRecords, blobs: Blobs, log: Log): Promise<void> {
  const before = new Date(Date.now() - ABANDONED_AFTER);
  const rows = await records.abandoned(before);
  // Bytes first: if this process dies in between, the row still says what to remove.
  for (const id of rows) {
    await blobs.discard(id);
    await records.release(id);
  }
  const arriving = await blobs.discardUntouched(before);
  if (rows.length + arriving > 0)
    log.info({ rows: rows.length, arriving }, 'leftovers of broken file uploads were removed');
}
