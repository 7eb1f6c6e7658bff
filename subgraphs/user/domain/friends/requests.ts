import { z } from 'zod';
import { InvalidInput, NotFound, NotReachable, RateLimited } from '../../../../kit/base/errors.ts';
import { isId, newId } from '../../../../kit/base/ids.ts';
import { id, optionalText, parseInput } from '../../../../kit/base/input.ts';
import type { Page } from '../../../../kit/graph/connections.ts';
import { type Caller, requireViewer } from '../../../../kit/identity/caller.ts';
import type { Log } from '../../../../kit/observe/log.ts';
import type { Pair, PairStore } from '../contacts/pair.ts';
import { subject } from '../contacts/subjects.ts';
import { AlreadyFriends, FriendRequestClosed, UserBlocked } from '../errors.ts';
import { mayReadRequest, requireAddressee, requireSender } from '../policies.ts';
import type { ProfileStore } from '../profiles/profiles.ts';
import type { FriendRequest, FriendRequestDirection, FriendRequestStatus, FriendStore } from './ports.ts';

const newRequest = z.object({
  userId: id('user', 'The user id'),
  message: optionalText('The message', 200).transform((message) => message ?? null),
  source: z
    .enum(['SEARCH', 'GROUP', 'CONTACT_CARD', 'QR_CODE', 'LINK'])
    .nullish()
    .transform((source) => source ?? null),
});
const whichRequest = z.object({ requestId: id('friendreq', 'The request id') });

/** What one of the two may make of a request. */
interface Decision {
  /** Who may. @throws NotFound, Forbidden */
  requireOne(userId: string, request: FriendRequest | null): FriendRequest;
  /** What the request is then. */
  status: FriendRequestStatus;
  /** In the log. */
  word: string;
}

const ACCEPT: Decision = { requireOne: requireAddressee, status: 'ACCEPTED', word: 'accepted' };
const REFUSE: Decision = { requireOne: requireAddressee, status: 'REFUSED', word: 'refused' };
const IGNORE: Decision = { requireOne: requireAddressee, status: 'PENDING', word: 'ignored' };
const CANCEL: Decision = { requireOne: requireSender, status: 'CANCELLED', word: 'cancelled' };

/**
 * Requests to be friends: seen by the two, taken back by the one who asked, answered by the one who was
 * asked.
 */
export interface FriendRequests {
  /**
   * Asks a user. The request, accepted where they had asked the viewer. @throws Unauthenticated,
   * InvalidInput, NotFound, AlreadyFriends, UserBlocked, NotReachable, RateLimited
   */
  send(caller: Caller, input: unknown): Promise<FriendRequest>;
  /**
   * @throws Unauthenticated, InvalidInput, NotFound, Forbidden for the sender, UserBlocked,
   * FriendRequestClosed if it ended otherwise
   */
  accept(caller: Caller, input: unknown): Promise<FriendRequest>;
  /**
   * @throws Unauthenticated, InvalidInput, NotFound, Forbidden for the sender, FriendRequestClosed if it
   * ended otherwise
   */
  refuse(caller: Caller, input: unknown): Promise<FriendRequest>;
  /** Puts a request aside. @throws as `refuse`, FriendRequestClosed if it ended */
  ignore(caller: Caller, input: unknown): Promise<FriendRequest>;
  /**
   * Takes a request back. @throws Unauthenticated, InvalidInput, NotFound, Forbidden for the addressee,
   * FriendRequestClosed if it was accepted
   */
  cancel(caller: Caller, input: unknown): Promise<FriendRequest>;
  /** Those of the ids that are friend requests which the viewer may read. */
  find(caller: Caller, ids: readonly string[]): Promise<FriendRequest[]>;
  /** A page of the viewer's pending requests. @throws Unauthenticated */
  list(caller: Caller, direction: FriendRequestDirection, page: Page<string>): Promise<FriendRequest[]>;
}

/** `askAgainHours`: how long somebody who was refused may not ask the same user again. */
export function createFriendRequests(ports: {
  store: FriendStore;
  pairs: PairStore;
  profiles: Pick<ProfileStore, 'find'>;
  askAgainHours: number;
  log: Log;
}): FriendRequests {
  const { store, pairs, profiles, askAgainHours, log } = ports;

  /** @throws RateLimited */
  function refuseSoon(refusedAt: Date | null): void {
    const seconds = refusedAt ? Math.ceil(refusedAt.getTime() / 1000 + askAgainHours * 3600 - Date.now() / 1000) : 0;
    if (seconds <= 0) return;
    const hours = Math.ceil(seconds / 3600);
    throw new RateLimited(`You asked this user not long ago. You may ask again in ${hours} h.`, seconds);
  }

  async function ask(pair: Pair, request: FriendRequest): Promise<FriendRequest> {
    const { senderId, addresseeId } = request;
    if (await pair.areFriends()) throw new AlreadyFriends();
    if (await pair.hasBlocked(senderId)) throw new UserBlocked();
    const pending = await pair.pendingRequest();
    if (pending) return pending.senderId === senderId ? pending : acceptRequest(pair, pending);
    const verdict = await pair.verdict('ASK', senderId);
    if (verdict === 'CLOSED') throw new NotReachable([addresseeId]);
    refuseSoon(await pair.refusedAt(senderId));
    // Somebody who is blocked is not told: their request waits, and nobody sees it.
    const sent = { ...request, isIgnored: verdict === 'BLOCKED' };
    await pair.addRequest(sent);
    tellBoth(pair, sent);
    if (!sent.isIgnored) pair.notify(addresseeId, { kind: 'FRIEND_REQUEST', requestId: sent.id });
    return sent;
  }

  /**
   * What one of the two makes of a request. The same again gives it as it is; what ended otherwise stays so.
   */
  async function decide(
    caller: Caller,
    input: unknown,
    { requireOne, status, word }: Decision,
    change: (pair: Pair, pending: FriendRequest) => Promise<FriendRequest>,
  ): Promise<FriendRequest> {
    const { userId } = requireViewer(caller);
    const { requestId } = parseInput(whichRequest, input);
    const read = async () => (await store.findRequests([requestId]))[0] ?? null;
    const found = requireOne(userId, await read());
    const decided = await pairs.between(found.senderId, found.addresseeId, async (pair) => {
      const pending = await pair.pendingRequest();
      return pending?.id === requestId ? change(pair, pending) : null;
    });
    const request = decided ?? (await read()) ?? found;
    if (request.status !== status) throw new FriendRequestClosed(request.status.toLowerCase());
    log.info({ requestId, userId: caller.viewer?.userId }, `friend request ${word}`);
    return request;
  }

  return {
    async send(caller, input) {
      const { userId: senderId } = requireViewer(caller);
      const { userId: addresseeId, message, source } = parseInput(newRequest, input);
      if (addresseeId === senderId) throw new InvalidInput('userId', 'You cannot be a friend of yourself.');
      // Profiles are never removed, so this stays true.
      const existing = await profiles.find([senderId, addresseeId]);
      if (existing.length < 2) throw new NotFound('user');
      const request = await pairs.between(senderId, addresseeId, (pair) =>
        ask(pair, {
          ...{ id: newId('friendreq'), senderId, addresseeId, message, source, status: 'PENDING' },
          ...{ createdAt: new Date(), decidedAt: null, isIgnored: false },
        }),
      );
      log.info({ requestId: request.id, senderId, addresseeId, status: request.status }, 'friend request sent');
      return request;
    },

    accept: (caller, input) =>
      decide(caller, input, ACCEPT, async (pair, pending) => {
        if (await pair.hasBlocked(pending.addresseeId)) throw new UserBlocked();
        return acceptRequest(pair, pending);
      }),

    refuse: (caller, input) =>
      decide(caller, input, REFUSE, (pair, pending) => {
        // The sender is not told.
        pair.tell(pending.addresseeId, subject('request', pending.id));
        return close(pair, pending, 'REFUSED');
      }),

    ignore: (caller, input) =>
      decide(caller, input, IGNORE, async (pair, pending) => {
        if (pending.isIgnored) return pending;
        await pair.ignoreRequest(pending.id);
        pair.tell(pending.addresseeId, subject('request', pending.id));
        return { ...pending, isIgnored: true };
      }),

    cancel: (caller, input) =>
      decide(caller, input, CANCEL, (pair, pending) => {
        tellBoth(pair, pending);
        return close(pair, pending, 'CANCELLED');
      }),

    async find(caller, ids) {
      const found = await store.findRequests(ids.filter((one) => isId('friendreq', one)));
      return found.filter((request) => mayReadRequest(caller, request));
    },

    async list(caller, direction, page) {
      return store.pendingRequests(requireViewer(caller).userId, direction, page);
    },
  };
}

/** The addressee hears nothing of what they ignore. */
function tellBoth(pair: Pair, { id: requestId, senderId, addresseeId, isIgnored }: FriendRequest): void {
  pair.tell(senderId, subject('request', requestId));
  if (!isIgnored) pair.tell(addresseeId, subject('request', requestId));
}

async function acceptRequest(pair: Pair, pending: FriendRequest): Promise<FriendRequest> {
  const accepted = await close(pair, pending, 'ACCEPTED');
  await pair.addFriendship(newId('friend'), accepted.decidedAt);
  const { senderId, addresseeId } = accepted;
  for (const [one, other] of [
    [senderId, addresseeId],
    [addresseeId, senderId],
  ] as const) {
    pair.tell(one, subject('request', accepted.id));
    pair.tell(one, subject('friend', other));
  }
  return accepted;
}

async function close(pair: Pair, pending: FriendRequest, status: FriendRequestStatus) {
  const closed = { ...pending, status, decidedAt: new Date() };
  await pair.closeRequest(closed);
  return closed;
}
