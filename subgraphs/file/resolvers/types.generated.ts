import type { GraphQLResolveInfo, GraphQLScalarType, GraphQLScalarTypeConfig } from 'graphql';
import type { FileView } from '../domain/types.ts';
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
  /**
   * A file in a multipart request, as the GraphQL multipart request specification defines it
   * (https://github.com/jaydenseric/graphql-multipart-request-spec). The request needs the header
   * `apollo-require-preflight: true`.
   */
  Upload: { input: unknown; output: unknown; }
  _FieldSet: { input: unknown; output: unknown; }
};

/** Which file something needs, and whose it must be. */
export type AttachFileInput = {
  /** The file. */
  fileId: Scalars['ID']['input'];
  /**
   * What needs it, for example `message:<id>` or `user:<id>`: 1 to 100 of the characters a-z, A-Z, 0-9, `:`,
   * `_`, `-` and `.`.
   */
  holder: Scalars['String']['input'];
  /** The user who wants to use it; it must be theirs. */
  ownerId: Scalars['ID']['input'];
  /** What it is to be used for. */
  purpose: FilePurpose;
};

/** The file is held. */
export type AttachFilePayload = {
  /** The file. */
  file: File;
};

/** What `attachFile` ends with. */
export type AttachFileResult = AttachFilePayload | InvalidInput | NotFound;

/** The size of an avatar's picture. */
export type AvatarSize =
  /** At most 512 × 512 pixels: for a profile. */
  | 'LARGE'
  /** At most 128 × 128 pixels: for lists. */
  | 'SMALL';

/**
 * The `clientFileId` was used by the viewer for a file with another content, name or purpose. Nothing was kept
 * of this one.
 */
export type ClientFileIdReused = UserError & {
  /** Always `CLIENT_FILE_ID_REUSED`. */
  code: ErrorCode;
  /** What to do about it. */
  message: Scalars['String']['output'];
};

/** The stable names of errors. The same names stand in `extensions.code` of errors that are not part of a result. */
export type ErrorCode =
  /** The `clientFileId` was used for another file. */
  | 'CLIENT_FILE_ID_REUSED'
  /** The file is larger than this server takes. */
  | 'FILE_TOO_LARGE'
  /** The viewer may not do this. */
  | 'FORBIDDEN'
  /** The file is not an image that can be read, or it has too many pixels. */
  | 'INVALID_IMAGE'
  /** A value of the input breaks a rule; `field` names it. */
  | 'INVALID_INPUT'
  /** There is no such thing, or the viewer may not know of it. */
  | 'NOT_FOUND'
  /** Somebody lets only others do this with them. */
  | 'NOT_REACHABLE'
  /** The server has too much to do now; nothing was done, try again after a pause. */
  | 'OVERLOADED'
  /** The user's files would need more room than a user has. */
  | 'QUOTA_EXCEEDED'
  /** Too many attempts in a short time; try again later. */
  | 'RATE_LIMITED'
  /** The server cannot store files now: its disk is full. Nothing was kept. */
  | 'STORAGE_UNAVAILABLE'
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
  /** Its media type, found from its content, for example `image/jpeg`. */
  contentType: Scalars['String']['output'];
  /** When it was uploaded. */
  createdAt: Scalars['DateTime']['output'];
  /**
   * For services: a short-lived token of the chat service, which says that the viewer was shown something that
   * holds this file. Part of the key, as a plan would otherwise leave it out; null where the viewer is the
   * owner.
   */
  grant?: Maybe<Scalars['String']['output']>;
  /**
   * Pixels from top to bottom as shown, with the camera's orientation applied. Null where it is not an image
   * that can be shown.
   */
  height?: Maybe<Scalars['Int']['output']>;
  /** The file's id. */
  id: Scalars['ID']['output'];
  /**
   * The name its owner gave it, safe to be a file name: its last path segment of at most 200 code points,
   * composed (NFC), without control characters, direction controls, characters that are never shown, and `< > :
   * " | ? *`. Joiners in words and emoji, soft hyphens and flags stay.
   */
  name: Scalars['String']['output'];
  /** For `node`: the id again. Who asks by it reads the entity as any viewer does. */
  nodeId: Scalars['ID']['output'];
  /** Its size in bytes, as it is stored; a Float because an Int ends at 2 GiB. */
  size: Scalars['Float']['output'];
  /**
   * Where a WebP picture of at most 320 × 320 pixels is, for about an hour. Null where it is not an image that
   * can be shown.
   */
  thumbnailUrl?: Maybe<Scalars['String']['output']>;
  /**
   * Where its bytes are, for about an hour: then ask for it again. The URL is all that is needed to read them;
   * range requests work. For an avatar of somebody else it is its large square picture.
   */
  url?: Maybe<Scalars['String']['output']>;
  /**
   * Pixels from left to right as shown, with the camera's orientation applied. Null where it is not an image
   * that can be shown.
   */
  width?: Maybe<Scalars['Int']['output']>;
};

/** What a file is uploaded for. */
export type FilePurpose =
  /** To be the user's avatar: an image that every signed-in user may see. */
  | 'AVATAR'
  /** To be sent in a message: seen by those who may see the message. */
  | 'MESSAGE';

/** The file is larger than this server takes. Nothing was kept. */
export type FileTooLarge = UserError & {
  /** Always `FILE_TOO_LARGE`. */
  code: ErrorCode;
  /** The largest file that is taken, in bytes; a Float because an Int ends at 2 GiB. */
  maxBytes: Scalars['Float']['output'];
  /** The limit and what to do. */
  message: Scalars['String']['output'];
};

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

/** The file is not an image that can be read, or it has too many pixels. Nothing was kept. */
export type InvalidImage = UserError & {
  /** Always `INVALID_IMAGE`. */
  code: ErrorCode;
  /** What is wrong with the image and which are taken. */
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

export type Mutation = {
  /**
   * For services: notes that something needs this file, after checking that its owner may use it so. Doing it
   * again changes nothing.
   */
  attachFile?: Maybe<AttachFileResult>;
  /**
   * Stores a file of the viewer. What kind of file it is is found from its content; its name is only kept.
   * Images get a thumbnail. One file a request. The file is the viewer's alone until it is sent in a message or
   * set as an avatar.
   *
   * An image is a JPEG, PNG, WebP, GIF or AVIF that can be shown, animated ones among them. It is stored without
   * what it says beside its picture: place, time, device, author, comments, previews, a film behind it. No pixel
   * changes; orientation, colour profile and animation stay. So `size` may be smaller than what was sent. A JPEG
   * that lacks a few bytes at its end is taken as browsers show it. Every other file, a HEIC photograph among
   * them, is kept byte for byte.
   */
  uploadFile?: Maybe<UploadFileResult>;
};


export type MutationAttachFileArgs = {
  input: AttachFileInput;
};


export type MutationUploadFileArgs = {
  input: UploadFileInput;
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

export type Query = {
  /** One of the viewer's own files. Null where there is no such file or it is somebody else's. */
  file?: Maybe<File>;
};


export type QueryFileArgs = {
  id: Scalars['ID']['input'];
};

/** The user's files would need more room than a user has. Nothing was kept. */
export type QuotaExceeded = UserError & {
  /** Always `QUOTA_EXCEEDED`. */
  code: ErrorCode;
  /** The limit and what to do. */
  message: Scalars['String']['output'];
  /** The room that all files of a user have together, in bytes; a Float because an Int ends at 2 GiB. */
  quotaBytes: Scalars['Float']['output'];
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

/** The server cannot store files now: its disk is full. Nothing was kept. */
export type StorageUnavailable = UserError & {
  /** Always `STORAGE_UNAVAILABLE`. */
  code: ErrorCode;
  /** What to do. */
  message: Scalars['String']['output'];
  /** Seconds after which another attempt makes sense. */
  retryAfterSeconds: Scalars['Int']['output'];
};

/** A service that is needed for this cannot be reached now. Nothing was changed; trying again is safe. */
export type Unavailable = UserError & {
  /** Always `UNAVAILABLE`. */
  code: ErrorCode;
  /** What cannot be reached. */
  message: Scalars['String']['output'];
};

/** A file to store. */
export type UploadFileInput = {
  /**
   * Made once by the client for each file that a person uploads, 1 to 64 of `A-Z a-z 0-9 _ - : .`: a retry with
   * the same gives the same file, also where the answer to the first was lost. Empty is as left out.
   */
  clientFileId?: InputMaybe<Scalars['String']['input']>;
  /** The file. */
  file: Scalars['Upload']['input'];
  /** What it is for; it can be used for nothing else. */
  purpose: FilePurpose;
};

/** The file is stored, or was before by the same `clientFileId`. */
export type UploadFilePayload = {
  /** The file. */
  file: File;
};

/** What `uploadFile` ends with. */
export type UploadFileResult = ClientFileIdReused | FileTooLarge | InvalidImage | InvalidInput | QuotaExceeded | RateLimited | StorageUnavailable | UploadFilePayload;

/** A person who uses the system. */
export type User = {
  /** The user service's: which file the avatar is. */
  avatarFileId?: Maybe<Scalars['ID']['output']>;
  /**
   * Where the user's avatar is, a square WebP picture, for about an hour: then ask for it again. Null where the
   * user has none. Needs a viewer.
   */
  avatarUrl?: Maybe<Scalars['String']['output']>;
  /** The user's id. */
  id: Scalars['ID']['output'];
};


/** A person who uses the system. */
export type UserAvatarUrlArgs = {
  size?: InputMaybe<AvatarSize>;
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
  File: File;
  User: User;
};

/** Mapping of federation reference types */
export type FederationReferenceTypes = {
  File:
    ( { __typename: 'File' }
    & ( GraphQLRecursivePick<FederationTypes['File'], {"id":true,"grant":true}>
        | GraphQLRecursivePick<FederationTypes['File'], {"nodeId":true}> ) );
  User:
    ( { __typename: 'User' }
    & GraphQLRecursivePick<FederationTypes['User'], {"id":true}>
    & ( Record<PropertyKey, never>
        | GraphQLRecursivePick<FederationTypes['User'], {"avatarFileId":true}> ) );
};

/** Mapping of union types */
export type ResolversUnionTypes<_RefType extends Record<string, unknown>> = {
  AttachFileResult:
    | ( Omit<AttachFilePayload, 'file'> & { file: _RefType['File'] } )
    | ( InvalidInput )
    | ( NotFound )
  ;
  UploadFileResult:
    | ( ClientFileIdReused )
    | ( FileTooLarge )
    | ( InvalidImage )
    | ( InvalidInput )
    | ( QuotaExceeded )
    | ( RateLimited )
    | ( StorageUnavailable )
    | ( Omit<UploadFilePayload, 'file'> & { file: _RefType['File'] } )
  ;
};

/** Mapping of interface types */
export type ResolversInterfaceTypes<_RefType extends Record<string, unknown>> = {
  Node: ( FileView );
  UserError:
    | ( ClientFileIdReused )
    | ( FileTooLarge )
    | ( Forbidden )
    | ( InvalidImage )
    | ( InvalidInput )
    | ( NotFound )
    | ( NotReachable )
    | ( Overloaded )
    | ( QuotaExceeded )
    | ( RateLimited )
    | ( StorageUnavailable )
    | ( Unavailable )
  ;
};

/** Mapping between all available schema types and the resolvers types */
export type ResolversTypes = {
  AttachFileInput: AttachFileInput;
  ID: ResolverTypeWrapper<Scalars['ID']['output']>;
  String: ResolverTypeWrapper<Scalars['String']['output']>;
  AttachFilePayload: ResolverTypeWrapper<Omit<AttachFilePayload, 'file'> & { file: ResolversTypes['File'] }>;
  AttachFileResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['AttachFileResult']>;
  AvatarSize: AvatarSize;
  ClientFileIdReused: ResolverTypeWrapper<ClientFileIdReused>;
  DateTime: ResolverTypeWrapper<Scalars['DateTime']['output']>;
  ErrorCode: ErrorCode;
  File: ResolverTypeWrapper<FileView>;
  Int: ResolverTypeWrapper<Scalars['Int']['output']>;
  Float: ResolverTypeWrapper<Scalars['Float']['output']>;
  FilePurpose: FilePurpose;
  FileTooLarge: ResolverTypeWrapper<FileTooLarge>;
  Forbidden: ResolverTypeWrapper<Forbidden>;
  InputFault: ResolverTypeWrapper<InputFault>;
  InvalidImage: ResolverTypeWrapper<InvalidImage>;
  InvalidInput: ResolverTypeWrapper<InvalidInput>;
  Mutation: ResolverTypeWrapper<Record<PropertyKey, never>>;
  Node: ResolverTypeWrapper<ResolversInterfaceTypes<ResolversTypes>['Node']>;
  NotFound: ResolverTypeWrapper<NotFound>;
  NotReachable: ResolverTypeWrapper<NotReachable>;
  Overloaded: ResolverTypeWrapper<Overloaded>;
  PageInfo: ResolverTypeWrapper<PageInfo>;
  Boolean: ResolverTypeWrapper<Scalars['Boolean']['output']>;
  Query: ResolverTypeWrapper<Record<PropertyKey, never>>;
  QuotaExceeded: ResolverTypeWrapper<QuotaExceeded>;
  RateLimited: ResolverTypeWrapper<RateLimited>;
  StorageUnavailable: ResolverTypeWrapper<StorageUnavailable>;
  Unavailable: ResolverTypeWrapper<Unavailable>;
  Upload: ResolverTypeWrapper<Scalars['Upload']['output']>;
  UploadFileInput: UploadFileInput;
  UploadFilePayload: ResolverTypeWrapper<Omit<UploadFilePayload, 'file'> & { file: ResolversTypes['File'] }>;
  UploadFileResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['UploadFileResult']>;
  User: ResolverTypeWrapper<User>;
  UserError: ResolverTypeWrapper<ResolversInterfaceTypes<ResolversTypes>['UserError']>;
};

/** Mapping between all available schema types and the resolvers parents */
export type ResolversParentTypes = {
  AttachFileInput: AttachFileInput;
  ID: Scalars['ID']['output'];
  String: Scalars['String']['output'];
  AttachFilePayload: Omit<AttachFilePayload, 'file'> & { file: ResolversParentTypes['File'] };
  AttachFileResult: ResolversUnionTypes<ResolversParentTypes>['AttachFileResult'];
  ClientFileIdReused: ClientFileIdReused;
  DateTime: Scalars['DateTime']['output'];
  File: FileView;
  Int: Scalars['Int']['output'];
  Float: Scalars['Float']['output'];
  FileTooLarge: FileTooLarge;
  Forbidden: Forbidden;
  InputFault: InputFault;
  InvalidImage: InvalidImage;
  InvalidInput: InvalidInput;
  Mutation: Record<PropertyKey, never>;
  Node: ResolversInterfaceTypes<ResolversParentTypes>['Node'];
  NotFound: NotFound;
  NotReachable: NotReachable;
  Overloaded: Overloaded;
  PageInfo: PageInfo;
  Boolean: Scalars['Boolean']['output'];
  Query: Record<PropertyKey, never>;
  QuotaExceeded: QuotaExceeded;
  RateLimited: RateLimited;
  StorageUnavailable: StorageUnavailable;
  Unavailable: Unavailable;
  Upload: Scalars['Upload']['output'];
  UploadFileInput: UploadFileInput;
  UploadFilePayload: Omit<UploadFilePayload, 'file'> & { file: ResolversParentTypes['File'] };
  UploadFileResult: ResolversUnionTypes<ResolversParentTypes>['UploadFileResult'];
  User: User | FederationReferenceTypes['User'];
  UserError: ResolversInterfaceTypes<ResolversParentTypes>['UserError'];
};

export type AttachFilePayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['AttachFilePayload'] = ResolversParentTypes['AttachFilePayload']> = {
  file?: Resolver<ResolversTypes['File'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type AttachFileResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['AttachFileResult'] = ResolversParentTypes['AttachFileResult']> = {
  __resolveType: TypeResolveFn<'AttachFilePayload' | 'InvalidInput' | 'NotFound', ParentType, ContextType>;
};

export type ClientFileIdReusedResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ClientFileIdReused'] = ResolversParentTypes['ClientFileIdReused']> = {
  code?: Resolver<ResolversTypes['ErrorCode'], ParentType, ContextType>;
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export interface DateTimeScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['DateTime'], any> {
  name: 'DateTime';
}

export type FileResolvers<ContextType = Context, ParentType extends ResolversParentTypes['File'] = ResolversParentTypes['File'], FederationReferenceType extends FederationReferenceTypes['File'] = FederationReferenceTypes['File']> = {
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['File']> | FederationReferenceType, FederationReferenceType, ContextType>;
  contentType?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  grant?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  height?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  nodeId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  size?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  thumbnailUrl?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  url?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  width?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type FileTooLargeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['FileTooLarge'] = ResolversParentTypes['FileTooLarge']> = {
  code?: Resolver<ResolversTypes['ErrorCode'], ParentType, ContextType>;
  maxBytes?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
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

export type InvalidImageResolvers<ContextType = Context, ParentType extends ResolversParentTypes['InvalidImage'] = ResolversParentTypes['InvalidImage']> = {
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

export type MutationResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Mutation'] = ResolversParentTypes['Mutation']> = {
  attachFile?: Resolver<Maybe<ResolversTypes['AttachFileResult']>, ParentType, ContextType, RequireFields<MutationAttachFileArgs, 'input'>>;
  uploadFile?: Resolver<Maybe<ResolversTypes['UploadFileResult']>, ParentType, ContextType, RequireFields<MutationUploadFileArgs, 'input'>>;
};

export type NodeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Node'] = ResolversParentTypes['Node']> = {
  __resolveType: TypeResolveFn<'File', ParentType, ContextType>;
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

export type QueryResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Query'] = ResolversParentTypes['Query']> = {
  file?: Resolver<Maybe<ResolversTypes['File']>, ParentType, ContextType, RequireFields<QueryFileArgs, 'id'>>;
};

export type QuotaExceededResolvers<ContextType = Context, ParentType extends ResolversParentTypes['QuotaExceeded'] = ResolversParentTypes['QuotaExceeded']> = {
  code?: Resolver<ResolversTypes['ErrorCode'], ParentType, ContextType>;
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  quotaBytes?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type RateLimitedResolvers<ContextType = Context, ParentType extends ResolversParentTypes['RateLimited'] = ResolversParentTypes['RateLimited']> = {
  code?: Resolver<ResolversTypes['ErrorCode'], ParentType, ContextType>;
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  retryAfterSeconds?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type StorageUnavailableResolvers<ContextType = Context, ParentType extends ResolversParentTypes['StorageUnavailable'] = ResolversParentTypes['StorageUnavailable']> = {
  code?: Resolver<ResolversTypes['ErrorCode'], ParentType, ContextType>;
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  retryAfterSeconds?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type UnavailableResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Unavailable'] = ResolversParentTypes['Unavailable']> = {
  code?: Resolver<ResolversTypes['ErrorCode'], ParentType, ContextType>;
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export interface UploadScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['Upload'], any> {
  name: 'Upload';
}

export type UploadFilePayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['UploadFilePayload'] = ResolversParentTypes['UploadFilePayload']> = {
  file?: Resolver<ResolversTypes['File'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type UploadFileResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['UploadFileResult'] = ResolversParentTypes['UploadFileResult']> = {
  __resolveType: TypeResolveFn<'ClientFileIdReused' | 'FileTooLarge' | 'InvalidImage' | 'InvalidInput' | 'QuotaExceeded' | 'RateLimited' | 'StorageUnavailable' | 'UploadFilePayload', ParentType, ContextType>;
};

export type UserResolvers<ContextType = Context, ParentType extends ResolversParentTypes['User'] = ResolversParentTypes['User'], FederationReferenceType extends FederationReferenceTypes['User'] = FederationReferenceTypes['User']> = {
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['User']> | FederationReferenceType, FederationReferenceType, ContextType>;
  avatarUrl?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType, RequireFields<UserAvatarUrlArgs, 'size'>>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
};

export type UserErrorResolvers<ContextType = Context, ParentType extends ResolversParentTypes['UserError'] = ResolversParentTypes['UserError']> = {
  __resolveType: TypeResolveFn<'ClientFileIdReused' | 'FileTooLarge' | 'Forbidden' | 'InvalidImage' | 'InvalidInput' | 'NotFound' | 'NotReachable' | 'Overloaded' | 'QuotaExceeded' | 'RateLimited' | 'StorageUnavailable' | 'Unavailable', ParentType, ContextType>;
};

export type Resolvers<ContextType = Context> = {
  AttachFilePayload?: AttachFilePayloadResolvers<ContextType>;
  AttachFileResult?: AttachFileResultResolvers<ContextType>;
  ClientFileIdReused?: ClientFileIdReusedResolvers<ContextType>;
  DateTime?: GraphQLScalarType;
  File?: FileResolvers<ContextType>;
  FileTooLarge?: FileTooLargeResolvers<ContextType>;
  Forbidden?: ForbiddenResolvers<ContextType>;
  InputFault?: InputFaultResolvers<ContextType>;
  InvalidImage?: InvalidImageResolvers<ContextType>;
  InvalidInput?: InvalidInputResolvers<ContextType>;
  Mutation?: MutationResolvers<ContextType>;
  Node?: NodeResolvers<ContextType>;
  NotFound?: NotFoundResolvers<ContextType>;
  NotReachable?: NotReachableResolvers<ContextType>;
  Overloaded?: OverloadedResolvers<ContextType>;
  PageInfo?: PageInfoResolvers<ContextType>;
  Query?: QueryResolvers<ContextType>;
  QuotaExceeded?: QuotaExceededResolvers<ContextType>;
  RateLimited?: RateLimitedResolvers<ContextType>;
  StorageUnavailable?: StorageUnavailableResolvers<ContextType>;
  Unavailable?: UnavailableResolvers<ContextType>;
  Upload?: GraphQLScalarType;
  UploadFilePayload?: UploadFilePayloadResolvers<ContextType>;
  UploadFileResult?: UploadFileResultResolvers<ContextType>;
  User?: UserResolvers<ContextType>;
  UserError?: UserErrorResolvers<ContextType>;
};

