import { newId } from '../../../../kit/base/ids.ts';
import {
  type Database,
  fromTime,
  isDuplicate,
  type SqlValue,
  type Transaction,
  toTime,
} from '../../../../kit/mysql/database.ts';
import type { Log } from '../../../../kit/observe/log.ts';
import { NotAMember } from '../../domain/errors.ts';
import type { KnownEntry } from '../../domain/log/kinds/index.ts';
import type { ConversationKind, MemberRole } from '../../domain/model.ts';
import type { ClientGroup, CreatedGroup, Locked, MembershipLog } from '../../domain/ports.ts';
import { insertEntries, insertInto, type LockedRow, lock, writeRows } from '../log/log.ts';
import { MEMBERSHIP_COLUMNS, type MembershipRow, toMembership } from '../log/rows.ts';

/** A conversation that is about to be. */
interface Founding {
  kind: ConversationKind;
  creatorId: string;
  title: string | null;
  directKey: string | null;
  isInvitation: boolean;
  clientGroup: ClientGroup | null;
  members: { userId: string; role: MemberRole }[];
}

export function createMembershipLog({ transaction: inTransaction, sql }: Database, log: Log): MembershipLog {
  /** Makes it, or finds the one that another request made first: a unique key decides, not a look before. */
  async function found(founding: Founding, key: string, find: string, parameters: SqlValue[]): Promise<CreatedGroup> {
    try {
      const id = await inTransaction((transaction) => create(transaction, founding));
      log.info(
        { conversationId: id, kind: founding.kind, members: founding.members.length },
        'chat conversation created',
      );
      return { id, fingerprint: founding.clientGroup?.fingerprint ?? null };
    } catch (error) {
      if (!isDuplicate(error, key)) throw error;
      const [row] = await sql.query<CreatedGroup[]>(
        `SELECT id, client_group_fingerprint AS fingerprint FROM chat_conversations WHERE ${find}`,
        parameters,
      );
      if (!row) throw error;
      return row;
    }
  }

  return {
    async openDirect(creatorId, otherId, directKey, isInvitation) {
      const members = [creatorId, otherId].map((userId) => ({ userId, role: 'MEMBER' as const }));
      const kind = 'DIRECT' as const;
      const founding: Founding = { kind, creatorId, title: null, directKey, isInvitation, clientGroup: null, members };
      const { id } = await found(founding, 'chat_conversations_direct_key', 'direct_key = ?', [directKey]);
      return id;
    },

    createGroup(creatorId, title, memberIds, clientGroup) {
      const others = memberIds.map((userId) => ({ userId, role: 'MEMBER' as const }));
      const members = [{ userId: creatorId, role: 'OWNER' as const }, ...others];
      const direct = { directKey: null, isInvitation: false };
      const founding: Founding = { kind: 'GROUP', creatorId, title, ...direct, clientGroup, members };
      const find = 'creator_id = ? AND client_group_id = ?';
      return found(founding, 'chat_conversations_client_group', find, [creatorId, clientGroup?.id ?? null]);
    },

    async addMembers(conversationId, actorId, userIds, allow) {
      const result = await inTransaction(async (transaction) => {
        const conversation = await mustLock(transaction, conversationId);
        const actor = await readMember(transaction, conversationId, actorId);
        const inside = await transaction.query<{ user_id: string }[]>(
          "SELECT user_id FROM chat_memberships WHERE conversation_id = ? AND status = 'NORMAL' FOR UPDATE",
          [conversationId],
        );
        const present = new Set(inside.map((row) => row.user_id));
        const added = userIds.filter((userId) => !present.has(userId));
        allow(toLocked(conversation, actor), present.size + added.length);
        const headSeq = await admit(transaction, conversationId, conversation, actorId, added);
        return { headSeq, added };
      });
      log.info({ conversationId, actorId, members: result.added.length }, 'chat members added');
      return result;
    },

    async leave(conversationId, userId, allow) {
      const headSeq = await inTransaction(async (transaction) => {
        const conversation = await mustLock(transaction, conversationId);
        allow(toLocked(conversation, await readMember(transaction, conversationId, userId)));
        const { at } = conversation;
        const seq = conversation.head_seq + 1;
        await insertEntries(transaction, [
          { kind: 'MEMBER_LEFT', conversationId, seq, happenedAt: at, actorId: userId, userId },
        ]);
        await transaction.query(
          "UPDATE chat_memberships SET status = 'LEFT', left_seq = ? WHERE conversation_id = ? AND user_id = ?",
          [seq, conversationId, userId],
        );
        await moveHead(transaction, conversationId, { seq, at, members: -1 });
        return seq;
      });
      log.info({ conversationId, userId }, 'chat member left');
      return headSeq;
    },
  };
}

const insertMembers = insertInto('chat_memberships', [
  'conversation_id',
  'user_id',
  'role',
  'status',
  'joined_seq',
  'read_seq',
  'read_ordinal',
  'joined_at',
]);

async function create(transaction: Transaction, founding: Founding): Promise<string> {
  const { kind, creatorId, title, directKey, isInvitation, clientGroup, members } = founding;
  const id = newId('conv');
  const [clock] = await transaction.query<{ now: string }[]>('SELECT UTC_TIMESTAMP(3) AS now');
  const at = fromTime((clock as { now: string }).now);
  await transaction.query(
    `INSERT INTO chat_conversations
       (id, kind, title, direct_key, creator_id, is_invitation, client_group_id, client_group_fingerprint, head_seq, message_count, member_count, last_message_seq, last_activity_at, created_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, 1, 0, ?, NULL, ?, ?)`,
    [
      id,
      kind,
      title,
      directKey,
      creatorId,
      isInvitation,
      clientGroup?.id ?? null,
      clientGroup?.fingerprint ?? null,
      members.length,
      toTime(at),
      toTime(at),
    ],
  );
  await insertEntries(transaction, [
    { kind: 'CONVERSATION_CREATED', conversationId: id, seq: 1, happenedAt: at, actorId: creatorId },
  ]);
  await insertMembers(
    transaction,
    members.map(({ userId, role }) => [id, userId, role, 'NORMAL', 1, 1, 0, toTime(at)]),
  );
  await countInboxes(
    transaction,
    members.map(({ userId }) => userId),
  );
  return id;
}

/**
 * One entry for each who comes. One who was in the conversation before begins anew: what was said between is
 * not theirs to see.
 */
async function admit(
  transaction: Transaction,
  conversationId: string,
  conversation: LockedRow,
  actorId: string,
  userIds: readonly string[],
): Promise<number> {
  const { at, message_count: ordinal } = conversation;
  let seq = conversation.head_seq;
  if (userIds.length === 0) return seq;
  const entries: KnownEntry[] = [];
  for (const userId of userIds) {
    seq += 1;
    entries.push({ kind: 'MEMBER_JOINED', conversationId, seq, happenedAt: at, actorId, userId });
    await transaction.query(
      `INSERT INTO chat_memberships (conversation_id, user_id, role, status, joined_seq, left_seq, read_seq, read_ordinal, joined_at)
       VALUES (?, ?, 'MEMBER', 'NORMAL', ?, NULL, ?, ?, ?)
       ON DUPLICATE KEY UPDATE role = 'MEMBER', status = 'NORMAL', joined_seq = ?, read_seq = ?, read_ordinal = ?, joined_at = ?`,
      [conversationId, userId, seq, seq, ordinal, toTime(at), seq, seq, ordinal, toTime(at)],
    );
  }
  await insertEntries(transaction, entries);
  await moveHead(transaction, conversationId, { seq, at, members: userIds.length });
  await countInboxes(transaction, userIds);
  return seq;
}

/** `members`: how many more are in the conversation. */
async function moveHead(
  transaction: Transaction,
  conversationId: string,
  { seq, at, members }: { seq: number; at: Date; members: number },
): Promise<void> {
  await transaction.query(
    'UPDATE chat_conversations SET head_seq = ?, last_activity_at = ?, member_count = member_count + ? WHERE id = ?',
    [seq, toTime(at), members, conversationId],
  );
}

const addToVersions = writeRows(
  'chat_inboxes',
  ['user_id'],
  { version: '1' },
  ' ON DUPLICATE KEY UPDATE version = version + 1',
);

/** In the order of the ids, so that two transactions never wait for each other. */
async function countInboxes(transaction: Transaction, userIds: readonly string[]): Promise<void> {
  await addToVersions(
    transaction,
    [...userIds].sort().map((userId) => [userId]),
  );
}

async function mustLock(transaction: Transaction, conversationId: string): Promise<LockedRow> {
  const conversation = (await lock(transaction, [conversationId])).get(conversationId);
  if (!conversation) throw new NotAMember();
  return conversation;
}

async function readMember(
  transaction: Transaction,
  conversationId: string,
  userId: string,
): Promise<MembershipRow | null> {
  const [row] = await transaction.query<MembershipRow[]>(
    `SELECT ${MEMBERSHIP_COLUMNS} FROM chat_memberships m WHERE m.conversation_id = ? AND m.user_id = ? FOR UPDATE`,
    [conversationId, userId],
  );
  return row ?? null;
}

function toLocked({ kind, head_seq, message_count }: LockedRow, actor: MembershipRow | null): Locked {
  const conversation = { kind, headSeq: head_seq, messageCount: message_count };
  return { conversation, actor: actor && toMembership(actor) };
}
