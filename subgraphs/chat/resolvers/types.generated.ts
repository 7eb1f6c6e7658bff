import type { GraphQLResolveInfo, GraphQLScalarType, GraphQLScalarTypeConfig } from 'graphql';
import type { ViewerConversation, Membership as MembershipParent, Message as MessageParent, TypingChanged as TypingChangedParent } from '../domain/model.ts';
import type { TextContent as TextContentParent } from '../domain/messages/kinds/text.ts';
import type { ImageContent as ImageContentParent } from '../domain/messages/kinds/image.ts';
import type { UnknownContent as UnknownContentParent } from '../domain/messages/kinds/unknown.ts';
import type { ConversationCreated as ConversationCreatedParent } from '../domain/log/kinds/conversation-created.ts';
import type { MessageSent as MessageSentParent } from '../domain/log/kinds/message-sent.ts';
import type { MemberJoined as MemberJoinedParent } from '../domain/log/kinds/member-joined.ts';
import type { MemberLeft as MemberLeftParent } from '../domain/log/kinds/member-left.ts';
import type { EntryLost as EntryLostParent } from '../domain/log/kinds/entry-lost.ts';
import type { UnknownEntry as UnknownEntryParent } from '../domain/log/kinds/index.ts';
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

/** Who comes to a group. */
export type AddGroupMembersInput = {
  /** The group. */
  conversationId: Scalars['ID']['input'];
  /** 1 to 100 users, each once. */
  memberIds: Array<Scalars['ID']['input']>;
};

/** The group with its new members. */
export type AddGroupMembersPayload = {
  /** The group. */
  conversation: Conversation;
};

/** How adding members can end. */
export type AddGroupMembersResult = AddGroupMembersPayload | Forbidden | InvalidInput | NotAMember | NotReachable | Unavailable;

/**
 * The `clientGroupId` was used by the viewer to create a group with another title or other members. Nothing was
 * created.
 */
export type ClientGroupIdReused = UserError & {
  /** Always `CLIENT_GROUP_ID_REUSED`. */
  code: ErrorCode;
  /** What to do about it. */
  message: Scalars['String']['output'];
};

/**
 * The `clientMessageId` was used by the viewer in this conversation for a message with another content. Nothing
 * was sent.
 */
export type ClientMessageIdReused = UserError & {
  /** Always `CLIENT_MESSAGE_ID_REUSED`. */
  code: ErrorCode;
  /** What to do about it. */
  message: Scalars['String']['output'];
};

/** Two people, or a group, and what they write to each other. */
export type Conversation = Node & {
  /** The highest `seq` of its log. All that is selected beside it is true as of this entry, its lists too. */
  headSeq: Scalars['Int']['output'];
  /** The conversation's id. */
  id: Scalars['ID']['output'];
  /** Direct or group. */
  kind: ConversationKind;
  /** When the last entry of its log was committed; the list of conversations is in this order. */
  lastActivityAt: Scalars['DateTime']['output'];
  /** The newest message that the viewer may see, null where there is none. */
  lastMessage?: Maybe<Message>;
  /**
   * What happened in it, as far as the viewer may see it, oldest first: messages, who came and left, and what is
   * added later. `last: 20` gives the newest 20. For a history that shows more than messages.
   */
  log?: Maybe<LogConnection>;
  /** How many are in it now. */
  memberCount: Scalars['Int']['output'];
  /** Those who are in it now, by their ids. */
  members?: Maybe<MembershipConnection>;
  /** The messages that the viewer may see, oldest first. `last: 20` gives the newest 20. */
  messages?: Maybe<MessageConnection>;
  /** For `node`: the id again. Who asks by it reads the entity as any viewer does. */
  nodeId: Scalars['ID']['output'];
  /** The other person of a direct conversation; null for a group. */
  otherMember?: Maybe<User>;
  /** The id of the other person of a direct conversation; null for a group. */
  otherMemberId?: Maybe<Scalars['ID']['output']>;
  /** What a group is called. Null for a direct conversation: show the name of `otherMember`. */
  title?: Maybe<Scalars['String']['output']>;
  /** How many messages of others came after the viewer's read position. */
  unreadCount: Scalars['Int']['output'];
  /** The viewer's own membership, with their role and read position. */
  viewerMembership: Membership;
};


/** Two people, or a group, and what they write to each other. */
export type ConversationLogArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  around?: InputMaybe<Scalars['Int']['input']>;
  aroundTime?: InputMaybe<Scalars['DateTime']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
};


/** Two people, or a group, and what they write to each other. */
export type ConversationMembersArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
};


/** Two people, or a group, and what they write to each other. */
export type ConversationMessagesArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  around?: InputMaybe<Scalars['Int']['input']>;
  aroundTime?: InputMaybe<Scalars['DateTime']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
};

/** A page of the viewer's conversations. */
export type ConversationConnection = {
  /**
   * The positions as of which this is true, of all conversations of the viewer, also those that are not on the
   * page; of the 10,000 with the latest activity where there are more. An inbox that begins there has all that
   * comes after, and of what is shown here nothing twice.
   */
  asOf: Array<Position>;
  /** The conversations of the page, each with its cursor. */
  edges: Array<ConversationEdge>;
  /** Where the page lies in the list. */
  pageInfo: PageInfo;
};

/** The conversation was made; always its first entry. */
export type ConversationCreated = LogEvent & {
  /** Who made it. */
  actor?: Maybe<User>;
  /** The id of who made it. */
  actorId: Scalars['ID']['output'];
  /** The conversation as it is now; null where the viewer is in it no longer. */
  conversation?: Maybe<Conversation>;
  /** The conversation. */
  conversationId: Scalars['ID']['output'];
  /** When it was committed. */
  happenedAt: Scalars['DateTime']['output'];
  /** Always 1. */
  seq: Scalars['Int']['output'];
};

/** A conversation in a list. */
export type ConversationEdge = {
  /** Where it stands in the list. */
  cursor: Scalars['String']['output'];
  /** The conversation. */
  node: Conversation;
};

/** What a conversation is. */
export type ConversationKind =
  /** Between two people. There is only one for the same two. */
  | 'DIRECT'
  /** Of any number of people, with a title and roles. */
  | 'GROUP';

/** What to call a group and who is in it. */
export type CreateGroupInput = {
  /**
   * Made once by the client for each group that a person creates, 1 to 64 of `A-Z a-z 0-9 _ - : .`: a retry with
   * the same gives the same group, also when members came or left since. Empty is as left out.
   */
  clientGroupId?: InputMaybe<Scalars['String']['input']>;
  /** 2 to 500 users, each once, without the viewer. */
  memberIds: Array<Scalars['ID']['input']>;
  /**
   * 1 to 100 characters, at least one of them visible, and 400 code points at most. A title is one line: line
   * ends and tabs become spaces; spaces around it, control characters, direction controls and characters that
   * are never shown are removed. Joiners and selectors that change a letter or an emoji stay.
   */
  title: Scalars['String']['input'];
};

/** The group that was created, or was before by the same `clientGroupId`. */
export type CreateGroupPayload = {
  /** The group. */
  conversation: Conversation;
};

/** How creating a group can end. */
export type CreateGroupResult = ClientGroupIdReused | CreateGroupPayload | InvalidInput | NotReachable | Unavailable;

/**
 * An entry that the server has lost, by a damage of its database that was mended since. Nothing is known of it
 * but its number, which stays taken.
 */
export type EntryLost = LogEvent & {
  /** The conversation. */
  conversationId: Scalars['ID']['output'];
  /** The time of the entry before it. */
  happenedAt: Scalars['DateTime']['output'];
  /** Its number in the log. */
  seq: Scalars['Int']['output'];
};

/** What is so at the moment. It is in no log: it may be lost or come twice, and is never delivered later. */
export type EphemeralEvent = {
  /** The conversation. */
  conversationId: Scalars['ID']['output'];
};

/** The stable names of errors. The same names stand in `extensions.code` of errors that are not part of a result. */
export type ErrorCode =
  /** The `clientGroupId` was used for a group with another title or other members. */
  | 'CLIENT_GROUP_ID_REUSED'
  /** The `clientMessageId` was used for a message with another content. */
  | 'CLIENT_MESSAGE_ID_REUSED'
  /** The viewer may not do this. */
  | 'FORBIDDEN'
  /** A value of the input breaks a rule; `field` names it. */
  | 'INVALID_INPUT'
  /** The conversation does not exist, or the viewer is not in it. */
  | 'NOT_A_MEMBER'
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
  | 'UNAVAILABLE';

/**
 * A file that somebody uploaded. Who may see it: its owner, those who see what it was sent in, and for an avatar
 * every signed-in user.
 */
export type File = {
  /**
   * For services: a short-lived token of the chat service, which says that the viewer was shown something that
   * holds this file. Part of the key, as a plan would otherwise leave it out; null where the viewer is the
   * owner.
   */
  grant?: Maybe<Scalars['String']['output']>;
  /** The file's id. */
  id: Scalars['ID']['output'];
};

/** The viewer may see the thing but not do this to it. */
export type Forbidden = UserError & {
  /** Always `FORBIDDEN`. */
  code: ErrorCode;
  /** What is not allowed, and to whom it is. */
  message: Scalars['String']['output'];
};

/**
 * So much lies between the position and the head of a conversation that nothing is replayed, or an entry that
 * lies there cannot be read. Page its history; live entries follow after `headSeq`.
 */
export type GapTooLarge = {
  /** The conversation. */
  conversationId: Scalars['ID']['output'];
  /** The highest `seq`; set the position to it. */
  headSeq: Scalars['Int']['output'];
};

/** A picture in a message. */
export type ImageContent = {
  /** What the sender wrote under it, null for nothing. */
  caption?: Maybe<Scalars['String']['output']>;
  /** The picture's file. */
  file?: Maybe<File>;
  /** The id of the picture's file, there whether or not the file service answers. */
  fileId: Scalars['ID']['output'];
};

/** A picture to send. */
export type ImageContentInput = {
  /** At most 5,000 characters and 10,000 code points, cleaned as `text` is. Left out, empty or blank for nothing. */
  caption?: InputMaybe<Scalars['String']['input']>;
  /** An image that the viewer uploaded. */
  fileId: Scalars['ID']['input'];
};

/** What `inbox` and `conversationEvents` deliver. */
export type InboxEvent = ConversationCreated | EntryLost | GapTooLarge | InboxStarted | MemberJoined | MemberLeft | MessageSent | TypingChanged | UnknownEntry;

/** Always the first event: which conversations there will be events of, and from where. */
export type InboxStarted = {
  /** Events come from after each of these. */
  positions: Array<Position>;
};

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

/** Which group to leave. */
export type LeaveGroupInput = {
  /** The group. */
  conversationId: Scalars['ID']['input'];
};

/** The viewer is out of the group. */
export type LeaveGroupPayload = {
  /** The id of the group that was left. */
  conversationId: Scalars['ID']['output'];
};

/** How leaving a group can end. */
export type LeaveGroupResult = Forbidden | InvalidInput | LeaveGroupPayload | NotAMember;

/** A page of a conversation's log. */
export type LogConnection = {
  /** As of when this is true: an inbox that begins there has all that comes after, and nothing twice. */
  asOf: Position;
  /** The entries of the page, each with its cursor. */
  edges: Array<LogEdge>;
  /** Where the page lies in the list. */
  pageInfo: PageInfo;
};

/** An entry in a list. */
export type LogEdge = {
  /** Where it stands in the list. */
  cursor: Scalars['String']['output'];
  /** The entry. */
  node: LogEvent;
};

/** An entry of a conversation's log. */
export type LogEvent = {
  /** The conversation. */
  conversationId: Scalars['ID']['output'];
  /** When it was committed. */
  happenedAt: Scalars['DateTime']['output'];
  /** Its number in the log. */
  seq: Scalars['Int']['output'];
};

/** How far the viewer has read. */
export type MarkReadInput = {
  /** The conversation. */
  conversationId: Scalars['ID']['input'];
  /** The `seq` of the last entry that was read; beyond the head it counts as the head. */
  seq: Scalars['Int']['input'];
};

/** The viewer's read position. */
export type MarkReadPayload = {
  /** The conversation, with what is unread now. */
  conversation: Conversation;
};

/** How marking as read can end. */
export type MarkReadResult = InvalidInput | MarkReadPayload | NotAMember;

/** Someone was added to a group. */
export type MemberJoined = LogEvent & {
  /** Who added them. */
  actor?: Maybe<User>;
  /** The id of who added them. */
  actorId: Scalars['ID']['output'];
  /** The conversation as it is now; null where the viewer is in it no longer. */
  conversation?: Maybe<Conversation>;
  /** The conversation. */
  conversationId: Scalars['ID']['output'];
  /** When it was committed. */
  happenedAt: Scalars['DateTime']['output'];
  /** Its number in the log. */
  seq: Scalars['Int']['output'];
  /** Who came. */
  user?: Maybe<User>;
  /** The id of who came. */
  userId: Scalars['ID']['output'];
};

/** Someone left a group. Who is out sees this, and nothing after it. */
export type MemberLeft = LogEvent & {
  /** Whose doing it was; themselves when they left. */
  actor?: Maybe<User>;
  /** The id of whose doing it was; their own when they left. */
  actorId: Scalars['ID']['output'];
  /** The conversation. */
  conversationId: Scalars['ID']['output'];
  /** When it was committed. */
  happenedAt: Scalars['DateTime']['output'];
  /** Its number in the log. */
  seq: Scalars['Int']['output'];
  /** Who is out. */
  user?: Maybe<User>;
  /** The id of who is out. */
  userId: Scalars['ID']['output'];
};

/** What a member may do in a group. In a direct conversation both are MEMBER. */
export type MemberRole =
  /** Helps the owner to run the group. */
  | 'ADMIN'
  /** Reads and writes. */
  | 'MEMBER'
  /** Created the group, or was given it. There is one. */
  | 'OWNER';

/** That someone is in a conversation. */
export type Membership = {
  /** Since when they are in it. */
  joinedAt: Scalars['DateTime']['output'];
  /** The `seq` up to which they have read. Null where they do not let the viewer see it. */
  readSeq?: Maybe<Scalars['Int']['output']>;
  /** What they may do there. */
  role: MemberRole;
  /** Who is in it. */
  user?: Maybe<User>;
  /** The id of who is in it, there whether or not the user service answers. */
  userId: Scalars['ID']['output'];
};

/** A page of a conversation's members. */
export type MembershipConnection = {
  /** The members of the page, each with its cursor. */
  edges: Array<MembershipEdge>;
  /** Where the page lies in the list. */
  pageInfo: PageInfo;
};

/** A member in a list. */
export type MembershipEdge = {
  /** Where they stand in the list. */
  cursor: Scalars['String']['output'];
  /** The member. */
  node: Membership;
};

/** Something that someone wrote or showed to a conversation. */
export type Message = Node & {
  /** The id that the sender's client gave it, shown to the sender alone. */
  clientMessageId?: Maybe<Scalars['String']['output']>;
  /** What it says or shows. Kinds will be added: show `preview` where a client does not know the kind. */
  content: MessageContent;
  /** The conversation it was sent to; null where the viewer is in it no longer. */
  conversation?: Maybe<Conversation>;
  /** The conversation it was sent to. */
  conversationId: Scalars['ID']['output'];
  /** The message's id. */
  id: Scalars['ID']['output'];
  /** For `node`: the id again. Who asks by it reads the entity as any viewer does. */
  nodeId: Scalars['ID']['output'];
  /**
   * One line for lists, notifications and clients that do not know the kind. Of a text the first line that shows
   * something, of an image that of its caption, without direction controls, at most 100 characters as people
   * count them; `…` follows where the line is longer. Where there is no such line, the English word `Text` or
   * `Image`, and `Message` for content that the server does not know.
   */
  preview: Scalars['String']['output'];
  /** Who sent it. */
  sender?: Maybe<User>;
  /** The id of who sent it, there whether or not the user service answers. */
  senderId: Scalars['ID']['output'];
  /** When it was committed. */
  sentAt: Scalars['DateTime']['output'];
  /** Its number in the conversation's log: messages are in this order. */
  seq: Scalars['Int']['output'];
};

/** A page of a conversation's messages. */
export type MessageConnection = {
  /** As of when this is true: an inbox that begins there has all that comes after, and nothing twice. */
  asOf: Position;
  /** The messages of the page, oldest first, each with its cursor. */
  edges: Array<MessageEdge>;
  /** Where the page lies in the list. */
  pageInfo: PageInfo;
};

/** What a message says or shows: one member a kind. */
export type MessageContent = ImageContent | TextContent | UnknownContent;

/**
 * The content of a message: exactly one field, which says the kind. Null is as left out. None or several are
 * `InvalidInput` with the field `content`.
 */
export type MessageContentInput = {
  /** A picture. */
  image?: InputMaybe<ImageContentInput>;
  /** Something written. */
  text?: InputMaybe<TextContentInput>;
};

/** A message in a list. */
export type MessageEdge = {
  /** Where it stands in the list. */
  cursor: Scalars['String']['output'];
  /** The message. */
  node: Message;
};

/** A message was sent. */
export type MessageSent = LogEvent & {
  /** The conversation. */
  conversationId: Scalars['ID']['output'];
  /** When it was committed. */
  happenedAt: Scalars['DateTime']['output'];
  /** What was sent. */
  message: Message;
  /** Its number in the log, and the message's. */
  seq: Scalars['Int']['output'];
};

export type Mutation = {
  /**
   * Adds users to a group who let the viewer add them. Its owner and its admins may. Whoever is in it already
   * stays as they are.
   */
  addGroupMembers?: Maybe<AddGroupMembersResult>;
  /** Creates a group of the viewer, who owns it, and users who let the viewer add them. */
  createGroup?: Maybe<CreateGroupResult>;
  /** Leaves a group. Its owner cannot. */
  leaveGroup?: Maybe<LeaveGroupResult>;
  /** Says how far the viewer has read a conversation. It never goes back, and never beyond the head. */
  markRead?: Maybe<MarkReadResult>;
  /**
   * Opens the conversation of the viewer with somebody who lets them write: makes it the first time, and returns
   * the same ever after, also when they let them no longer.
   */
  openDirectConversation?: Maybe<OpenDirectConversationResult>;
  /**
   * Sends a message. It is committed when the answer comes; a retry with the same `clientMessageId` gives the
   * same message. A direct conversation takes messages while its two are friends and neither has blocked the
   * other: a change of that has effect within 10 seconds.
   */
  sendMessage?: Maybe<SendMessageResult>;
  /**
   * Says that the viewer types, or no longer does, to the members of a conversation who are connected and whom
   * the viewer lets see it. Clients repeat it every 3 seconds while their user types.
   */
  setTyping?: Maybe<SetTypingResult>;
};


export type MutationAddGroupMembersArgs = {
  input: AddGroupMembersInput;
};


export type MutationCreateGroupArgs = {
  input: CreateGroupInput;
};


export type MutationLeaveGroupArgs = {
  input: LeaveGroupInput;
};


export type MutationMarkReadArgs = {
  input: MarkReadInput;
};


export type MutationOpenDirectConversationArgs = {
  input: OpenDirectConversationInput;
};


export type MutationSendMessageArgs = {
  input: SendMessageInput;
};


export type MutationSetTypingArgs = {
  input: SetTypingInput;
};

/**
 * What a client can ask for again by its id alone: `node(id:)` finds it. Relay's object identification, which
 * `@refetchable` and a normalized cache build on.
 */
export type Node = {
  /** The id, which says what it is of: docs/api.md. */
  id: Scalars['ID']['output'];
};

/** The conversation does not exist or the viewer is not in it. Both look the same on purpose. */
export type NotAMember = UserError & {
  /** Always `NOT_A_MEMBER`. */
  code: ErrorCode;
  /** What the viewer is not in. */
  message: Scalars['String']['output'];
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

/** With whom to open a direct conversation. */
export type OpenDirectConversationInput = {
  /** The id of the user. */
  userId: Scalars['ID']['input'];
};

/** The direct conversation. */
export type OpenDirectConversationPayload = {
  /** The one conversation of the two. */
  conversation: Conversation;
};

/** How opening a direct conversation can end. */
export type OpenDirectConversationResult = InvalidInput | NotReachable | OpenDirectConversationPayload | Unavailable;

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

/** A place in a conversation's log. */
export type Position = {
  /** The conversation. */
  conversationId: Scalars['ID']['output'];
  /** The `seq` of an entry; 0 is before the first. */
  seq: Scalars['Int']['output'];
};

/** A place in a conversation's log: the client has everything up to and with this entry. */
export type PositionInput = {
  /** The conversation. */
  conversationId: Scalars['ID']['input'];
  /** The `seq` of the last entry that the client has; 0 for none. */
  seq: Scalars['Int']['input'];
};

export type Query = {
  /**
   * A conversation that the viewer is in. Null where there is none with this id or the viewer is not in it; the
   * two look the same.
   */
  conversation?: Maybe<Conversation>;
  /** The viewer's conversations, the one with the latest activity first. */
  conversations?: Maybe<ConversationConnection>;
  /**
   * A message that the viewer may see. Null where there is none with this id or the viewer may not see it; the
   * two look the same.
   */
  message?: Maybe<Message>;
  /** How many messages the viewer has not read, in all conversations. */
  unreadTotal?: Maybe<Scalars['Int']['output']>;
};


export type QueryConversationArgs = {
  id: Scalars['ID']['input'];
};


export type QueryConversationsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
  ids?: InputMaybe<Array<Scalars['ID']['input']>>;
  isUnread?: InputMaybe<Scalars['Boolean']['input']>;
  kind?: InputMaybe<ConversationKind>;
  last?: InputMaybe<Scalars['Int']['input']>;
};


export type QueryMessageArgs = {
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

/** A message to send. */
export type SendMessageInput = {
  /**
   * Made once by the client for each message that a person sends, 1 to 64 of `A-Z a-z 0-9 _ - : .`; the same at
   * each retry.
   */
  clientMessageId: Scalars['String']['input'];
  /** What it says or shows. */
  content: MessageContentInput;
  /** Where to. */
  conversationId: Scalars['ID']['input'];
};

/** The message is committed. */
export type SendMessagePayload = {
  /** The message, the same at each retry. Not named `message`, which is the text of an error in the same union. */
  sentMessage: Message;
};

/** How sending can end. */
export type SendMessageResult = ClientMessageIdReused | InvalidInput | NotAMember | NotFound | NotReachable | Overloaded | RateLimited | SendMessagePayload | Unavailable;

/** Whether the viewer types. */
export type SetTypingInput = {
  /** Where. */
  conversationId: Scalars['ID']['input'];
  /** False where they stopped. */
  isTyping: Scalars['Boolean']['input'];
};

/** It was told, as far as it can be. */
export type SetTypingPayload = {
  /** The id of the conversation. */
  conversationId: Scalars['ID']['output'];
};

/** How saying that one types can end. */
export type SetTypingResult = InvalidInput | NotAMember | SetTypingPayload;

export type Subscription = {
  /**
   * The same for one conversation: first `InboxStarted` with its position, then all entries after `seq`, then
   * live. It is refused with `NOT_A_MEMBER` where the viewer is not in the conversation, and is complete after
   * the entry by which they are out.
   */
  conversationEvents?: Maybe<InboxEvent>;
  /**
   * Everything that happens in the viewer's conversations: first `InboxStarted`, then all entries after the
   * positions given, then live. For each conversation every entry once, in the order of `seq`, without a gap.
   * PROTOCOL.md says it in full.
   */
  inbox?: Maybe<InboxEvent>;
};


export type SubscriptionConversationEventsArgs = {
  conversationId: Scalars['ID']['input'];
  seq?: InputMaybe<Scalars['Int']['input']>;
};


export type SubscriptionInboxArgs = {
  positions?: InputMaybe<Array<PositionInput>>;
};

/** Something written. */
export type TextContent = {
  /** What was written, as it was written. Show it as a paragraph of its own: it may hold direction controls. */
  text: Scalars['String']['output'];
};

/** Something to write. */
export type TextContentInput = {
  /**
   * 1 to 5,000 characters, at most 10,000 code points. Characters are counted as people count them: an emoji is
   * one. Kept as written, but for control characters and a terminal's colour codes, which are removed, and line
   * ends, which become line feeds. An empty text, or one that shows nothing, is refused.
   */
  text: Scalars['String']['input'];
};

/**
 * Someone else began or stopped typing. Show it for 6 seconds and no longer, unless it comes again or a message
 * of that person does.
 */
export type TypingChanged = EphemeralEvent & {
  /** The conversation. */
  conversationId: Scalars['ID']['output'];
  /** False where they stopped. */
  isTyping: Scalars['Boolean']['output'];
  /** Who. */
  user?: Maybe<User>;
  /** The id of who. */
  userId: Scalars['ID']['output'];
};

/** A service that is needed for this cannot be reached now. Nothing was changed; trying again is safe. */
export type Unavailable = UserError & {
  /** Always `UNAVAILABLE`. */
  code: ErrorCode;
  /** What cannot be reached. */
  message: Scalars['String']['output'];
};

/**
 * Content of a kind that the server does not know yet, as while it is being updated, or that is damaged. Show
 * `preview`; it may be readable later.
 */
export type UnknownContent = {
  /** The same as `Message.preview`. */
  preview: Scalars['String']['output'];
};

/**
 * An entry of a kind that the server does not know yet, as while it is being updated. Move the position and show
 * nothing; it may be readable later.
 */
export type UnknownEntry = LogEvent & {
  /** The conversation. */
  conversationId: Scalars['ID']['output'];
  /** When it was committed. */
  happenedAt: Scalars['DateTime']['output'];
  /** Its number in the log. */
  seq: Scalars['Int']['output'];
};

/** A person who uses the system. */
export type User = {
  /** The viewer's direct conversation with this user, null where it was never opened. */
  directConversation?: Maybe<Conversation>;
  /** The user's id. */
  id: Scalars['ID']['output'];
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
  Conversation: Conversation;
  Message: Message;
  User: User;
};

/** Mapping of federation reference types */
export type FederationReferenceTypes = {
  Conversation:
    ( { __typename: 'Conversation' }
    & ( GraphQLRecursivePick<FederationTypes['Conversation'], {"id":true}>
        | GraphQLRecursivePick<FederationTypes['Conversation'], {"nodeId":true}> ) );
  Message:
    ( { __typename: 'Message' }
    & ( GraphQLRecursivePick<FederationTypes['Message'], {"id":true}>
        | GraphQLRecursivePick<FederationTypes['Message'], {"nodeId":true}> ) );
  User:
    ( { __typename: 'User' }
    & GraphQLRecursivePick<FederationTypes['User'], {"id":true}> );
};

/** Mapping of union types */
export type ResolversUnionTypes<_RefType extends Record<string, unknown>> = {
  AddGroupMembersResult:
    | ( Omit<AddGroupMembersPayload, 'conversation'> & { conversation: _RefType['Conversation'] } )
    | ( Forbidden )
    | ( InvalidInput )
    | ( NotAMember )
    | ( NotReachable )
    | ( Unavailable )
  ;
  CreateGroupResult:
    | ( ClientGroupIdReused )
    | ( Omit<CreateGroupPayload, 'conversation'> & { conversation: _RefType['Conversation'] } )
    | ( InvalidInput )
    | ( NotReachable )
    | ( Unavailable )
  ;
  InboxEvent:
    | ( ConversationCreatedParent )
    | ( EntryLostParent )
    | ( GapTooLarge )
    | ( Omit<InboxStarted, 'positions'> & { positions: Array<_RefType['Position']> } )
    | ( MemberJoinedParent )
    | ( MemberLeftParent )
    | ( MessageSentParent )
    | ( TypingChangedParent )
    | ( UnknownEntryParent )
  ;
  LeaveGroupResult:
    | ( Forbidden )
    | ( InvalidInput )
    | ( LeaveGroupPayload )
    | ( NotAMember )
  ;
  MarkReadResult:
    | ( InvalidInput )
    | ( Omit<MarkReadPayload, 'conversation'> & { conversation: _RefType['Conversation'] } )
    | ( NotAMember )
  ;
  MessageContent:
    | ( ImageContentParent )
    | ( TextContentParent )
    | ( UnknownContentParent )
  ;
  OpenDirectConversationResult:
    | ( InvalidInput )
    | ( NotReachable )
    | ( Omit<OpenDirectConversationPayload, 'conversation'> & { conversation: _RefType['Conversation'] } )
    | ( Unavailable )
  ;
  SendMessageResult:
    | ( ClientMessageIdReused )
    | ( InvalidInput )
    | ( NotAMember )
    | ( NotFound )
    | ( NotReachable )
    | ( Overloaded )
    | ( RateLimited )
    | ( Omit<SendMessagePayload, 'sentMessage'> & { sentMessage: _RefType['Message'] } )
    | ( Unavailable )
  ;
  SetTypingResult:
    | ( InvalidInput )
    | ( NotAMember )
    | ( SetTypingPayload )
  ;
};

/** Mapping of interface types */
export type ResolversInterfaceTypes<_RefType extends Record<string, unknown>> = {
  EphemeralEvent: ( TypingChangedParent );
  LogEvent:
    | ( ConversationCreatedParent )
    | ( EntryLostParent )
    | ( MemberJoinedParent )
    | ( MemberLeftParent )
    | ( MessageSentParent )
    | ( UnknownEntryParent )
  ;
  Node:
    | ( ViewerConversation )
    | ( MessageParent )
  ;
  UserError:
    | ( ClientGroupIdReused )
    | ( ClientMessageIdReused )
    | ( Forbidden )
    | ( InvalidInput )
    | ( NotAMember )
    | ( NotFound )
    | ( NotReachable )
    | ( Overloaded )
    | ( RateLimited )
    | ( Unavailable )
  ;
};

/** Mapping between all available schema types and the resolvers types */
export type ResolversTypes = {
  AddGroupMembersInput: AddGroupMembersInput;
  ID: ResolverTypeWrapper<Scalars['ID']['output']>;
  AddGroupMembersPayload: ResolverTypeWrapper<Omit<AddGroupMembersPayload, 'conversation'> & { conversation: ResolversTypes['Conversation'] }>;
  AddGroupMembersResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['AddGroupMembersResult']>;
  ClientGroupIdReused: ResolverTypeWrapper<ClientGroupIdReused>;
  String: ResolverTypeWrapper<Scalars['String']['output']>;
  ClientMessageIdReused: ResolverTypeWrapper<ClientMessageIdReused>;
  Conversation: ResolverTypeWrapper<ViewerConversation>;
  Int: ResolverTypeWrapper<Scalars['Int']['output']>;
  ConversationConnection: ResolverTypeWrapper<Omit<ConversationConnection, 'asOf' | 'edges'> & { asOf: Array<ResolversTypes['Position']>, edges: Array<ResolversTypes['ConversationEdge']> }>;
  ConversationCreated: ResolverTypeWrapper<ConversationCreatedParent>;
  ConversationEdge: ResolverTypeWrapper<Omit<ConversationEdge, 'node'> & { node: ResolversTypes['Conversation'] }>;
  ConversationKind: ConversationKind;
  CreateGroupInput: CreateGroupInput;
  CreateGroupPayload: ResolverTypeWrapper<Omit<CreateGroupPayload, 'conversation'> & { conversation: ResolversTypes['Conversation'] }>;
  CreateGroupResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['CreateGroupResult']>;
  DateTime: ResolverTypeWrapper<Scalars['DateTime']['output']>;
  EntryLost: ResolverTypeWrapper<EntryLostParent>;
  EphemeralEvent: ResolverTypeWrapper<ResolversInterfaceTypes<ResolversTypes>['EphemeralEvent']>;
  ErrorCode: ErrorCode;
  File: ResolverTypeWrapper<File>;
  Forbidden: ResolverTypeWrapper<Forbidden>;
  GapTooLarge: ResolverTypeWrapper<GapTooLarge>;
  ImageContent: ResolverTypeWrapper<ImageContentParent>;
  ImageContentInput: ImageContentInput;
  InboxEvent: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['InboxEvent']>;
  InboxStarted: ResolverTypeWrapper<Omit<InboxStarted, 'positions'> & { positions: Array<ResolversTypes['Position']> }>;
  InputFault: ResolverTypeWrapper<InputFault>;
  InvalidInput: ResolverTypeWrapper<InvalidInput>;
  LeaveGroupInput: LeaveGroupInput;
  LeaveGroupPayload: ResolverTypeWrapper<LeaveGroupPayload>;
  LeaveGroupResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['LeaveGroupResult']>;
  LogConnection: ResolverTypeWrapper<Omit<LogConnection, 'asOf' | 'edges'> & { asOf: ResolversTypes['Position'], edges: Array<ResolversTypes['LogEdge']> }>;
  LogEdge: ResolverTypeWrapper<Omit<LogEdge, 'node'> & { node: ResolversTypes['LogEvent'] }>;
  LogEvent: ResolverTypeWrapper<ResolversInterfaceTypes<ResolversTypes>['LogEvent']>;
  MarkReadInput: MarkReadInput;
  MarkReadPayload: ResolverTypeWrapper<Omit<MarkReadPayload, 'conversation'> & { conversation: ResolversTypes['Conversation'] }>;
  MarkReadResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['MarkReadResult']>;
  MemberJoined: ResolverTypeWrapper<MemberJoinedParent>;
  MemberLeft: ResolverTypeWrapper<MemberLeftParent>;
  MemberRole: MemberRole;
  Membership: ResolverTypeWrapper<MembershipParent>;
  MembershipConnection: ResolverTypeWrapper<Omit<MembershipConnection, 'edges'> & { edges: Array<ResolversTypes['MembershipEdge']> }>;
  MembershipEdge: ResolverTypeWrapper<Omit<MembershipEdge, 'node'> & { node: ResolversTypes['Membership'] }>;
  Message: ResolverTypeWrapper<MessageParent>;
  MessageConnection: ResolverTypeWrapper<Omit<MessageConnection, 'asOf' | 'edges'> & { asOf: ResolversTypes['Position'], edges: Array<ResolversTypes['MessageEdge']> }>;
  MessageContent: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['MessageContent']>;
  MessageContentInput: MessageContentInput;
  MessageEdge: ResolverTypeWrapper<Omit<MessageEdge, 'node'> & { node: ResolversTypes['Message'] }>;
  MessageSent: ResolverTypeWrapper<MessageSentParent>;
  Mutation: ResolverTypeWrapper<Record<PropertyKey, never>>;
  Node: ResolverTypeWrapper<ResolversInterfaceTypes<ResolversTypes>['Node']>;
  NotAMember: ResolverTypeWrapper<NotAMember>;
  NotFound: ResolverTypeWrapper<NotFound>;
  NotReachable: ResolverTypeWrapper<NotReachable>;
  OpenDirectConversationInput: OpenDirectConversationInput;
  OpenDirectConversationPayload: ResolverTypeWrapper<Omit<OpenDirectConversationPayload, 'conversation'> & { conversation: ResolversTypes['Conversation'] }>;
  OpenDirectConversationResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['OpenDirectConversationResult']>;
  Overloaded: ResolverTypeWrapper<Overloaded>;
  PageInfo: ResolverTypeWrapper<PageInfo>;
  Boolean: ResolverTypeWrapper<Scalars['Boolean']['output']>;
  Position: ResolverTypeWrapper<Position>;
  PositionInput: PositionInput;
  Query: ResolverTypeWrapper<Record<PropertyKey, never>>;
  RateLimited: ResolverTypeWrapper<RateLimited>;
  SendMessageInput: SendMessageInput;
  SendMessagePayload: ResolverTypeWrapper<Omit<SendMessagePayload, 'sentMessage'> & { sentMessage: ResolversTypes['Message'] }>;
  SendMessageResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['SendMessageResult']>;
  SetTypingInput: SetTypingInput;
  SetTypingPayload: ResolverTypeWrapper<SetTypingPayload>;
  SetTypingResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['SetTypingResult']>;
  Subscription: ResolverTypeWrapper<Record<PropertyKey, never>>;
  TextContent: ResolverTypeWrapper<TextContentParent>;
  TextContentInput: TextContentInput;
  TypingChanged: ResolverTypeWrapper<TypingChangedParent>;
  Unavailable: ResolverTypeWrapper<Unavailable>;
  UnknownContent: ResolverTypeWrapper<UnknownContentParent>;
  UnknownEntry: ResolverTypeWrapper<UnknownEntryParent>;
  User: ResolverTypeWrapper<Omit<User, 'directConversation'> & { directConversation?: Maybe<ResolversTypes['Conversation']> }>;
  UserError: ResolverTypeWrapper<ResolversInterfaceTypes<ResolversTypes>['UserError']>;
};

/** Mapping between all available schema types and the resolvers parents */
export type ResolversParentTypes = {
  AddGroupMembersInput: AddGroupMembersInput;
  ID: Scalars['ID']['output'];
  AddGroupMembersPayload: Omit<AddGroupMembersPayload, 'conversation'> & { conversation: ResolversParentTypes['Conversation'] };
  AddGroupMembersResult: ResolversUnionTypes<ResolversParentTypes>['AddGroupMembersResult'];
  ClientGroupIdReused: ClientGroupIdReused;
  String: Scalars['String']['output'];
  ClientMessageIdReused: ClientMessageIdReused;
  Conversation: ViewerConversation;
  Int: Scalars['Int']['output'];
  ConversationConnection: Omit<ConversationConnection, 'asOf' | 'edges'> & { asOf: Array<ResolversParentTypes['Position']>, edges: Array<ResolversParentTypes['ConversationEdge']> };
  ConversationCreated: ConversationCreatedParent;
  ConversationEdge: Omit<ConversationEdge, 'node'> & { node: ResolversParentTypes['Conversation'] };
  CreateGroupInput: CreateGroupInput;
  CreateGroupPayload: Omit<CreateGroupPayload, 'conversation'> & { conversation: ResolversParentTypes['Conversation'] };
  CreateGroupResult: ResolversUnionTypes<ResolversParentTypes>['CreateGroupResult'];
  DateTime: Scalars['DateTime']['output'];
  EntryLost: EntryLostParent;
  EphemeralEvent: ResolversInterfaceTypes<ResolversParentTypes>['EphemeralEvent'];
  File: File;
  Forbidden: Forbidden;
  GapTooLarge: GapTooLarge;
  ImageContent: ImageContentParent;
  ImageContentInput: ImageContentInput;
  InboxEvent: ResolversUnionTypes<ResolversParentTypes>['InboxEvent'];
  InboxStarted: Omit<InboxStarted, 'positions'> & { positions: Array<ResolversParentTypes['Position']> };
  InputFault: InputFault;
  InvalidInput: InvalidInput;
  LeaveGroupInput: LeaveGroupInput;
  LeaveGroupPayload: LeaveGroupPayload;
  LeaveGroupResult: ResolversUnionTypes<ResolversParentTypes>['LeaveGroupResult'];
  LogConnection: Omit<LogConnection, 'asOf' | 'edges'> & { asOf: ResolversParentTypes['Position'], edges: Array<ResolversParentTypes['LogEdge']> };
  LogEdge: Omit<LogEdge, 'node'> & { node: ResolversParentTypes['LogEvent'] };
  LogEvent: ResolversInterfaceTypes<ResolversParentTypes>['LogEvent'];
  MarkReadInput: MarkReadInput;
  MarkReadPayload: Omit<MarkReadPayload, 'conversation'> & { conversation: ResolversParentTypes['Conversation'] };
  MarkReadResult: ResolversUnionTypes<ResolversParentTypes>['MarkReadResult'];
  MemberJoined: MemberJoinedParent;
  MemberLeft: MemberLeftParent;
  Membership: MembershipParent;
  MembershipConnection: Omit<MembershipConnection, 'edges'> & { edges: Array<ResolversParentTypes['MembershipEdge']> };
  MembershipEdge: Omit<MembershipEdge, 'node'> & { node: ResolversParentTypes['Membership'] };
  Message: MessageParent;
  MessageConnection: Omit<MessageConnection, 'asOf' | 'edges'> & { asOf: ResolversParentTypes['Position'], edges: Array<ResolversParentTypes['MessageEdge']> };
  MessageContent: ResolversUnionTypes<ResolversParentTypes>['MessageContent'];
  MessageContentInput: MessageContentInput;
  MessageEdge: Omit<MessageEdge, 'node'> & { node: ResolversParentTypes['Message'] };
  MessageSent: MessageSentParent;
  Mutation: Record<PropertyKey, never>;
  Node: ResolversInterfaceTypes<ResolversParentTypes>['Node'];
  NotAMember: NotAMember;
  NotFound: NotFound;
  NotReachable: NotReachable;
  OpenDirectConversationInput: OpenDirectConversationInput;
  OpenDirectConversationPayload: Omit<OpenDirectConversationPayload, 'conversation'> & { conversation: ResolversParentTypes['Conversation'] };
  OpenDirectConversationResult: ResolversUnionTypes<ResolversParentTypes>['OpenDirectConversationResult'];
  Overloaded: Overloaded;
  PageInfo: PageInfo;
  Boolean: Scalars['Boolean']['output'];
  Position: Position;
  PositionInput: PositionInput;
  Query: Record<PropertyKey, never>;
  RateLimited: RateLimited;
  SendMessageInput: SendMessageInput;
  SendMessagePayload: Omit<SendMessagePayload, 'sentMessage'> & { sentMessage: ResolversParentTypes['Message'] };
  SendMessageResult: ResolversUnionTypes<ResolversParentTypes>['SendMessageResult'];
  SetTypingInput: SetTypingInput;
  SetTypingPayload: SetTypingPayload;
  SetTypingResult: ResolversUnionTypes<ResolversParentTypes>['SetTypingResult'];
  Subscription: Record<PropertyKey, never>;
  TextContent: TextContentParent;
  TextContentInput: TextContentInput;
  TypingChanged: TypingChangedParent;
  Unavailable: Unavailable;
  UnknownContent: UnknownContentParent;
  UnknownEntry: UnknownEntryParent;
  User: Omit<User, 'directConversation'> & { directConversation?: Maybe<ResolversParentTypes['Conversation']> } | FederationReferenceTypes['User'];
  UserError: ResolversInterfaceTypes<ResolversParentTypes>['UserError'];
};

export type AddGroupMembersPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['AddGroupMembersPayload'] = ResolversParentTypes['AddGroupMembersPayload']> = {
  conversation?: Resolver<ResolversTypes['Conversation'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type AddGroupMembersResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['AddGroupMembersResult'] = ResolversParentTypes['AddGroupMembersResult']> = {
  __resolveType: TypeResolveFn<'AddGroupMembersPayload' | 'Forbidden' | 'InvalidInput' | 'NotAMember' | 'NotReachable' | 'Unavailable', ParentType, ContextType>;
};

export type ClientGroupIdReusedResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ClientGroupIdReused'] = ResolversParentTypes['ClientGroupIdReused']> = {
  code?: Resolver<ResolversTypes['ErrorCode'], ParentType, ContextType>;
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type ClientMessageIdReusedResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ClientMessageIdReused'] = ResolversParentTypes['ClientMessageIdReused']> = {
  code?: Resolver<ResolversTypes['ErrorCode'], ParentType, ContextType>;
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type ConversationResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Conversation'] = ResolversParentTypes['Conversation'], FederationReferenceType extends FederationReferenceTypes['Conversation'] = FederationReferenceTypes['Conversation']> = {
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['Conversation']> | FederationReferenceType, FederationReferenceType, ContextType>;
  headSeq?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  kind?: Resolver<ResolversTypes['ConversationKind'], ParentType, ContextType>;
  lastActivityAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  lastMessage?: Resolver<Maybe<ResolversTypes['Message']>, ParentType, ContextType>;
  log?: Resolver<Maybe<ResolversTypes['LogConnection']>, ParentType, ContextType, Partial<ConversationLogArgs>>;
  memberCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  members?: Resolver<Maybe<ResolversTypes['MembershipConnection']>, ParentType, ContextType, Partial<ConversationMembersArgs>>;
  messages?: Resolver<Maybe<ResolversTypes['MessageConnection']>, ParentType, ContextType, Partial<ConversationMessagesArgs>>;
  nodeId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  otherMember?: Resolver<Maybe<ResolversTypes['User']>, ParentType, ContextType>;
  otherMemberId?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  title?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  unreadCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  viewerMembership?: Resolver<ResolversTypes['Membership'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type ConversationConnectionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ConversationConnection'] = ResolversParentTypes['ConversationConnection']> = {
  asOf?: Resolver<Array<ResolversTypes['Position']>, ParentType, ContextType>;
  edges?: Resolver<Array<ResolversTypes['ConversationEdge']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
};

export type ConversationCreatedResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ConversationCreated'] = ResolversParentTypes['ConversationCreated']> = {
  actor?: Resolver<Maybe<ResolversTypes['User']>, ParentType, ContextType>;
  actorId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  conversation?: Resolver<Maybe<ResolversTypes['Conversation']>, ParentType, ContextType>;
  conversationId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  happenedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  seq?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type ConversationEdgeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ConversationEdge'] = ResolversParentTypes['ConversationEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['Conversation'], ParentType, ContextType>;
};

export type CreateGroupPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['CreateGroupPayload'] = ResolversParentTypes['CreateGroupPayload']> = {
  conversation?: Resolver<ResolversTypes['Conversation'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type CreateGroupResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['CreateGroupResult'] = ResolversParentTypes['CreateGroupResult']> = {
  __resolveType: TypeResolveFn<'ClientGroupIdReused' | 'CreateGroupPayload' | 'InvalidInput' | 'NotReachable' | 'Unavailable', ParentType, ContextType>;
};

export interface DateTimeScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['DateTime'], any> {
  name: 'DateTime';
}

export type EntryLostResolvers<ContextType = Context, ParentType extends ResolversParentTypes['EntryLost'] = ResolversParentTypes['EntryLost']> = {
  conversationId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  happenedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  seq?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type EphemeralEventResolvers<ContextType = Context, ParentType extends ResolversParentTypes['EphemeralEvent'] = ResolversParentTypes['EphemeralEvent']> = {
  __resolveType: TypeResolveFn<'TypingChanged', ParentType, ContextType>;
};

export type FileResolvers<ContextType = Context, ParentType extends ResolversParentTypes['File'] = ResolversParentTypes['File']> = {
  grant?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
};

export type ForbiddenResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Forbidden'] = ResolversParentTypes['Forbidden']> = {
  code?: Resolver<ResolversTypes['ErrorCode'], ParentType, ContextType>;
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type GapTooLargeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['GapTooLarge'] = ResolversParentTypes['GapTooLarge']> = {
  conversationId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  headSeq?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type ImageContentResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ImageContent'] = ResolversParentTypes['ImageContent']> = {
  caption?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  file?: Resolver<Maybe<ResolversTypes['File']>, ParentType, ContextType>;
  fileId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type InboxEventResolvers<ContextType = Context, ParentType extends ResolversParentTypes['InboxEvent'] = ResolversParentTypes['InboxEvent']> = {
  __resolveType: TypeResolveFn<'ConversationCreated' | 'EntryLost' | 'GapTooLarge' | 'InboxStarted' | 'MemberJoined' | 'MemberLeft' | 'MessageSent' | 'TypingChanged' | 'UnknownEntry', ParentType, ContextType>;
};

export type InboxStartedResolvers<ContextType = Context, ParentType extends ResolversParentTypes['InboxStarted'] = ResolversParentTypes['InboxStarted']> = {
  positions?: Resolver<Array<ResolversTypes['Position']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
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

export type LeaveGroupPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['LeaveGroupPayload'] = ResolversParentTypes['LeaveGroupPayload']> = {
  conversationId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type LeaveGroupResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['LeaveGroupResult'] = ResolversParentTypes['LeaveGroupResult']> = {
  __resolveType: TypeResolveFn<'Forbidden' | 'InvalidInput' | 'LeaveGroupPayload' | 'NotAMember', ParentType, ContextType>;
};

export type LogConnectionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['LogConnection'] = ResolversParentTypes['LogConnection']> = {
  asOf?: Resolver<ResolversTypes['Position'], ParentType, ContextType>;
  edges?: Resolver<Array<ResolversTypes['LogEdge']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
};

export type LogEdgeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['LogEdge'] = ResolversParentTypes['LogEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['LogEvent'], ParentType, ContextType>;
};

export type LogEventResolvers<ContextType = Context, ParentType extends ResolversParentTypes['LogEvent'] = ResolversParentTypes['LogEvent']> = {
  __resolveType: TypeResolveFn<'ConversationCreated' | 'EntryLost' | 'MemberJoined' | 'MemberLeft' | 'MessageSent' | 'UnknownEntry', ParentType, ContextType>;
};

export type MarkReadPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['MarkReadPayload'] = ResolversParentTypes['MarkReadPayload']> = {
  conversation?: Resolver<ResolversTypes['Conversation'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type MarkReadResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['MarkReadResult'] = ResolversParentTypes['MarkReadResult']> = {
  __resolveType: TypeResolveFn<'InvalidInput' | 'MarkReadPayload' | 'NotAMember', ParentType, ContextType>;
};

export type MemberJoinedResolvers<ContextType = Context, ParentType extends ResolversParentTypes['MemberJoined'] = ResolversParentTypes['MemberJoined']> = {
  actor?: Resolver<Maybe<ResolversTypes['User']>, ParentType, ContextType>;
  actorId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  conversation?: Resolver<Maybe<ResolversTypes['Conversation']>, ParentType, ContextType>;
  conversationId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  happenedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  seq?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  user?: Resolver<Maybe<ResolversTypes['User']>, ParentType, ContextType>;
  userId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type MemberLeftResolvers<ContextType = Context, ParentType extends ResolversParentTypes['MemberLeft'] = ResolversParentTypes['MemberLeft']> = {
  actor?: Resolver<Maybe<ResolversTypes['User']>, ParentType, ContextType>;
  actorId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  conversationId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  happenedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  seq?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  user?: Resolver<Maybe<ResolversTypes['User']>, ParentType, ContextType>;
  userId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type MembershipResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Membership'] = ResolversParentTypes['Membership']> = {
  joinedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  readSeq?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  role?: Resolver<ResolversTypes['MemberRole'], ParentType, ContextType>;
  user?: Resolver<Maybe<ResolversTypes['User']>, ParentType, ContextType>;
  userId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
};

export type MembershipConnectionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['MembershipConnection'] = ResolversParentTypes['MembershipConnection']> = {
  edges?: Resolver<Array<ResolversTypes['MembershipEdge']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
};

export type MembershipEdgeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['MembershipEdge'] = ResolversParentTypes['MembershipEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['Membership'], ParentType, ContextType>;
};

export type MessageResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Message'] = ResolversParentTypes['Message'], FederationReferenceType extends FederationReferenceTypes['Message'] = FederationReferenceTypes['Message']> = {
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['Message']> | FederationReferenceType, FederationReferenceType, ContextType>;
  clientMessageId?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  content?: Resolver<ResolversTypes['MessageContent'], ParentType, ContextType>;
  conversation?: Resolver<Maybe<ResolversTypes['Conversation']>, ParentType, ContextType>;
  conversationId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  nodeId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  preview?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  sender?: Resolver<Maybe<ResolversTypes['User']>, ParentType, ContextType>;
  senderId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  sentAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  seq?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type MessageConnectionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['MessageConnection'] = ResolversParentTypes['MessageConnection']> = {
  asOf?: Resolver<ResolversTypes['Position'], ParentType, ContextType>;
  edges?: Resolver<Array<ResolversTypes['MessageEdge']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
};

export type MessageContentResolvers<ContextType = Context, ParentType extends ResolversParentTypes['MessageContent'] = ResolversParentTypes['MessageContent']> = {
  __resolveType: TypeResolveFn<'ImageContent' | 'TextContent' | 'UnknownContent', ParentType, ContextType>;
};

export type MessageEdgeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['MessageEdge'] = ResolversParentTypes['MessageEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['Message'], ParentType, ContextType>;
};

export type MessageSentResolvers<ContextType = Context, ParentType extends ResolversParentTypes['MessageSent'] = ResolversParentTypes['MessageSent']> = {
  conversationId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  happenedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  message?: Resolver<ResolversTypes['Message'], ParentType, ContextType>;
  seq?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type MutationResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Mutation'] = ResolversParentTypes['Mutation']> = {
  addGroupMembers?: Resolver<Maybe<ResolversTypes['AddGroupMembersResult']>, ParentType, ContextType, RequireFields<MutationAddGroupMembersArgs, 'input'>>;
  createGroup?: Resolver<Maybe<ResolversTypes['CreateGroupResult']>, ParentType, ContextType, RequireFields<MutationCreateGroupArgs, 'input'>>;
  leaveGroup?: Resolver<Maybe<ResolversTypes['LeaveGroupResult']>, ParentType, ContextType, RequireFields<MutationLeaveGroupArgs, 'input'>>;
  markRead?: Resolver<Maybe<ResolversTypes['MarkReadResult']>, ParentType, ContextType, RequireFields<MutationMarkReadArgs, 'input'>>;
  openDirectConversation?: Resolver<Maybe<ResolversTypes['OpenDirectConversationResult']>, ParentType, ContextType, RequireFields<MutationOpenDirectConversationArgs, 'input'>>;
  sendMessage?: Resolver<Maybe<ResolversTypes['SendMessageResult']>, ParentType, ContextType, RequireFields<MutationSendMessageArgs, 'input'>>;
  setTyping?: Resolver<Maybe<ResolversTypes['SetTypingResult']>, ParentType, ContextType, RequireFields<MutationSetTypingArgs, 'input'>>;
};

export type NodeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Node'] = ResolversParentTypes['Node']> = {
  __resolveType: TypeResolveFn<'Conversation' | 'Message', ParentType, ContextType>;
};

export type NotAMemberResolvers<ContextType = Context, ParentType extends ResolversParentTypes['NotAMember'] = ResolversParentTypes['NotAMember']> = {
  code?: Resolver<ResolversTypes['ErrorCode'], ParentType, ContextType>;
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
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

export type OpenDirectConversationPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['OpenDirectConversationPayload'] = ResolversParentTypes['OpenDirectConversationPayload']> = {
  conversation?: Resolver<ResolversTypes['Conversation'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type OpenDirectConversationResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['OpenDirectConversationResult'] = ResolversParentTypes['OpenDirectConversationResult']> = {
  __resolveType: TypeResolveFn<'InvalidInput' | 'NotReachable' | 'OpenDirectConversationPayload' | 'Unavailable', ParentType, ContextType>;
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

export type PositionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Position'] = ResolversParentTypes['Position']> = {
  conversationId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  seq?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type QueryResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Query'] = ResolversParentTypes['Query']> = {
  conversation?: Resolver<Maybe<ResolversTypes['Conversation']>, ParentType, ContextType, RequireFields<QueryConversationArgs, 'id'>>;
  conversations?: Resolver<Maybe<ResolversTypes['ConversationConnection']>, ParentType, ContextType, Partial<QueryConversationsArgs>>;
  message?: Resolver<Maybe<ResolversTypes['Message']>, ParentType, ContextType, RequireFields<QueryMessageArgs, 'id'>>;
  unreadTotal?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
};

export type RateLimitedResolvers<ContextType = Context, ParentType extends ResolversParentTypes['RateLimited'] = ResolversParentTypes['RateLimited']> = {
  code?: Resolver<ResolversTypes['ErrorCode'], ParentType, ContextType>;
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  retryAfterSeconds?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type SendMessagePayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['SendMessagePayload'] = ResolversParentTypes['SendMessagePayload']> = {
  sentMessage?: Resolver<ResolversTypes['Message'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type SendMessageResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['SendMessageResult'] = ResolversParentTypes['SendMessageResult']> = {
  __resolveType: TypeResolveFn<'ClientMessageIdReused' | 'InvalidInput' | 'NotAMember' | 'NotFound' | 'NotReachable' | 'Overloaded' | 'RateLimited' | 'SendMessagePayload' | 'Unavailable', ParentType, ContextType>;
};

export type SetTypingPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['SetTypingPayload'] = ResolversParentTypes['SetTypingPayload']> = {
  conversationId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type SetTypingResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['SetTypingResult'] = ResolversParentTypes['SetTypingResult']> = {
  __resolveType: TypeResolveFn<'InvalidInput' | 'NotAMember' | 'SetTypingPayload', ParentType, ContextType>;
};

export type SubscriptionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Subscription'] = ResolversParentTypes['Subscription']> = {
  conversationEvents?: SubscriptionResolver<Maybe<ResolversTypes['InboxEvent']>, "conversationEvents", ParentType, ContextType, RequireFields<SubscriptionConversationEventsArgs, 'conversationId'>>;
  inbox?: SubscriptionResolver<Maybe<ResolversTypes['InboxEvent']>, "inbox", ParentType, ContextType, Partial<SubscriptionInboxArgs>>;
};

export type TextContentResolvers<ContextType = Context, ParentType extends ResolversParentTypes['TextContent'] = ResolversParentTypes['TextContent']> = {
  text?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type TypingChangedResolvers<ContextType = Context, ParentType extends ResolversParentTypes['TypingChanged'] = ResolversParentTypes['TypingChanged']> = {
  conversationId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  isTyping?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  user?: Resolver<Maybe<ResolversTypes['User']>, ParentType, ContextType>;
  userId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type UnavailableResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Unavailable'] = ResolversParentTypes['Unavailable']> = {
  code?: Resolver<ResolversTypes['ErrorCode'], ParentType, ContextType>;
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type UnknownContentResolvers<ContextType = Context, ParentType extends ResolversParentTypes['UnknownContent'] = ResolversParentTypes['UnknownContent']> = {
  preview?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type UnknownEntryResolvers<ContextType = Context, ParentType extends ResolversParentTypes['UnknownEntry'] = ResolversParentTypes['UnknownEntry']> = {
  conversationId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  happenedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  seq?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type UserResolvers<ContextType = Context, ParentType extends ResolversParentTypes['User'] = ResolversParentTypes['User'], FederationReferenceType extends FederationReferenceTypes['User'] = FederationReferenceTypes['User']> = {
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['User']> | FederationReferenceType, FederationReferenceType, ContextType>;
  directConversation?: Resolver<Maybe<ResolversTypes['Conversation']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
};

export type UserErrorResolvers<ContextType = Context, ParentType extends ResolversParentTypes['UserError'] = ResolversParentTypes['UserError']> = {
  __resolveType: TypeResolveFn<'ClientGroupIdReused' | 'ClientMessageIdReused' | 'Forbidden' | 'InvalidInput' | 'NotAMember' | 'NotFound' | 'NotReachable' | 'Overloaded' | 'RateLimited' | 'Unavailable', ParentType, ContextType>;
};

export type Resolvers<ContextType = Context> = {
  AddGroupMembersPayload?: AddGroupMembersPayloadResolvers<ContextType>;
  AddGroupMembersResult?: AddGroupMembersResultResolvers<ContextType>;
  ClientGroupIdReused?: ClientGroupIdReusedResolvers<ContextType>;
  ClientMessageIdReused?: ClientMessageIdReusedResolvers<ContextType>;
  Conversation?: ConversationResolvers<ContextType>;
  ConversationConnection?: ConversationConnectionResolvers<ContextType>;
  ConversationCreated?: ConversationCreatedResolvers<ContextType>;
  ConversationEdge?: ConversationEdgeResolvers<ContextType>;
  CreateGroupPayload?: CreateGroupPayloadResolvers<ContextType>;
  CreateGroupResult?: CreateGroupResultResolvers<ContextType>;
  DateTime?: GraphQLScalarType;
  EntryLost?: EntryLostResolvers<ContextType>;
  EphemeralEvent?: EphemeralEventResolvers<ContextType>;
  File?: FileResolvers<ContextType>;
  Forbidden?: ForbiddenResolvers<ContextType>;
  GapTooLarge?: GapTooLargeResolvers<ContextType>;
  ImageContent?: ImageContentResolvers<ContextType>;
  InboxEvent?: InboxEventResolvers<ContextType>;
  InboxStarted?: InboxStartedResolvers<ContextType>;
  InputFault?: InputFaultResolvers<ContextType>;
  InvalidInput?: InvalidInputResolvers<ContextType>;
  LeaveGroupPayload?: LeaveGroupPayloadResolvers<ContextType>;
  LeaveGroupResult?: LeaveGroupResultResolvers<ContextType>;
  LogConnection?: LogConnectionResolvers<ContextType>;
  LogEdge?: LogEdgeResolvers<ContextType>;
  LogEvent?: LogEventResolvers<ContextType>;
  MarkReadPayload?: MarkReadPayloadResolvers<ContextType>;
  MarkReadResult?: MarkReadResultResolvers<ContextType>;
  MemberJoined?: MemberJoinedResolvers<ContextType>;
  MemberLeft?: MemberLeftResolvers<ContextType>;
  Membership?: MembershipResolvers<ContextType>;
  MembershipConnection?: MembershipConnectionResolvers<ContextType>;
  MembershipEdge?: MembershipEdgeResolvers<ContextType>;
  Message?: MessageResolvers<ContextType>;
  MessageConnection?: MessageConnectionResolvers<ContextType>;
  MessageContent?: MessageContentResolvers<ContextType>;
  MessageEdge?: MessageEdgeResolvers<ContextType>;
  MessageSent?: MessageSentResolvers<ContextType>;
  Mutation?: MutationResolvers<ContextType>;
  Node?: NodeResolvers<ContextType>;
  NotAMember?: NotAMemberResolvers<ContextType>;
  NotFound?: NotFoundResolvers<ContextType>;
  NotReachable?: NotReachableResolvers<ContextType>;
  OpenDirectConversationPayload?: OpenDirectConversationPayloadResolvers<ContextType>;
  OpenDirectConversationResult?: OpenDirectConversationResultResolvers<ContextType>;
  Overloaded?: OverloadedResolvers<ContextType>;
  PageInfo?: PageInfoResolvers<ContextType>;
  Position?: PositionResolvers<ContextType>;
  Query?: QueryResolvers<ContextType>;
  RateLimited?: RateLimitedResolvers<ContextType>;
  SendMessagePayload?: SendMessagePayloadResolvers<ContextType>;
  SendMessageResult?: SendMessageResultResolvers<ContextType>;
  SetTypingPayload?: SetTypingPayloadResolvers<ContextType>;
  SetTypingResult?: SetTypingResultResolvers<ContextType>;
  Subscription?: SubscriptionResolvers<ContextType>;
  TextContent?: TextContentResolvers<ContextType>;
  TypingChanged?: TypingChangedResolvers<ContextType>;
  Unavailable?: UnavailableResolvers<ContextType>;
  UnknownContent?: UnknownContentResolvers<ContextType>;
  UnknownEntry?: UnknownEntryResolvers<ContextType>;
  User?: UserResolvers<ContextType>;
  UserError?: UserErrorResolvers<ContextType>;
};

