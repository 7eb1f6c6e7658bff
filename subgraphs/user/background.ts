import type { Changes } from '../../kit/feed/changes.ts';
import { createGuardedClient } from '../../kit/http/guarded-client.ts';
import type { Revocations } from '../../kit/identity/revocations.ts';
import type { Database } from '../../kit/mysql/database.ts';
import type { Log } from '../../kit/observe/log.ts';
import { inBackground, repeat } from '../../kit/service/background.ts';
import type { WorkQueue } from '../../kit/work/queue.ts';
import { startWorker } from '../../kit/work/worker.ts';
import type { UserConfig } from './config.ts';
import type { Domain } from './context.ts';
import type { Connections } from './domain/presence/connections.ts';
import { renewSearchTerms } from './domain/profiles/search-terms.ts';
import { createTermStore } from './storage/profiles/search-terms.ts';
import { createFriendsTeller, TELL_FRIENDS } from './storage/profiles/tell-friends.ts';
import { createNotifier, createPusher, NOTIFY, PUSH, type PushPorts } from './storage/push/delivery.ts';
import type { Stores } from './storage/stores.ts';

const RENEWAL_INTERVAL = 10 * 60_000;
const SWEEP_INTERVAL = 3_600_000;
/** Milliseconds after which a device is forgotten that did not register again. */
const DEVICE_AGE = 30 * 24 * 3_600_000;
/** How often an instance says that it lives, in ms: a third of the time after which it counts as dead. */
const BEAT_INTERVAL = 3_000;
/** How often it is written when people were last seen, in ms. */
const WRITE_INTERVAL = 1_000;

/** Starts user's background work: durable work, devices that are gone, old search terms, who is connected. */
export function startBackground(parts: {
  database: Database;
  changes: Changes;
  queue: WorkQueue;
  connections: Connections;
  stores: Pick<Stores, 'friends' | 'devices'>;
  revocations: Pick<Revocations, 'isEnded' | 'onEnded'>;
  /** What ends with it. */
  domain: Pick<Domain, 'feed' | 'presence'>;
  config: Pick<UserConfig, 'privateNetworks' | 'pushContact'>;
  log: Log;
}): { stop(): Promise<void> } {
  const { database, changes, queue, connections, revocations, config, domain, log } = parts;
  const { friends: requests, devices } = parts.stores;
  const client = createGuardedClient({ allowed: config.privateNetworks });
  const push: PushPorts = {
    ...{ database, devices, requests, client, queue, log },
    ...{ isEnded: revocations.isEnded, contact: config.pushContact },
  };
  const handlers = {
    [TELL_FRIENDS]: createFriendsTeller(database, changes),
    [NOTIFY]: createNotifier(push),
    [PUSH]: createPusher(push),
  };
  const worker = startWorker({ service: 'user', database, queue, handlers, log });
  const stopSessions = revocations.onEnded((sessionId) =>
    inBackground('forget devices of an ended session', () => devices.forgetSession(sessionId), log),
  );
  const sweep = () => devices.forgetBefore(new Date(Date.now() - DEVICE_AGE));
  const sweeping = repeat('forget old devices', SWEEP_INTERVAL, sweep, log);
  const terms = createTermStore(database);
  const renew = (stopping: AbortSignal) => renewSearchTerms(terms, log, stopping);
  const renewal = repeat('renew search terms', RENEWAL_INTERVAL, renew, log);
  renewal.now();
  const beat = repeat('tell who is connected', BEAT_INTERVAL, connections.beat, log);
  beat.now();
  const writing = repeat('write who was seen', WRITE_INTERVAL, connections.write, log);
  return {
    async stop() {
      domain.feed.close();
      stopSessions();
      await Promise.all([worker, renewal, sweeping, beat, writing].map((one) => one.stop()));
      await client.close();
      await domain.presence.close();
    },
  };
}
