import type { Page } from '../../../../kit/graph/connections.ts';
import { type Database, type SqlValue, toTime } from '../../../../kit/mysql/database.ts';
import type { Membership, Position, ViewerConversation } from '../../domain/model.ts';
import type { ConversationFilter, ConversationPlace, ConversationStore } from '../../domain/ports.ts';
import {
  CONVERSATION_COLUMNS,
  type ConversationRow,
  MEMBERSHIP_COLUMNS,
  type MembershipRow,
  toViewerConversation,
} from '../log/rows.ts';

const SEEN = `SELECT ${CONVERSATION_COLUMNS}, ${MEMBERSHIP_COLUMNS}
  FROM chat_memberships m JOIN chat_conversations c ON c.id = m.conversation_id
  WHERE m.user_id = ? AND m.status = 'NORMAL'`;

type SeenRow = ConversationRow & MembershipRow;

export function createConversationStore({ sql, prisma }: Database): ConversationStore {
  async function seen(condition: string, parameters: SqlValue[]): Promise<ViewerConversation[]> {
    const rows = await sql.query<SeenRow[]>(`${SEEN} ${condition}`, parameters);
    return rows.map(toViewerConversation);
  }

  return {
    forViewer: async (userId, ids) => (ids.length === 0 ? [] : seen('AND c.id IN (?)', [userId, ids])),

    direct: async (userId, keys) => (keys.length === 0 ? [] : seen('AND c.direct_key IN (?)', [userId, keys])),

    async directPair(conversationId) {
      const [row] = await sql.execute<{ direct_key: string | null; inviter_id: string | null }[]>(
        'SELECT direct_key, IF(is_invitation, creator_id, NULL) AS inviter_id FROM chat_conversations WHERE id = ?',
        [conversationId],
      );
      if (!row) return undefined;
      return row.direct_key === null ? null : { userIds: row.direct_key.split(':'), inviterId: row.inviter_id };
    },

    async createdGroup(creatorId, clientGroupId) {
      const where = { creatorId_clientGroupId: { creatorId, clientGroupId } };
      const group = await prisma.chatConversation.findUnique({
        where,
        select: { id: true, clientGroupFingerprint: true },
      });
      return group && { id: group.id, fingerprint: group.clientGroupFingerprint };
    },

    async list(userId, page, filter) {
      const { condition, order, parameters } = listRange(page);
      return seen(`${filterOf(filter)} ${condition} ORDER BY c.last_activity_at ${order}, c.id ${order} LIMIT ?`, [
        userId,
        ...parameters,
        page.limit + 1,
      ]);
    },

    async heads(userId, limit) {
      return sql.query<Position[]>(
        `SELECT c.id AS conversationId, c.head_seq AS seq
         FROM chat_memberships m JOIN chat_conversations c ON c.id = m.conversation_id
         WHERE m.user_id = ? AND m.status = 'NORMAL' ORDER BY c.last_activity_at DESC LIMIT ?`,
        [userId, limit],
      );
    },

    async unreadTotal(userId) {
      const [row] = await sql.query<{ total: number }[]>(
        `SELECT CAST(COALESCE(SUM(c.message_count - m.read_ordinal), 0) AS SIGNED) AS total
         FROM chat_memberships m JOIN chat_conversations c ON c.id = m.conversation_id
         WHERE m.user_id = ? AND m.status = 'NORMAL'`,
        [userId],
      );
      return row?.total ?? 0;
    },

    async members(conversationId, { limit, direction, from }) {
      const forward = direction === 'forward';
      const after = from ? { userId: forward ? { gt: from[0] } : { lt: from[0] } } : {};
      const rows = await prisma.chatMembership.findMany({
        where: { conversationId, status: 'NORMAL', ...after },
        orderBy: { userId: forward ? 'asc' : 'desc' },
        take: limit + 1,
      });
      return rows.map(toNumbers);
    },

    async membership(conversationId, userId) {
      const row = await prisma.chatMembership.findUnique({
        where: { conversationId_userId: { conversationId, userId } },
      });
      return row && toNumbers(row);
    },

    async markRead(conversationId, userId, seq) {
      const [row] = await sql.query<{ target: number; read_seq: number; ordinal: number }[]>(
        `SELECT LEAST(c.head_seq, ?) AS target, m.read_seq,
           COALESCE((SELECT x.ordinal FROM chat_messages x WHERE x.conversation_id = c.id AND x.seq <= ? ORDER BY x.seq DESC LIMIT 1), 0) AS ordinal
         FROM chat_memberships m JOIN chat_conversations c ON c.id = m.conversation_id
         WHERE m.conversation_id = ? AND m.user_id = ? AND m.status = 'NORMAL'`,
        [seq, seq, conversationId, userId],
      );
      if (!row) return false;
      // The condition keeps it from going back, whatever other devices write meanwhile; that and a member who
      // just left change nothing.
      await sql.query(
        `UPDATE chat_memberships SET read_seq = ?, read_ordinal = GREATEST(read_ordinal, ?)
         WHERE conversation_id = ? AND user_id = ? AND status = 'NORMAL' AND read_seq < ?`,
        [row.target, row.ordinal, conversationId, userId, row.target],
      );
      return true;
    },
  };
}

/** Conditions of fixed texts: nothing of what a client sends stands in them. */
function filterOf({ kind, isUnread }: ConversationFilter): string {
  const ofKind = { DIRECT: "AND c.kind = 'DIRECT'", GROUP: "AND c.kind = 'GROUP'" };
  const unread = isUnread === null ? '' : `AND c.message_count ${isUnread ? '>' : '<='} m.read_ordinal`;
  return `${kind === null ? '' : ofKind[kind]} ${unread}`;
}

/** Latest first is "forward", so after a place means smaller than it. */
function listRange({ direction, from }: Page<ConversationPlace>) {
  const forward = direction === 'forward';
  const order = forward ? 'DESC' : 'ASC';
  if (!from) return { condition: '', order, parameters: [] };
  const sign = forward ? '<' : '>';
  const at = toTime(new Date(from[0]));
  return {
    condition: `AND (c.last_activity_at ${sign} ? OR (c.last_activity_at = ? AND c.id ${sign} ?))`,
    order,
    parameters: [at, at, from[1]],
  };
}

/** Prisma gives BIGINT as bigint; a seq stays far below what a number holds exactly. */
function toNumbers(row: {
  conversationId: string;
  userId: string;
  role: string;
  status: string;
  joinedSeq: bigint;
  leftSeq: bigint | null;
  readSeq: bigint;
  readOrdinal: bigint;
  joinedAt: Date;
}): Membership {
  return {
    ...row,
    role: row.role as Membership['role'],
    status: row.status as Membership['status'],
    joinedSeq: Number(row.joinedSeq),
    leftSeq: row.leftSeq === null ? null : Number(row.leftSeq),
    readSeq: Number(row.readSeq),
    readOrdinal: Number(row.readOrdinal),
  };
}
