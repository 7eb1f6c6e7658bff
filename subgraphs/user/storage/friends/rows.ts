import type {
  FriendRequest,
  FriendRequestSource,
  FriendRequestStatus,
  Friendship,
} from '../../domain/friends/ports.ts';

/** The value of the unique key that lets only one request between two people be pending. */
export function pairOf(userId: string, otherId: string): string {
  return userId < otherId ? `${userId}:${otherId}` : `${otherId}:${userId}`;
}

export function toRequest(row: Omit<FriendRequest, 'status' | 'source'> & { status: string; source: string | null }) {
  const { id, senderId, addresseeId, message, createdAt, decidedAt, isIgnored } = row;
  const [status, source] = [row.status as FriendRequestStatus, row.source as FriendRequestSource | null];
  return { id, senderId, addresseeId, message, source, status, isIgnored, createdAt, decidedAt };
}

export function toFriendship(row: Omit<Friendship, 'id'> & { friendshipId: string }): Friendship {
  const { friendshipId, friendId, createdAt, remark, isStarred } = row;
  return { id: friendshipId, friendId, createdAt, remark, isStarred };
}
