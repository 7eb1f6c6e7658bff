import type { Log } from '../../../kit/observe/log.ts';
import { counter } from '../../../kit/observe/metrics.ts';

/** Time between two log lines about the same conversation, or about logs that went back, in ms. */
const INTERVAL_MS = 10 * 60_000;
/** Conversations that are remembered as reported. Beyond that they are reported again sooner. */
const MAX_REMEMBERED = 1_000;
const WENT_BACK = '';

const unreadableLogs = counter(
  'beaver_chat_unreadable_logs_total',
  'Reads of a conversation log that found an entry missing, or a row that is no entry. Subscribers are told GapTooLarge.',
);
const logsBack = counter(
  'beaver_chat_logs_back_total',
  'Conversation logs that ended before what was delivered of them, as after a restore. Subscribers resume.',
);

/**
 * Counts the logs that are not as they should be, and reports each conversation at intervals: the same fault
 * is found again with each read.
 */
export interface FaultyLogs {
  /** The log has no readable entry `seq`, although its head is higher. */
  unreadable(conversationId: string, seq: number): void;
  /** The log ends before an entry that was delivered. */
  wentBack(conversationId: string): void;
}

export function createFaultyLogs(log: Pick<Log, 'error'>): FaultyLogs {
  const reportedAt = new Map<string, number>();

  function isDue(key: string): boolean {
    const now = performance.now();
    if (now - (reportedAt.get(key) ?? Number.NEGATIVE_INFINITY) < INTERVAL_MS) return false;
    if (reportedAt.size >= MAX_REMEMBERED) reportedAt.clear();
    reportedAt.set(key, now);
    return true;
  }

  return {
    unreadable(conversationId, seq) {
      unreadableLogs.add();
      if (isDue(conversationId))
        log.error(
          { conversationId, seq },
          'a chat log has no readable entry; its subscribers are told to page the history instead',
        );
    },
    // A restore concerns all conversations: one line is enough.
    wentBack(conversationId) {
      logsBack.add();
      if (isDue(WENT_BACK))
        log.error(
          { conversationId },
          'a chat log ends before what was delivered of it, so its subscribers resume; README.md says what to do after a restore',
        );
    },
  };
}
