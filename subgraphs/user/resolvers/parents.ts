import type { FeedEvent } from '../../../kit/feed/feed.ts';
import type { Edge } from '../../../kit/graph/connections.ts';
import type { Block } from '../domain/blocks/blocks.ts';
import type { FriendRequest, Friendship } from '../domain/friends/ports.ts';
import type { Profile, SearchHit } from '../domain/profiles/profiles.ts';

/** A user in the result of a search: who, not yet what their profile says. */
export type UserEdgeParent = Edge<SearchHit>;

/** A friend in the list of friends. */
export type FriendEdgeParent = Edge<Friendship>;

/** A request: ids of the two, not yet what their profiles say. */
export type FriendRequestParent = FriendRequest;

/** Somebody in the list of blocked users. */
export type BlockedUserEdgeParent = Edge<Block>;

/** The first event of the account feed, and the others: what they tell of is loaded. */
export type ContactsStartedParent = Extract<FeedEvent, { kind: 'STARTED' }>;
export type ChangedParent = Extract<FeedEvent, { kind: 'CHANGED' }>;

/** What an id names: an entity of this service as it is, one of another as a reference. */
export type NodeParent =
  | ({ __typename: 'User' } & Profile)
  | ({ __typename: 'FriendRequest' } & FriendRequest)
  | { __typename: 'Conversation' | 'Message' | 'File'; nodeId: string };
