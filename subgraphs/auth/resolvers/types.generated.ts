import type { GraphQLResolveInfo, GraphQLScalarType, GraphQLScalarTypeConfig } from 'graphql';
import type { Context } from '../context.ts';
export type Maybe<T> = T | null;
export type InputMaybe<T> = T | null | undefined;
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

/** What can be wrong with an access token that is handed in. */
export type AccessTokenFault =
  /** It is another user's: open another socket with it. */
  | 'OTHER_USER'
  /** Its session has ended: sign in again. */
  | 'SESSION_ENDED'
  /** It has expired: call `refreshSession` for another. */
  | 'TOKEN_EXPIRED'
  /** It is none of this system's. */
  | 'TOKEN_INVALID';

/**
 * Five wrong passwords lock a login for 15 minutes for the network address that they came from, whether or not
 * there is such an account. From elsewhere, and from where the account was signed in before, the login stays
 * open.
 */
export type AccountLocked = UserError & {
  /** Always `ACCOUNT_LOCKED`. */
  code: ErrorCode;
  /** What happened and how long it lasts. */
  message: Scalars['String']['output'];
  /** Seconds until the next attempt can succeed. */
  retryAfterSeconds: Scalars['Int']['output'];
};

/** Another account has this e-mail address. Nothing was changed. */
export type EmailTaken = UserError & {
  /** Always `EMAIL_TAKEN`. */
  code: ErrorCode;
  /** What to do. */
  message: Scalars['String']['output'];
};

/** The stable names of errors. The same names stand in `extensions.code` of errors that are not part of a result. */
export type ErrorCode =
  /** Too many wrong passwords: signing in with this login from this network is locked for some minutes. */
  | 'ACCOUNT_LOCKED'
  /** Another account has this e-mail address. */
  | 'EMAIL_TAKEN'
  /** The viewer may not do this. */
  | 'FORBIDDEN'
  /** The access token that was handed in cannot renew the connection; `reason` says why. */
  | 'INVALID_ACCESS_TOKEN'
  /** There is no account with this login and this password. */
  | 'INVALID_CREDENTIALS'
  /** A value of the input breaks a rule; `field` names it. */
  | 'INVALID_INPUT'
  /** The refresh token is none of this system's, or its session was forgotten long ago. */
  | 'INVALID_REFRESH_TOKEN'
  /** There is no such thing, or the viewer may not know of it. */
  | 'NOT_FOUND'
  /** Somebody lets only others do this with them. */
  | 'NOT_REACHABLE'
  /** The server has too much to do now; nothing was done, try again after a pause. */
  | 'OVERLOADED'
  /** Too many attempts in a short time; try again later. */
  | 'RATE_LIMITED'
  /** The refresh token was used before; its whole session was ended for safety. */
  | 'REFRESH_TOKEN_REUSED'
  /** The session was ended, or was not used for 30 days. */
  | 'SESSION_ENDED'
  /**
   * A service that is needed for this cannot be reached now. In a result nothing was changed; among `errors` a
   * change may or may not have been made: look before trying again.
   */
  | 'UNAVAILABLE'
  /** Another account has this user name. */
  | 'USER_NAME_TAKEN';

/** The viewer may see the thing but not do this to it. */
export type Forbidden = UserError & {
  /** Always `FORBIDDEN`. */
  code: ErrorCode;
  /** What is not allowed, and to whom it is. */
  message: Scalars['String']['output'];
};

/** What is wrong with one value of an input. */
export type InputFault = {
  /** The path of the value inside the input, for example `email` or `members.2`. */
  field: Scalars['String']['output'];
  /** What is wrong with the value and what is allowed. */
  message: Scalars['String']['output'];
};

/** The access token cannot renew the connection. Nothing was changed. */
export type InvalidAccessToken = UserError & {
  /** Always `INVALID_ACCESS_TOKEN`. */
  code: ErrorCode;
  /** What to do. */
  message: Scalars['String']['output'];
  /** What is wrong with the token. */
  reason: AccessTokenFault;
};

/** There is no account with this login and this password. Which of the two is wrong is not said. */
export type InvalidCredentials = UserError & {
  /** Always `INVALID_CREDENTIALS`. */
  code: ErrorCode;
  /** What to do. */
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

/** The refresh token is none of this system's, or its session was forgotten long ago. */
export type InvalidRefreshToken = UserError & {
  /** Always `INVALID_REFRESH_TOKEN`. */
  code: ErrorCode;
  /** What to do. */
  message: Scalars['String']['output'];
};

/** What `logIn` needs. */
export type LogInInput = {
  /**
   * How the user will recognise this device in the list of sessions, for example `Firefox on Linux`. It is cut
   * to 64 characters and cleaned as names are, never refused; `Unknown device` where it is left out, empty or
   * shows nothing.
   */
  deviceName?: InputMaybe<Scalars['String']['input']>;
  /**
   * The user name or the e-mail address of the account, in capital or small letters; an international domain in
   * its own letters or in Punycode.
   */
  login: Scalars['String']['input'];
  /** The password of the account. */
  password: Scalars['String']['input'];
};

/** The session has begun. */
export type LogInPayload = {
  /** The session that has begun. */
  session: Session;
  /** What the client shows with its next requests. */
  tokens: SessionTokens;
  /** Who has signed in. */
  user?: Maybe<User>;
};

/** How `logIn` ends. */
export type LogInResult = AccountLocked | InvalidCredentials | InvalidInput | LogInPayload | RateLimited;

/** Which session `logOut` ends. */
export type LogOutInput = {
  /** One of the viewer's own sessions; the session that asks where it is left out or empty. */
  sessionId?: InputMaybe<Scalars['ID']['input']>;
};

/** The session has ended. */
export type LogOutPayload = {
  /** The session that has ended. */
  session: Session;
};

/** How `logOut` ends. */
export type LogOutResult = InvalidInput | LogOutPayload | NotFound;

export type Mutation = {
  /**
   * Signs in on this device: begins a session. Where too many wrong passwords came from a network address, it
   * gets `RateLimited` for some minutes, except for accounts that were signed in from there before.
   */
  logIn?: Maybe<LogInResult>;
  /**
   * Ends a session of the viewer: this one, or the one that is named. Its tokens are refused everywhere within a
   * second and its sockets are closed. Ending a session that has ended succeeds.
   */
  logOut?: Maybe<LogOutResult>;
  /**
   * Exchanges a refresh token for new tokens. Send it without an access token: an expired one would be refused
   * before the refresh token is looked at. A refresh token is good for one use. For 30 seconds after it, and as
   * long as the new refresh token is not used itself, the same request gives the same new refresh token: repeat
   * it where the answer was lost. Later, using it again ends the session, because one of the two users may be a
   * thief. Tabs that share a token refresh one at a time.
   */
  refreshSession?: Maybe<RefreshSessionResult>;
  /**
   * Makes an account and signs in on this device. The profile of the user is made along with it; it may appear
   * some seconds later. A network address has a number of registrations an hour, after which it gets
   * `RateLimited`.
   */
  register?: Maybe<RegisterResult>;
  /**
   * Hands in the next access token over a socket: from the answer on, the socket lives as long as that token,
   * and its subscriptions go on. Over HTTP, where each request brings its own token, it only says when the token
   * expires.
   */
  renewConnection?: Maybe<RenewConnectionResult>;
};


export type MutationLogInArgs = {
  input: LogInInput;
};


export type MutationLogOutArgs = {
  input?: InputMaybe<LogOutInput>;
};


export type MutationRefreshSessionArgs = {
  input: RefreshSessionInput;
};


export type MutationRegisterArgs = {
  input: RegisterInput;
};


export type MutationRenewConnectionArgs = {
  input: RenewConnectionInput;
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

/** Too many attempts in a short time. */
export type RateLimited = UserError & {
  /** Always `RATE_LIMITED`. */
  code: ErrorCode;
  /** What was limited and when to try again. */
  message: Scalars['String']['output'];
  /** Seconds until the next attempt can succeed. */
  retryAfterSeconds: Scalars['Int']['output'];
};

/** What `refreshSession` needs. */
export type RefreshSessionInput = {
  /** The refresh token of the last answer to `register`, `logIn` or `refreshSession`. */
  refreshToken: Scalars['String']['input'];
};

/** The session goes on. */
export type RefreshSessionPayload = {
  /** The session that goes on. */
  session: Session;
  /** New tokens; the refresh token that was given is used up. */
  tokens: SessionTokens;
  /** Whose session it is. */
  user?: Maybe<User>;
};

/** How `refreshSession` ends. */
export type RefreshSessionResult = InvalidInput | InvalidRefreshToken | RefreshSessionPayload | RefreshTokenReused | SessionEnded;

/** The refresh token was used before. Its whole session was ended: the other user of the token may be a thief. */
export type RefreshTokenReused = UserError & {
  /** Always `REFRESH_TOKEN_REUSED`. */
  code: ErrorCode;
  /** What happened and what to do. */
  message: Scalars['String']['output'];
};

/** What `register` needs. */
export type RegisterInput = {
  /**
   * How the user will recognise this device in the list of sessions, for example `Firefox on Linux`. It is cut
   * to 64 characters and cleaned as names are, never refused; `Unknown device` where it is left out, empty or
   * shows nothing.
   */
  deviceName?: InputMaybe<Scalars['String']['input']>;
  /**
   * An address that no other account has, of at most 254 characters. Every character that mail servers take is
   * taken before the @, in ASCII; the domain may be international, in its own letters or in Punycode, which are
   * the same address. Capital letters are turned into small ones.
   */
  email: Scalars['String']['input'];
  /**
   * 8 to 128 characters, of any kind. The commonest passwords, one or two characters over and over, and the own
   * user name or e-mail address are refused as `InvalidInput`.
   */
  password: Scalars['String']['input'];
  /** 3 to 32 characters of a-z, 0-9, `_` and `.`; capital letters are turned into small ones. */
  userName: Scalars['String']['input'];
};

/** The account is made and signed in. */
export type RegisterPayload = {
  /** The session that has begun. */
  session: Session;
  /** What the client shows with its next requests. */
  tokens: SessionTokens;
  /** Who has registered. Its profile may appear some seconds later. */
  user?: Maybe<User>;
};

/** How `register` ends. */
export type RegisterResult = EmailTaken | InvalidInput | RateLimited | RegisterPayload | UserNameTaken;

/** What `renewConnection` needs. */
export type RenewConnectionInput = {
  /** An access token of the same user, without `Bearer`. */
  accessToken: Scalars['String']['input'];
};

/** The socket goes on with the token that was handed in. */
export type RenewConnectionPayload = {
  /** When that token expires: renew again before. */
  expiresAt: Scalars['DateTime']['output'];
};

/** How `renewConnection` ends. */
export type RenewConnectionResult = InvalidAccessToken | InvalidInput | RenewConnectionPayload;

/** A sign-in of a user on one device, until it is ended or was not used for 30 days. */
export type Session = {
  /** When the user signed in. */
  createdAt: Scalars['DateTime']['output'];
  /** How the device was called at signing in. */
  deviceName: Scalars['String']['output'];
  /** Unique, and sorts by the time the session began. */
  id: Scalars['ID']['output'];
  /** Whether it is the session that asks. */
  isCurrent: Scalars['Boolean']['output'];
  /** When the session's tokens were last renewed, which a client in use does every ten minutes. */
  lastUsedAt: Scalars['DateTime']['output'];
};

/** The session was ended, or was not used for 30 days. */
export type SessionEnded = UserError & {
  /** Always `SESSION_ENDED`. */
  code: ErrorCode;
  /** What to do. */
  message: Scalars['String']['output'];
};

/** What a client needs to act for its user. Both are secret. */
export type SessionTokens = {
  /**
   * Sent with each request as `Authorization: Bearer …`. A JWT, signed with ES256 by a key at
   * `/.well-known/jwks.json`.
   */
  accessToken: Scalars['String']['output'];
  /** When the access token stops working: ten minutes after it was made. */
  accessTokenExpiresAt: Scalars['DateTime']['output'];
  /** Good for one call of `refreshSession`, which may be repeated for 30 seconds. */
  refreshToken: Scalars['String']['output'];
  /** When the refresh token stops working: 30 days after it was made. */
  refreshTokenExpiresAt: Scalars['DateTime']['output'];
};

/** A service that is needed for this cannot be reached now. Nothing was changed; trying again is safe. */
export type Unavailable = UserError & {
  /** Always `UNAVAILABLE`. */
  code: ErrorCode;
  /** What cannot be reached. */
  message: Scalars['String']['output'];
};

/** A person who uses the system. */
export type User = {
  /** The user's id. */
  id: Scalars['ID']['output'];
  /**
   * The sessions of the user that go on, newest first; at most 100, as a further sign-in ends the one that was
   * not used for the longest time. For the user alone: asking for somebody else's is `FORBIDDEN`.
   */
  sessions?: Maybe<Array<Session>>;
};

/** Something the caller can understand and act on. Every named error of a mutation implements it. */
export type UserError = {
  /** The stable name of the error, for programs. */
  code: ErrorCode;
  /** What happened and what to do, in English, for people. */
  message: Scalars['String']['output'];
};

/** Another account has this user name. Nothing was changed. */
export type UserNameTaken = UserError & {
  /** Always `USER_NAME_TAKEN`. */
  code: ErrorCode;
  /** What to do. */
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
  LogInResult:
    | ( AccountLocked )
    | ( InvalidCredentials )
    | ( InvalidInput )
    | ( LogInPayload )
    | ( RateLimited )
  ;
  LogOutResult:
    | ( InvalidInput )
    | ( LogOutPayload )
    | ( NotFound )
  ;
  RefreshSessionResult:
    | ( InvalidInput )
    | ( InvalidRefreshToken )
    | ( RefreshSessionPayload )
    | ( RefreshTokenReused )
    | ( SessionEnded )
  ;
  RegisterResult:
    | ( EmailTaken )
    | ( InvalidInput )
    | ( RateLimited )
    | ( RegisterPayload )
    | ( UserNameTaken )
  ;
  RenewConnectionResult:
    | ( InvalidAccessToken )
    | ( InvalidInput )
    | ( RenewConnectionPayload )
  ;
};

/** Mapping of interface types */
export type ResolversInterfaceTypes<_RefType extends Record<string, unknown>> = {
  Node: never;
  UserError:
    | ( AccountLocked )
    | ( EmailTaken )
    | ( Forbidden )
    | ( InvalidAccessToken )
    | ( InvalidCredentials )
    | ( InvalidInput )
    | ( InvalidRefreshToken )
    | ( NotFound )
    | ( NotReachable )
    | ( Overloaded )
    | ( RateLimited )
    | ( RefreshTokenReused )
    | ( SessionEnded )
    | ( Unavailable )
    | ( UserNameTaken )
  ;
};

/** Mapping between all available schema types and the resolvers types */
export type ResolversTypes = {
  AccessTokenFault: AccessTokenFault;
  AccountLocked: ResolverTypeWrapper<AccountLocked>;
  String: ResolverTypeWrapper<Scalars['String']['output']>;
  Int: ResolverTypeWrapper<Scalars['Int']['output']>;
  DateTime: ResolverTypeWrapper<Scalars['DateTime']['output']>;
  EmailTaken: ResolverTypeWrapper<EmailTaken>;
  ErrorCode: ErrorCode;
  Forbidden: ResolverTypeWrapper<Forbidden>;
  InputFault: ResolverTypeWrapper<InputFault>;
  InvalidAccessToken: ResolverTypeWrapper<InvalidAccessToken>;
  InvalidCredentials: ResolverTypeWrapper<InvalidCredentials>;
  InvalidInput: ResolverTypeWrapper<InvalidInput>;
  InvalidRefreshToken: ResolverTypeWrapper<InvalidRefreshToken>;
  LogInInput: LogInInput;
  LogInPayload: ResolverTypeWrapper<LogInPayload>;
  LogInResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['LogInResult']>;
  LogOutInput: LogOutInput;
  ID: ResolverTypeWrapper<Scalars['ID']['output']>;
  LogOutPayload: ResolverTypeWrapper<LogOutPayload>;
  LogOutResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['LogOutResult']>;
  Mutation: ResolverTypeWrapper<Record<PropertyKey, never>>;
  Node: ResolverTypeWrapper<ResolversInterfaceTypes<ResolversTypes>['Node']>;
  NotFound: ResolverTypeWrapper<NotFound>;
  NotReachable: ResolverTypeWrapper<NotReachable>;
  Overloaded: ResolverTypeWrapper<Overloaded>;
  PageInfo: ResolverTypeWrapper<PageInfo>;
  Boolean: ResolverTypeWrapper<Scalars['Boolean']['output']>;
  RateLimited: ResolverTypeWrapper<RateLimited>;
  RefreshSessionInput: RefreshSessionInput;
  RefreshSessionPayload: ResolverTypeWrapper<RefreshSessionPayload>;
  RefreshSessionResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['RefreshSessionResult']>;
  RefreshTokenReused: ResolverTypeWrapper<RefreshTokenReused>;
  RegisterInput: RegisterInput;
  RegisterPayload: ResolverTypeWrapper<RegisterPayload>;
  RegisterResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['RegisterResult']>;
  RenewConnectionInput: RenewConnectionInput;
  RenewConnectionPayload: ResolverTypeWrapper<RenewConnectionPayload>;
  RenewConnectionResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['RenewConnectionResult']>;
  Session: ResolverTypeWrapper<Session>;
  SessionEnded: ResolverTypeWrapper<SessionEnded>;
  SessionTokens: ResolverTypeWrapper<SessionTokens>;
  Unavailable: ResolverTypeWrapper<Unavailable>;
  User: ResolverTypeWrapper<User>;
  UserError: ResolverTypeWrapper<ResolversInterfaceTypes<ResolversTypes>['UserError']>;
  UserNameTaken: ResolverTypeWrapper<UserNameTaken>;
};

/** Mapping between all available schema types and the resolvers parents */
export type ResolversParentTypes = {
  AccountLocked: AccountLocked;
  String: Scalars['String']['output'];
  Int: Scalars['Int']['output'];
  DateTime: Scalars['DateTime']['output'];
  EmailTaken: EmailTaken;
  Forbidden: Forbidden;
  InputFault: InputFault;
  InvalidAccessToken: InvalidAccessToken;
  InvalidCredentials: InvalidCredentials;
  InvalidInput: InvalidInput;
  InvalidRefreshToken: InvalidRefreshToken;
  LogInInput: LogInInput;
  LogInPayload: LogInPayload;
  LogInResult: ResolversUnionTypes<ResolversParentTypes>['LogInResult'];
  LogOutInput: LogOutInput;
  ID: Scalars['ID']['output'];
  LogOutPayload: LogOutPayload;
  LogOutResult: ResolversUnionTypes<ResolversParentTypes>['LogOutResult'];
  Mutation: Record<PropertyKey, never>;
  Node: ResolversInterfaceTypes<ResolversParentTypes>['Node'];
  NotFound: NotFound;
  NotReachable: NotReachable;
  Overloaded: Overloaded;
  PageInfo: PageInfo;
  Boolean: Scalars['Boolean']['output'];
  RateLimited: RateLimited;
  RefreshSessionInput: RefreshSessionInput;
  RefreshSessionPayload: RefreshSessionPayload;
  RefreshSessionResult: ResolversUnionTypes<ResolversParentTypes>['RefreshSessionResult'];
  RefreshTokenReused: RefreshTokenReused;
  RegisterInput: RegisterInput;
  RegisterPayload: RegisterPayload;
  RegisterResult: ResolversUnionTypes<ResolversParentTypes>['RegisterResult'];
  RenewConnectionInput: RenewConnectionInput;
  RenewConnectionPayload: RenewConnectionPayload;
  RenewConnectionResult: ResolversUnionTypes<ResolversParentTypes>['RenewConnectionResult'];
  Session: Session;
  SessionEnded: SessionEnded;
  SessionTokens: SessionTokens;
  Unavailable: Unavailable;
  User: User | FederationReferenceTypes['User'];
  UserError: ResolversInterfaceTypes<ResolversParentTypes>['UserError'];
  UserNameTaken: UserNameTaken;
};

export type AccountLockedResolvers<ContextType = Context, ParentType extends ResolversParentTypes['AccountLocked'] = ResolversParentTypes['AccountLocked']> = {
  code?: Resolver<ResolversTypes['ErrorCode'], ParentType, ContextType>;
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  retryAfterSeconds?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export interface DateTimeScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['DateTime'], any> {
  name: 'DateTime';
}

export type EmailTakenResolvers<ContextType = Context, ParentType extends ResolversParentTypes['EmailTaken'] = ResolversParentTypes['EmailTaken']> = {
  code?: Resolver<ResolversTypes['ErrorCode'], ParentType, ContextType>;
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type ForbiddenResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Forbidden'] = ResolversParentTypes['Forbidden']> = {
  code?: Resolver<ResolversTypes['ErrorCode'], ParentType, ContextType>;
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type InputFaultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['InputFault'] = ResolversParentTypes['InputFault']> = {
  field?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type InvalidAccessTokenResolvers<ContextType = Context, ParentType extends ResolversParentTypes['InvalidAccessToken'] = ResolversParentTypes['InvalidAccessToken']> = {
  code?: Resolver<ResolversTypes['ErrorCode'], ParentType, ContextType>;
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  reason?: Resolver<ResolversTypes['AccessTokenFault'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type InvalidCredentialsResolvers<ContextType = Context, ParentType extends ResolversParentTypes['InvalidCredentials'] = ResolversParentTypes['InvalidCredentials']> = {
  code?: Resolver<ResolversTypes['ErrorCode'], ParentType, ContextType>;
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type InvalidInputResolvers<ContextType = Context, ParentType extends ResolversParentTypes['InvalidInput'] = ResolversParentTypes['InvalidInput']> = {
  code?: Resolver<ResolversTypes['ErrorCode'], ParentType, ContextType>;
  faults?: Resolver<Array<ResolversTypes['InputFault']>, ParentType, ContextType>;
  field?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type InvalidRefreshTokenResolvers<ContextType = Context, ParentType extends ResolversParentTypes['InvalidRefreshToken'] = ResolversParentTypes['InvalidRefreshToken']> = {
  code?: Resolver<ResolversTypes['ErrorCode'], ParentType, ContextType>;
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type LogInPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['LogInPayload'] = ResolversParentTypes['LogInPayload']> = {
  session?: Resolver<ResolversTypes['Session'], ParentType, ContextType>;
  tokens?: Resolver<ResolversTypes['SessionTokens'], ParentType, ContextType>;
  user?: Resolver<Maybe<ResolversTypes['User']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type LogInResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['LogInResult'] = ResolversParentTypes['LogInResult']> = {
  __resolveType: TypeResolveFn<'AccountLocked' | 'InvalidCredentials' | 'InvalidInput' | 'LogInPayload' | 'RateLimited', ParentType, ContextType>;
};

export type LogOutPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['LogOutPayload'] = ResolversParentTypes['LogOutPayload']> = {
  session?: Resolver<ResolversTypes['Session'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type LogOutResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['LogOutResult'] = ResolversParentTypes['LogOutResult']> = {
  __resolveType: TypeResolveFn<'InvalidInput' | 'LogOutPayload' | 'NotFound', ParentType, ContextType>;
};

export type MutationResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Mutation'] = ResolversParentTypes['Mutation']> = {
  logIn?: Resolver<Maybe<ResolversTypes['LogInResult']>, ParentType, ContextType, RequireFields<MutationLogInArgs, 'input'>>;
  logOut?: Resolver<Maybe<ResolversTypes['LogOutResult']>, ParentType, ContextType, Partial<MutationLogOutArgs>>;
  refreshSession?: Resolver<Maybe<ResolversTypes['RefreshSessionResult']>, ParentType, ContextType, RequireFields<MutationRefreshSessionArgs, 'input'>>;
  register?: Resolver<Maybe<ResolversTypes['RegisterResult']>, ParentType, ContextType, RequireFields<MutationRegisterArgs, 'input'>>;
  renewConnection?: Resolver<Maybe<ResolversTypes['RenewConnectionResult']>, ParentType, ContextType, RequireFields<MutationRenewConnectionArgs, 'input'>>;
};

export type NodeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Node'] = ResolversParentTypes['Node']> = {
  __resolveType: TypeResolveFn<null, ParentType, ContextType>;
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

export type RateLimitedResolvers<ContextType = Context, ParentType extends ResolversParentTypes['RateLimited'] = ResolversParentTypes['RateLimited']> = {
  code?: Resolver<ResolversTypes['ErrorCode'], ParentType, ContextType>;
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  retryAfterSeconds?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type RefreshSessionPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['RefreshSessionPayload'] = ResolversParentTypes['RefreshSessionPayload']> = {
  session?: Resolver<ResolversTypes['Session'], ParentType, ContextType>;
  tokens?: Resolver<ResolversTypes['SessionTokens'], ParentType, ContextType>;
  user?: Resolver<Maybe<ResolversTypes['User']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type RefreshSessionResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['RefreshSessionResult'] = ResolversParentTypes['RefreshSessionResult']> = {
  __resolveType: TypeResolveFn<'InvalidInput' | 'InvalidRefreshToken' | 'RefreshSessionPayload' | 'RefreshTokenReused' | 'SessionEnded', ParentType, ContextType>;
};

export type RefreshTokenReusedResolvers<ContextType = Context, ParentType extends ResolversParentTypes['RefreshTokenReused'] = ResolversParentTypes['RefreshTokenReused']> = {
  code?: Resolver<ResolversTypes['ErrorCode'], ParentType, ContextType>;
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type RegisterPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['RegisterPayload'] = ResolversParentTypes['RegisterPayload']> = {
  session?: Resolver<ResolversTypes['Session'], ParentType, ContextType>;
  tokens?: Resolver<ResolversTypes['SessionTokens'], ParentType, ContextType>;
  user?: Resolver<Maybe<ResolversTypes['User']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type RegisterResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['RegisterResult'] = ResolversParentTypes['RegisterResult']> = {
  __resolveType: TypeResolveFn<'EmailTaken' | 'InvalidInput' | 'RateLimited' | 'RegisterPayload' | 'UserNameTaken', ParentType, ContextType>;
};

export type RenewConnectionPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['RenewConnectionPayload'] = ResolversParentTypes['RenewConnectionPayload']> = {
  expiresAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type RenewConnectionResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['RenewConnectionResult'] = ResolversParentTypes['RenewConnectionResult']> = {
  __resolveType: TypeResolveFn<'InvalidAccessToken' | 'InvalidInput' | 'RenewConnectionPayload', ParentType, ContextType>;
};

export type SessionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Session'] = ResolversParentTypes['Session']> = {
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  deviceName?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  isCurrent?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  lastUsedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
};

export type SessionEndedResolvers<ContextType = Context, ParentType extends ResolversParentTypes['SessionEnded'] = ResolversParentTypes['SessionEnded']> = {
  code?: Resolver<ResolversTypes['ErrorCode'], ParentType, ContextType>;
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type SessionTokensResolvers<ContextType = Context, ParentType extends ResolversParentTypes['SessionTokens'] = ResolversParentTypes['SessionTokens']> = {
  accessToken?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  accessTokenExpiresAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  refreshToken?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  refreshTokenExpiresAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
};

export type UnavailableResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Unavailable'] = ResolversParentTypes['Unavailable']> = {
  code?: Resolver<ResolversTypes['ErrorCode'], ParentType, ContextType>;
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type UserResolvers<ContextType = Context, ParentType extends ResolversParentTypes['User'] = ResolversParentTypes['User'], FederationReferenceType extends FederationReferenceTypes['User'] = FederationReferenceTypes['User']> = {
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['User']> | FederationReferenceType, FederationReferenceType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  sessions?: Resolver<Maybe<Array<ResolversTypes['Session']>>, ParentType, ContextType>;
};

export type UserErrorResolvers<ContextType = Context, ParentType extends ResolversParentTypes['UserError'] = ResolversParentTypes['UserError']> = {
  __resolveType: TypeResolveFn<'AccountLocked' | 'EmailTaken' | 'Forbidden' | 'InvalidAccessToken' | 'InvalidCredentials' | 'InvalidInput' | 'InvalidRefreshToken' | 'NotFound' | 'NotReachable' | 'Overloaded' | 'RateLimited' | 'RefreshTokenReused' | 'SessionEnded' | 'Unavailable' | 'UserNameTaken', ParentType, ContextType>;
};

export type UserNameTakenResolvers<ContextType = Context, ParentType extends ResolversParentTypes['UserNameTaken'] = ResolversParentTypes['UserNameTaken']> = {
  code?: Resolver<ResolversTypes['ErrorCode'], ParentType, ContextType>;
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type Resolvers<ContextType = Context> = {
  AccountLocked?: AccountLockedResolvers<ContextType>;
  DateTime?: GraphQLScalarType;
  EmailTaken?: EmailTakenResolvers<ContextType>;
  Forbidden?: ForbiddenResolvers<ContextType>;
  InputFault?: InputFaultResolvers<ContextType>;
  InvalidAccessToken?: InvalidAccessTokenResolvers<ContextType>;
  InvalidCredentials?: InvalidCredentialsResolvers<ContextType>;
  InvalidInput?: InvalidInputResolvers<ContextType>;
  InvalidRefreshToken?: InvalidRefreshTokenResolvers<ContextType>;
  LogInPayload?: LogInPayloadResolvers<ContextType>;
  LogInResult?: LogInResultResolvers<ContextType>;
  LogOutPayload?: LogOutPayloadResolvers<ContextType>;
  LogOutResult?: LogOutResultResolvers<ContextType>;
  Mutation?: MutationResolvers<ContextType>;
  Node?: NodeResolvers<ContextType>;
  NotFound?: NotFoundResolvers<ContextType>;
  NotReachable?: NotReachableResolvers<ContextType>;
  Overloaded?: OverloadedResolvers<ContextType>;
  PageInfo?: PageInfoResolvers<ContextType>;
  RateLimited?: RateLimitedResolvers<ContextType>;
  RefreshSessionPayload?: RefreshSessionPayloadResolvers<ContextType>;
  RefreshSessionResult?: RefreshSessionResultResolvers<ContextType>;
  RefreshTokenReused?: RefreshTokenReusedResolvers<ContextType>;
  RegisterPayload?: RegisterPayloadResolvers<ContextType>;
  RegisterResult?: RegisterResultResolvers<ContextType>;
  RenewConnectionPayload?: RenewConnectionPayloadResolvers<ContextType>;
  RenewConnectionResult?: RenewConnectionResultResolvers<ContextType>;
  Session?: SessionResolvers<ContextType>;
  SessionEnded?: SessionEndedResolvers<ContextType>;
  SessionTokens?: SessionTokensResolvers<ContextType>;
  Unavailable?: UnavailableResolvers<ContextType>;
  User?: UserResolvers<ContextType>;
  UserError?: UserErrorResolvers<ContextType>;
  UserNameTaken?: UserNameTakenResolvers<ContextType>;
};

