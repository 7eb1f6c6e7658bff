import type { GraphQLResolveInfo, GraphQLScalarType, GraphQLScalarTypeConfig } from 'graphql';
import type { Profile } from '../domain/profiles/profiles.ts';
import type { UserEdgeParent, FriendEdgeParent, FriendRequestParent, BlockedUserEdgeParent, ContactsStartedParent, ChangedParent, NodeParent } from './parents.ts';
import type { ContactEvent as ContactEventParent } from '../domain/contacts/events.ts';
import type { SeenPresence } from '../domain/presence/watchers.ts';
import type { PushDevice as PushDeviceParent } from '../domain/push/devices.ts';
import type { Context } from '../context.ts';
export type Maybe<T> = T | null;
export type InputMaybe<T> = T | null | undefined;
export type Omit<T, K extends keyof T> = Pick<T, Exclude<keyof T, K>>;
export type RequireFields<T, K extends keyof T> = Omit<T, K> & { [P in K]-?: NonNullable<T[P]> };
/** All built-in and custom scalars, mapped to their actual values */
export type Scalars = {
  ID: { input: string; output: string; }
  String: { input: string; output: string; }
  Boolean: { input: boolean; output: boolean; }
  Int: { input: number; output: number; }
  Float: { input: number; output: number; }
  /** A point in time: RFC 3339, in UTC, with milliseconds, for example `2026-11-23T14:20:40.000Z`. */
  DateTime: { input: Date; output: Date; }
  _FieldSet: { input: unknown; output: unknown; }
};

/** Which friend request to accept. */
export type AcceptFriendRequestInput = {
  /** The id of the request. */
  requestId: Scalars['ID']['input'];
};

/** The request is accepted, and the two are friends. */
export type AcceptFriendRequestPayload = {
  /** The request. */
  request: FriendRequest;
};

/** What `acceptFriendRequest` ends with. */
export type AcceptFriendRequestResult = AcceptFriendRequestPayload | Forbidden | FriendRequestClosed | InvalidInput | NotFound | UserBlocked;

/** The two users are friends already: there is nothing to ask. */
export type AlreadyFriends = UserError & {
  /** Always `ALREADY_FRIENDS`. */
  code: ErrorCode;
  /** Who is whose friend. */
  message: Scalars['String']['output'];
};

/** The viewer has blocked or unblocked somebody. */
export type BlockChanged = ContactEvent & {
  /** The number of this change. */
  seq: Scalars['Int']['output'];
  /** The user: `isBlocked` says what is so now. */
  user?: Maybe<User>;
  /** The id of the user. */
  userId: Scalars['ID']['output'];
};

/** Whom to block. */
export type BlockUserInput = {
  /** The id of the user. */
  userId: Scalars['ID']['input'];
};

/** The user is blocked. */
export type BlockUserPayload = {
  /** The user. */
  user?: Maybe<User>;
};

/** What `blockUser` ends with. */
export type BlockUserResult = BlockUserPayload | InvalidInput | NotFound;

/** A list of users whom the viewer has blocked. */
export type BlockedUserConnection = {
  /** The users of this page. */
  edges: Array<BlockedUserEdge>;
  /** Where this page lies in the list. */
  pageInfo: PageInfo;
};

/** A user whom the viewer has blocked. */
export type BlockedUserEdge = {
  /** When the viewer blocked the user. */
  blockedAt: Scalars['DateTime']['output'];
  /** The place of this user in the list. */
  cursor: Scalars['String']['output'];
  /** The user. */
  node?: Maybe<User>;
};

/** Which friend request to cancel. */
export type CancelFriendRequestInput = {
  /** The id of the request. */
  requestId: Scalars['ID']['input'];
};

/** The request is taken back. */
export type CancelFriendRequestPayload = {
  /** The request. */
  request: FriendRequest;
};

/** What `cancelFriendRequest` ends with. */
export type CancelFriendRequestResult = CancelFriendRequestPayload | Forbidden | FriendRequestClosed | InvalidInput | NotFound;

/** Something has changed for the viewer. */
export type ContactEvent = {
  /**
   * Its number: they rise, and may leave out some. A client keeps the last one, and resumes `after` it. Null for
   * what is so at the moment and is never told later.
   */
  seq?: Maybe<Scalars['Int']['output']>;
};

/** Always the first event. */
export type ContactsStarted = ContactEvent & {
  /**
   * Whether the number that the client gave is none of this feed, since the database was put back. Everything is
   * told anew, and what the client has and is not told of may be gone.
   */
  isReset: Scalars['Boolean']['output'];
  /** Everything that changes after this follows. */
  seq: Scalars['Int']['output'];
};

/** Two people, or a group, and what they write to each other. */
export type Conversation = Node & {
  /** The conversation's id. */
  id: Scalars['ID']['output'];
  /** For `node`: the id again. Who asks by it reads the entity as any viewer does. */
  nodeId: Scalars['ID']['output'];
};

/** The profile of a new account. */
export type CreateProfileInput = {
  /** The id of the account. */
  id: Scalars['ID']['input'];
  /** The name to show: 1 to 50 characters. */
  name: Scalars['String']['input'];
  /** The unique name of the account: 1 to 32 characters. */
  userName: Scalars['String']['input'];
};

/** The profile is there. */
export type CreateProfilePayload = {
  /** The user whose profile it is. */
  user: User;
};

/** What `createProfile` ends with. */
export type CreateProfileResult = CreateProfilePayload | InvalidInput;

/** What somebody is connected with. */
export type DeviceKind =
  /** A program on a computer. */
  | 'DESKTOP'
  /** A telephone. */
  | 'MOBILE'
  /** Something else. */
  | 'OTHER'
  /** A tablet. */
  | 'TABLET'
  /** A page in a browser. */
  | 'WEB';

/** The stable names of errors. The same names stand in `extensions.code` of errors that are not part of a result. */
export type ErrorCode =
  /** The two users are friends already. */
  | 'ALREADY_FRIENDS'
  /** The viewer may not do this. */
  | 'FORBIDDEN'
  /** The friend request has ended otherwise already. */
  | 'FRIEND_REQUEST_CLOSED'
  /** A value of the input breaks a rule; `field` names it. */
  | 'INVALID_INPUT'
  /** There is no such thing, or the viewer may not know of it. */
  | 'NOT_FOUND'
  /** Somebody lets only others do this with them. */
  | 'NOT_REACHABLE'
  /** The server has too much to do now; nothing was done, try again after a pause. */
  | 'OVERLOADED'
  /** Too many attempts in a short time; try again later. */
  | 'RATE_LIMITED'
  /**
   * A service that is needed for this cannot be reached now. In a result nothing was changed; among `errors` a
   * change may or may not have been made: look before trying again.
   */
  | 'UNAVAILABLE'
  /** The viewer has blocked the user. */
  | 'USER_BLOCKED';

/**
 * A file that somebody uploaded. Who may see it: its owner, those who see what it was sent in, and for an avatar
 * every signed-in user.
 */
export type File = Node & {
  /** The file's id. */
  id: Scalars['ID']['output'];
  /** For `node`: the id again. Who asks by it reads the entity as any viewer does. */
  nodeId: Scalars['ID']['output'];
};

/** The viewer may see the thing but not do this to it. */
export type Forbidden = UserError & {
  /** Always `FORBIDDEN`. */
  code: ErrorCode;
  /** What is not allowed, and to whom it is. */
  message: Scalars['String']['output'];
};

/** Somebody became a friend, ceased to be one, or the viewer changed what the friend is to them. */
export type FriendChanged = ContactEvent & {
  /** The number of this change. */
  seq: Scalars['Int']['output'];
  /** The user as the viewer has them now: `friendship` says whether they are a friend. */
  user?: Maybe<User>;
  /** The id of the user. */
  userId: Scalars['ID']['output'];
};

/** A list of friends. */
export type FriendConnection = {
  /** The friends of this page. */
  edges: Array<FriendEdge>;
  /** Where this page lies in the list. */
  pageInfo: PageInfo;
};

/** A friend in a list. */
export type FriendEdge = {
  /** The place of this friend in the list. */
  cursor: Scalars['String']['output'];
  /** When the two became friends. */
  friendsSince: Scalars['DateTime']['output'];
  /** Whether the viewer has given the friend a star. */
  isStarred: Scalars['Boolean']['output'];
  /** The friend. */
  node?: Maybe<User>;
  /** How the viewer calls the friend. Null for no name of the viewer's own. */
  remark?: Maybe<Scalars['String']['output']>;
};

/** One user asking another to be friends. */
export type FriendRequest = Node & {
  /** Who is asked, and answers. */
  addressee?: Maybe<User>;
  /** When it was sent. */
  createdAt: Scalars['DateTime']['output'];
  /** When it was accepted, refused or cancelled; null while it is pending. */
  decidedAt?: Maybe<Scalars['DateTime']['output']>;
  /** The id of the request. */
  id: Scalars['ID']['output'];
  /** Whether the viewer has put it aside. Null for whom it was not sent to. */
  isIgnored?: Maybe<Scalars['Boolean']['output']>;
  /** What the sender wrote with it. */
  message?: Maybe<Scalars['String']['output']>;
  /** Who asks. */
  sender?: Maybe<User>;
  /** Where the sender found the addressee, as the sender's client says. Null where it does not say. */
  source?: Maybe<FriendRequestSource>;
  /** What became of it. */
  status: FriendRequestStatus;
};

/** A friend request was sent, answered, ignored or taken back. */
export type FriendRequestChanged = ContactEvent & {
  /** The request as it is now; null where the viewer may no longer see it. */
  request?: Maybe<FriendRequest>;
  /** The id of the request. */
  requestId: Scalars['ID']['output'];
  /** The number of this change. */
  seq: Scalars['Int']['output'];
};

/** The friend request has ended otherwise already, and that stands. */
export type FriendRequestClosed = UserError & {
  /** Always `FRIEND_REQUEST_CLOSED`. */
  code: ErrorCode;
  /** How it ended. */
  message: Scalars['String']['output'];
};

/** A list of friend requests. */
export type FriendRequestConnection = {
  /** The requests of this page. */
  edges: Array<FriendRequestEdge>;
  /** Where this page lies in the list. */
  pageInfo: PageInfo;
};

/** Which of the viewer's friend requests. */
export type FriendRequestDirection =
  /** Those that others sent to the viewer. */
  | 'RECEIVED'
  /** Those that the viewer sent. */
  | 'SENT';

/** A friend request in a list. */
export type FriendRequestEdge = {
  /** The place of this request in the list. */
  cursor: Scalars['String']['output'];
  /** The request. */
  node: FriendRequest;
};

/** Where somebody found whom they ask to be a friend. */
export type FriendRequestSource =
  /** By a contact card that somebody sent. */
  | 'CONTACT_CARD'
  /** In a group that both are in. */
  | 'GROUP'
  /** By a link. */
  | 'LINK'
  /** By a QR code. */
  | 'QR_CODE'
  /** By a search. */
  | 'SEARCH';

/** What became of a friend request. */
export type FriendRequestStatus =
  /** The addressee accepted it. */
  | 'ACCEPTED'
  /** The sender took it back. */
  | 'CANCELLED'
  /** It waits for the addressee. */
  | 'PENDING'
  /** The addressee refused it. */
  | 'REFUSED';

/** What is between the viewer and a user. */
export type FriendshipState =
  /** They are friends. */
  | 'FRIENDS'
  /** Nothing: either may ask the other. */
  | 'NONE'
  /** The user has asked, and the viewer has not answered. */
  | 'REQUEST_RECEIVED'
  /** The viewer has asked, and the user has not answered. */
  | 'REQUEST_SENT'
  /** The user is the viewer. */
  | 'SELF';

/** What a user shows as their gender. */
export type Gender =
  /** Female. */
  | 'FEMALE'
  /** Male. */
  | 'MALE'
  /** Neither of the two. */
  | 'OTHER';

/** Which friend request to ignore. */
export type IgnoreFriendRequestInput = {
  /** The id of the request. */
  requestId: Scalars['ID']['input'];
};

/** The request is put aside. */
export type IgnoreFriendRequestPayload = {
  /** The request. */
  request: FriendRequest;
};

/** What `ignoreFriendRequest` ends with. */
export type IgnoreFriendRequestResult = Forbidden | FriendRequestClosed | IgnoreFriendRequestPayload | InvalidInput | NotFound;

/** What is wrong with one value of an input. */
export type InputFault = {
  /** The path of the value inside the input, for example `email` or `members.2`. */
  field: Scalars['String']['output'];
  /** What is wrong with the value and what is allowed. */
  message: Scalars['String']['output'];
};

/** Values of the input break rules. Nothing was changed. */
export type InvalidInput = UserError & {
  /** Always `INVALID_INPUT`. */
  code: ErrorCode;
  /** All that is wrong, so that a form can show it at once: each value once, at most 20 of them. */
  faults: Array<InputFault>;
  /** The path of that value inside the input, for example `email` or `members.2`. */
  field: Scalars['String']['output'];
  /** What is wrong with the first of the values and what is allowed. */
  message: Scalars['String']['output'];
};

/** Something that someone wrote or showed to a conversation. */
export type Message = Node & {
  /** The message's id. */
  id: Scalars['ID']['output'];
  /** For `node`: the id again. Who asks by it reads the entity as any viewer does. */
  nodeId: Scalars['ID']['output'];
};

export type Mutation = {
  /**
   * Accepts a friend request that the viewer was sent: the two are friends from now on. Accepting it again
   * changes nothing.
   */
  acceptFriendRequest?: Maybe<AcceptFriendRequestResult>;
  /**
   * Blocks a user: they do not find the viewer, cannot begin a conversation with them or add them to a group,
   * and what they ask is not shown. They are not told. A friendship stays, but has no effect. Blocked already,
   * nothing changes.
   */
  blockUser?: Maybe<BlockUserResult>;
  /** Takes a friend request back that the viewer has sent. Taking it back again changes nothing. */
  cancelFriendRequest?: Maybe<CancelFriendRequestResult>;
  /** Makes the profile of a new account. Made already, it stays as it is. For the auth service. */
  createProfile?: Maybe<CreateProfileResult>;
  /**
   * Puts a friend request aside that the viewer was sent: it leaves the list of requests, and waits. It can
   * still be accepted or refused. The sender is not told.
   */
  ignoreFriendRequest?: Maybe<IgnoreFriendRequestResult>;
  /**
   * Refuses a friend request that the viewer was sent. The sender is not told and may ask again. Refusing it
   * again changes nothing.
   */
  refuseFriendRequest?: Maybe<RefuseFriendRequestResult>;
  /**
   * Registers the viewer's device for pushes while it is away. It belongs to the session that registers it, and
   * is gone when that ends. Register it again whenever the app starts: a device that was not registered for 30
   * days is forgotten. The same subscription again is the same device, whoever had it before. A user has 20
   * devices at most: the one that was registered longest ago makes room.
   */
  registerPushDevice?: Maybe<RegisterPushDeviceResult>;
  /**
   * Ends the friendship with a user, for both. What they wrote to each other stays. Where they are no friends,
   * nothing changes.
   */
  removeFriend?: Maybe<RemoveFriendResult>;
  /** Ends pushes to a device of the viewer. Ended already, nothing changes. */
  removePushDevice?: Maybe<RemovePushDeviceResult>;
  /**
   * Asks a user to be the viewer's friend. Asking again while the first request waits gives that request. If the
   * user has asked the viewer already, this accepts their request: its `status` is then `ACCEPTED`. After a
   * refusal, the same user can be asked again 24 hours later; until then it is `RateLimited`. A user whose
   * settings let only others ask is `NotReachable`.
   */
  sendFriendRequest?: Maybe<SendFriendRequestResult>;
  /**
   * Says whether the viewer is away from the device of their session, which is then shown as away while it is
   * connected. Somebody is away who is away from all connected devices.
   */
  setAway?: Maybe<SetAwayResult>;
  /** Unblocks a user. Not blocked, nothing changes. Requests that they sent meanwhile stay ignored. */
  unblockUser?: Maybe<UnblockUserResult>;
  /** Changes what a friend is to the viewer, which nobody else sees. Fields that are left out stay as they are. */
  updateFriend?: Maybe<UpdateFriendResult>;
  /** Changes the viewer's privacy settings. Fields that are left out stay as they are. */
  updatePrivacySettings?: Maybe<UpdatePrivacySettingsResult>;
  /** Changes the viewer's profile. Fields that are left out stay as they are. */
  updateProfile?: Maybe<UpdateProfileResult>;
};


export type MutationAcceptFriendRequestArgs = {
  input: AcceptFriendRequestInput;
};


export type MutationBlockUserArgs = {
  input: BlockUserInput;
};


export type MutationCancelFriendRequestArgs = {
  input: CancelFriendRequestInput;
};


export type MutationCreateProfileArgs = {
  input: CreateProfileInput;
};


export type MutationIgnoreFriendRequestArgs = {
  input: IgnoreFriendRequestInput;
};


export type MutationRefuseFriendRequestArgs = {
  input: RefuseFriendRequestInput;
};


export type MutationRegisterPushDeviceArgs = {
  input: RegisterPushDeviceInput;
};


export type MutationRemoveFriendArgs = {
  input: RemoveFriendInput;
};


export type MutationRemovePushDeviceArgs = {
  input: RemovePushDeviceInput;
};


export type MutationSendFriendRequestArgs = {
  input: SendFriendRequestInput;
};


export type MutationSetAwayArgs = {
  input: SetAwayInput;
};


export type MutationUnblockUserArgs = {
  input: UnblockUserInput;
};


export type MutationUpdateFriendArgs = {
  input: UpdateFriendInput;
};


export type MutationUpdatePrivacySettingsArgs = {
  input: UpdatePrivacySettingsInput;
};


export type MutationUpdateProfileArgs = {
  input: UpdateProfileInput;
};

/**
 * What a client can ask for again by its id alone: `node(id:)` finds it. Relay's object identification, which
 * `@refetchable` and a normalized cache build on.
 */
export type Node = {
  /** The id, which says what it is of: docs/api.md. */
  id: Scalars['ID']['output'];
};

/** There is no such thing, or the viewer may not know of it. Both look the same on purpose. */
export type NotFound = UserError & {
  /** Always `NOT_FOUND`. */
  code: ErrorCode;
  /** What was looked for. */
  message: Scalars['String']['output'];
};

/**
 * Somebody does not let the viewer do this with them, by a privacy setting or a block, or there is no such user.
 * All of these look the same on purpose. Nothing was changed.
 */
export type NotReachable = UserError & {
  /** Always `NOT_REACHABLE`. */
  code: ErrorCode;
  /** What to do about it. */
  message: Scalars['String']['output'];
  /** The ids, among those given, of the users whom it is about. */
  userIds: Array<Scalars['ID']['output']>;
};

/** The server has too much to do now. Nothing was done; try again after a pause. */
export type Overloaded = UserError & {
  /** Always `OVERLOADED`. */
  code: ErrorCode;
  /** What to try again, and how. */
  message: Scalars['String']['output'];
};

/** Where a page of a connection lies in its list, as the Relay connection specification defines it. */
export type PageInfo = {
  /** The cursor of the last edge of the page, null where the page is empty. */
  endCursor?: Maybe<Scalars['String']['output']>;
  /** Whether the list goes on after this page. */
  hasNextPage: Scalars['Boolean']['output'];
  /** Whether the list goes on before this page. */
  hasPreviousPage: Scalars['Boolean']['output'];
  /** The cursor of the first edge of the page, null where the page is empty. */
  startCursor?: Maybe<Scalars['String']['output']>;
};

/** Whether somebody is connected, as far as the viewer may see it. */
export type Presence = {
  /** On which kinds of devices, each once. None where the viewer may not see the state. */
  devices: Array<DeviceKind>;
  /**
   * When they were last connected, to the second or so. Null for somebody who is, who never was, or where the
   * viewer may not see it.
   */
  lastSeenAt?: Maybe<Scalars['DateTime']['output']>;
  /** Whether they are. Null where the viewer may not see it, and while nobody knows. */
  state?: Maybe<PresenceState>;
};

/** The presence of somebody has changed. It is not of the numbered changes, and is never told later. */
export type PresenceChanged = ContactEvent & {
  /** How it is now; null where the viewer may no longer see it. */
  presence?: Maybe<Presence>;
  /** Always null: the client keeps the number that it has. */
  seq?: Maybe<Scalars['Int']['output']>;
  /** The id of the user. */
  userId: Scalars['ID']['output'];
};

/** Whether somebody is there. */
export type PresenceState =
  /** Connected, and away from all devices. */
  | 'AWAY'
  /** Not connected. */
  | 'OFFLINE'
  /** Connected, and not away from at least one device. */
  | 'ONLINE';

/** Whom a user lets do something. */
export type PrivacyAudience =
  /** Everybody who is signed in. */
  | 'EVERYONE'
  /** The user's friends. */
  | 'FRIENDS'
  /** Nobody. */
  | 'NOBODY';

/**
 * Whom a user lets do what. A block comes before all of it: who is blocked may do nothing of this, and is not
 * told.
 */
export type PrivacySettings = {
  /** Who may add the user to a group. */
  whoMayAddToGroups: PrivacyAudience;
  /** Who may ask the user to be a friend. `FRIENDS` are friends already, so with it nobody new may ask. */
  whoMayAsk: PrivacyAudience;
  /** Who may find the user by a search. */
  whoMayFind: PrivacyAudience;
  /** Who may see when the user was online last. */
  whoMaySeeLastSeen: PrivacyAudience;
  /** Who may see whether the user is online. */
  whoMaySeePresence: PrivacyAudience;
  /** Who may see how far the user has read a conversation that both are in. */
  whoMaySeeReceipts: PrivacyAudience;
  /** Who may see that the user types in a conversation that both are in. */
  whoMaySeeTyping: PrivacyAudience;
  /**
   * Who may open a direct conversation with the user, and write to one. Somebody whom the user has written to of
   * their own accord may answer in any case.
   */
  whoMayWrite: PrivacyAudience;
};

/** The viewer or a friend has changed their profile. */
export type ProfileChanged = ContactEvent & {
  /** The number of this change. */
  seq: Scalars['Int']['output'];
  /** The user as they are now. */
  user?: Maybe<User>;
  /** The id of the user. */
  userId: Scalars['ID']['output'];
};

/** A device that gets pushes. */
export type PushDevice = {
  /** The id of the device. */
  id: Scalars['ID']['output'];
  /** Whether the session that asks has registered it. */
  isThisSession: Scalars['Boolean']['output'];
  /** When it was last registered. */
  registeredAt: Scalars['DateTime']['output'];
};

export type Query = {
  /** Whom the viewer has blocked, newest first. */
  blockedUsers?: Maybe<BlockedUserConnection>;
  /** The viewer's friend requests that wait for an answer, newest first, without those the viewer ignores. */
  friendRequests?: Maybe<FriendRequestConnection>;
  /**
   * Whether the first of each pair may do something with the second: one answer a pair, in their order. Decided
   * from blocks, friendship and the privacy settings of the second. No for whom there is not. For the services
   * of this system.
   */
  mayReach?: Maybe<Array<Scalars['Boolean']['output']>>;
  /** What has this id and the viewer may see; null where there is no such thing. For signed-in users. */
  node?: Maybe<Node>;
  /**
   * The same for many ids: one element for each id, in their order, null where there is no such thing. For
   * signed-in users.
   */
  nodes?: Maybe<Array<Maybe<Node>>>;
  /**
   * The users whose user name, name, or a word of whose name begins with the text; in scripts written without
   * spaces (Chinese, Japanese, Korean, Bopomofo, Thai, Lao, Khmer, Burmese) every letter begins a word. What
   * readers overlook makes no difference: capitals, width, accents of Latin, Greek and Cyrillic letters, vowel
   * points, kinds of hyphens and apostrophes, and characters that are not shown. So `jose` finds José, and
   * `gross` finds Groß. Sorted by what matched, then by id, without users who have blocked the viewer or let
   * only others find them. For signed-in users.
   */
  searchUsers?: Maybe<UserConnection>;
  /** The profile of a user, null if there is none with this id. For signed-in users. */
  user?: Maybe<User>;
  /** The viewer's own profile. Null for the moment between registering and the profile being there. */
  viewer?: Maybe<User>;
  /**
   * The public key of this system for Web Push, base64url: the `applicationServerKey` of
   * `PushManager.subscribe`. It never changes. For signed-in users.
   */
  webPushKey?: Maybe<Scalars['String']['output']>;
};


export type QueryBlockedUsersArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
};


export type QueryFriendRequestsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  direction: FriendRequestDirection;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
};


export type QueryMayReachArgs = {
  action: ReachAction;
  pairs: Array<ReachPairInput>;
};


export type QueryNodeArgs = {
  id: Scalars['ID']['input'];
};


export type QueryNodesArgs = {
  ids: Array<Scalars['ID']['input']>;
};


export type QuerySearchUsersArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  text: Scalars['String']['input'];
};


export type QueryUserArgs = {
  id: Scalars['ID']['input'];
};

/** Too many attempts in a short time. */
export type RateLimited = UserError & {
  /** Always `RATE_LIMITED`. */
  code: ErrorCode;
  /** What was limited and when to try again. */
  message: Scalars['String']['output'];
  /** Seconds until the next attempt can succeed. */
  retryAfterSeconds: Scalars['Int']['output'];
};

/** What one user may want to do with another. */
export type ReachAction =
  /** Add them to a group. */
  | 'ADD_TO_GROUP'
  /** Ask them to be a friend. */
  | 'ASK'
  /** Find them by a search. */
  | 'FIND'
  /** See when they were online last. */
  | 'SEE_LAST_SEEN'
  /** See whether they are online. */
  | 'SEE_PRESENCE'
  /** See how far they have read. */
  | 'SEE_RECEIPTS'
  /** See that they type. */
  | 'SEE_TYPING'
  /** Write to them in a direct conversation. */
  | 'WRITE';

/** Two users, one of whom wants to do something with the other. */
export type ReachPairInput = {
  /** The id of the other. */
  otherId: Scalars['ID']['input'];
  /** The id of who wants to. */
  userId: Scalars['ID']['input'];
};

/** Which friend request to refuse. */
export type RefuseFriendRequestInput = {
  /** The id of the request. */
  requestId: Scalars['ID']['input'];
};

/** The request is refused. */
export type RefuseFriendRequestPayload = {
  /** The request. */
  request: FriendRequest;
};

/** What `refuseFriendRequest` ends with. */
export type RefuseFriendRequestResult = Forbidden | FriendRequestClosed | InvalidInput | NotFound | RefuseFriendRequestPayload;

/** A device to push to. */
export type RegisterPushDeviceInput = {
  /** The subscription of a browser, as `PushSubscription.toJSON` gives it. */
  webPush: WebPushSubscriptionInput;
};

/** The device gets pushes. */
export type RegisterPushDevicePayload = {
  /** The device. */
  device: PushDevice;
};

/** What `registerPushDevice` ends with. */
export type RegisterPushDeviceResult = InvalidInput | RegisterPushDevicePayload;

/** Whose friend the viewer no longer wants to be. */
export type RemoveFriendInput = {
  /** The id of the friend. */
  userId: Scalars['ID']['input'];
};

/** The two are no friends. */
export type RemoveFriendPayload = {
  /** The user who was a friend; null where there is no user with this id. */
  user?: Maybe<User>;
};

/** What `removeFriend` ends with. */
export type RemoveFriendResult = InvalidInput | RemoveFriendPayload;

/** Which device gets no pushes any more. */
export type RemovePushDeviceInput = {
  /** The id of the device. */
  deviceId: Scalars['ID']['input'];
};

/** The device gets no pushes. */
export type RemovePushDevicePayload = {
  /** The id of the device. */
  deviceId: Scalars['ID']['output'];
};

/** What `removePushDevice` ends with. */
export type RemovePushDeviceResult = InvalidInput | RemovePushDevicePayload;

/** Whom to ask to be a friend. */
export type SendFriendRequestInput = {
  /**
   * Words to introduce oneself: at most 200 characters and 400 code points, cleaned as a bio is. Left out, empty
   * or blank for nothing.
   */
  message?: InputMaybe<Scalars['String']['input']>;
  /** Where the viewer found the user. */
  source?: InputMaybe<FriendRequestSource>;
  /** The id of the user to ask. */
  userId: Scalars['ID']['input'];
};

/** The request stands, or was accepted because the other had asked already. */
export type SendFriendRequestPayload = {
  /** The request between the two. */
  request: FriendRequest;
};

/** What `sendFriendRequest` ends with. */
export type SendFriendRequestResult = AlreadyFriends | InvalidInput | NotFound | NotReachable | RateLimited | SendFriendRequestPayload | UserBlocked;

/** Whether the viewer is away. */
export type SetAwayInput = {
  /** True where they are away, false where they are back. */
  isAway: Scalars['Boolean']['input'];
};

/** It is said. */
export type SetAwayPayload = {
  /** Whether the viewer is away from this device. */
  isAway: Scalars['Boolean']['output'];
};

/** What `setAway` ends with. */
export type SetAwayResult = InvalidInput | SetAwayPayload | Unavailable;

/** The viewer has changed their settings. */
export type SettingsChanged = ContactEvent & {
  /** The privacy settings as they are now. */
  privacySettings?: Maybe<PrivacySettings>;
  /** The number of this change. */
  seq: Scalars['Int']['output'];
};

export type Subscription = {
  /**
   * What happens to the viewer rather than in a conversation: friend requests, friends, blocks, profiles of
   * friends and the own one, settings. For all devices of the viewer. First `ContactsStarted`, then all that
   * changed after `after`, then live. Each changed thing comes once, in its present state, in the order of the
   * last changes. A client that has nothing yet subscribes without `after`, and reads its lists when
   * `ContactsStarted` is there. PROTOCOL.md says it in full.
   */
  contactEvents?: Maybe<ContactEvent>;
  /**
   * The presence of chosen people: first of each, then every change, as far as the viewer may see it. Nothing is
   * kept: what changes while nobody listens is not told later, but the subscription begins with what is so then.
   */
  presenceEvents?: Maybe<UserPresence>;
};


export type SubscriptionContactEventsArgs = {
  after?: InputMaybe<Scalars['Int']['input']>;
  device?: InputMaybe<DeviceKind>;
};


export type SubscriptionPresenceEventsArgs = {
  userIds: Array<Scalars['ID']['input']>;
};

/** A service that is needed for this cannot be reached now. Nothing was changed; trying again is safe. */
export type Unavailable = UserError & {
  /** Always `UNAVAILABLE`. */
  code: ErrorCode;
  /** What cannot be reached. */
  message: Scalars['String']['output'];
};

/** Whom to unblock. */
export type UnblockUserInput = {
  /** The id of the user. */
  userId: Scalars['ID']['input'];
};

/** The user is not blocked. */
export type UnblockUserPayload = {
  /** The user; null where there is no user with this id. */
  user?: Maybe<User>;
};

/** What `unblockUser` ends with. */
export type UnblockUserResult = InvalidInput | UnblockUserPayload;

/** A change of a kind that this server does not know yet. Read the lists again, or go on without it. */
export type UnknownContactChange = ContactEvent & {
  /** The number of this change. */
  seq: Scalars['Int']['output'];
};

/** What to change of what a friend is to the viewer. */
export type UpdateFriendInput = {
  /** Whether the friend has a star. Null changes nothing. */
  isStarred?: InputMaybe<Scalars['Boolean']['input']>;
  /**
   * How the viewer calls the friend: at most 50 characters and 200 code points, cleaned as a name is. Null,
   * empty or blank removes it.
   */
  remark?: InputMaybe<Scalars['String']['input']>;
  /** The id of the friend. */
  userId: Scalars['ID']['input'];
};

/** The friend is changed. */
export type UpdateFriendPayload = {
  /** The friend, as the viewer has them now. */
  user?: Maybe<User>;
};

/** What `updateFriend` ends with. `NotFound`: the user is no friend of the viewer. */
export type UpdateFriendResult = InvalidInput | NotFound | UpdateFriendPayload;

/** What to change of the viewer's privacy settings. Null changes nothing, as leaving out does. */
export type UpdatePrivacySettingsInput = {
  /** Who may add the viewer to a group. */
  whoMayAddToGroups?: InputMaybe<PrivacyAudience>;
  /** Who may ask the viewer to be a friend. */
  whoMayAsk?: InputMaybe<PrivacyAudience>;
  /** Who may find the viewer by a search. */
  whoMayFind?: InputMaybe<PrivacyAudience>;
  /** Who may see when the viewer was online last. */
  whoMaySeeLastSeen?: InputMaybe<PrivacyAudience>;
  /** Who may see whether the viewer is online. */
  whoMaySeePresence?: InputMaybe<PrivacyAudience>;
  /** Who may see how far the viewer has read. */
  whoMaySeeReceipts?: InputMaybe<PrivacyAudience>;
  /** Who may see that the viewer types. */
  whoMaySeeTyping?: InputMaybe<PrivacyAudience>;
  /** Who may open a direct conversation with the viewer, and write to one. */
  whoMayWrite?: InputMaybe<PrivacyAudience>;
};

/** The privacy settings were changed. */
export type UpdatePrivacySettingsPayload = {
  /** All of them, as they are now. */
  privacySettings: PrivacySettings;
};

/** What `updatePrivacySettings` ends with. `NotFound`: the viewer's profile is not there yet. */
export type UpdatePrivacySettingsResult = InvalidInput | NotFound | UpdatePrivacySettingsPayload;

/** What to change of the viewer's profile. */
export type UpdateProfileInput = {
  /** The new avatar: a complete image that the viewer uploaded. Null or empty removes the avatar. */
  avatarFileId?: InputMaybe<Scalars['ID']['input']>;
  /**
   * The new text about oneself: at most 500 characters and 1,000 code points, kept as written, but for control
   * characters, which are removed, and line ends, which become line feeds. Null, empty or blank removes it.
   */
  bio?: InputMaybe<Scalars['String']['input']>;
  /** The gender to show. Null removes it. */
  gender?: InputMaybe<Gender>;
  /**
   * The new name: 1 to 50 characters, at least one of them visible, and 200 code points at most. It cannot be
   * removed. A name is one line: line ends and tabs become spaces; spaces around it, control characters,
   * direction controls and characters that are never shown are removed. Joiners and selectors that change a
   * letter or an emoji stay.
   */
  name?: InputMaybe<Scalars['String']['input']>;
  /**
   * Where one is, in one's own words: at most 50 characters and 200 code points, cleaned as a name is. Null,
   * empty or blank removes it.
   */
  region?: InputMaybe<Scalars['String']['input']>;
};

/** The profile was changed. */
export type UpdateProfilePayload = {
  /** The viewer, as they are now. */
  user: User;
};

/** What `updateProfile` ends with. */
export type UpdateProfileResult = InvalidInput | NotFound | Unavailable | UpdateProfilePayload;

/** A person who uses the system. */
export type User = Node & {
  /** The file that is the user's avatar. For the file service, which makes `avatarUrl` of it. */
  avatarFileId?: Maybe<Scalars['ID']['output']>;
  /** What the user says about themself. */
  bio?: Maybe<Scalars['String']['output']>;
  /** When the user registered. */
  createdAt: Scalars['DateTime']['output'];
  /** The user's friends, newest friendship first. Only the viewer's own; null for every other user. */
  friends?: Maybe<FriendConnection>;
  /** What is between the viewer and the user, seen from the viewer's side. */
  friendship?: Maybe<FriendshipState>;
  /** The gender that the user shows. Null where they show none. */
  gender?: Maybe<Gender>;
  /** The user's id. */
  id: Scalars['ID']['output'];
  /** Whether the viewer has blocked the user. Null for whom is not signed in. */
  isBlocked?: Maybe<Scalars['Boolean']['output']>;
  /** The name that the user shows. */
  name: Scalars['String']['output'];
  /**
   * Whether the user is connected, and when they were last. Null where they show the viewer neither, and for
   * whom is not signed in.
   */
  presence?: Maybe<Presence>;
  /** The user's privacy settings. Only the viewer's own; null for every other user. */
  privacySettings?: Maybe<PrivacySettings>;
  /** The devices of the viewer that get pushes, latest registration first. Null for any other user. */
  pushDevices?: Maybe<Array<PushDevice>>;
  /** Where the user says they are, in their words. */
  region?: Maybe<Scalars['String']['output']>;
  /** How the viewer calls the user, who is a friend. Null for no name of the viewer's own. */
  remark?: Maybe<Scalars['String']['output']>;
  /** The unique name that the user registered with. */
  userName: Scalars['String']['output'];
};


/** A person who uses the system. */
export type UserFriendsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
  isStarred?: InputMaybe<Scalars['Boolean']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
};

/** The viewer has blocked the user of whom they want something. */
export type UserBlocked = UserError & {
  /** Always `USER_BLOCKED`. */
  code: ErrorCode;
  /** What to do first. */
  message: Scalars['String']['output'];
};

/** A list of users. */
export type UserConnection = {
  /** The users of this page. */
  edges: Array<UserEdge>;
  /** Where this page lies in the list. */
  pageInfo: PageInfo;
};

/** A user in a list. */
export type UserEdge = {
  /** The place of this user in the list. */
  cursor: Scalars['String']['output'];
  /** The user. */
  node?: Maybe<User>;
};

/** Something the caller can understand and act on. Every named error of a mutation implements it. */
export type UserError = {
  /** The stable name of the error, for programs. */
  code: ErrorCode;
  /** What happened and what to do, in English, for people. */
  message: Scalars['String']['output'];
};

/** The presence of one of the chosen users. */
export type UserPresence = {
  /** How it is now; null where the viewer may not see it. */
  presence?: Maybe<Presence>;
  /** The id of the user. */
  userId: Scalars['ID']['output'];
};

/** A subscription of Web Push (RFC 8030, RFC 8291). */
export type WebPushSubscriptionInput = {
  /** The secret of the browser, `keys.auth`: 16 bytes in base64url. */
  auth: Scalars['String']['input'];
  /** Where the push service takes pushes: an https URL of at most 1,000 characters. */
  endpoint: Scalars['String']['input'];
  /** The public key of the browser, `keys.p256dh`: 65 bytes in base64url. */
  p256dh: Scalars['String']['input'];
};



export type ResolverTypeWrapper<T> = Promise<T> | T;

export type ReferenceResolver<TResult, TReference, TContext> = (
      reference: TReference,
      context: TContext,
      info: GraphQLResolveInfo
    ) => Promise<TResult> | TResult;

      type ScalarCheck<T, S> = S extends true ? T : NullableCheck<T, S>;
      type NullableCheck<T, S> = Maybe<T> extends T ? Maybe<ListCheck<NonNullable<T>, S>> : ListCheck<T, S>;
      type ListCheck<T, S> = T extends (infer U)[] ? NullableCheck<U, S>[] : GraphQLRecursivePick<T, S>;
      export type GraphQLRecursivePick<T, S> = { [K in keyof T & keyof S]: ScalarCheck<T[K], S[K]> };
    

export type ResolverWithResolve<TResult, TParent, TContext, TArgs> = {
  resolve: ResolverFn<TResult, TParent, TContext, TArgs>;
};
export type Resolver<TResult, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> = ResolverFn<TResult, TParent, TContext, TArgs> | ResolverWithResolve<TResult, TParent, TContext, TArgs>;

export type ResolverFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => Promise<TResult> | TResult;

export type SubscriptionSubscribeFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => AsyncIterable<TResult> | Promise<AsyncIterable<TResult>>;

export type SubscriptionResolveFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => TResult | Promise<TResult>;

export interface SubscriptionSubscriberObject<TResult, TKey extends string, TParent, TContext, TArgs> {
  subscribe: SubscriptionSubscribeFn<{ [key in TKey]: TResult }, TParent, TContext, TArgs>;
  resolve?: SubscriptionResolveFn<TResult, { [key in TKey]: TResult }, TContext, TArgs>;
}

export interface SubscriptionResolverObject<TResult, TParent, TContext, TArgs> {
  subscribe: SubscriptionSubscribeFn<any, TParent, TContext, TArgs>;
  resolve: SubscriptionResolveFn<TResult, any, TContext, TArgs>;
}

export type SubscriptionObject<TResult, TKey extends string, TParent, TContext, TArgs> =
  | SubscriptionSubscriberObject<TResult, TKey, TParent, TContext, TArgs>
  | SubscriptionResolverObject<TResult, TParent, TContext, TArgs>;

export type SubscriptionResolver<TResult, TKey extends string, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> =
  | ((...args: any[]) => SubscriptionObject<TResult, TKey, TParent, TContext, TArgs>)
  | SubscriptionObject<TResult, TKey, TParent, TContext, TArgs>;

export type TypeResolveFn<TTypes, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>> = (
  parent: TParent,
  context: TContext,
  info: GraphQLResolveInfo
) => Maybe<TTypes> | Promise<Maybe<TTypes>>;

export type IsTypeOfResolverFn<T = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>> = (obj: T, context: TContext, info: GraphQLResolveInfo) => boolean | Promise<boolean>;

export type NextResolverFn<T> = () => Promise<T>;

export type DirectiveResolverFn<TResult = Record<PropertyKey, never>, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> = (
  next: NextResolverFn<TResult>,
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => TResult | Promise<TResult>;

/** Mapping of federation types */
export type FederationTypes = {
  User: User;
};

/** Mapping of federation reference types */
export type FederationReferenceTypes = {
  User:
    ( { __typename: 'User' }
    & GraphQLRecursivePick<FederationTypes['User'], {"id":true}> );
};

/** Mapping of union types */
export type ResolversUnionTypes<_RefType extends Record<string, unknown>> = {
  AcceptFriendRequestResult:
    | ( Omit<AcceptFriendRequestPayload, 'request'> & { request: _RefType['FriendRequest'] } )
    | ( Forbidden )
    | ( FriendRequestClosed )
    | ( InvalidInput )
    | ( NotFound )
    | ( UserBlocked )
  ;
  BlockUserResult:
    | ( Omit<BlockUserPayload, 'user'> & { user?: Maybe<_RefType['User']> } )
    | ( InvalidInput )
    | ( NotFound )
  ;
  CancelFriendRequestResult:
    | ( Omit<CancelFriendRequestPayload, 'request'> & { request: _RefType['FriendRequest'] } )
    | ( Forbidden )
    | ( FriendRequestClosed )
    | ( InvalidInput )
    | ( NotFound )
  ;
  CreateProfileResult:
    | ( Omit<CreateProfilePayload, 'user'> & { user: _RefType['User'] } )
    | ( InvalidInput )
  ;
  IgnoreFriendRequestResult:
    | ( Forbidden )
    | ( FriendRequestClosed )
    | ( Omit<IgnoreFriendRequestPayload, 'request'> & { request: _RefType['FriendRequest'] } )
    | ( InvalidInput )
    | ( NotFound )
  ;
  RefuseFriendRequestResult:
    | ( Forbidden )
    | ( FriendRequestClosed )
    | ( InvalidInput )
    | ( NotFound )
    | ( Omit<RefuseFriendRequestPayload, 'request'> & { request: _RefType['FriendRequest'] } )
  ;
  RegisterPushDeviceResult:
    | ( InvalidInput )
    | ( Omit<RegisterPushDevicePayload, 'device'> & { device: _RefType['PushDevice'] } )
  ;
  RemoveFriendResult:
    | ( InvalidInput )
    | ( Omit<RemoveFriendPayload, 'user'> & { user?: Maybe<_RefType['User']> } )
  ;
  RemovePushDeviceResult:
    | ( InvalidInput )
    | ( RemovePushDevicePayload )
  ;
  SendFriendRequestResult:
    | ( AlreadyFriends )
    | ( InvalidInput )
    | ( NotFound )
    | ( NotReachable )
    | ( RateLimited )
    | ( Omit<SendFriendRequestPayload, 'request'> & { request: _RefType['FriendRequest'] } )
    | ( UserBlocked )
  ;
  SetAwayResult:
    | ( InvalidInput )
    | ( SetAwayPayload )
    | ( Unavailable )
  ;
  UnblockUserResult:
    | ( InvalidInput )
    | ( Omit<UnblockUserPayload, 'user'> & { user?: Maybe<_RefType['User']> } )
  ;
  UpdateFriendResult:
    | ( InvalidInput )
    | ( NotFound )
    | ( Omit<UpdateFriendPayload, 'user'> & { user?: Maybe<_RefType['User']> } )
  ;
  UpdatePrivacySettingsResult:
    | ( InvalidInput )
    | ( NotFound )
    | ( UpdatePrivacySettingsPayload )
  ;
  UpdateProfileResult:
    | ( InvalidInput )
    | ( NotFound )
    | ( Unavailable )
    | ( Omit<UpdateProfilePayload, 'user'> & { user: _RefType['User'] } )
  ;
};

/** Mapping of interface types */
export type ResolversInterfaceTypes<_RefType extends Record<string, unknown>> = {
  ContactEvent:
    | ( ChangedParent )
    | ( ContactsStartedParent )
    | ( ChangedParent )
    | ( ChangedParent )
    | ( SeenPresence )
    | ( ChangedParent )
    | ( ChangedParent )
    | ( ChangedParent )
  ;
  Node:
    | ( Conversation )
    | ( File )
    | ( FriendRequestParent )
    | ( Message )
    | ( Profile )
  ;
  UserError:
    | ( AlreadyFriends )
    | ( Forbidden )
    | ( FriendRequestClosed )
    | ( InvalidInput )
    | ( NotFound )
    | ( NotReachable )
    | ( Overloaded )
    | ( RateLimited )
    | ( Unavailable )
    | ( UserBlocked )
  ;
};

/** Mapping between all available schema types and the resolvers types */
export type ResolversTypes = {
  AcceptFriendRequestInput: AcceptFriendRequestInput;
  ID: ResolverTypeWrapper<Scalars['ID']['output']>;
  AcceptFriendRequestPayload: ResolverTypeWrapper<Omit<AcceptFriendRequestPayload, 'request'> & { request: ResolversTypes['FriendRequest'] }>;
  AcceptFriendRequestResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['AcceptFriendRequestResult']>;
  AlreadyFriends: ResolverTypeWrapper<AlreadyFriends>;
  String: ResolverTypeWrapper<Scalars['String']['output']>;
  BlockChanged: ResolverTypeWrapper<ChangedParent>;
  Int: ResolverTypeWrapper<Scalars['Int']['output']>;
  BlockUserInput: BlockUserInput;
  BlockUserPayload: ResolverTypeWrapper<Omit<BlockUserPayload, 'user'> & { user?: Maybe<ResolversTypes['User']> }>;
  BlockUserResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['BlockUserResult']>;
  BlockedUserConnection: ResolverTypeWrapper<Omit<BlockedUserConnection, 'edges'> & { edges: Array<ResolversTypes['BlockedUserEdge']> }>;
  BlockedUserEdge: ResolverTypeWrapper<BlockedUserEdgeParent>;
  CancelFriendRequestInput: CancelFriendRequestInput;
  CancelFriendRequestPayload: ResolverTypeWrapper<Omit<CancelFriendRequestPayload, 'request'> & { request: ResolversTypes['FriendRequest'] }>;
  CancelFriendRequestResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['CancelFriendRequestResult']>;
  ContactEvent: ResolverTypeWrapper<ContactEventParent>;
  ContactsStarted: ResolverTypeWrapper<ContactsStartedParent>;
  Boolean: ResolverTypeWrapper<Scalars['Boolean']['output']>;
  Conversation: ResolverTypeWrapper<Conversation>;
  CreateProfileInput: CreateProfileInput;
  CreateProfilePayload: ResolverTypeWrapper<Omit<CreateProfilePayload, 'user'> & { user: ResolversTypes['User'] }>;
  CreateProfileResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['CreateProfileResult']>;
  DateTime: ResolverTypeWrapper<Scalars['DateTime']['output']>;
  DeviceKind: DeviceKind;
  ErrorCode: ErrorCode;
  File: ResolverTypeWrapper<File>;
  Forbidden: ResolverTypeWrapper<Forbidden>;
  FriendChanged: ResolverTypeWrapper<ChangedParent>;
  FriendConnection: ResolverTypeWrapper<Omit<FriendConnection, 'edges'> & { edges: Array<ResolversTypes['FriendEdge']> }>;
  FriendEdge: ResolverTypeWrapper<FriendEdgeParent>;
  FriendRequest: ResolverTypeWrapper<FriendRequestParent>;
  FriendRequestChanged: ResolverTypeWrapper<ChangedParent>;
  FriendRequestClosed: ResolverTypeWrapper<FriendRequestClosed>;
  FriendRequestConnection: ResolverTypeWrapper<Omit<FriendRequestConnection, 'edges'> & { edges: Array<ResolversTypes['FriendRequestEdge']> }>;
  FriendRequestDirection: FriendRequestDirection;
  FriendRequestEdge: ResolverTypeWrapper<Omit<FriendRequestEdge, 'node'> & { node: ResolversTypes['FriendRequest'] }>;
  FriendRequestSource: FriendRequestSource;
  FriendRequestStatus: FriendRequestStatus;
  FriendshipState: FriendshipState;
  Gender: Gender;
  IgnoreFriendRequestInput: IgnoreFriendRequestInput;
  IgnoreFriendRequestPayload: ResolverTypeWrapper<Omit<IgnoreFriendRequestPayload, 'request'> & { request: ResolversTypes['FriendRequest'] }>;
  IgnoreFriendRequestResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['IgnoreFriendRequestResult']>;
  InputFault: ResolverTypeWrapper<InputFault>;
  InvalidInput: ResolverTypeWrapper<InvalidInput>;
  Message: ResolverTypeWrapper<Message>;
  Mutation: ResolverTypeWrapper<Record<PropertyKey, never>>;
  Node: ResolverTypeWrapper<NodeParent>;
  NotFound: ResolverTypeWrapper<NotFound>;
  NotReachable: ResolverTypeWrapper<NotReachable>;
  Overloaded: ResolverTypeWrapper<Overloaded>;
  PageInfo: ResolverTypeWrapper<PageInfo>;
  Presence: ResolverTypeWrapper<SeenPresence>;
  PresenceChanged: ResolverTypeWrapper<SeenPresence>;
  PresenceState: PresenceState;
  PrivacyAudience: PrivacyAudience;
  PrivacySettings: ResolverTypeWrapper<PrivacySettings>;
  ProfileChanged: ResolverTypeWrapper<ChangedParent>;
  PushDevice: ResolverTypeWrapper<PushDeviceParent>;
  Query: ResolverTypeWrapper<Record<PropertyKey, never>>;
  RateLimited: ResolverTypeWrapper<RateLimited>;
  ReachAction: ReachAction;
  ReachPairInput: ReachPairInput;
  RefuseFriendRequestInput: RefuseFriendRequestInput;
  RefuseFriendRequestPayload: ResolverTypeWrapper<Omit<RefuseFriendRequestPayload, 'request'> & { request: ResolversTypes['FriendRequest'] }>;
  RefuseFriendRequestResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['RefuseFriendRequestResult']>;
  RegisterPushDeviceInput: RegisterPushDeviceInput;
  RegisterPushDevicePayload: ResolverTypeWrapper<Omit<RegisterPushDevicePayload, 'device'> & { device: ResolversTypes['PushDevice'] }>;
  RegisterPushDeviceResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['RegisterPushDeviceResult']>;
  RemoveFriendInput: RemoveFriendInput;
  RemoveFriendPayload: ResolverTypeWrapper<Omit<RemoveFriendPayload, 'user'> & { user?: Maybe<ResolversTypes['User']> }>;
  RemoveFriendResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['RemoveFriendResult']>;
  RemovePushDeviceInput: RemovePushDeviceInput;
  RemovePushDevicePayload: ResolverTypeWrapper<RemovePushDevicePayload>;
  RemovePushDeviceResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['RemovePushDeviceResult']>;
  SendFriendRequestInput: SendFriendRequestInput;
  SendFriendRequestPayload: ResolverTypeWrapper<Omit<SendFriendRequestPayload, 'request'> & { request: ResolversTypes['FriendRequest'] }>;
  SendFriendRequestResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['SendFriendRequestResult']>;
  SetAwayInput: SetAwayInput;
  SetAwayPayload: ResolverTypeWrapper<SetAwayPayload>;
  SetAwayResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['SetAwayResult']>;
  SettingsChanged: ResolverTypeWrapper<ChangedParent>;
  Subscription: ResolverTypeWrapper<Record<PropertyKey, never>>;
  Unavailable: ResolverTypeWrapper<Unavailable>;
  UnblockUserInput: UnblockUserInput;
  UnblockUserPayload: ResolverTypeWrapper<Omit<UnblockUserPayload, 'user'> & { user?: Maybe<ResolversTypes['User']> }>;
  UnblockUserResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['UnblockUserResult']>;
  UnknownContactChange: ResolverTypeWrapper<ChangedParent>;
  UpdateFriendInput: UpdateFriendInput;
  UpdateFriendPayload: ResolverTypeWrapper<Omit<UpdateFriendPayload, 'user'> & { user?: Maybe<ResolversTypes['User']> }>;
  UpdateFriendResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['UpdateFriendResult']>;
  UpdatePrivacySettingsInput: UpdatePrivacySettingsInput;
  UpdatePrivacySettingsPayload: ResolverTypeWrapper<UpdatePrivacySettingsPayload>;
  UpdatePrivacySettingsResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['UpdatePrivacySettingsResult']>;
  UpdateProfileInput: UpdateProfileInput;
  UpdateProfilePayload: ResolverTypeWrapper<Omit<UpdateProfilePayload, 'user'> & { user: ResolversTypes['User'] }>;
  UpdateProfileResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['UpdateProfileResult']>;
  User: ResolverTypeWrapper<Profile>;
  UserBlocked: ResolverTypeWrapper<UserBlocked>;
  UserConnection: ResolverTypeWrapper<Omit<UserConnection, 'edges'> & { edges: Array<ResolversTypes['UserEdge']> }>;
  UserEdge: ResolverTypeWrapper<UserEdgeParent>;
  UserError: ResolverTypeWrapper<ResolversInterfaceTypes<ResolversTypes>['UserError']>;
  UserPresence: ResolverTypeWrapper<SeenPresence>;
  WebPushSubscriptionInput: WebPushSubscriptionInput;
};

/** Mapping between all available schema types and the resolvers parents */
export type ResolversParentTypes = {
  AcceptFriendRequestInput: AcceptFriendRequestInput;
  ID: Scalars['ID']['output'];
  AcceptFriendRequestPayload: Omit<AcceptFriendRequestPayload, 'request'> & { request: ResolversParentTypes['FriendRequest'] };
  AcceptFriendRequestResult: ResolversUnionTypes<ResolversParentTypes>['AcceptFriendRequestResult'];
  AlreadyFriends: AlreadyFriends;
  String: Scalars['String']['output'];
  BlockChanged: ChangedParent;
  Int: Scalars['Int']['output'];
  BlockUserInput: BlockUserInput;
  BlockUserPayload: Omit<BlockUserPayload, 'user'> & { user?: Maybe<ResolversParentTypes['User']> };
  BlockUserResult: ResolversUnionTypes<ResolversParentTypes>['BlockUserResult'];
  BlockedUserConnection: Omit<BlockedUserConnection, 'edges'> & { edges: Array<ResolversParentTypes['BlockedUserEdge']> };
  BlockedUserEdge: BlockedUserEdgeParent;
  CancelFriendRequestInput: CancelFriendRequestInput;
  CancelFriendRequestPayload: Omit<CancelFriendRequestPayload, 'request'> & { request: ResolversParentTypes['FriendRequest'] };
  CancelFriendRequestResult: ResolversUnionTypes<ResolversParentTypes>['CancelFriendRequestResult'];
  ContactEvent: ContactEventParent;
  ContactsStarted: ContactsStartedParent;
  Boolean: Scalars['Boolean']['output'];
  Conversation: Conversation;
  CreateProfileInput: CreateProfileInput;
  CreateProfilePayload: Omit<CreateProfilePayload, 'user'> & { user: ResolversParentTypes['User'] };
  CreateProfileResult: ResolversUnionTypes<ResolversParentTypes>['CreateProfileResult'];
  DateTime: Scalars['DateTime']['output'];
  File: File;
  Forbidden: Forbidden;
  FriendChanged: ChangedParent;
  FriendConnection: Omit<FriendConnection, 'edges'> & { edges: Array<ResolversParentTypes['FriendEdge']> };
  FriendEdge: FriendEdgeParent;
  FriendRequest: FriendRequestParent;
  FriendRequestChanged: ChangedParent;
  FriendRequestClosed: FriendRequestClosed;
  FriendRequestConnection: Omit<FriendRequestConnection, 'edges'> & { edges: Array<ResolversParentTypes['FriendRequestEdge']> };
  FriendRequestEdge: Omit<FriendRequestEdge, 'node'> & { node: ResolversParentTypes['FriendRequest'] };
  IgnoreFriendRequestInput: IgnoreFriendRequestInput;
  IgnoreFriendRequestPayload: Omit<IgnoreFriendRequestPayload, 'request'> & { request: ResolversParentTypes['FriendRequest'] };
  IgnoreFriendRequestResult: ResolversUnionTypes<ResolversParentTypes>['IgnoreFriendRequestResult'];
  InputFault: InputFault;
  InvalidInput: InvalidInput;
  Message: Message;
  Mutation: Record<PropertyKey, never>;
  Node: NodeParent;
  NotFound: NotFound;
  NotReachable: NotReachable;
  Overloaded: Overloaded;
  PageInfo: PageInfo;
  Presence: SeenPresence;
  PresenceChanged: SeenPresence;
  PrivacySettings: PrivacySettings;
  ProfileChanged: ChangedParent;
  PushDevice: PushDeviceParent;
  Query: Record<PropertyKey, never>;
  RateLimited: RateLimited;
  ReachPairInput: ReachPairInput;
  RefuseFriendRequestInput: RefuseFriendRequestInput;
  RefuseFriendRequestPayload: Omit<RefuseFriendRequestPayload, 'request'> & { request: ResolversParentTypes['FriendRequest'] };
  RefuseFriendRequestResult: ResolversUnionTypes<ResolversParentTypes>['RefuseFriendRequestResult'];
  RegisterPushDeviceInput: RegisterPushDeviceInput;
  RegisterPushDevicePayload: Omit<RegisterPushDevicePayload, 'device'> & { device: ResolversParentTypes['PushDevice'] };
  RegisterPushDeviceResult: ResolversUnionTypes<ResolversParentTypes>['RegisterPushDeviceResult'];
  RemoveFriendInput: RemoveFriendInput;
  RemoveFriendPayload: Omit<RemoveFriendPayload, 'user'> & { user?: Maybe<ResolversParentTypes['User']> };
  RemoveFriendResult: ResolversUnionTypes<ResolversParentTypes>['RemoveFriendResult'];
  RemovePushDeviceInput: RemovePushDeviceInput;
  RemovePushDevicePayload: RemovePushDevicePayload;
  RemovePushDeviceResult: ResolversUnionTypes<ResolversParentTypes>['RemovePushDeviceResult'];
  SendFriendRequestInput: SendFriendRequestInput;
  SendFriendRequestPayload: Omit<SendFriendRequestPayload, 'request'> & { request: ResolversParentTypes['FriendRequest'] };
  SendFriendRequestResult: ResolversUnionTypes<ResolversParentTypes>['SendFriendRequestResult'];
  SetAwayInput: SetAwayInput;
  SetAwayPayload: SetAwayPayload;
  SetAwayResult: ResolversUnionTypes<ResolversParentTypes>['SetAwayResult'];
  SettingsChanged: ChangedParent;
  Subscription: Record<PropertyKey, never>;
  Unavailable: Unavailable;
  UnblockUserInput: UnblockUserInput;
  UnblockUserPayload: Omit<UnblockUserPayload, 'user'> & { user?: Maybe<ResolversParentTypes['User']> };
  UnblockUserResult: ResolversUnionTypes<ResolversParentTypes>['UnblockUserResult'];
  UnknownContactChange: ChangedParent;
  UpdateFriendInput: UpdateFriendInput;
  UpdateFriendPayload: Omit<UpdateFriendPayload, 'user'> & { user?: Maybe<ResolversParentTypes['User']> };
  UpdateFriendResult: ResolversUnionTypes<ResolversParentTypes>['UpdateFriendResult'];
  UpdatePrivacySettingsInput: UpdatePrivacySettingsInput;
  UpdatePrivacySettingsPayload: UpdatePrivacySettingsPayload;
  UpdatePrivacySettingsResult: ResolversUnionTypes<ResolversParentTypes>['UpdatePrivacySettingsResult'];
  UpdateProfileInput: UpdateProfileInput;
  UpdateProfilePayload: Omit<UpdateProfilePayload, 'user'> & { user: ResolversParentTypes['User'] };
  UpdateProfileResult: ResolversUnionTypes<ResolversParentTypes>['UpdateProfileResult'];
  User: Profile;
  UserBlocked: UserBlocked;
  UserConnection: Omit<UserConnection, 'edges'> & { edges: Array<ResolversParentTypes['UserEdge']> };
  UserEdge: UserEdgeParent;
  UserError: ResolversInterfaceTypes<ResolversParentTypes>['UserError'];
  UserPresence: SeenPresence;
  WebPushSubscriptionInput: WebPushSubscriptionInput;
};

export type AcceptFriendRequestPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['AcceptFriendRequestPayload'] = ResolversParentTypes['AcceptFriendRequestPayload']> = {
  request?: Resolver<ResolversTypes['FriendRequest'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type AcceptFriendRequestResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['AcceptFriendRequestResult'] = ResolversParentTypes['AcceptFriendRequestResult']> = {
  __resolveType: TypeResolveFn<'AcceptFriendRequestPayload' | 'Forbidden' | 'FriendRequestClosed' | 'InvalidInput' | 'NotFound' | 'UserBlocked', ParentType, ContextType>;
};

export type AlreadyFriendsResolvers<ContextType = Context, ParentType extends ResolversParentTypes['AlreadyFriends'] = ResolversParentTypes['AlreadyFriends']> = {
  code?: Resolver<ResolversTypes['ErrorCode'], ParentType, ContextType>;
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type BlockChangedResolvers<ContextType = Context, ParentType extends ResolversParentTypes['BlockChanged'] = ResolversParentTypes['BlockChanged']> = {
  seq?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  user?: Resolver<Maybe<ResolversTypes['User']>, ParentType, ContextType>;
  userId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type BlockUserPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['BlockUserPayload'] = ResolversParentTypes['BlockUserPayload']> = {
  user?: Resolver<Maybe<ResolversTypes['User']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type BlockUserResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['BlockUserResult'] = ResolversParentTypes['BlockUserResult']> = {
  __resolveType: TypeResolveFn<'BlockUserPayload' | 'InvalidInput' | 'NotFound', ParentType, ContextType>;
};

export type BlockedUserConnectionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['BlockedUserConnection'] = ResolversParentTypes['BlockedUserConnection']> = {
  edges?: Resolver<Array<ResolversTypes['BlockedUserEdge']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
};

export type BlockedUserEdgeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['BlockedUserEdge'] = ResolversParentTypes['BlockedUserEdge']> = {
  blockedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<Maybe<ResolversTypes['User']>, ParentType, ContextType>;
};

export type CancelFriendRequestPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['CancelFriendRequestPayload'] = ResolversParentTypes['CancelFriendRequestPayload']> = {
  request?: Resolver<ResolversTypes['FriendRequest'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type CancelFriendRequestResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['CancelFriendRequestResult'] = ResolversParentTypes['CancelFriendRequestResult']> = {
  __resolveType: TypeResolveFn<'CancelFriendRequestPayload' | 'Forbidden' | 'FriendRequestClosed' | 'InvalidInput' | 'NotFound', ParentType, ContextType>;
};

export type ContactEventResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ContactEvent'] = ResolversParentTypes['ContactEvent']> = {
  __resolveType: TypeResolveFn<'BlockChanged' | 'ContactsStarted' | 'FriendChanged' | 'FriendRequestChanged' | 'PresenceChanged' | 'ProfileChanged' | 'SettingsChanged' | 'UnknownContactChange', ParentType, ContextType>;
};

export type ContactsStartedResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ContactsStarted'] = ResolversParentTypes['ContactsStarted']> = {
  isReset?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  seq?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type ConversationResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Conversation'] = ResolversParentTypes['Conversation']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  nodeId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type CreateProfilePayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['CreateProfilePayload'] = ResolversParentTypes['CreateProfilePayload']> = {
  user?: Resolver<ResolversTypes['User'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type CreateProfileResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['CreateProfileResult'] = ResolversParentTypes['CreateProfileResult']> = {
  __resolveType: TypeResolveFn<'CreateProfilePayload' | 'InvalidInput', ParentType, ContextType>;
};

export interface DateTimeScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['DateTime'], any> {
  name: 'DateTime';
}

export type FileResolvers<ContextType = Context, ParentType extends ResolversParentTypes['File'] = ResolversParentTypes['File']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  nodeId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type ForbiddenResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Forbidden'] = ResolversParentTypes['Forbidden']> = {
  code?: Resolver<ResolversTypes['ErrorCode'], ParentType, ContextType>;
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type FriendChangedResolvers<ContextType = Context, ParentType extends ResolversParentTypes['FriendChanged'] = ResolversParentTypes['FriendChanged']> = {
  seq?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  user?: Resolver<Maybe<ResolversTypes['User']>, ParentType, ContextType>;
  userId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type FriendConnectionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['FriendConnection'] = ResolversParentTypes['FriendConnection']> = {
  edges?: Resolver<Array<ResolversTypes['FriendEdge']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
};

export type FriendEdgeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['FriendEdge'] = ResolversParentTypes['FriendEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  friendsSince?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  isStarred?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  node?: Resolver<Maybe<ResolversTypes['User']>, ParentType, ContextType>;
  remark?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type FriendRequestResolvers<ContextType = Context, ParentType extends ResolversParentTypes['FriendRequest'] = ResolversParentTypes['FriendRequest']> = {
  addressee?: Resolver<Maybe<ResolversTypes['User']>, ParentType, ContextType>;
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  decidedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  isIgnored?: Resolver<Maybe<ResolversTypes['Boolean']>, ParentType, ContextType>;
  message?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  sender?: Resolver<Maybe<ResolversTypes['User']>, ParentType, ContextType>;
  source?: Resolver<Maybe<ResolversTypes['FriendRequestSource']>, ParentType, ContextType>;
  status?: Resolver<ResolversTypes['FriendRequestStatus'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type FriendRequestChangedResolvers<ContextType = Context, ParentType extends ResolversParentTypes['FriendRequestChanged'] = ResolversParentTypes['FriendRequestChanged']> = {
  request?: Resolver<Maybe<ResolversTypes['FriendRequest']>, ParentType, ContextType>;
  requestId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  seq?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type FriendRequestClosedResolvers<ContextType = Context, ParentType extends ResolversParentTypes['FriendRequestClosed'] = ResolversParentTypes['FriendRequestClosed']> = {
  code?: Resolver<ResolversTypes['ErrorCode'], ParentType, ContextType>;
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type FriendRequestConnectionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['FriendRequestConnection'] = ResolversParentTypes['FriendRequestConnection']> = {
  edges?: Resolver<Array<ResolversTypes['FriendRequestEdge']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
};

export type FriendRequestEdgeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['FriendRequestEdge'] = ResolversParentTypes['FriendRequestEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['FriendRequest'], ParentType, ContextType>;
};

export type IgnoreFriendRequestPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['IgnoreFriendRequestPayload'] = ResolversParentTypes['IgnoreFriendRequestPayload']> = {
  request?: Resolver<ResolversTypes['FriendRequest'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type IgnoreFriendRequestResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['IgnoreFriendRequestResult'] = ResolversParentTypes['IgnoreFriendRequestResult']> = {
  __resolveType: TypeResolveFn<'Forbidden' | 'FriendRequestClosed' | 'IgnoreFriendRequestPayload' | 'InvalidInput' | 'NotFound', ParentType, ContextType>;
};

export type InputFaultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['InputFault'] = ResolversParentTypes['InputFault']> = {
  field?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type InvalidInputResolvers<ContextType = Context, ParentType extends ResolversParentTypes['InvalidInput'] = ResolversParentTypes['InvalidInput']> = {
  code?: Resolver<ResolversTypes['ErrorCode'], ParentType, ContextType>;
  faults?: Resolver<Array<ResolversTypes['InputFault']>, ParentType, ContextType>;
  field?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type MessageResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Message'] = ResolversParentTypes['Message']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  nodeId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type MutationResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Mutation'] = ResolversParentTypes['Mutation']> = {
  acceptFriendRequest?: Resolver<Maybe<ResolversTypes['AcceptFriendRequestResult']>, ParentType, ContextType, RequireFields<MutationAcceptFriendRequestArgs, 'input'>>;
  blockUser?: Resolver<Maybe<ResolversTypes['BlockUserResult']>, ParentType, ContextType, RequireFields<MutationBlockUserArgs, 'input'>>;
  cancelFriendRequest?: Resolver<Maybe<ResolversTypes['CancelFriendRequestResult']>, ParentType, ContextType, RequireFields<MutationCancelFriendRequestArgs, 'input'>>;
  createProfile?: Resolver<Maybe<ResolversTypes['CreateProfileResult']>, ParentType, ContextType, RequireFields<MutationCreateProfileArgs, 'input'>>;
  ignoreFriendRequest?: Resolver<Maybe<ResolversTypes['IgnoreFriendRequestResult']>, ParentType, ContextType, RequireFields<MutationIgnoreFriendRequestArgs, 'input'>>;
  refuseFriendRequest?: Resolver<Maybe<ResolversTypes['RefuseFriendRequestResult']>, ParentType, ContextType, RequireFields<MutationRefuseFriendRequestArgs, 'input'>>;
  registerPushDevice?: Resolver<Maybe<ResolversTypes['RegisterPushDeviceResult']>, ParentType, ContextType, RequireFields<MutationRegisterPushDeviceArgs, 'input'>>;
  removeFriend?: Resolver<Maybe<ResolversTypes['RemoveFriendResult']>, ParentType, ContextType, RequireFields<MutationRemoveFriendArgs, 'input'>>;
  removePushDevice?: Resolver<Maybe<ResolversTypes['RemovePushDeviceResult']>, ParentType, ContextType, RequireFields<MutationRemovePushDeviceArgs, 'input'>>;
  sendFriendRequest?: Resolver<Maybe<ResolversTypes['SendFriendRequestResult']>, ParentType, ContextType, RequireFields<MutationSendFriendRequestArgs, 'input'>>;
  setAway?: Resolver<Maybe<ResolversTypes['SetAwayResult']>, ParentType, ContextType, RequireFields<MutationSetAwayArgs, 'input'>>;
  unblockUser?: Resolver<Maybe<ResolversTypes['UnblockUserResult']>, ParentType, ContextType, RequireFields<MutationUnblockUserArgs, 'input'>>;
  updateFriend?: Resolver<Maybe<ResolversTypes['UpdateFriendResult']>, ParentType, ContextType, RequireFields<MutationUpdateFriendArgs, 'input'>>;
  updatePrivacySettings?: Resolver<Maybe<ResolversTypes['UpdatePrivacySettingsResult']>, ParentType, ContextType, RequireFields<MutationUpdatePrivacySettingsArgs, 'input'>>;
  updateProfile?: Resolver<Maybe<ResolversTypes['UpdateProfileResult']>, ParentType, ContextType, RequireFields<MutationUpdateProfileArgs, 'input'>>;
};

export type NodeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Node'] = ResolversParentTypes['Node']> = {
  __resolveType: TypeResolveFn<'Conversation' | 'File' | 'FriendRequest' | 'Message' | 'User', ParentType, ContextType>;
};

export type NotFoundResolvers<ContextType = Context, ParentType extends ResolversParentTypes['NotFound'] = ResolversParentTypes['NotFound']> = {
  code?: Resolver<ResolversTypes['ErrorCode'], ParentType, ContextType>;
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type NotReachableResolvers<ContextType = Context, ParentType extends ResolversParentTypes['NotReachable'] = ResolversParentTypes['NotReachable']> = {
  code?: Resolver<ResolversTypes['ErrorCode'], ParentType, ContextType>;
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  userIds?: Resolver<Array<ResolversTypes['ID']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type OverloadedResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Overloaded'] = ResolversParentTypes['Overloaded']> = {
  code?: Resolver<ResolversTypes['ErrorCode'], ParentType, ContextType>;
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type PageInfoResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PageInfo'] = ResolversParentTypes['PageInfo']> = {
  endCursor?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  hasNextPage?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  hasPreviousPage?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  startCursor?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type PresenceResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Presence'] = ResolversParentTypes['Presence']> = {
  devices?: Resolver<Array<ResolversTypes['DeviceKind']>, ParentType, ContextType>;
  lastSeenAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  state?: Resolver<Maybe<ResolversTypes['PresenceState']>, ParentType, ContextType>;
};

export type PresenceChangedResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PresenceChanged'] = ResolversParentTypes['PresenceChanged']> = {
  presence?: Resolver<Maybe<ResolversTypes['Presence']>, ParentType, ContextType>;
  seq?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  userId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type PrivacySettingsResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PrivacySettings'] = ResolversParentTypes['PrivacySettings']> = {
  whoMayAddToGroups?: Resolver<ResolversTypes['PrivacyAudience'], ParentType, ContextType>;
  whoMayAsk?: Resolver<ResolversTypes['PrivacyAudience'], ParentType, ContextType>;
  whoMayFind?: Resolver<ResolversTypes['PrivacyAudience'], ParentType, ContextType>;
  whoMaySeeLastSeen?: Resolver<ResolversTypes['PrivacyAudience'], ParentType, ContextType>;
  whoMaySeePresence?: Resolver<ResolversTypes['PrivacyAudience'], ParentType, ContextType>;
  whoMaySeeReceipts?: Resolver<ResolversTypes['PrivacyAudience'], ParentType, ContextType>;
  whoMaySeeTyping?: Resolver<ResolversTypes['PrivacyAudience'], ParentType, ContextType>;
  whoMayWrite?: Resolver<ResolversTypes['PrivacyAudience'], ParentType, ContextType>;
};

export type ProfileChangedResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ProfileChanged'] = ResolversParentTypes['ProfileChanged']> = {
  seq?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  user?: Resolver<Maybe<ResolversTypes['User']>, ParentType, ContextType>;
  userId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type PushDeviceResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PushDevice'] = ResolversParentTypes['PushDevice']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  isThisSession?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  registeredAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
};

export type QueryResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Query'] = ResolversParentTypes['Query']> = {
  blockedUsers?: Resolver<Maybe<ResolversTypes['BlockedUserConnection']>, ParentType, ContextType, Partial<QueryBlockedUsersArgs>>;
  friendRequests?: Resolver<Maybe<ResolversTypes['FriendRequestConnection']>, ParentType, ContextType, RequireFields<QueryFriendRequestsArgs, 'direction'>>;
  mayReach?: Resolver<Maybe<Array<ResolversTypes['Boolean']>>, ParentType, ContextType, RequireFields<QueryMayReachArgs, 'action' | 'pairs'>>;
  node?: Resolver<Maybe<ResolversTypes['Node']>, ParentType, ContextType, RequireFields<QueryNodeArgs, 'id'>>;
  nodes?: Resolver<Maybe<Array<Maybe<ResolversTypes['Node']>>>, ParentType, ContextType, RequireFields<QueryNodesArgs, 'ids'>>;
  searchUsers?: Resolver<Maybe<ResolversTypes['UserConnection']>, ParentType, ContextType, RequireFields<QuerySearchUsersArgs, 'text'>>;
  user?: Resolver<Maybe<ResolversTypes['User']>, ParentType, ContextType, RequireFields<QueryUserArgs, 'id'>>;
  viewer?: Resolver<Maybe<ResolversTypes['User']>, ParentType, ContextType>;
  webPushKey?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type RateLimitedResolvers<ContextType = Context, ParentType extends ResolversParentTypes['RateLimited'] = ResolversParentTypes['RateLimited']> = {
  code?: Resolver<ResolversTypes['ErrorCode'], ParentType, ContextType>;
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  retryAfterSeconds?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type RefuseFriendRequestPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['RefuseFriendRequestPayload'] = ResolversParentTypes['RefuseFriendRequestPayload']> = {
  request?: Resolver<ResolversTypes['FriendRequest'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type RefuseFriendRequestResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['RefuseFriendRequestResult'] = ResolversParentTypes['RefuseFriendRequestResult']> = {
  __resolveType: TypeResolveFn<'Forbidden' | 'FriendRequestClosed' | 'InvalidInput' | 'NotFound' | 'RefuseFriendRequestPayload', ParentType, ContextType>;
};

export type RegisterPushDevicePayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['RegisterPushDevicePayload'] = ResolversParentTypes['RegisterPushDevicePayload']> = {
  device?: Resolver<ResolversTypes['PushDevice'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type RegisterPushDeviceResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['RegisterPushDeviceResult'] = ResolversParentTypes['RegisterPushDeviceResult']> = {
  __resolveType: TypeResolveFn<'InvalidInput' | 'RegisterPushDevicePayload', ParentType, ContextType>;
};

export type RemoveFriendPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['RemoveFriendPayload'] = ResolversParentTypes['RemoveFriendPayload']> = {
  user?: Resolver<Maybe<ResolversTypes['User']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type RemoveFriendResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['RemoveFriendResult'] = ResolversParentTypes['RemoveFriendResult']> = {
  __resolveType: TypeResolveFn<'InvalidInput' | 'RemoveFriendPayload', ParentType, ContextType>;
};

export type RemovePushDevicePayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['RemovePushDevicePayload'] = ResolversParentTypes['RemovePushDevicePayload']> = {
  deviceId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type RemovePushDeviceResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['RemovePushDeviceResult'] = ResolversParentTypes['RemovePushDeviceResult']> = {
  __resolveType: TypeResolveFn<'InvalidInput' | 'RemovePushDevicePayload', ParentType, ContextType>;
};

export type SendFriendRequestPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['SendFriendRequestPayload'] = ResolversParentTypes['SendFriendRequestPayload']> = {
  request?: Resolver<ResolversTypes['FriendRequest'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type SendFriendRequestResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['SendFriendRequestResult'] = ResolversParentTypes['SendFriendRequestResult']> = {
  __resolveType: TypeResolveFn<'AlreadyFriends' | 'InvalidInput' | 'NotFound' | 'NotReachable' | 'RateLimited' | 'SendFriendRequestPayload' | 'UserBlocked', ParentType, ContextType>;
};

export type SetAwayPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['SetAwayPayload'] = ResolversParentTypes['SetAwayPayload']> = {
  isAway?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type SetAwayResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['SetAwayResult'] = ResolversParentTypes['SetAwayResult']> = {
  __resolveType: TypeResolveFn<'InvalidInput' | 'SetAwayPayload' | 'Unavailable', ParentType, ContextType>;
};

export type SettingsChangedResolvers<ContextType = Context, ParentType extends ResolversParentTypes['SettingsChanged'] = ResolversParentTypes['SettingsChanged']> = {
  privacySettings?: Resolver<Maybe<ResolversTypes['PrivacySettings']>, ParentType, ContextType>;
  seq?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type SubscriptionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Subscription'] = ResolversParentTypes['Subscription']> = {
  contactEvents?: SubscriptionResolver<Maybe<ResolversTypes['ContactEvent']>, "contactEvents", ParentType, ContextType, Partial<SubscriptionContactEventsArgs>>;
  presenceEvents?: SubscriptionResolver<Maybe<ResolversTypes['UserPresence']>, "presenceEvents", ParentType, ContextType, RequireFields<SubscriptionPresenceEventsArgs, 'userIds'>>;
};

export type UnavailableResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Unavailable'] = ResolversParentTypes['Unavailable']> = {
  code?: Resolver<ResolversTypes['ErrorCode'], ParentType, ContextType>;
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type UnblockUserPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['UnblockUserPayload'] = ResolversParentTypes['UnblockUserPayload']> = {
  user?: Resolver<Maybe<ResolversTypes['User']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type UnblockUserResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['UnblockUserResult'] = ResolversParentTypes['UnblockUserResult']> = {
  __resolveType: TypeResolveFn<'InvalidInput' | 'UnblockUserPayload', ParentType, ContextType>;
};

export type UnknownContactChangeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['UnknownContactChange'] = ResolversParentTypes['UnknownContactChange']> = {
  seq?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type UpdateFriendPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['UpdateFriendPayload'] = ResolversParentTypes['UpdateFriendPayload']> = {
  user?: Resolver<Maybe<ResolversTypes['User']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type UpdateFriendResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['UpdateFriendResult'] = ResolversParentTypes['UpdateFriendResult']> = {
  __resolveType: TypeResolveFn<'InvalidInput' | 'NotFound' | 'UpdateFriendPayload', ParentType, ContextType>;
};

export type UpdatePrivacySettingsPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['UpdatePrivacySettingsPayload'] = ResolversParentTypes['UpdatePrivacySettingsPayload']> = {
  privacySettings?: Resolver<ResolversTypes['PrivacySettings'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type UpdatePrivacySettingsResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['UpdatePrivacySettingsResult'] = ResolversParentTypes['UpdatePrivacySettingsResult']> = {
  __resolveType: TypeResolveFn<'InvalidInput' | 'NotFound' | 'UpdatePrivacySettingsPayload', ParentType, ContextType>;
};

export type UpdateProfilePayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['UpdateProfilePayload'] = ResolversParentTypes['UpdateProfilePayload']> = {
  user?: Resolver<ResolversTypes['User'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type UpdateProfileResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['UpdateProfileResult'] = ResolversParentTypes['UpdateProfileResult']> = {
  __resolveType: TypeResolveFn<'InvalidInput' | 'NotFound' | 'Unavailable' | 'UpdateProfilePayload', ParentType, ContextType>;
};

export type UserResolvers<ContextType = Context, ParentType extends ResolversParentTypes['User'] = ResolversParentTypes['User'], FederationReferenceType extends FederationReferenceTypes['User'] = FederationReferenceTypes['User']> = {
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['User']> | FederationReferenceType, FederationReferenceType, ContextType>;
  avatarFileId?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  bio?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  friends?: Resolver<Maybe<ResolversTypes['FriendConnection']>, ParentType, ContextType, Partial<UserFriendsArgs>>;
  friendship?: Resolver<Maybe<ResolversTypes['FriendshipState']>, ParentType, ContextType>;
  gender?: Resolver<Maybe<ResolversTypes['Gender']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  isBlocked?: Resolver<Maybe<ResolversTypes['Boolean']>, ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  presence?: Resolver<Maybe<ResolversTypes['Presence']>, ParentType, ContextType>;
  privacySettings?: Resolver<Maybe<ResolversTypes['PrivacySettings']>, ParentType, ContextType>;
  pushDevices?: Resolver<Maybe<Array<ResolversTypes['PushDevice']>>, ParentType, ContextType>;
  region?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  remark?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  userName?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type UserBlockedResolvers<ContextType = Context, ParentType extends ResolversParentTypes['UserBlocked'] = ResolversParentTypes['UserBlocked']> = {
  code?: Resolver<ResolversTypes['ErrorCode'], ParentType, ContextType>;
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type UserConnectionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['UserConnection'] = ResolversParentTypes['UserConnection']> = {
  edges?: Resolver<Array<ResolversTypes['UserEdge']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
};

export type UserEdgeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['UserEdge'] = ResolversParentTypes['UserEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<Maybe<ResolversTypes['User']>, ParentType, ContextType>;
};

export type UserErrorResolvers<ContextType = Context, ParentType extends ResolversParentTypes['UserError'] = ResolversParentTypes['UserError']> = {
  __resolveType: TypeResolveFn<'AlreadyFriends' | 'Forbidden' | 'FriendRequestClosed' | 'InvalidInput' | 'NotFound' | 'NotReachable' | 'Overloaded' | 'RateLimited' | 'Unavailable' | 'UserBlocked', ParentType, ContextType>;
};

export type UserPresenceResolvers<ContextType = Context, ParentType extends ResolversParentTypes['UserPresence'] = ResolversParentTypes['UserPresence']> = {
  presence?: Resolver<Maybe<ResolversTypes['Presence']>, ParentType, ContextType>;
  userId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
};

export type Resolvers<ContextType = Context> = {
  AcceptFriendRequestPayload?: AcceptFriendRequestPayloadResolvers<ContextType>;
  AcceptFriendRequestResult?: AcceptFriendRequestResultResolvers<ContextType>;
  AlreadyFriends?: AlreadyFriendsResolvers<ContextType>;
  BlockChanged?: BlockChangedResolvers<ContextType>;
  BlockUserPayload?: BlockUserPayloadResolvers<ContextType>;
  BlockUserResult?: BlockUserResultResolvers<ContextType>;
  BlockedUserConnection?: BlockedUserConnectionResolvers<ContextType>;
  BlockedUserEdge?: BlockedUserEdgeResolvers<ContextType>;
  CancelFriendRequestPayload?: CancelFriendRequestPayloadResolvers<ContextType>;
  CancelFriendRequestResult?: CancelFriendRequestResultResolvers<ContextType>;
  ContactEvent?: ContactEventResolvers<ContextType>;
  ContactsStarted?: ContactsStartedResolvers<ContextType>;
  Conversation?: ConversationResolvers<ContextType>;
  CreateProfilePayload?: CreateProfilePayloadResolvers<ContextType>;
  CreateProfileResult?: CreateProfileResultResolvers<ContextType>;
  DateTime?: GraphQLScalarType;
  File?: FileResolvers<ContextType>;
  Forbidden?: ForbiddenResolvers<ContextType>;
  FriendChanged?: FriendChangedResolvers<ContextType>;
  FriendConnection?: FriendConnectionResolvers<ContextType>;
  FriendEdge?: FriendEdgeResolvers<ContextType>;
  FriendRequest?: FriendRequestResolvers<ContextType>;
  FriendRequestChanged?: FriendRequestChangedResolvers<ContextType>;
  FriendRequestClosed?: FriendRequestClosedResolvers<ContextType>;
  FriendRequestConnection?: FriendRequestConnectionResolvers<ContextType>;
  FriendRequestEdge?: FriendRequestEdgeResolvers<ContextType>;
  IgnoreFriendRequestPayload?: IgnoreFriendRequestPayloadResolvers<ContextType>;
  IgnoreFriendRequestResult?: IgnoreFriendRequestResultResolvers<ContextType>;
  InputFault?: InputFaultResolvers<ContextType>;
  InvalidInput?: InvalidInputResolvers<ContextType>;
  Message?: MessageResolvers<ContextType>;
  Mutation?: MutationResolvers<ContextType>;
  Node?: NodeResolvers<ContextType>;
  NotFound?: NotFoundResolvers<ContextType>;
  NotReachable?: NotReachableResolvers<ContextType>;
  Overloaded?: OverloadedResolvers<ContextType>;
  PageInfo?: PageInfoResolvers<ContextType>;
  Presence?: PresenceResolvers<ContextType>;
  PresenceChanged?: PresenceChangedResolvers<ContextType>;
  PrivacySettings?: PrivacySettingsResolvers<ContextType>;
  ProfileChanged?: ProfileChangedResolvers<ContextType>;
  PushDevice?: PushDeviceResolvers<ContextType>;
  Query?: QueryResolvers<ContextType>;
  RateLimited?: RateLimitedResolvers<ContextType>;
  RefuseFriendRequestPayload?: RefuseFriendRequestPayloadResolvers<ContextType>;
  RefuseFriendRequestResult?: RefuseFriendRequestResultResolvers<ContextType>;
  RegisterPushDevicePayload?: RegisterPushDevicePayloadResolvers<ContextType>;
  RegisterPushDeviceResult?: RegisterPushDeviceResultResolvers<ContextType>;
  RemoveFriendPayload?: RemoveFriendPayloadResolvers<ContextType>;
  RemoveFriendResult?: RemoveFriendResultResolvers<ContextType>;
  RemovePushDevicePayload?: RemovePushDevicePayloadResolvers<ContextType>;
  RemovePushDeviceResult?: RemovePushDeviceResultResolvers<ContextType>;
  SendFriendRequestPayload?: SendFriendRequestPayloadResolvers<ContextType>;
  SendFriendRequestResult?: SendFriendRequestResultResolvers<ContextType>;
  SetAwayPayload?: SetAwayPayloadResolvers<ContextType>;
  SetAwayResult?: SetAwayResultResolvers<ContextType>;
  SettingsChanged?: SettingsChangedResolvers<ContextType>;
  Subscription?: SubscriptionResolvers<ContextType>;
  Unavailable?: UnavailableResolvers<ContextType>;
  UnblockUserPayload?: UnblockUserPayloadResolvers<ContextType>;
  UnblockUserResult?: UnblockUserResultResolvers<ContextType>;
  UnknownContactChange?: UnknownContactChangeResolvers<ContextType>;
  UpdateFriendPayload?: UpdateFriendPayloadResolvers<ContextType>;
  UpdateFriendResult?: UpdateFriendResultResolvers<ContextType>;
  UpdatePrivacySettingsPayload?: UpdatePrivacySettingsPayloadResolvers<ContextType>;
  UpdatePrivacySettingsResult?: UpdatePrivacySettingsResultResolvers<ContextType>;
  UpdateProfilePayload?: UpdateProfilePayloadResolvers<ContextType>;
  UpdateProfileResult?: UpdateProfileResultResolvers<ContextType>;
  User?: UserResolvers<ContextType>;
  UserBlocked?: UserBlockedResolvers<ContextType>;
  UserConnection?: UserConnectionResolvers<ContextType>;
  UserEdge?: UserEdgeResolvers<ContextType>;
  UserError?: UserErrorResolvers<ContextType>;
  UserPresence?: UserPresenceResolvers<ContextType>;
};

