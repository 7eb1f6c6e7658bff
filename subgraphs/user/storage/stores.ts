import type { Changes } from '../../../kit/feed/changes.ts';
import type { Database } from '../../../kit/mysql/database.ts';
import type { WorkQueue } from '../../../kit/work/queue.ts';
import type { PresenceHints } from '../domain/presence/ports.ts';
import { createBlockStore } from './blocks/blocks.ts';
import { createPairStore } from './contacts/pairs.ts';
import { createFriendStore } from './friends/friends.ts';
import { createLastSeenStore } from './presence/last-seen.ts';
import { createReachStore } from './privacy/reach.ts';
import { createPrivacyStore } from './privacy/settings.ts';
import { createProfileStore } from './profiles/profiles.ts';
import { createPushDeviceStore } from './push/devices.ts';

/** What this service keeps in MySQL of people. Each change is told to the devices of whom it concerns. */
export function createStores(
  database: Database,
  changes: Changes,
  queue: WorkQueue,
  hints: Pick<PresenceHints, 'publish'>,
) {
  const privacy = createPrivacyStore(database, changes, hints);
  return {
    profiles: createProfileStore(database, changes, queue),
    friends: createFriendStore(database),
    blocks: createBlockStore(database),
    pairs: createPairStore(database, changes, queue, hints),
    privacy,
    lastSeen: createLastSeenStore(database),
    devices: createPushDeviceStore(database),
    reach: createReachStore(database, privacy),
  };
}

export type Stores = ReturnType<typeof createStores>;
