import { Forbidden, NotFound, Unauthenticated } from '../../../kit/base/errors.ts';
import { type Caller, isSignedIn, isViewer, requireService } from '../../../kit/identity/caller.ts';
import type { FriendRequest } from './friends/ports.ts';

// Who may see and do what. Every permission of this service is here.

/** Everybody who is signed in reads profiles, and so do services. @throws Unauthenticated */
export function requireReader(caller: Caller): void {
  if (!isSignedIn(caller) && !caller.service) throw new Unauthenticated('TOKEN_MISSING');
}

/** Only auth makes profiles: it knows which accounts there are. @throws Forbidden */
export function requireProfileMaker(caller: Caller): void {
  requireService(caller, 'auth');
}

/** Only the user sees who their friends are. */
export function maySeeFriendsOf(caller: Caller, userId: string): boolean {
  return isViewer(caller, userId);
}

/** Only the user sees whom they let do what. */
export function maySeeSettingsOf(caller: Caller, userId: string): boolean {
  return isViewer(caller, userId);
}

/** Only the user sees which of their devices get pushes. */
export function maySeeDevicesOf(caller: Caller, userId: string): boolean {
  return isViewer(caller, userId);
}

/** Only chat asks who reaches whom, to know who may write to whom and see what. @throws Forbidden */
export function requireReachReader(caller: Caller): void {
  requireService(caller, 'chat');
}

/**
 * A friend request is read by the user who was asked, and by its sender as long as it wasn't refused: the
 * sender isn't told of a refusal.
 */
export function mayReadRequest(caller: Caller, request: FriendRequest): boolean {
  return isViewer(caller, request.addresseeId) || (isViewer(caller, request.senderId) && request.status !== 'REFUSED');
}

/**
 * Only the sender takes a friend request back. To anybody but the two it looks like one that does not exist.
 * @throws NotFound, Forbidden for the addressee
 */
export function requireSender(userId: string, request: FriendRequest | null): FriendRequest {
  if (!request || (userId !== request.addresseeId && userId !== request.senderId)) throw new NotFound('friend request');
  if (userId === request.addresseeId) throw new Forbidden('Only its sender can take a friend request back.');
  // A refusal is not told: it stays a request that waits.
  if (request.status === 'REFUSED') throw new NotFound('friend request');
  return request;
}

/** Only the addressee knows what they have put aside. */
export function maySeeIgnored(caller: Caller, request: FriendRequest): boolean {
  return isViewer(caller, request.addresseeId);
}

/**
 * Only the user who was asked answers a friend request. To anybody but the two it looks like one that does
 * not exist.
 * @throws NotFound, Forbidden for the sender
 */
export function requireAddressee(userId: string, request: FriendRequest | null): FriendRequest {
  if (!request || (userId !== request.addresseeId && userId !== request.senderId)) throw new NotFound('friend request');
  if (userId === request.senderId) throw new Forbidden('Only the user who was asked can answer a friend request.');
  return request;
}
