import type { Changes } from '../../kit/feed/changes.ts';
import type { Database } from '../../kit/mysql/database.ts';
import type { Log } from '../../kit/observe/log.ts';
import { repeat } from '../../kit/service/background.ts';
import type { WorkQueue } from '../../kit/work/queue.ts';
import { startWorker } from '../../kit/work/worker.ts';
import { renewSearchTerms } from './domain/profiles/search-terms.ts';
import { createTermStore } from './storage/profiles/search-terms.ts';
import { createFriendsTeller, TELL_FRIENDS } from './storage/profiles/tell-friends.ts';

const RENEWAL_INTERVAL = 10 * 60_000;

/** Starts user's work in the background: durable work, and search terms of earlier rules. */
export function startBackground(parts: { database: Database; changes: Changes; queue: WorkQueue; log: Log }): {
  stop(): Promise<void>;
} {
  const { database, changes, queue, log } = parts;
  const handlers = { [TELL_FRIENDS]: createFriendsTeller(database, changes) };
  const worker = startWorker({ service: 'user', database, queue, handlers, log });
  const terms = createTermStore(database);
  const renew = (stopping: AbortSignal) => renewSearchTerms(terms, log, stopping);
  const renewal = repeat('renew search terms', RENEWAL_INTERVAL, renew, log);
  renewal.now();
  return {
    async stop() {
      await Promise.all([worker.stop(), renewal.stop()]);
    },
  };
}
