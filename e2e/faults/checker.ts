import type { GraphClient } from '../../testing/client.ts';
import type { Stack } from '../../testing/stack.ts';

/** One message that somebody wanted to send. */
export interface Sending {
  conversationId: string;
  senderId: string;
  clientMessageId: string;
  /** When it was sent for the first time, in ms by the clock of this process. */
  sentAt: number;
  /** Null where no answer came. */
  answer: { id: string; seq: number } | null;
}

/** An entry as a client was given it. */
export interface Arrival {
  conversationId: string;
  seq: number;
  messageId: string | null;
  /** Milliseconds, by the clock of this process. */
  at: number;
}

/** What a client was given, from the positions at which it began. */
export interface Receiver {
  name: string;
  starts: ReadonlyMap<string, number>;
  arrivals: readonly Arrival[];
  violations: readonly string[];
}

/** An entry of a conversation's log as it is in MySQL. */
export interface LogRow {
  seq: number;
  messageId: string | null;
  senderId: string | null;
  clientMessageId: string | null;
}

/** All conversations with all their entries. */
export type Logs = ReadonlyMap<string, { headSeq: number; rows: readonly LogRow[] }>;

export interface Verdict {
  /** Messages whose sender has the answer. */
  accepted: number;
  /** Accepted messages that are not in the log, and entries that a client never got. */
  lost: number;
  /** Messages that are in the log twice, and entries that a client got again. */
  doubled: number;
  /** Entries that a client got after a later one. */
  outOfOrder: number;
  /** Everything else that must not be, in words. */
  faults: string[];
  /**
   * The longest that a message took until all had it, in seconds; from the recovery on where it was sent
   * before.
   */
  secondsUntilAllHadAll: number;
  /** The same, from when it was sent. */
  secondsAtMost: number;
}

/** Compares what senders were told and receivers were given with the log. */
export function check(
  logs: Logs,
  sendings: readonly Sending[],
  receivers: readonly Receiver[],
  recoveredAt: number,
): Verdict {
  const verdict: Verdict = {
    ...{ accepted: 0, lost: 0, doubled: 0, outOfOrder: 0, faults: [] },
    secondsUntilAllHadAll: longestWait(sendings, receivers, recoveredAt),
    secondsAtMost: longestWait(sendings, receivers, 0),
  };
  for (const [conversationId, log] of logs) checkLog(conversationId, log, verdict);
  checkSendings(logs, sendings, verdict);
  for (const receiver of receivers) checkReceiver(logs, receiver, verdict);
  return verdict;
}

/** 1, 2, 3 … up to the head. */
function checkLog(
  conversationId: string,
  { headSeq, rows }: { headSeq: number; rows: readonly LogRow[] },
  verdict: Verdict,
): void {
  const wrong = rows.find(({ seq }, index) => seq !== index + 1);
  if (wrong) verdict.faults.push(`the log of ${conversationId} has a gap before ${wrong.seq}`);
  if (headSeq !== rows.length)
    verdict.faults.push(`the head of ${conversationId} is ${headSeq}, with ${rows.length} entries`);
}

function checkSendings(logs: Logs, sendings: readonly Sending[], verdict: Verdict): void {
  const found = new Map<string, LogRow[]>();
  for (const [conversationId, { rows }] of logs) {
    for (const row of rows) {
      const key = `${conversationId} ${row.senderId} ${row.clientMessageId}`;
      found.set(key, [...(found.get(key) ?? []), row]);
    }
  }
  for (const { conversationId, senderId, clientMessageId, answer } of sendings) {
    if (!answer) {
      verdict.faults.push(`the message ${clientMessageId} never got an answer`);
      continue;
    }
    verdict.accepted += 1;
    const [row, ...more] = found.get(`${conversationId} ${senderId} ${clientMessageId}`) ?? [];
    verdict.doubled += more.length;
    if (!row) verdict.lost += 1;
    else if (row.seq !== answer.seq || row.messageId !== answer.id)
      verdict.faults.push(`the message ${clientMessageId} was answered with ${answer.seq}, and is at ${row.seq}`);
  }
}

function checkReceiver(logs: Logs, { name, starts, arrivals, violations }: Receiver, verdict: Verdict): void {
  verdict.faults.push(...violations.map((violation) => `${name}: ${violation}`));
  for (const [conversationId, start] of starts) {
    const rows = logs.get(conversationId)?.rows ?? [];
    const own = arrivals.filter((arrival) => arrival.conversationId === conversationId);
    const got = new Set<number>();
    let highest = start;
    for (const { seq, messageId } of own) {
      if (got.has(seq) || seq <= start) verdict.doubled += 1;
      else if (seq < highest) verdict.outOfOrder += 1;
      got.add(seq);
      highest = Math.max(highest, seq);
      const row = rows[seq - 1];
      if (row?.messageId !== messageId)
        verdict.faults.push(`${name} got ${messageId} as ${seq}, which is ${row?.messageId}`);
    }
    verdict.lost += rows.filter(({ seq }) => seq > start && !got.has(seq)).length;
  }
  const strange = arrivals.filter(({ conversationId }) => !starts.has(conversationId));
  if (strange.length > 0)
    verdict.faults.push(`${name} got ${strange.length} entries of conversations that are not theirs`);
}

/**
 * The longest that a message took from `since` or its sending, whichever is later, until the last receiver
 * had it. In seconds.
 */
function longestWait(sendings: readonly Sending[], receivers: readonly Receiver[], since: number): number {
  const last = new Map<string, number>();
  for (const { messageId, at } of receivers.flatMap(({ arrivals }) => arrivals)) {
    if (messageId) last.set(messageId, Math.max(at, last.get(messageId) ?? 0));
  }
  const waits = sendings.map(({ answer, sentAt }) => {
    const at = (answer && last.get(answer.id)) ?? Number.POSITIVE_INFINITY;
    return at - Math.max(sentAt, since);
  });
  return Math.max(0, ...waits) / 1000;
}

/** The logs of conversations, read from MySQL past all services. */
export async function readLogs({ mysql }: Pick<Stack, 'mysql'>, conversationIds: readonly string[]): Promise<Logs> {
  const logs = new Map<string, { headSeq: number; rows: LogRow[] }>();
  for (const id of conversationIds) {
    const [conversation] = await mysql.query('SELECT head_seq AS headSeq FROM chat_conversations WHERE id = ?', [id]);
    const rows: LogRow[] = await mysql.query(
      `SELECT l.seq, m.id AS messageId, m.sender_id AS senderId, m.client_message_id AS clientMessageId FROM chat_log l
       LEFT JOIN chat_messages m ON m.conversation_id = l.conversation_id AND m.seq = l.message_seq
       WHERE l.conversation_id = ? ORDER BY l.seq`,
      [id],
    );
    logs.set(id, { headSeq: conversation.headSeq, rows });
  }
  return logs;
}

interface HistoryPage {
  conversation: {
    messages: {
      edges: { node: { id: string; seq: number } }[];
      pageInfo: { hasNextPage: boolean; endCursor: string | null };
    };
  };
}

const HISTORY = `query ($id: ID!, $after: String) { conversation(id: $id) {
  headSeq messages(first: 100, after: $after) { edges { node { id seq } } pageInfo { hasNextPage endCursor } }
} }`;

/** Whether the history that a member pages is the log. In words what is not, or null. */
export async function checkHistory(api: GraphClient, logs: Logs, conversationId: string): Promise<string | null> {
  const seen: string[] = [];
  for (let after: string | null = null, isMore = true; isMore; ) {
    const { conversation }: HistoryPage = await api.data(HISTORY, { id: conversationId, after });
    seen.push(...conversation.messages.edges.map(({ node }) => `${node.seq} ${node.id}`));
    after = conversation.messages.pageInfo.endCursor;
    isMore = conversation.messages.pageInfo.hasNextPage;
  }
  const wanted = (logs.get(conversationId)?.rows ?? []).filter(({ messageId }) => messageId !== null);
  const wrong = wanted.findIndex(({ seq, messageId }, index) => seen[index] !== `${seq} ${messageId}`);
  if (wrong === -1 && seen.length === wanted.length) return null;
  return `the history of ${conversationId} differs from its log at ${wrong === -1 ? 'its end' : wanted[wrong]?.seq}`;
}
