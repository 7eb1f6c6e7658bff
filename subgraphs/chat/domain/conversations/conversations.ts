import { createHash } from 'node:crypto';
import { InvalidInput } from '../../../../kit/base/errors.ts';
import { isId } from '../../../../kit/base/ids.ts';
import { parseInput } from '../../../../kit/base/input.ts';
import type { Page } from '../../../../kit/graph/connections.ts';
import { type Caller, requireViewer } from '../../../../kit/identity/caller.ts';
import { ClientGroupIdReused, NotAMember } from '../errors.ts';
import {
  addMembersInput,
  createGroupInput,
  leaveGroupInput,
  MAX_POSITIONS,
  markReadInput,
  openDirectInput,
} from '../input.ts';
import type { Reach } from '../members/reach.ts';
import type { Conversation, Membership, Position, ViewerConversation } from '../model.ts';
import { requireMayAdd, requireMayLeave, requireReached } from '../policies.ts';
import type {
  ClientGroup,
  ConversationFilter,
  ConversationPlace,
  ConversationStore,
  CreatedGroup,
  Hints,
  MemberPlace,
  MembershipLog,
} from '../ports.ts';

/**
 * Who talks with whom: seen only by those who are in a conversation. All inputs come as the client sent them.
 */
export interface Conversations {
  /** Those of the ids that the viewer is in; none where no user asks. */
  find(caller: Caller, ids: readonly string[]): Promise<ViewerConversation[]>;
  /**
   * The viewer's direct conversations with those of the users with whom one was opened; none where no user
   * asks.
   */
  findDirect(caller: Caller, userIds: readonly string[]): Promise<ViewerConversation[]>;
  /** A page of the viewer's conversations that fit, latest activity first. @throws Unauthenticated */
  list(caller: Caller, page: Page<ConversationPlace>, filter: ConversationFilter): Promise<ViewerConversation[]>;
  /** The heads of the viewer's conversations, as many as an inbox takes. @throws Unauthenticated */
  heads(caller: Caller): Promise<Position[]>;
  /** How many messages the viewer has not read, in all conversations. @throws Unauthenticated */
  unreadTotal(caller: Caller): Promise<number>;
  /** A page of those who are in a conversation that was read for the viewer, by user id. */
  members(conversation: ViewerConversation, page: Page<MemberPlace>): Promise<Membership[]>;
  /**
   * How far a member has read a conversation that was read for the viewer; null where they do not let the
   * viewer see it.
   */
  readSeq(caller: Caller, member: Membership): Promise<number | null> | number | null;
  /** @throws Unauthenticated, InvalidInput, NotReachable, Unavailable */
  openDirect(caller: Caller, input: unknown): Promise<ViewerConversation>;
  /** @throws Unauthenticated, InvalidInput, NotReachable, ClientGroupIdReused, Unavailable */
  createGroup(caller: Caller, input: unknown): Promise<ViewerConversation>;
  /** @throws Unauthenticated, InvalidInput, NotAMember, Forbidden, NotReachable, Unavailable */
  addMembers(caller: Caller, input: unknown): Promise<ViewerConversation>;
  /** The id of the group that was left. @throws Unauthenticated, InvalidInput, NotAMember, Forbidden */
  leave(caller: Caller, input: unknown): Promise<string>;
  /** @throws Unauthenticated, InvalidInput, NotAMember */
  markRead(caller: Caller, input: unknown): Promise<ViewerConversation>;
}

/** The key of the one direct conversation of two users, whichever of them asks. */
function directKey(userId: string, otherId: string): string {
  return userId < otherId ? `${userId}:${otherId}` : `${otherId}:${userId}`;
}

/** What was asked for, to compare a retry with: the group itself changes as members come and go. */
function groupFingerprint(title: string, memberIds: readonly string[]): string {
  return createHash('sha256')
    .update(JSON.stringify([title, ...memberIds.toSorted()]))
    .digest('base64url');
}

/** The id of a group that the same request made. @throws ClientGroupIdReused where another request did */
function requireSameGroup(group: CreatedGroup, asked: ClientGroup | null): string {
  if (asked && group.fingerprint !== null && group.fingerprint !== asked.fingerprint) throw new ClientGroupIdReused();
  return group.id;
}

/** The other person of a direct conversation; null for a group. */
export function otherMemberId({ directKey }: Conversation, userId: string): string | null {
  return directKey?.split(':').find((id) => id !== userId) ?? null;
}

/** How many messages the viewer has not read. */
export function unreadCount({ messageCount, membership }: ViewerConversation): number {
  return messageCount - membership.readOrdinal;
}

export function createConversations(ports: {
  store: ConversationStore;
  log: MembershipLog;
  reach: Reach;
  hints: Hints;
}): Conversations {
  const { store, log, reach, hints } = ports;

  async function mustSee(viewerId: string, id: string): Promise<ViewerConversation> {
    const [conversation] = await store.forViewer(viewerId, [id]);
    if (!conversation) throw new NotAMember();
    return conversation;
  }

  async function requireMayAddThem(viewerId: string, ids: readonly string[]): Promise<void> {
    const pairs = ids.map((otherId) => ({ userId: viewerId, otherId }));
    requireReached(ids, await reach.ask('ADD_TO_GROUP', pairs));
  }

  return {
    async find({ viewer }, ids) {
      return viewer
        ? store.forViewer(
            viewer.userId,
            ids.filter((id) => isId('conv', id)),
          )
        : [];
    },

    async findDirect({ viewer }, userIds) {
      const keys = viewer
        ? userIds.filter((id) => isId('user', id)).map((userId) => directKey(viewer.userId, userId))
        : [];
      return viewer ? store.direct(viewer.userId, keys) : [];
    },

    async list(caller, page, filter) {
      return store.list(requireViewer(caller).userId, page, filter);
    },

    async heads(caller) {
      return store.heads(requireViewer(caller).userId, MAX_POSITIONS);
    },

    async unreadTotal(caller) {
      return store.unreadTotal(requireViewer(caller).userId);
    },

    members: ({ id }, page) => store.members(id, page),

    readSeq(caller, { userId, readSeq }) {
      const { userId: viewerId } = requireViewer(caller);
      if (userId === viewerId) return readSeq;
      const maySee = reach.may('SEE_RECEIPTS', viewerId, userId);
      if (maySee instanceof Promise) return maySee.then((isSeen) => (isSeen ? readSeq : null));
      return maySee ? readSeq : null;
    },

    async openDirect(caller, input) {
      const { userId: viewerId } = requireViewer(caller);
      const { userId } = parseInput(openDirectInput, input);
      if (userId === viewerId) throw new InvalidInput('userId', 'A direct conversation is with someone else.');
      const key = directKey(viewerId, userId);
      const [opened] = await store.direct(viewerId, [key]);
      if (opened) return opened;
      const [mayWrite, mayOtherWrite] = await reach.ask('WRITE', [
        { userId: viewerId, otherId: userId },
        { userId, otherId: viewerId },
      ]);
      requireReached([userId], [mayWrite === true]);
      const id = await log.openDirect(viewerId, userId, key, !mayOtherWrite);
      hints.joined([viewerId, userId]);
      return mustSee(viewerId, id);
    },

    async createGroup(caller, input) {
      const { userId: viewerId } = requireViewer(caller);
      const { clientGroupId, title, memberIds } = parseInput(createGroupInput, input);
      if (memberIds.includes(viewerId))
        throw new InvalidInput('memberIds', 'You are in the group without being named.');
      // A retry must find its group even where somebody lets them no more.
      const clientGroup = clientGroupId ? { id: clientGroupId, fingerprint: groupFingerprint(title, memberIds) } : null;
      const known = clientGroup ? await store.createdGroup(viewerId, clientGroup.id) : null;
      if (known) return mustSee(viewerId, requireSameGroup(known, clientGroup));
      await requireMayAddThem(viewerId, memberIds);
      const group = await log.createGroup(viewerId, title, memberIds, clientGroup);
      const id = requireSameGroup(group, clientGroup);
      hints.joined([viewerId, ...memberIds]);
      return mustSee(viewerId, id);
    },

    async addMembers(caller, input) {
      const { userId: viewerId } = requireViewer(caller);
      const { conversationId, memberIds } = parseInput(addMembersInput, input);
      await mustSee(viewerId, conversationId);
      await requireMayAddThem(
        viewerId,
        memberIds.filter((id) => id !== viewerId),
      );
      const { headSeq, added } = await log.addMembers(conversationId, viewerId, memberIds, requireMayAdd);
      hints.moved(conversationId, headSeq);
      hints.joined(added);
      return mustSee(viewerId, conversationId);
    },

    async leave(caller, input) {
      const { userId: viewerId } = requireViewer(caller);
      const { conversationId } = parseInput(leaveGroupInput, input);
      hints.moved(conversationId, await log.leave(conversationId, viewerId, requireMayLeave));
      return conversationId;
    },

    async markRead(caller, input) {
      const { userId: viewerId } = requireViewer(caller);
      const { conversationId, seq } = parseInput(markReadInput, input);
      if (!(await store.markRead(conversationId, viewerId, seq))) throw new NotAMember();
      return mustSee(viewerId, conversationId);
    },
  };
}
