import type { Changes } from '../../../kit/feed/changes.ts';
import type { Database } from '../../../kit/mysql/database.ts';
import type { WorkQueue } from '../../../kit/work/queue.ts';
import { createBlockStore } from './blocks/blocks.ts';
import { createPairStore } from './contacts/pairs.ts';
import { createFriendStore } from './friends/friends.ts';
import { createReachStore } from './privacy/reach.ts';
import { createPrivacyStore } from './privacy/settings.ts';
import { createProfileStore } from './profiles/profiles.ts';

/** What this service keeps in MySQL of people. Each change is told to the devices of whom it concerns. */
export function createStores(database: Database, changes: Changes, queue: WorkQueue) {
  const privacy = createPrivacyStore(database, changes);
  return {
    profiles: createProfileStore(database, changes, queue),
    friends: createFriendStore(database),
    blocks: createBlockStore(database),
    pairs: createPairStore(database, changes),
    privacy,
    reach: createReachStore(database, privacy),
  };
}
