import { LRUCache } from 'lru-cache';
import { within } from '../../../../kit/base/pause.ts';
import type { Log } from '../../../../kit/observe/log.ts';
import type { ConversationStore, UserService } from '../ports.ts';

/**
 * Whether the two of a direct conversation may still write to each other: they are friends, and neither has
 * blocked the other. The user service knows; an answer of it is at most 10 seconds old, so a send need not
 * wait. In a group everybody writes.
 */
export interface Reach {
  /**
   * Null where the user may write to the conversation, else the id of whom they do not reach. At once where
   * it is known, and null for whoever is not in the conversation: others say so.
   */
  find(conversationId: string, userId: string): Promise<string | null> | string | null;
}

/** Conversations and pairs that are remembered. */
const MAX_KNOWN = 50_000;
/** How old an answer may be, in ms. */
const MAX_AGE = 10_000;
/** How long a send waits for an answer, in ms. */
const PATIENCE = 2_000;

export function createReach(ports: {
  conversations: Pick<ConversationStore, 'directKey'>;
  users: Pick<UserService, 'areFriends'>;
  log: Log;
}): Reach {
  const { conversations, users, log } = ports;
  /** The two of each direct conversation, which never change; empty for a group. */
  const pairs = new LRUCache<string, readonly string[]>({ max: MAX_KNOWN });
  /** By both ids. Answers that are too old are asked for again. */
  const answers = new LRUCache<string, boolean>({ max: MAX_KNOWN, ttl: MAX_AGE, allowStale: true });
  const asked = new Map<string, Promise<boolean>>();

  /**
   * A user service that is away separates nobody: its last answer goes on, and without one the two are
   * friends, as they were when the conversation began.
   */
  async function ask(key: string, userId: string, otherId: string): Promise<boolean> {
    const last = answers.peek(key, { allowStale: true }) ?? true;
    try {
      return await within(PATIENCE, users.areFriends(userId, otherId));
    } catch (error) {
      log.warn({ err: error }, 'who may write to whom could not be asked; what was known goes on');
      return last;
    }
  }

  function askOnce(key: string, userId: string, otherId: string): Promise<boolean> {
    const known = asked.get(key);
    if (known) return known;
    const answer = ask(key, userId, otherId).then((isOpen) => {
      answers.set(key, isOpen);
      asked.delete(key);
      return isOpen;
    });
    asked.set(key, answer);
    return answer;
  }

  function among(pair: readonly string[], userId: string): Promise<string | null> | string | null {
    const otherId = pair.find((id) => id !== userId);
    if (otherId === undefined || !pair.includes(userId)) return null;
    const key = pair.join(' ');
    if (answers.getRemainingTTL(key) > 0) return answers.get(key) ? null : otherId;
    return askOnce(key, userId, otherId).then((isOpen) => (isOpen ? null : otherId));
  }

  return {
    find(conversationId, userId) {
      const known = pairs.get(conversationId);
      if (known) return among(known, userId);
      return conversations.directKey(conversationId).then((found) => {
        // There may be such a conversation later.
        if (found === undefined) return null;
        const pair = found?.split(':') ?? [];
        pairs.set(conversationId, pair);
        return among(pair, userId);
      });
    },
  };
}
