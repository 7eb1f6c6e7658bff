import type DataLoader from 'dataloader';
import { loadById } from '../../kit/base/loaders.ts';
import type { Feed } from '../../kit/feed/feed.ts';
import { type Caller, extendCaller } from '../../kit/identity/caller.ts';
import type { Blocks } from './domain/blocks/blocks.ts';
import type { Friends } from './domain/friends/friends.ts';
import type { FriendRequest, Relation } from './domain/friends/ports.ts';
import type { FriendRequests } from './domain/friends/requests.ts';
import type { Presence } from './domain/presence/presence.ts';
import type { SeenPresence } from './domain/presence/watchers.ts';
import type { Reach } from './domain/privacy/reach.ts';
import type { OwnSettings, Privacy } from './domain/privacy/settings.ts';
import type { Profile, Profiles } from './domain/profiles/profiles.ts';
import type { PushDevices } from './domain/push/devices.ts';

/** What the service can do. */
export interface Domain {
  profiles: Profiles;
  friends: Friends;
  friendRequests: FriendRequests;
  blocks: Blocks;
  privacy: Privacy;
  reach: Reach;
  /** What happens to people, for all their devices. */
  feed: Feed;
  presence: Presence;
  push: PushDevices;
}

/** What a resolver works with: who calls, the domain, and loaders that live as long as the operation. */
export interface Context extends Caller, Domain {
  loaders: {
    profile: DataLoader<string, Profile | null>;
    friendRequest: DataLoader<string, FriendRequest | null>;
    relation: DataLoader<string, Relation | null>;
    privacySettings: DataLoader<string, OwnSettings | null>;
    presence: DataLoader<string, SeenPresence | null>;
  };
}

export function createContext(caller: Caller, domain: Domain): Context {
  const { profiles, friends, friendRequests, privacy, presence } = domain;
  return extendCaller(caller, {
    ...domain,
    loaders: {
      profile: loadById(
        (ids) => profiles.find(caller, ids),
        (profile) => profile.id,
      ),
      friendRequest: loadById(
        (ids) => friendRequests.find(caller, ids),
        (request) => request.id,
      ),
      relation: loadById(
        (ids) => friends.relations(caller, ids),
        (relation) => relation.userId,
      ),
      privacySettings: loadById(
        (ids) => privacy.find(caller, ids),
        (own) => own.userId,
      ),
      presence: loadById(
        (ids) => presence.find(caller, ids),
        ({ userId }) => userId,
      ),
    },
  });
}
