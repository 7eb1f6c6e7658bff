import { z } from 'zod';
import { NotFound } from '../../../../kit/base/errors.ts';
import { id, label, optional, parseInput } from '../../../../kit/base/input.ts';
import type { Page } from '../../../../kit/graph/connections.ts';
import { type Caller, requireViewer } from '../../../../kit/identity/caller.ts';
import type { Log } from '../../../../kit/observe/log.ts';
import type { BlockStore } from '../blocks/blocks.ts';
import type { PairStore } from '../contacts/pair.ts';
import { subject } from '../contacts/subjects.ts';
import { maySeeFriendsOf } from '../policies.ts';
import type { FriendFilter, FriendStore, Friendship, FriendshipState, Relation } from './ports.ts';

const whichFriend = z.object({ userId: id('user', 'The user id') });
const friendChanges = z.object({
  userId: id('user', 'The user id'),
  remark: optional(label('The remark', 50)),
  isStarred: z.boolean().nullish(),
});

/** Friendships: the two end one alike, and each says alone what the other is to them. */
export interface Friends {
  /** Ends a friendship. Ended already, nothing changes. @throws Unauthenticated, InvalidInput */
  remove(caller: Caller, input: unknown): Promise<string>;
  /**
   * Changes what a friend is to the viewer. The id of the friend. @throws Unauthenticated, InvalidInput,
   * NotFound
   */
  update(caller: Caller, input: unknown): Promise<string>;
  /** A page of a user's friendships; null unless the user is the viewer. */
  list(caller: Caller, userId: string, filter: FriendFilter, page: Page<string>): Promise<Friendship[] | null>;
  /** What is between the viewer and each of the users; nothing where no user asks. */
  relations(caller: Caller, userIds: readonly string[]): Promise<Relation[]>;
}

export function createFriends(ports: {
  store: FriendStore;
  blocks: Pick<BlockStore, 'blockedAmong'>;
  pairs: PairStore;
  log: Log;
}): Friends {
  const { store, blocks, pairs, log } = ports;

  return {
    async remove(caller, input) {
      const { userId } = requireViewer(caller);
      const { userId: friendId } = parseInput(whichFriend, input);
      const wereFriends = await pairs.between(userId, friendId, async (pair) => {
        if (!(await pair.removeFriendship())) return false;
        pair.tell(userId, subject('friend', friendId));
        pair.tell(friendId, subject('friend', userId));
        return true;
      });
      if (wereFriends) log.info({ userId, friendId }, 'friend removed');
      return friendId;
    },

    async update(caller, input) {
      const { userId } = requireViewer(caller);
      const { userId: friendId, remark, isStarred } = parseInput(friendChanges, input);
      const changes = { ...(remark === undefined ? {} : { remark }), ...(isStarred == null ? {} : { isStarred }) };
      await pairs.between(userId, friendId, async (pair) => {
        if (!(await pair.changeFriendship(userId, changes))) throw new NotFound('friend');
        pair.tell(userId, subject('friend', friendId));
      });
      return friendId;
    },

    async list(caller, userId, filter, page) {
      return maySeeFriendsOf(caller, userId) ? store.friendships(userId, filter, page) : null;
    },

    async relations(caller, userIds) {
      if (!caller.viewer) return [];
      const me = caller.viewer.userId;
      const [friendships, pending, blocked] = await Promise.all([
        store.friendshipsWith(me, userIds),
        store.pendingAmong(me, userIds),
        blocks.blockedAmong(me, userIds),
      ]);
      const states = new Map<string, FriendshipState>([[me, 'SELF']]);
      for (const { senderId, addresseeId } of pending) {
        if (senderId === me) states.set(addresseeId, 'REQUEST_SENT');
        else states.set(senderId, 'REQUEST_RECEIVED');
      }
      const friends = new Map(friendships.map((friendship) => [friendship.friendId, friendship]));
      const apart = new Set(blocked);
      return userIds.map((userId) => {
        const friendship = friends.get(userId) ?? null;
        const state = friendship ? 'FRIENDS' : (states.get(userId) ?? 'NONE');
        return { userId, state, friendship, isBlocked: apart.has(userId) };
      });
    },
  };
}
