import type { Changes } from '../../kit/feed/changes.ts';
import type { Database } from '../../kit/mysql/database.ts';
import type { Log } from '../../kit/observe/log.ts';
import { repeat } from '../../kit/service/background.ts';
import type { WorkQueue } from '../../kit/work/queue.ts';
import { startWorker } from '../../kit/work/worker.ts';
import type { Connections } from './domain/presence/connections.ts';
import { renewSearchTerms } from './domain/profiles/search-terms.ts';
import { createTermStore } from './storage/profiles/search-terms.ts';
import { createFriendsTeller, TELL_FRIENDS } from './storage/profiles/tell-friends.ts';

const RENEWAL_INTERVAL = 10 * 60_000;
/** How often an instance says that it lives, in ms: a third of the time after which it counts as dead. */
const BEAT_INTERVAL = 3_000;
/** How often it is written when people were last seen, in ms. */
const WRITE_INTERVAL = 1_000;

/** Starts user's work in the background: durable work, search terms of earlier rules, who is connected. */
export function startBackground(parts: {
  database: Database;
  changes: Changes;
  queue: WorkQueue;
  connections: Connections;
  log: Log;
}): { stop(): Promise<void> } {
  const { database, changes, queue, connections, log } = parts;
  const handlers = { [TELL_FRIENDS]: createFriendsTeller(database, changes) };
  const worker = startWorker({ service: 'user', database, queue, handlers, log });
  const terms = createTermStore(database);
  const renew = (stopping: AbortSignal) => renewSearchTerms(terms, log, stopping);
  const renewal = repeat('renew search terms', RENEWAL_INTERVAL, renew, log);
  renewal.now();
  const beat = repeat('tell who is connected', BEAT_INTERVAL, connections.beat, log);
  beat.now();
  const writing = repeat('write who was seen', WRITE_INTERVAL, connections.write, log);
  return {
    async stop() {
      await Promise.all([worker, renewal, beat, writing].map((one) => one.stop()));
    },
  };
}
