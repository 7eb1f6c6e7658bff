import type { Log } from '../../../kit/log.ts';
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
 * Makes outdated search terms anew, one profile in a transaction, so nobody waits for it. Several instances may do so at once. Run it at the start, and
 * again later: an instance of an earlier release that goes on meanwhile makes profiles with its own terms.
 */
export async function renewSearchTerms(store: TermStore, log: Log): Promise<void> {
  let count = 0;
  for (;;) {
    const ids = await store.outdated(TERMS_VERSION, BATCH);
    if (ids.length === 0) break;
    for (const id of ids) await store.renew(id, TERMS_VERSION, searchTerms);
    count += ids.length;
  }
  if (count > 0) log.info({ count, version: TERMS_VERSION }, 'search terms of profiles were renewed');
}
