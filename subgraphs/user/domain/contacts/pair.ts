import type { FriendRequest, FriendshipChanges } from '../friends/ports.ts';
import type { ReachAction, Verdict } from '../privacy/reach.ts';
import type { Notification } from '../push/notification.ts';
import type { Subject } from './subjects.ts';

/** What is between two users, while nobody else can change it. */
export interface Pair {
  areFriends(): Promise<boolean>;
  pendingRequest(): Promise<FriendRequest | null>;
  /** When the last request of this sender was refused; null where none was. */
  refusedAt(senderId: string): Promise<Date | null>;
  addRequest(request: FriendRequest): Promise<void>;
  /** Ends a pending request. */
  closeRequest(request: FriendRequest): Promise<void>;
  /** Takes a pending request out of its addressee's list. */
  ignoreRequest(requestId: string): Promise<void>;
  addFriendship(friendshipId: string, createdAt: Date): Promise<void>;
  /** Whether there was one. */
  removeFriendship(): Promise<boolean>;
  /** Changes what the other is to this user. Whether they are friends. */
  changeFriendship(userId: string, changes: FriendshipChanges): Promise<boolean>;
  /** Whether this one of the two has blocked the other. */
  hasBlocked(userId: string): Promise<boolean>;
  /** Whether this one of the two may do it with the other. */
  verdict(action: ReachAction, userId: string): Promise<Verdict>;
  addBlock(userId: string, blockId: string): Promise<void>;
  /** Whether there was one. */
  removeBlock(userId: string): Promise<boolean>;
  /** Tells a person, on all their devices, when this is committed. */
  tell(userId: string, subject: Subject): void;
  /** Has a person's devices pushed to after that. */
  notify(userId: string, of: Notification): void;
}

export interface PairStore {
  /**
   * Runs `work` in one transaction that has what is between the two users to itself: all of it happens, or
   * nothing, and then those who are told are told.
   */
  between<T>(userId: string, otherId: string, work: (pair: Pair) => Promise<T>): Promise<T>;
}
