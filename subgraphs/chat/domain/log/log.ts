import type { Page } from '../../../../kit/graph/connections.ts';
import type { ViewerConversation } from '../model.ts';
import { visibleRange } from '../policies.ts';
import type { LogPages, SeqPlace } from '../ports.ts';
import type { LogEntry } from './kinds/index.ts';

/** The log of a conversation that was read for the viewer, read again. */
export interface ConversationLog {
  /** A page of what the viewer may see, in the order of seq. */
  page(conversation: ViewerConversation, page: Page<SeqPlace>): Promise<LogEntry[]>;
  /** The lowest number that the viewer may see from a time on; beyond the head where nothing came since. */
  seqAt(conversation: ViewerConversation, time: Date): Promise<number>;
}

export function createConversationLog(pages: LogPages): ConversationLog {
  return {
    page: (conversation, page) => pages.page(conversation.id, visibleRange(conversation), page),
    seqAt: (conversation, time) => pages.seqAt(conversation.id, visibleRange(conversation), time),
  };
}
