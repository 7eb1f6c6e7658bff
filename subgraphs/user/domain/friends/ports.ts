import type { Page } from '../../../../kit/graph/connections.ts';

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
  /**
   * Runs `work` in one transaction that has what is between the two users to itself: all of it happens, or
   * nothing.
   */
  between<T>(userId: string, otherId: string, work: (pair: Pair) => Promise<T>): Promise<T>;
  findRequests(ids: readonly string[]): Promise<FriendRequest[]>;
  /** Pending requests of a user, newest first. A position is the id of a request. */
  pendingRequests(userId: string, direction: FriendRequestDirection, page: Page<string>): Promise<FriendRequest[]>;
  /** Friendships of a user, newest first. A position is the id of a friendship. */
  friendships(userId: string, page: Page<string>): Promise<Friendship[]>;
  /** Those of the ids that are friends of the user. */
  friendsAmong(userId: string, ids: readonly string[]): Promise<string[]>;
  /** Pending requests between the user and any of the ids. */
  pendingAmong(userId: string, ids: readonly string[]): Promise<FriendRequest[]>;
}
