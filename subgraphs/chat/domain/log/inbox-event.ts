import type { EphemeralEvent, Position } from '../model.ts';
import type { LogEntry } from './kinds/index.ts';

/**
 * What a subscription delivers: the log, what is so at the moment, and two events about the subscription
 * itself.
 */
export type InboxEvent =
  | { kind: 'INBOX_STARTED'; positions: Position[] }
  | { kind: 'GAP_TOO_LARGE'; conversationId: string; headSeq: number }
  | LogEntry
  | EphemeralEvent;
