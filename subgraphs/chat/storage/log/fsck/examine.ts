import type { Statements } from '../../../../../kit/mysql/database.ts';
import { namesWithPayload } from '../../../domain/log/kinds/index.ts';

/**
 * How far the time of a message may be from that in its id, in ms. Beyond it the time was written in a wrong
 * time zone, or under a wrong clock.
 */
export const TRUSTED_OFF_MS = 5 * 60_000;

/**
 * The most numbers that may be missing in a row for it to be damage. More are a jump, as heads are raised by
 * after a restore: whoever has a position before it is told `GapTooLarge` in any case, and to write so many
 * entries would help nobody.
 */
export const LONGEST_HOLE = 1_000;

/** What the tables say of a conversation, all as of one moment. */
interface Summary {
  id: string;
  head_seq: number;
  message_count: number;
  member_count: number;
  /** Who are in it now. */
  members: number;
  last_message_seq: number | null;
  entries: number;
  last_entry: number | null;
  /** Entries of a message that is not there. */
  bare: number;
  /** Entries without the payload that their kind needs. */
  hollow: number;
  messages: number;
  last_message: number | null;
  /** The sum of the ordinals, and the last of them. */
  ordinals: number;
  last_ordinal: number | null;
  /** Messages that no entry names. */
  strays: number;
  /** Messages whose time is not that in their id. */
  mistimed: number;
  /** Members who have read, joined or left beyond the head. */
  beyond: number;
}

/** Whether an entry lacks the payload of its kind. A kind that this version does not know needs none. */
export const IS_HOLLOW = `(l.payload IS NULL AND l.kind IN ('${namesWithPayload().join("', '")}'))`;

const LOG = 'FROM chat_log l WHERE l.conversation_id = c.id';
const MESSAGES = 'FROM chat_messages m WHERE m.conversation_id = c.id';
/**
 * The milliseconds in a message's id: the ten digits after `msg_`. CONV takes base 32 with the digits 0-9A-V;
 * a TypeID leaves out i, l, o and u, so its letters from j on stand for others.
 */
const ID_TIME = `CAST(CONV(${[...'jkmnpqrstvwxyz'].reduce(
  (digits, letter, index) => `REPLACE(${digits}, '${letter}', '${'IJKLMNOPQRSTUV'[index]}')`,
  'SUBSTR(m.id, 5, 10)',
)}, 32, 10) AS SIGNED)`;
/** Whether a message's id is a UUIDv7: the next digit holds its version and one bit more. */
const HAS_TIME = "SUBSTR(m.id, 15, 1) IN ('e', 'f')";
const STORED_TIME = 'CAST(UNIX_TIMESTAMP(m.created_at) * 1000 AS SIGNED)';

const SUMMARIES = `SELECT c.id, c.head_seq, c.message_count, c.member_count, c.last_message_seq,
    (SELECT COUNT(*) FROM chat_memberships p WHERE p.conversation_id = c.id AND p.status = 'NORMAL') AS members,
    (SELECT COUNT(*) ${LOG}) AS entries,
    (SELECT MAX(l.seq) ${LOG}) AS last_entry,
    (SELECT COUNT(*) FROM chat_log l LEFT JOIN chat_messages m ON m.conversation_id = l.conversation_id AND m.seq = l.message_seq
      WHERE l.conversation_id = c.id AND l.kind = 'MESSAGE_SENT' AND m.id IS NULL) AS bare,
    (SELECT COUNT(*) ${LOG} AND ${IS_HOLLOW}) AS hollow,
    (SELECT COUNT(*) ${MESSAGES}) AS messages,
    (SELECT MAX(m.seq) ${MESSAGES}) AS last_message,
    (SELECT COALESCE(CAST(SUM(m.ordinal) AS SIGNED), 0) ${MESSAGES}) AS ordinals,
    (SELECT MAX(m.ordinal) ${MESSAGES}) AS last_ordinal,
    (SELECT COUNT(*) FROM chat_messages m LEFT JOIN chat_log l ON l.conversation_id = m.conversation_id AND l.seq = m.seq AND l.message_seq = m.seq
      WHERE m.conversation_id = c.id AND l.seq IS NULL) AS strays,
    (SELECT COUNT(*) ${MESSAGES} AND ${HAS_TIME} AND ABS(${ID_TIME} - ${STORED_TIME}) > ${TRUSTED_OFF_MS}) AS mistimed,
    (SELECT COUNT(*) FROM chat_memberships p WHERE p.conversation_id = c.id
      AND GREATEST(p.read_seq, p.joined_seq, COALESCE(p.left_seq, 0)) > c.head_seq) AS beyond
  FROM chat_conversations c`;

/**
 * A page of conversations after an id, in the order of ids: those that are damaged, and the last that was
 * looked at (null where there is none).
 */
export async function examinePage(sql: Statements, after: string, limit: number) {
  const rows = await sql.query<Summary[]>(`${SUMMARIES} WHERE c.id > ? ORDER BY c.id LIMIT ?`, [after, limit]);
  const damaged: string[] = [];
  for (const row of rows) if (await isDamaged(sql, row)) damaged.push(row.id);
  return { looked: rows.length, damaged, last: rows.at(-1)?.id ?? null };
}

/** Whether a conversation is damaged; null where there is none. */
export async function examine(sql: Statements, id: string): Promise<boolean | null> {
  const [row] = await sql.query<Summary[]>(`${SUMMARIES} WHERE c.id = ?`, [id]);
  return row ? isDamaged(sql, row) : null;
}

async function isDamaged(sql: Statements, c: Summary): Promise<boolean> {
  const isBeyond = (c.last_entry ?? 0) > c.head_seq || c.beyond > 0;
  const areOrdinalsWhole = c.ordinals === (c.messages * (c.messages + 1)) / 2 && (c.last_ordinal ?? 0) === c.messages;
  const areMessagesWhole = c.messages === c.message_count && c.last_message === c.last_message_seq && c.strays === 0;
  if (
    isBeyond ||
    c.members !== c.member_count ||
    c.bare > 0 ||
    c.hollow > 0 ||
    c.mistimed > 0 ||
    !areMessagesWhole ||
    !areOrdinalsWhole
  )
    return true;
  return c.entries !== c.head_seq && (await hasHoles(sql, c));
}

/** Whether numbers up to the head are missing, but for jumps. */
async function hasHoles(sql: Statements, { id, head_seq }: Summary): Promise<boolean> {
  const [row] = await sql.query<{ holes: number }[]>(
    `SELECT COUNT(*) AS holes FROM (
       SELECT seq, LEAD(seq) OVER (ORDER BY seq) AS next
       FROM (SELECT 0 AS seq UNION ALL SELECT seq FROM chat_log WHERE conversation_id = ?) numbers
     ) pairs WHERE COALESCE(next, ?) - seq - 1 BETWEEN 1 AND ?`,
    [id, head_seq + 1, LONGEST_HOLE],
  );
  return (row?.holes ?? 0) > 0;
}

/**
 * How many rows belong to conversations that are not there, by table: a part of a restore. Nobody can see
 * them, and nothing says of whom they are.
 */
export async function countOrphans(sql: Statements): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const table of ['chat_log', 'chat_messages', 'chat_memberships']) {
    const [row] = await sql.query<{ count: number }[]>(
      `SELECT COUNT(*) AS count FROM ${table} t LEFT JOIN chat_conversations c ON c.id = t.conversation_id WHERE c.id IS NULL`,
    );
    counts[table] = row?.count ?? 0;
  }
  return counts;
}
