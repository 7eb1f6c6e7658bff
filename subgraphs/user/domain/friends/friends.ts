import { z } from 'zod';
import { Forbidden, InvalidInput, NotFound, RateLimited } from '../../../../kit/base/errors.ts';
import { isId, newId } from '../../../../kit/base/ids.ts';
import { id, optionalText, parseInput } from '../../../../kit/base/input.ts';
import type { Page } from '../../../../kit/graph/connections.ts';
import { type Caller, requireService, requireViewer } from '../../../../kit/identity/caller.ts';
import type { Log } from '../../../../kit/observe/log.ts';
import { AlreadyFriends, FriendRequestClosed } from '../errors.ts';
import { MAX_IDS, type ProfileStore } from '../profiles/profiles.ts';

export type FriendRequestStatus = 'PENDING' | 'ACCEPTED' | 'REFUSED';
export type FriendRequestDirection = 'RECEIVED' | 'SENT';
export type FriendshipState = 'SELF' | 'NONE' | 'REQUEST_SENT' | 'REQUEST_RECEIVED' | 'FRIENDS';

export interface FriendRequest {
  id: string;
  senderId: string;
  addresseeId: string;
  message: string | null;
  status: FriendRequestStatus;
  createdAt: Date;
  decidedAt: Date | null;
}

/** A friendship as one of the two has it. */
export interface Friendship {
  /** The same for both; sorts by when the friendship began. */
  id: string;
  friendId: string;
  createdAt: Date;
}

/** What is between two users, while nobody else can change it. */
export interface Pair {
  areFriends(): Promise<boolean>;
  pendingRequest(): Promise<FriendRequest | null>;
  /** When the last request of this sender was refused; null where none was. */
  refusedAt(senderId: string): Promise<Date | null>;
  addRequest(request: FriendRequest): Promise<void>;
  /** Ends a pending request. */
  closeRequest(request: FriendRequest): Promise<void>;
  addFriendship(friendshipId: string, createdAt: Date): Promise<void>;
}

export interface FriendStore {
  /** Runs `work` in one transaction that has what is between the two users to itself: all of it happens, or nothing. */
  between<T>(userId: string, otherId: string, work: (pair: Pair) => Promise<T>): Promise<T>;
  findRequest(requestId: string): Promise<FriendRequest | null>;
  /** Pending requests of a user, newest first. A position is the id of a request. */
  pendingRequests(userId: string, direction: FriendRequestDirection, page: Page<string>): Promise<FriendRequest[]>;
  /** Friendships of a user, newest first. A position is the id of a friendship. */
  friendships(userId: string, page: Page<string>): Promise<Friendship[]>;
  /** Those of the ids that are friends of the user. */
  friendsAmong(userId: string, ids: readonly string[]): Promise<string[]>;
  /** Pending requests between the user and any of the ids. */
  pendingAmong(userId: string, ids: readonly string[]): Promise<FriendRequest[]>;
}

const newRequest = z.object({
  userId: id('The user id'),
  message: optionalText('The message', 200).transform((message) => message ?? null),
});
const whichRequest = z.object({ requestId: id('The request id') });

/** Friendships and the requests for them: seen only by the two, decided only by the one who was asked. */
export interface Friends {
  /** Asks a user. The request, accepted where they had asked the viewer. @throws Unauthenticated, InvalidInput, NotFound, AlreadyFriends, RateLimited */
  send(caller: Caller, input: unknown): Promise<FriendRequest>;
  /** @throws Unauthenticated, InvalidInput, NotFound, Forbidden for the sender, FriendRequestClosed if it was refused */
  accept(caller: Caller, input: unknown): Promise<FriendRequest>;
  /** @throws Unauthenticated, InvalidInput, NotFound, Forbidden for the sender, FriendRequestClosed if it was accepted */
  refuse(caller: Caller, input: unknown): Promise<FriendRequest>;
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
        const created = { id: newId(), senderId, addresseeId, message, status, createdAt: new Date(), decidedAt: null };
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

    async requests(caller, direction, page) {
      return store.pendingRequests(requireViewer(caller).userId, direction, page);
    },

    async friendships(caller, userId, page) {
      return caller.viewer?.userId === userId ? store.friendships(userId, page) : null;
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
      requireService(caller, 'chat');
      return (await store.friendsAmong(userId, [otherId])).length > 0;
    },

    async friendsAmong(caller, userId, ids) {
      requireService(caller, 'chat');
      if (ids.length > MAX_IDS) throw new InvalidInput('ids', `At most ${MAX_IDS} ids can be looked up at once.`);
      return store.friendsAmong(userId, ids.filter(isId));
    },
  };

  /** The addressee's answer. The same answer again gives the request as it is; the other one does not undo it. */
  async function answer(
    caller: Caller,
    input: unknown,
    status: FriendRequestStatus,
    decide: (pair: Pair, pending: FriendRequest) => Promise<FriendRequest>,
  ): Promise<FriendRequest> {
    const { userId } = requireViewer(caller);
    const { requestId } = parseInput(whichRequest, input);
    const found = await store.findRequest(requestId);
    if (!found || (userId !== found.addresseeId && userId !== found.senderId)) throw new NotFound('friend request');
    if (userId === found.senderId) throw new Forbidden('Only the user who was asked can answer a friend request.');
    const decided = await store.between(found.senderId, found.addresseeId, async (pair) => {
      const pending = await pair.pendingRequest();
      return pending?.id === requestId ? decide(pair, pending) : null;
    });
    const request = decided ?? (await store.findRequest(requestId)) ?? found;
    if (request.status !== status) throw new FriendRequestClosed(request.status.toLowerCase());
    return request;
  }
}

async function acceptRequest(pair: Pair, pending: FriendRequest): Promise<FriendRequest> {
  const accepted = await close(pair, pending, 'ACCEPTED');
  await pair.addFriendship(newId(), accepted.decidedAt);
  return accepted;
}

async function close(pair: Pair, pending: FriendRequest, status: FriendRequestStatus) {
  const closed = { ...pending, status, decidedAt: new Date() };
  await pair.closeRequest(closed);
  return closed;
}
