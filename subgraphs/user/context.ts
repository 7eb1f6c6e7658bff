import type DataLoader from 'dataloader';
import { loadById } from '../../kit/base/loaders.ts';
import { type Caller, extendCaller } from '../../kit/identity/caller.ts';
import type { Friends } from './domain/friends/friends.ts';
import type { FriendRequest, FriendshipState } from './domain/friends/ports.ts';
import type { Profile, Profiles } from './domain/profiles/profiles.ts';

/** What a resolver works with: who calls, the domain, and loaders that live as long as the operation. */
export interface Context extends Caller {
  profiles: Profiles;
  friends: Friends;
  loaders: {
    profile: DataLoader<string, Profile | null>;
    friendRequest: DataLoader<string, FriendRequest | null>;
    friendship: DataLoader<string, { userId: string; state: FriendshipState } | null>;
  };
}

export function createContext(caller: Caller, profiles: Profiles, friends: Friends): Context {
  return extendCaller(caller, {
    profiles,
    friends,
    loaders: {
      profile: loadById(
        (ids) => profiles.find(caller, ids),
        (profile) => profile.id,
      ),
      friendRequest: loadById(
        (ids) => friends.find(caller, ids),
        (request) => request.id,
      ),
      friendship: loadById(
        (ids) => friends.states(caller, ids),
        (found) => found.userId,
      ),
    },
  });
}
