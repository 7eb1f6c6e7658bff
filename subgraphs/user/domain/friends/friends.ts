import { z } from 'zod';
import { InvalidInput, NotFound, RateLimited } from '../../../../kit/base/errors.ts';
import { isId, newId } from '../../../../kit/base/ids.ts';
import { id, optionalText, parseInput } from '../../../../kit/base/input.ts';
import type { Page } from '../../../../kit/graph/connections.ts';
import { type Caller, requireViewer } from '../../../../kit/identity/caller.ts';
import type { Log } from '../../../../kit/observe/log.ts';
import { AlreadyFriends, FriendRequestClosed } from '../errors.ts';
import { mayReadRequest, maySeeFriendsOf, requireAddressee, requireFriendshipReader } from '../policies.ts';
import { MAX_IDS, type ProfileStore } from '../profiles/profiles.ts';
import type {
  FriendRequest,
  FriendRequestDirection,
  FriendRequestStatus,
  FriendStore,
  Friendship,
  FriendshipState,
  Pair,
} from './ports.ts';

const newRequest = z.object({
  userId: id('user', 'The user id'),
  message: optionalText('The message', 200).transform((message) => message ?? null),
});
const whichRequest = z.object({ requestId: id('friendreq', 'The request id') });

/** Friendships and the requests for them: seen only by the two, decided only by the one who was asked. */
export interface Friends {
  /**
   * Asks a user. The request, accepted where they had asked the viewer. @throws Unauthenticated,
   * InvalidInput, NotFound, AlreadyFriends, RateLimited
   */
  send(caller: Caller, input: unknown): Promise<FriendRequest>;
  /**
   * @throws Unauthenticated, InvalidInput, NotFound, Forbidden for the sender, FriendRequestClosed if it was
   * refused
   */
  accept(caller: Caller, input: unknown): Promise<FriendRequest>;
  /**
   * @throws Unauthenticated, InvalidInput, NotFound, Forbidden for the sender, FriendRequestClosed if it was
   * accepted
   */
  refuse(caller: Caller, input: unknown): Promise<FriendRequest>;
  /** Those of the ids that are friend requests which the viewer may read. */
  find(caller: Caller, ids: readonly string[]): Promise<FriendRequest[]>;
  /** A page of the viewer's pending requests. @throws Unauthenticated */
  requests(caller: Caller, direction: FriendRequestDirection, page: Page<string>): Promise<FriendRequest[]>;
  /** A page of a user's friendships; null unless the user is the viewer. */
  friendships(caller: Caller, userId: string, page: Page<string>): Promise<Friendship[] | null>;
  /** What is between the viewer and each of the users; nothing where no user asks. */
  states(caller: Caller, userIds: readonly string[]): Promise<{ userId: string; state: FriendshipState }[]>;
  /** Whether two users are friends, for chat. @throws Forbidden */
  areFriends(caller: Caller, userId: string, otherId: string): Promise<boolean>;
  /** Those of the ids that are friends of a user, for chat. @throws Forbidden, InvalidInput */
  friendsAmong(caller: Caller, userId: string, ids: readonly string[]): Promise<string[]>;
}

/** `askAgainHours`: how long somebody who was refused may not ask the same user again. */
export function createFriends(store: FriendStore, profiles: ProfileStore, askAgainHours: number, log: Log): Friends {
  /** @throws RateLimited */
  function refuseSoon(refusedAt: Date | null): void {
    const seconds = refusedAt ? Math.ceil(refusedAt.getTime() / 1000 + askAgainHours * 3600 - Date.now() / 1000) : 0;
    if (seconds <= 0) return;
    const hours = Math.ceil(seconds / 3600);
    throw new RateLimited(`You asked this user not long ago. You may ask again in ${hours} h.`, seconds);
  }

  return {
    async send(caller, input) {
      const { userId: senderId } = requireViewer(caller);
      const { userId: addresseeId, message } = parseInput(newRequest, input);
      if (addresseeId === senderId) throw new InvalidInput('userId', 'You cannot be a friend of yourself.');
      // Profiles are never removed, so this stays true.
      const existing = await profiles.find([senderId, addresseeId]);
      if (existing.length < 2) throw new NotFound('user');
      const request = await store.between(senderId, addresseeId, async (pair) => {
        if (await pair.areFriends()) throw new AlreadyFriends();
        const pending = await pair.pendingRequest();
        if (pending) return pending.senderId === senderId ? pending : acceptRequest(pair, pending);
        refuseSoon(await pair.refusedAt(senderId));
        const status: FriendRequestStatus = 'PENDING';
        const created = {
          id: newId('friendreq'),
          senderId,
          addresseeId,
          message,
          status,
          createdAt: new Date(),
          decidedAt: null,
        };
        await pair.addRequest(created);
        return created;
      });
      log.info({ requestId: request.id, senderId, addresseeId, status: request.status }, 'friend request sent');
      return request;
    },

    async accept(caller, input) {
      const request = await answer(caller, input, 'ACCEPTED', acceptRequest);
      log.info({ requestId: request.id, userId: request.addresseeId }, 'friend request accepted');
      return request;
    },

    async refuse(caller, input) {
      const request = await answer(caller, input, 'REFUSED', (pair, pending) => close(pair, pending, 'REFUSED'));
      log.info({ requestId: request.id, userId: request.addresseeId }, 'friend request refused');
      return request;
    },

    async find(caller, ids) {
      const found = await store.findRequests(ids.filter((id) => isId('friendreq', id)));
      return found.filter((request) => mayReadRequest(caller, request));
    },

    async requests(caller, direction, page) {
      return store.pendingRequests(requireViewer(caller).userId, direction, page);
    },

    async friendships(caller, userId, page) {
      return maySeeFriendsOf(caller, userId) ? store.friendships(userId, page) : null;
    },

    async states(caller, userIds) {
      if (!caller.viewer) return [];
      const me = caller.viewer.userId;
      const [friends, pending] = await Promise.all([store.friendsAmong(me, userIds), store.pendingAmong(me, userIds)]);
      const known = new Map<string, FriendshipState>([[me, 'SELF']]);
      for (const { senderId, addresseeId } of pending) {
        if (senderId === me) known.set(addresseeId, 'REQUEST_SENT');
        else known.set(senderId, 'REQUEST_RECEIVED');
      }
      for (const friendId of friends) known.set(friendId, 'FRIENDS');
      return userIds.map((userId) => ({ userId, state: known.get(userId) ?? 'NONE' }));
    },

    async areFriends(caller, userId, otherId) {
      requireFriendshipReader(caller);
      return (await store.friendsAmong(userId, [otherId])).length > 0;
    },

    async friendsAmong(caller, userId, ids) {
      requireFriendshipReader(caller);
      if (ids.length > MAX_IDS) throw new InvalidInput('ids', `At most ${MAX_IDS} ids can be looked up at once.`);
      return store.friendsAmong(
        userId,
        ids.filter((id) => isId('user', id)),
      );
    },
  };

  /**
   * The addressee's answer. The same answer again gives the request as it is; the other one does not undo it.
   */
  async function answer(
    caller: Caller,
    input: unknown,
    status: FriendRequestStatus,
    decide: (pair: Pair, pending: FriendRequest) => Promise<FriendRequest>,
  ): Promise<FriendRequest> {
    const { userId } = requireViewer(caller);
    const { requestId } = parseInput(whichRequest, input);
    const read = async () => (await store.findRequests([requestId]))[0] ?? null;
    const found = requireAddressee(userId, await read());
    const decided = await store.between(found.senderId, found.addresseeId, async (pair) => {
      const pending = await pair.pendingRequest();
      return pending?.id === requestId ? decide(pair, pending) : null;
    });
    const request = decided ?? (await read()) ?? found;
    if (request.status !== status) throw new FriendRequestClosed(request.status.toLowerCase());
    return request;
  }
}

async function acceptRequest(pair: Pair, pending: FriendRequest): Promise<FriendRequest> {
  const accepted = await close(pair, pending, 'ACCEPTED');
  await pair.addFriendship(newId('friend'), accepted.decidedAt);
  return accepted;
}

async function close(pair: Pair, pending: FriendRequest, status: FriendRequestStatus) {
  const closed = { ...pending, status, decidedAt: new Date() };
  await pair.closeRequest(closed);
  return closed;
}
