import { timeOf } from '../../../../../kit/base/ids.ts';
import { fromTime, type Transaction, toTime } from '../../../../../kit/mysql/database.ts';
import { lock } from '../log.ts';
import { IS_HOLLOW, LONGEST_HOLE, TRUSTED_OFF_MS } from './examine.ts';

/** What was done to a conversation. */
export interface Repairs {
  headBefore: number;
  head: number;
  /** Entries that were written again from the messages that they are of. */
  restored: number[];
  /** Numbers whose entries are lost: they stay taken, by an entry that says so. */
  lost: number[];
  /** Messages whose number another entry has, by the number that they have now. */
  moved: number[];
  /** Entries and messages that got the time in the message's id. */
  retimed: number;
}

interface Entry {
  seq: number;
  kind: string;
  message_seq: number | null;
  /** Whether it lacks the payload that its kind needs. */
  isHollow: boolean;
  at: Date;
}

interface Message {
  seq: number;
  id: string;
  sender_id: string;
  ordinal: number;
  at: Date;
}

/**
 * Makes a conversation whole, in one transaction under its lock: numbers 1 to the head each with an entry,
 * each message with one, ordinals that count the messages. No number that anybody may have been given is
 * given again. So a head never goes back, and a number whose entry is lost stays taken.
 */
export async function mend(transaction: Transaction, id: string): Promise<Repairs | null> {
  const conversation = (await lock(transaction, [id])).get(id);
  if (!conversation) return null;
  const entries = new Map((await readEntries(transaction, id)).map((entry) => [entry.seq, entry]));
  const messages = await readMessages(transaction, id);
  const repairs: Repairs = {
    headBefore: conversation.head_seq,
    head: 0,
    restored: [],
    lost: [],
    moved: [],
    retimed: 0,
  };

  repairs.retimed = await retime(transaction, id, messages, entries);
  const bySeq = new Map(messages.map((message) => [message.seq, message]));
  // Both are in the order of their numbers.
  const last = [...entries.keys()].at(-1) ?? 0;
  repairs.head = Math.max(conversation.head_seq, await farthest(transaction, id), last, messages.at(-1)?.seq ?? 0);
  for (const message of messages) {
    const entry = entries.get(message.seq);
    if (entry && entry.message_seq !== message.seq) {
      repairs.head += 1;
      bySeq.delete(message.seq);
      await move(transaction, id, message, repairs.head);
      repairs.moved.push(repairs.head);
      bySeq.set(repairs.head, message);
    }
  }
  let at = timeOf(id) ?? new Date();
  for (const seq of numbersOf([...entries.keys(), ...bySeq.keys()], repairs.head)) {
    const [entry, message] = [entries.get(seq), bySeq.get(seq)];
    at = entry?.at ?? message?.at ?? at;
    if (!entry && message) {
      await writeEntry(transaction, id, { seq, kind: 'MESSAGE_SENT', actorId: message.sender_id, messageSeq: seq, at });
      repairs.restored.push(seq);
    } else if (!entry || entry.isHollow || (entry.kind === 'MESSAGE_SENT' && !bySeq.has(entry.message_seq ?? 0))) {
      await writeEntry(transaction, id, { seq, kind: 'ENTRY_LOST', actorId: '', messageSeq: null, at });
      repairs.lost.push(seq);
    }
  }
  await count(transaction, id, [...bySeq], { head: repairs.head, at });
  return repairs;
}

/** All numbers up to the head, but for those of jumps. */
function* numbersOf(known: number[], head: number): Generator<number> {
  let last = 0;
  for (const next of [...known.sort((one, other) => one - other), head + 1]) {
    if (next - last - 1 <= LONGEST_HOLE) for (let seq = last + 1; seq < next; seq += 1) yield seq;
    if (next > last && next <= head) yield next;
    last = next;
  }
}

async function readEntries(transaction: Transaction, id: string): Promise<Entry[]> {
  const rows = await transaction.query<(Omit<Entry, 'at' | 'isHollow'> & { isHollow: number; created_at: string })[]>(
    `SELECT l.seq, l.kind, l.message_seq, ${IS_HOLLOW} AS isHollow, l.created_at FROM chat_log l
     WHERE l.conversation_id = ? ORDER BY l.seq`,
    [id],
  );
  return rows.map(({ created_at, isHollow, ...row }) => ({
    ...row,
    isHollow: isHollow === 1,
    at: fromTime(created_at),
  }));
}

async function readMessages(transaction: Transaction, id: string): Promise<Message[]> {
  const rows = await transaction.query<(Omit<Message, 'at'> & { created_at: string })[]>(
    'SELECT seq, id, sender_id, ordinal, created_at FROM chat_messages WHERE conversation_id = ? ORDER BY seq',
    [id],
  );
  return rows.map(({ created_at, ...row }) => ({ ...row, at: fromTime(created_at) }));
}

/** The number up to which some member was given entries. */
async function farthest(transaction: Transaction, id: string): Promise<number> {
  const [row] = await transaction.query<{ seq: number | null }[]>(
    'SELECT MAX(GREATEST(read_seq, joined_seq, COALESCE(left_seq, 0))) AS seq FROM chat_memberships WHERE conversation_id = ?',
    [id],
  );
  return row?.seq ?? 0;
}

/**
 * Gives messages, and their entries, the time in the message's id, where the stored one is far from it; and
 * the conversation that of its own.
 */
async function retime(transaction: Transaction, id: string, messages: Message[], entries: Map<number, Entry>) {
  let count = 0;
  for (const message of messages) {
    const made = timeOf(message.id);
    if (!made || Math.abs(made.getTime() - message.at.getTime()) <= TRUSTED_OFF_MS) continue;
    message.at = made;
    await setTime(transaction, 'chat_messages', id, message.seq, made);
    const entry = entries.get(message.seq);
    if (entry?.message_seq === message.seq) {
      entry.at = made;
      await setTime(transaction, 'chat_log', id, message.seq, made);
    }
    count += 1;
  }
  return count;
}

async function setTime(transaction: Transaction, table: string, id: string, seq: number, at: Date): Promise<void> {
  await transaction.execute(`UPDATE ${table} SET created_at = ? WHERE conversation_id = ? AND seq = ?`, [
    toTime(at),
    id,
    seq,
  ]);
}

async function move(transaction: Transaction, id: string, message: Message, to: number): Promise<void> {
  await transaction.query('UPDATE chat_messages SET seq = ? WHERE conversation_id = ? AND seq = ?', [
    to,
    id,
    message.seq,
  ]);
  message.seq = to;
}

interface NewEntry {
  seq: number;
  kind: string;
  actorId: string;
  messageSeq: number | null;
  at: Date;
}

async function writeEntry(transaction: Transaction, id: string, entry: NewEntry): Promise<void> {
  const { seq, kind, actorId, messageSeq, at } = entry;
  await transaction.query(
    `INSERT INTO chat_log (conversation_id, seq, kind, actor_id, message_seq, payload, created_at) VALUES (?, ?, ?, ?, ?, NULL, ?)
     ON DUPLICATE KEY UPDATE kind = VALUES(kind), actor_id = VALUES(actor_id), message_seq = VALUES(message_seq), payload = NULL`,
    [id, seq, kind, actorId, messageSeq, toTime(at)],
  );
}

/** Sets what is counted of the log: ordinals, the head's row, how many messages each member has read. */
async function count(
  transaction: Transaction,
  id: string,
  messages: [number, Message][],
  { head, at }: { head: number; at: Date },
): Promise<void> {
  messages.sort(([one], [other]) => one - other);
  for (const [index, [seq, message]] of messages.entries()) {
    if (message.ordinal === index + 1) continue;
    await transaction.execute('UPDATE chat_messages SET ordinal = ? WHERE conversation_id = ? AND seq = ?', [
      index + 1,
      id,
      seq,
    ]);
  }
  await transaction.query(
    `UPDATE chat_conversations SET head_seq = ?, message_count = ?, last_message_seq = ?, last_activity_at = ?, member_count =
       (SELECT COUNT(*) FROM chat_memberships p WHERE p.conversation_id = chat_conversations.id AND p.status = 'NORMAL')
     WHERE id = ?`,
    [head, messages.length, messages.at(-1)?.[0] ?? null, toTime(at), id],
  );
  await transaction.query(
    `UPDATE chat_memberships p SET p.read_ordinal =
       (SELECT COUNT(*) FROM chat_messages m WHERE m.conversation_id = p.conversation_id AND m.seq <= p.read_seq)
     WHERE p.conversation_id = ?`,
    [id],
  );
}
