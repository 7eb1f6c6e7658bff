import type { Page } from '../../../../kit/graph/connections.ts';

export type FriendRequestStatus = 'PENDING' | 'ACCEPTED' | 'REFUSED' | 'CANCELLED';
export type FriendRequestSource = 'SEARCH' | 'GROUP' | 'CONTACT_CARD' | 'QR_CODE' | 'LINK';
export type FriendRequestDirection = 'RECEIVED' | 'SENT';
export type FriendshipState = 'SELF' | 'NONE' | 'REQUEST_SENT' | 'REQUEST_RECEIVED' | 'FRIENDS';

export interface FriendRequest {
  id: string;
  senderId: string;
  addresseeId: string;
  message: string | null;
  /** Where the sender found the addressee; null where they did not say. */
  source: FriendRequestSource | null;
  status: FriendRequestStatus;
  createdAt: Date;
  decidedAt: Date | null;
  /** Whether the addressee has put it aside. The sender is not told. */
  isIgnored: boolean;
}

/** A friendship as one of the two has it. */
export interface Friendship {
  /** The same for both; sorts by when the friendship began. */
  id: string;
  friendId: string;
  createdAt: Date;
  /** How the one calls the other; null for no name of their own. */
  remark: string | null;
  isStarred: boolean;
}

/** What is between the viewer and another user, as the viewer has it. */
export interface Relation {
  userId: string;
  state: FriendshipState;
  /** Null where they are not friends. */
  friendship: Friendship | null;
  /** Whether the viewer has blocked the user. */
  isBlocked: boolean;
}

/** What one person changes of a friendship of theirs. */
export interface FriendshipChanges {
  remark?: string | null;
  isStarred?: boolean;
}

/** Which friends a list has; null and absent for all. */
export interface FriendFilter {
  isStarred?: boolean | null | undefined;
}

export interface FriendStore {
  findRequests(ids: readonly string[]): Promise<FriendRequest[]>;
  /** Pending requests of a user without ignored ones, newest first. A position is the id of a request. */
  pendingRequests(userId: string, direction: FriendRequestDirection, page: Page<string>): Promise<FriendRequest[]>;
  /** Friendships of a user, newest first. A position is the id of a friendship. */
  friendships(userId: string, filter: FriendFilter, page: Page<string>): Promise<Friendship[]>;
  /** Ids of all friends of a user. */
  friendIds(userId: string): Promise<string[]>;
  /** The user's friendships with those of the ids that are friends. */
  friendshipsWith(userId: string, ids: readonly string[]): Promise<Friendship[]>;
  /** Pending requests between the user and any of the ids. */
  pendingAmong(userId: string, ids: readonly string[]): Promise<FriendRequest[]>;
}
