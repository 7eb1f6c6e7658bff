import type { GraphQLResolveInfo, GraphQLScalarType, GraphQLScalarTypeConfig } from 'graphql';
import type { Profile } from '../domain/profiles/profiles.ts';
import type { UserEdgeParent, FriendEdgeParent, FriendRequestParent, NodeParent } from './parents.ts';
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
export type AcceptFriendRequestResult = AcceptFriendRequestPayload | Forbidden | FriendRequestClosed | InvalidInput | NotFound;

/** The two users are friends already: there is nothing to ask. */
export type AlreadyFriends = UserError & {
  /** Always `ALREADY_FRIENDS`. */
  code: ErrorCode;
  /** Who is whose friend. */
  message: Scalars['String']['output'];
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

/** The stable names of errors. The same names stand in `extensions.code` of errors that are not part of a result. */
export type ErrorCode =
  /** The two users are friends already. */
  | 'ALREADY_FRIENDS'
  /** The viewer may not do this. */
  | 'FORBIDDEN'
  /** The friend request was answered the other way already. */
  | 'FRIEND_REQUEST_CLOSED'
  /** A value of the input breaks a rule; `field` names it. */
  | 'INVALID_INPUT'
  /** There is no such thing, or the viewer may not know of it. */
  | 'NOT_FOUND'
  /** The server has too much to do now; nothing was done, try again after a pause. */
  | 'OVERLOADED'
  /** Too many attempts in a short time; try again later. */
  | 'RATE_LIMITED'
  /**
   * A service that is needed for this cannot be reached now. In a result nothing was changed; among `errors` a
   * change may or may not have been made: look before trying again.
   */
  | 'UNAVAILABLE';

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
  /** The friend. */
  node?: Maybe<User>;
};

/** One user asking another to be friends. */
export type FriendRequest = Node & {
  /** Who is asked, and answers. */
  addressee?: Maybe<User>;
  /** When it was sent. */
  createdAt: Scalars['DateTime']['output'];
  /** When it was accepted or refused, null while it is pending. */
  decidedAt?: Maybe<Scalars['DateTime']['output']>;
  /** The id of the request. */
  id: Scalars['ID']['output'];
  /** What the sender wrote with it. */
  message?: Maybe<Scalars['String']['output']>;
  /** Who asks. */
  sender?: Maybe<User>;
  /** What became of it. */
  status: FriendRequestStatus;
};

/** The friend request was answered the other way already, and an answer stands. */
export type FriendRequestClosed = UserError & {
  /** Always `FRIEND_REQUEST_CLOSED`. */
  code: ErrorCode;
  /** How it was answered. */
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

/** What became of a friend request. */
export type FriendRequestStatus =
  /** The addressee accepted it. */
  | 'ACCEPTED'
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
  /** Makes the profile of a new account. Made already, it stays as it is. For the auth service. */
  createProfile?: Maybe<CreateProfileResult>;
  /**
   * Refuses a friend request that the viewer was sent. The sender is not told and may ask again. Refusing it
   * again changes nothing.
   */
  refuseFriendRequest?: Maybe<RefuseFriendRequestResult>;
  /**
   * Asks a user to be the viewer's friend. Asking again while the first request waits gives that request. If the
   * user has asked the viewer already, this accepts their request: its `status` is then `ACCEPTED`. After a
   * refusal, the same user can be asked again 24 hours later; until then it is `RateLimited`.
   */
  sendFriendRequest?: Maybe<SendFriendRequestResult>;
  /** Changes the viewer's profile. Fields that are left out stay as they are. */
  updateProfile?: Maybe<UpdateProfileResult>;
};


export type MutationAcceptFriendRequestArgs = {
  input: AcceptFriendRequestInput;
};


export type MutationCreateProfileArgs = {
  input: CreateProfileInput;
};


export type MutationRefuseFriendRequestArgs = {
  input: RefuseFriendRequestInput;
};


export type MutationSendFriendRequestArgs = {
  input: SendFriendRequestInput;
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

export type Query = {
  /** Whether two users are friends. For the services of this system. */
  areFriends?: Maybe<Scalars['Boolean']['output']>;
  /** The viewer's friend requests that wait for an answer, newest first. */
  friendRequests?: Maybe<FriendRequestConnection>;
  /** Those of the ids that are ids of friends of a user. For the services of this system. */
  friendsAmong?: Maybe<Array<Scalars['ID']['output']>>;
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
   * `gross` finds Groß. Sorted by what matched, then by id. For signed-in users.
   */
  searchUsers?: Maybe<UserConnection>;
  /** The profile of a user, null if there is none with this id. For signed-in users. */
  user?: Maybe<User>;
  /** The viewer's own profile. Null for the moment between registering and the profile being there. */
  viewer?: Maybe<User>;
};


export type QueryAreFriendsArgs = {
  otherId: Scalars['ID']['input'];
  userId: Scalars['ID']['input'];
};


export type QueryFriendRequestsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  direction: FriendRequestDirection;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
};


export type QueryFriendsAmongArgs = {
  ids: Array<Scalars['ID']['input']>;
  userId: Scalars['ID']['input'];
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

/** Whom to ask to be a friend. */
export type SendFriendRequestInput = {
  /**
   * Words to introduce oneself: at most 200 characters and 400 code points, cleaned as a bio is. Left out, empty
   * or blank for nothing.
   */
  message?: InputMaybe<Scalars['String']['input']>;
  /** The id of the user to ask. */
  userId: Scalars['ID']['input'];
};

/** The request stands, or was accepted because the other had asked already. */
export type SendFriendRequestPayload = {
  /** The request between the two. */
  request: FriendRequest;
};

/** What `sendFriendRequest` ends with. */
export type SendFriendRequestResult = AlreadyFriends | InvalidInput | NotFound | RateLimited | SendFriendRequestPayload;

/** A service that is needed for this cannot be reached now. Nothing was changed; trying again is safe. */
export type Unavailable = UserError & {
  /** Always `UNAVAILABLE`. */
  code: ErrorCode;
  /** What cannot be reached. */
  message: Scalars['String']['output'];
};

/** What to change of the viewer's profile. */
export type UpdateProfileInput = {
  /** The new avatar: a complete image that the viewer uploaded. Null or empty removes the avatar. */
  avatarFileId?: InputMaybe<Scalars['ID']['input']>;
  /**
   * The new text about oneself: at most 500 characters and 1,000 code points, kept as written, but for control
   * characters, which are removed, and line ends, which become line feeds. Null, empty or blank removes it.
   */
  bio?: InputMaybe<Scalars['String']['input']>;
  /**
   * The new name: 1 to 50 characters, at least one of them visible, and 200 code points at most. It cannot be
   * removed. A name is one line: line ends and tabs become spaces; spaces around it, control characters,
   * direction controls and characters that are never shown are removed. Joiners and selectors that change a
   * letter or an emoji stay.
   */
  name?: InputMaybe<Scalars['String']['input']>;
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
  /** The user's id. */
  id: Scalars['ID']['output'];
  /** The name that the user shows. */
  name: Scalars['String']['output'];
  /** The unique name that the user registered with. */
  userName: Scalars['String']['output'];
};


/** A person who uses the system. */
export type UserFriendsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
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
  ;
  CreateProfileResult:
    | ( Omit<CreateProfilePayload, 'user'> & { user: _RefType['User'] } )
    | ( InvalidInput )
  ;
  RefuseFriendRequestResult:
    | ( Forbidden )
    | ( FriendRequestClosed )
    | ( InvalidInput )
    | ( NotFound )
    | ( Omit<RefuseFriendRequestPayload, 'request'> & { request: _RefType['FriendRequest'] } )
  ;
  SendFriendRequestResult:
    | ( AlreadyFriends )
    | ( InvalidInput )
    | ( NotFound )
    | ( RateLimited )
    | ( Omit<SendFriendRequestPayload, 'request'> & { request: _RefType['FriendRequest'] } )
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
    | ( Overloaded )
    | ( RateLimited )
    | ( Unavailable )
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
  Conversation: ResolverTypeWrapper<Conversation>;
  CreateProfileInput: CreateProfileInput;
  CreateProfilePayload: ResolverTypeWrapper<Omit<CreateProfilePayload, 'user'> & { user: ResolversTypes['User'] }>;
  CreateProfileResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['CreateProfileResult']>;
  DateTime: ResolverTypeWrapper<Scalars['DateTime']['output']>;
  ErrorCode: ErrorCode;
  File: ResolverTypeWrapper<File>;
  Forbidden: ResolverTypeWrapper<Forbidden>;
  FriendConnection: ResolverTypeWrapper<Omit<FriendConnection, 'edges'> & { edges: Array<ResolversTypes['FriendEdge']> }>;
  FriendEdge: ResolverTypeWrapper<FriendEdgeParent>;
  FriendRequest: ResolverTypeWrapper<FriendRequestParent>;
  FriendRequestClosed: ResolverTypeWrapper<FriendRequestClosed>;
  FriendRequestConnection: ResolverTypeWrapper<Omit<FriendRequestConnection, 'edges'> & { edges: Array<ResolversTypes['FriendRequestEdge']> }>;
  FriendRequestDirection: FriendRequestDirection;
  FriendRequestEdge: ResolverTypeWrapper<Omit<FriendRequestEdge, 'node'> & { node: ResolversTypes['FriendRequest'] }>;
  FriendRequestStatus: FriendRequestStatus;
  FriendshipState: FriendshipState;
  InputFault: ResolverTypeWrapper<InputFault>;
  InvalidInput: ResolverTypeWrapper<InvalidInput>;
  Message: ResolverTypeWrapper<Message>;
  Mutation: ResolverTypeWrapper<Record<PropertyKey, never>>;
  Node: ResolverTypeWrapper<NodeParent>;
  NotFound: ResolverTypeWrapper<NotFound>;
  Overloaded: ResolverTypeWrapper<Overloaded>;
  PageInfo: ResolverTypeWrapper<PageInfo>;
  Boolean: ResolverTypeWrapper<Scalars['Boolean']['output']>;
  Query: ResolverTypeWrapper<Record<PropertyKey, never>>;
  Int: ResolverTypeWrapper<Scalars['Int']['output']>;
  RateLimited: ResolverTypeWrapper<RateLimited>;
  RefuseFriendRequestInput: RefuseFriendRequestInput;
  RefuseFriendRequestPayload: ResolverTypeWrapper<Omit<RefuseFriendRequestPayload, 'request'> & { request: ResolversTypes['FriendRequest'] }>;
  RefuseFriendRequestResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['RefuseFriendRequestResult']>;
  SendFriendRequestInput: SendFriendRequestInput;
  SendFriendRequestPayload: ResolverTypeWrapper<Omit<SendFriendRequestPayload, 'request'> & { request: ResolversTypes['FriendRequest'] }>;
  SendFriendRequestResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['SendFriendRequestResult']>;
  Unavailable: ResolverTypeWrapper<Unavailable>;
  UpdateProfileInput: UpdateProfileInput;
  UpdateProfilePayload: ResolverTypeWrapper<Omit<UpdateProfilePayload, 'user'> & { user: ResolversTypes['User'] }>;
  UpdateProfileResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['UpdateProfileResult']>;
  User: ResolverTypeWrapper<Profile>;
  UserConnection: ResolverTypeWrapper<Omit<UserConnection, 'edges'> & { edges: Array<ResolversTypes['UserEdge']> }>;
  UserEdge: ResolverTypeWrapper<UserEdgeParent>;
  UserError: ResolverTypeWrapper<ResolversInterfaceTypes<ResolversTypes>['UserError']>;
};

/** Mapping between all available schema types and the resolvers parents */
export type ResolversParentTypes = {
  AcceptFriendRequestInput: AcceptFriendRequestInput;
  ID: Scalars['ID']['output'];
  AcceptFriendRequestPayload: Omit<AcceptFriendRequestPayload, 'request'> & { request: ResolversParentTypes['FriendRequest'] };
  AcceptFriendRequestResult: ResolversUnionTypes<ResolversParentTypes>['AcceptFriendRequestResult'];
  AlreadyFriends: AlreadyFriends;
  String: Scalars['String']['output'];
  Conversation: Conversation;
  CreateProfileInput: CreateProfileInput;
  CreateProfilePayload: Omit<CreateProfilePayload, 'user'> & { user: ResolversParentTypes['User'] };
  CreateProfileResult: ResolversUnionTypes<ResolversParentTypes>['CreateProfileResult'];
  DateTime: Scalars['DateTime']['output'];
  File: File;
  Forbidden: Forbidden;
  FriendConnection: Omit<FriendConnection, 'edges'> & { edges: Array<ResolversParentTypes['FriendEdge']> };
  FriendEdge: FriendEdgeParent;
  FriendRequest: FriendRequestParent;
  FriendRequestClosed: FriendRequestClosed;
  FriendRequestConnection: Omit<FriendRequestConnection, 'edges'> & { edges: Array<ResolversParentTypes['FriendRequestEdge']> };
  FriendRequestEdge: Omit<FriendRequestEdge, 'node'> & { node: ResolversParentTypes['FriendRequest'] };
  InputFault: InputFault;
  InvalidInput: InvalidInput;
  Message: Message;
  Mutation: Record<PropertyKey, never>;
  Node: NodeParent;
  NotFound: NotFound;
  Overloaded: Overloaded;
  PageInfo: PageInfo;
  Boolean: Scalars['Boolean']['output'];
  Query: Record<PropertyKey, never>;
  Int: Scalars['Int']['output'];
  RateLimited: RateLimited;
  RefuseFriendRequestInput: RefuseFriendRequestInput;
  RefuseFriendRequestPayload: Omit<RefuseFriendRequestPayload, 'request'> & { request: ResolversParentTypes['FriendRequest'] };
  RefuseFriendRequestResult: ResolversUnionTypes<ResolversParentTypes>['RefuseFriendRequestResult'];
  SendFriendRequestInput: SendFriendRequestInput;
  SendFriendRequestPayload: Omit<SendFriendRequestPayload, 'request'> & { request: ResolversParentTypes['FriendRequest'] };
  SendFriendRequestResult: ResolversUnionTypes<ResolversParentTypes>['SendFriendRequestResult'];
  Unavailable: Unavailable;
  UpdateProfileInput: UpdateProfileInput;
  UpdateProfilePayload: Omit<UpdateProfilePayload, 'user'> & { user: ResolversParentTypes['User'] };
  UpdateProfileResult: ResolversUnionTypes<ResolversParentTypes>['UpdateProfileResult'];
  User: Profile;
  UserConnection: Omit<UserConnection, 'edges'> & { edges: Array<ResolversParentTypes['UserEdge']> };
  UserEdge: UserEdgeParent;
  UserError: ResolversInterfaceTypes<ResolversParentTypes>['UserError'];
};

export type AcceptFriendRequestPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['AcceptFriendRequestPayload'] = ResolversParentTypes['AcceptFriendRequestPayload']> = {
  request?: Resolver<ResolversTypes['FriendRequest'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type AcceptFriendRequestResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['AcceptFriendRequestResult'] = ResolversParentTypes['AcceptFriendRequestResult']> = {
  __resolveType: TypeResolveFn<'AcceptFriendRequestPayload' | 'Forbidden' | 'FriendRequestClosed' | 'InvalidInput' | 'NotFound', ParentType, ContextType>;
};

export type AlreadyFriendsResolvers<ContextType = Context, ParentType extends ResolversParentTypes['AlreadyFriends'] = ResolversParentTypes['AlreadyFriends']> = {
  code?: Resolver<ResolversTypes['ErrorCode'], ParentType, ContextType>;
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
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

export type FriendConnectionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['FriendConnection'] = ResolversParentTypes['FriendConnection']> = {
  edges?: Resolver<Array<ResolversTypes['FriendEdge']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
};

export type FriendEdgeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['FriendEdge'] = ResolversParentTypes['FriendEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  friendsSince?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  node?: Resolver<Maybe<ResolversTypes['User']>, ParentType, ContextType>;
};

export type FriendRequestResolvers<ContextType = Context, ParentType extends ResolversParentTypes['FriendRequest'] = ResolversParentTypes['FriendRequest']> = {
  addressee?: Resolver<Maybe<ResolversTypes['User']>, ParentType, ContextType>;
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  decidedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  message?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  sender?: Resolver<Maybe<ResolversTypes['User']>, ParentType, ContextType>;
  status?: Resolver<ResolversTypes['FriendRequestStatus'], ParentType, ContextType>;
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
  createProfile?: Resolver<Maybe<ResolversTypes['CreateProfileResult']>, ParentType, ContextType, RequireFields<MutationCreateProfileArgs, 'input'>>;
  refuseFriendRequest?: Resolver<Maybe<ResolversTypes['RefuseFriendRequestResult']>, ParentType, ContextType, RequireFields<MutationRefuseFriendRequestArgs, 'input'>>;
  sendFriendRequest?: Resolver<Maybe<ResolversTypes['SendFriendRequestResult']>, ParentType, ContextType, RequireFields<MutationSendFriendRequestArgs, 'input'>>;
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

export type QueryResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Query'] = ResolversParentTypes['Query']> = {
  areFriends?: Resolver<Maybe<ResolversTypes['Boolean']>, ParentType, ContextType, RequireFields<QueryAreFriendsArgs, 'otherId' | 'userId'>>;
  friendRequests?: Resolver<Maybe<ResolversTypes['FriendRequestConnection']>, ParentType, ContextType, RequireFields<QueryFriendRequestsArgs, 'direction'>>;
  friendsAmong?: Resolver<Maybe<Array<ResolversTypes['ID']>>, ParentType, ContextType, RequireFields<QueryFriendsAmongArgs, 'ids' | 'userId'>>;
  node?: Resolver<Maybe<ResolversTypes['Node']>, ParentType, ContextType, RequireFields<QueryNodeArgs, 'id'>>;
  nodes?: Resolver<Maybe<Array<Maybe<ResolversTypes['Node']>>>, ParentType, ContextType, RequireFields<QueryNodesArgs, 'ids'>>;
  searchUsers?: Resolver<Maybe<ResolversTypes['UserConnection']>, ParentType, ContextType, RequireFields<QuerySearchUsersArgs, 'text'>>;
  user?: Resolver<Maybe<ResolversTypes['User']>, ParentType, ContextType, RequireFields<QueryUserArgs, 'id'>>;
  viewer?: Resolver<Maybe<ResolversTypes['User']>, ParentType, ContextType>;
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

export type SendFriendRequestPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['SendFriendRequestPayload'] = ResolversParentTypes['SendFriendRequestPayload']> = {
  request?: Resolver<ResolversTypes['FriendRequest'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type SendFriendRequestResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['SendFriendRequestResult'] = ResolversParentTypes['SendFriendRequestResult']> = {
  __resolveType: TypeResolveFn<'AlreadyFriends' | 'InvalidInput' | 'NotFound' | 'RateLimited' | 'SendFriendRequestPayload', ParentType, ContextType>;
};

export type UnavailableResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Unavailable'] = ResolversParentTypes['Unavailable']> = {
  code?: Resolver<ResolversTypes['ErrorCode'], ParentType, ContextType>;
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
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
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  userName?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
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
  __resolveType: TypeResolveFn<'AlreadyFriends' | 'Forbidden' | 'FriendRequestClosed' | 'InvalidInput' | 'NotFound' | 'Overloaded' | 'RateLimited' | 'Unavailable', ParentType, ContextType>;
};

export type Resolvers<ContextType = Context> = {
  AcceptFriendRequestPayload?: AcceptFriendRequestPayloadResolvers<ContextType>;
  AcceptFriendRequestResult?: AcceptFriendRequestResultResolvers<ContextType>;
  AlreadyFriends?: AlreadyFriendsResolvers<ContextType>;
  Conversation?: ConversationResolvers<ContextType>;
  CreateProfilePayload?: CreateProfilePayloadResolvers<ContextType>;
  CreateProfileResult?: CreateProfileResultResolvers<ContextType>;
  DateTime?: GraphQLScalarType;
  File?: FileResolvers<ContextType>;
  Forbidden?: ForbiddenResolvers<ContextType>;
  FriendConnection?: FriendConnectionResolvers<ContextType>;
  FriendEdge?: FriendEdgeResolvers<ContextType>;
  FriendRequest?: FriendRequestResolvers<ContextType>;
  FriendRequestClosed?: FriendRequestClosedResolvers<ContextType>;
  FriendRequestConnection?: FriendRequestConnectionResolvers<ContextType>;
  FriendRequestEdge?: FriendRequestEdgeResolvers<ContextType>;
  InputFault?: InputFaultResolvers<ContextType>;
  InvalidInput?: InvalidInputResolvers<ContextType>;
  Message?: MessageResolvers<ContextType>;
  Mutation?: MutationResolvers<ContextType>;
  Node?: NodeResolvers<ContextType>;
  NotFound?: NotFoundResolvers<ContextType>;
  Overloaded?: OverloadedResolvers<ContextType>;
  PageInfo?: PageInfoResolvers<ContextType>;
  Query?: QueryResolvers<ContextType>;
  RateLimited?: RateLimitedResolvers<ContextType>;
  RefuseFriendRequestPayload?: RefuseFriendRequestPayloadResolvers<ContextType>;
  RefuseFriendRequestResult?: RefuseFriendRequestResultResolvers<ContextType>;
  SendFriendRequestPayload?: SendFriendRequestPayloadResolvers<ContextType>;
  SendFriendRequestResult?: SendFriendRequestResultResolvers<ContextType>;
  Unavailable?: UnavailableResolvers<ContextType>;
  UpdateProfilePayload?: UpdateProfilePayloadResolvers<ContextType>;
  UpdateProfileResult?: UpdateProfileResultResolvers<ContextType>;
  User?: UserResolvers<ContextType>;
  UserConnection?: UserConnectionResolvers<ContextType>;
  UserEdge?: UserEdgeResolvers<ContextType>;
  UserError?: UserErrorResolvers<ContextType>;
};

