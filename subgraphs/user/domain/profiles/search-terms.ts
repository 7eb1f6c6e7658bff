import type { Log } from '../../../../kit/observe/log.ts';
import { searchTerms, TERMS_VERSION } from './search.ts';

/** Profiles that are renewed between two looks for more. */
const BATCH = 100;

export interface TermStore {
  /** The ids of some profiles whose terms were made by the rules of an earlier version. */
  outdated(version: number, limit: number): Promise<string[]>;
  /** Makes the terms of one profile anew, unless they are of this version already. */
  renew(id: string, version: number, termsOf: (userName: string, name: string) => string[]): Promise<void>;
}

/**
 * Makes outdated search terms anew, one profile in a transaction, so nobody waits for it. Several instances
 * may do so at once. Run it at the start, and again later: an instance of an earlier release that goes on
 * meanwhile makes profiles with its own terms. A profile that fails is logged and left for the next time, so
 * that it keeps none of the others from being found.
 */
export async function renewSearchTerms(store: TermStore, log: Log, stopping: AbortSignal): Promise<void> {
  let count = 0;
  const failed = new Set<string>();
  while (!stopping.aborted && failed.size < BATCH) {
    const outdated = await store.outdated(TERMS_VERSION, BATCH + failed.size);
    const ids = outdated.filter((id) => !failed.has(id));
    if (ids.length === 0) break;
    for (const id of ids) {
      if (stopping.aborted) break;
      try {
        await store.renew(id, TERMS_VERSION, searchTerms);
        count += 1;
      } catch (error) {
        failed.add(id);
        log.warn({ err: error, userId: id }, 'the search terms of a profile could not be renewed');
      }
    }
  }
  if (count > 0) log.info({ count, version: TERMS_VERSION }, 'search terms of profiles were renewed');
}
