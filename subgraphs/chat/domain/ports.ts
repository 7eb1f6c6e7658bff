import type { Page } from '../../../kit/graph/connections.ts';
import type { LogEntry } from './log/kinds/index.ts';
import type { SentContent } from './messages/kinds/index.ts';
import type { HeldFile } from './messages/kinds/kind.ts';
import type {
  Conversation,
  ConversationKind,
  EphemeralEvent,
  Membership,
  Message,
  Position,
  SeqRange,
  ViewerConversation,
} from './model.ts';

/** What the rules need of the world; storage implements it. */

/** The place of a conversation in the list: time of the last activity in ms, then id. */
export type ConversationPlace = [activity: number, id: string];
export type MemberPlace = [userId: string];
/** The place of an entry or a message. */
export type SeqPlace = [seq: number];

/** A client's own name for a group that it creates, and what it asked for under this name. */
export interface ClientGroup {
  id: string;
  fingerprint: string;
}

/**
 * A group and what its creator asked for; null for groups from before that was kept, and for those without a
 * `clientGroupId`.
 */
export interface CreatedGroup {
  id: string;
  fingerprint: string | null;
}

/** Which conversations a list has; null for any. */
export interface ConversationFilter {
  kind: ConversationKind | null;
  isUnread: boolean | null;
}

/** The two of a direct conversation. */
export interface DirectPair {
  userIds: readonly string[];
  /** Who began it although they let the other not write; null where nobody did. */
  inviterId: string | null;
}

/** Reads conversations and memberships. */
export interface ConversationStore {
  /** Those of the ids that the user is in now. */
  forViewer(userId: string, ids: readonly string[]): Promise<ViewerConversation[]>;
  /** Those of the direct keys that were opened, as the user sees them. */
  direct(userId: string, keys: readonly string[]): Promise<ViewerConversation[]>;
  /** The two of a direct conversation; null for a group, undefined where there is none of this id. */
  directPair(conversationId: string): Promise<DirectPair | null | undefined>;
  /** The group that this user created with this id, if there is one. */
  createdGroup(creatorId: string, clientGroupId: string): Promise<CreatedGroup | null>;
  /** The user's conversations that the filter fits, latest activity first. */
  list(userId: string, page: Page<ConversationPlace>, filter: ConversationFilter): Promise<ViewerConversation[]>;
  /** The heads of the user's conversations, of those with the latest activity `limit` at most. */
  heads(userId: string, limit: number): Promise<Position[]>;
  /** How many messages the user has not read, in all conversations. */
  unreadTotal(userId: string): Promise<number>;
  /** Those who are in a conversation now, by user id. */
  members(conversationId: string, page: Page<MemberPlace>): Promise<Membership[]>;
  /** The membership of a user, also one that ended. */
  membership(conversationId: string, userId: string): Promise<Membership | null>;
  /**
   * Moves the read position of one who is a member now forward to `seq`, but not beyond the head. False where
   * they are no member.
   */
  markRead(conversationId: string, userId: string, seq: number): Promise<boolean>;
}

/** Reads messages. */
export interface MessageStore {
  byIds(ids: readonly string[]): Promise<Message[]>;
  /** Messages by their places in the logs. */
  at(places: readonly Position[]): Promise<Message[]>;
  byClientId(conversationId: string, senderId: string, clientMessageId: string): Promise<Message | null>;
  /** Messages of a range, in the order of seq. */
  page(conversationId: string, range: SeqRange, page: Page<SeqPlace>): Promise<Message[]>;
}

export interface MessageDraft {
  conversationId: string;
  senderId: string;
  clientMessageId: string;
  content: SentContent;
}

/** The send path. */
export interface MessageLog {
  /**
   * Commits the message as the next entry of its conversation's log, and moves its sender's read position to
   * it. Where the sender has a message with this `clientMessageId` already, that one is returned, whatever
   * its content, and nothing is written. Tells every instance: `Hints.moved` with the entries of a commit,
   * and again for a message that was there, as its sender may have died before it could tell.
   * @throws NotAMember; Overloaded, where too many wait to be committed; SendingUnknown
   */
  append(draft: MessageDraft): Promise<Message>;
}

/** A conversation under its lock: what a permission is decided on. */
export interface Locked {
  conversation: Pick<Conversation, 'kind' | 'headSeq' | 'messageCount'>;
  /** Of the one who acts; null where they never were in it. */
  actor: Membership | null;
}

/**
 * Writes entries that change who is in a conversation. `allow` is called under the conversation's lock and
 * throws where it must not be.
 */
export interface MembershipLog {
  /**
   * The id of the direct conversation with this key: of the one that is there, or of the one this makes.
   * `isInvitation`: whether the other may answer though the creator lets them not write.
   */
  openDirect(creatorId: string, otherId: string, key: string, isInvitation: boolean): Promise<string>;
  /**
   * The new group, or the one that the same creator made with the same id of the client, whatever was asked
   * for then.
   */
  createGroup(
    creatorId: string,
    title: string,
    memberIds: readonly string[],
    clientGroup: ClientGroup | null,
  ): Promise<CreatedGroup>;
  /** One entry for each who was not in it; the new head and who they are. */
  addMembers(
    conversationId: string,
    actorId: string,
    userIds: readonly string[],
    allow: (locked: Locked, memberCount: number) => void,
  ): Promise<{ headSeq: number; added: string[] }>;
  /** The new head. */
  leave(conversationId: string, userId: string, allow: (locked: Locked) => void): Promise<number>;
}

/** Tells every instance what was committed. Hints may be lost. */
export interface Hints {
  /**
   * The log goes up to `headSeq`. `entries` are the newest of it where they are at hand: committed, one after
   * the other, the last one `headSeq`.
   */
  moved(conversationId: string, headSeq: number, entries?: readonly LogEntry[]): void;
  /** Something happened that is in no log. */
  happened(event: EphemeralEvent): void;
  /** Users who came into a conversation. */
  joined(userIds: readonly string[]): void;
}

/** Who wants to hear of one conversation. */
export interface ConversationListener {
  /** The log goes up to `headSeq`; `entries` are its newest ones, without a gap, as many as were told. */
  moved(headSeq: number, entries: readonly LogEntry[]): void;
  happened(event: EphemeralEvent): void;
}

/** Hears what `Hints` tells. Each resolves, when it listens, to the function that ends it. */
export interface HintSource {
  onConversation(conversationId: string, listener: ConversationListener): Promise<() => void>;
  onJoined(userId: string, callback: () => void): Promise<() => void>;
  /** Hints may have been missed. */
  onReset(callback: () => void): () => void;
}

/** Reads the log again, in pages. */
export interface LogPages {
  /** Entries of a range, in the order of seq. One that cannot be read is an `ENTRY_LOST`. */
  page(conversationId: string, range: SeqRange, page: Page<SeqPlace>): Promise<LogEntry[]>;
  /** The lowest number of a range whose entries have a time at or after `time`; beyond the range for none. */
  seqAt(conversationId: string, range: SeqRange, time: Date): Promise<number>;
}

/** The entries of one conversation after `after` up to and with `to`. */
export interface LogRange {
  conversationId: string;
  after: number;
  to: number;
}

/** What the inbox reads. */
export interface LogReader {
  /**
   * The entries of each range, in order. An entry that is not there, or whose row cannot be read as an entry,
   * is left out.
   */
  entries(ranges: readonly LogRange[]): Promise<LogEntry[][]>;
  /** The heads of conversations. */
  heads(conversationIds: readonly string[]): Promise<Map<string, number>>;
  /** How often users came into conversations: another number means that they did since. */
  versions(userIds: readonly string[]): Promise<Map<string, number>>;
  /** What the users are or were in; those who never were in a conversation are left out. */
  followed(userIds: readonly string[]): Promise<Map<string, UserFollowed>>;
  /**
   * The first entry after `seq` by which a user came into a conversation, as far as the log says: 1 where
   * they were in it from the start.
   */
  joinedAfter(conversationId: string, userId: string, seq: number): Promise<number | null>;
}

/** Every conversation that a user is or was in, with their number in `versions` at the same moment. */
export interface UserFollowed {
  version: number;
  conversations: Followed[];
}

export interface Followed {
  conversationId: string;
  joinedSeq: number;
  /** Null while they are in it. */
  leftSeq: number | null;
  /**
   * The entry by which they were out before they came in again; null where they were in it once only, or are
   * out.
   */
  outBeforeSeq: number | null;
  headSeq: number;
}

/** What one user may want to do with another, as the user service names it. */
export type ReachAction = 'ADD_TO_GROUP' | 'WRITE' | 'SEE_RECEIPTS' | 'SEE_TYPING';

/** Who wants to do something, and with whom. */
export interface ReachPair {
  userId: string;
  otherId: string;
}

/** The user service. */
export interface UserService {
  /** Whether the first of each pair may do it with the second; at most 500 pairs. @throws Unavailable */
  mayReach(action: ReachAction, pairs: readonly ReachPair[]): Promise<boolean[]>;
}

/** The file service. */
export interface FileService {
  /**
   * Keeps a file as long as `holder` is there. The same call twice does what one does.
   * @throws NotFound where it is not a file of this owner; InvalidInput of the file's field where it is not a
   * picture that can be sent
   */
  attachImage(file: HeldFile, ownerId: string, holder: string): Promise<void>;
}
