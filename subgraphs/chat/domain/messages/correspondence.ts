import { LRUCache } from 'lru-cache';
import type { Reach } from '../members/reach.ts';
import { isAnswer } from '../policies.ts';
import type { ConversationStore, DirectPair } from '../ports.ts';

/** Who may write in a direct conversation. In a group everybody does. */
export interface Correspondence {
  /**
   * Null where the user may write to the conversation, else the id of whom they do not reach. At once where
   * it is known, and null for whoever is not in the conversation: others say so.
   */
  unreached(conversationId: string, userId: string): Promise<string | null> | string | null;
}

/** Conversations that are remembered. */
const MAX_KNOWN = 50_000;
const GROUP: DirectPair = { userIds: [], inviterId: null };

export function createCorrespondence(
  conversations: Pick<ConversationStore, 'directPair'>,
  reach: Pick<Reach, 'may'>,
): Correspondence {
  /** The two of each direct conversation, which never change; nobody for a group. */
  const pairs = new LRUCache<string, DirectPair>({ max: MAX_KNOWN });

  function among(pair: DirectPair, userId: string): Promise<string | null> | string | null {
    const otherId = pair.userIds.find((id) => id !== userId);
    if (otherId === undefined || !pair.userIds.includes(userId)) return null;
    const mayWrite = reach.may('WRITE', userId, otherId);
    return mayWrite === true ? null : decide(pair, mayWrite, userId, otherId);
  }

  async function decide(pair: DirectPair, mayWrite: Promise<boolean> | boolean, userId: string, otherId: string) {
    if (await mayWrite) return null;
    return isAnswer(pair, otherId) && (await reach.may('WRITE', otherId, userId)) ? null : otherId;
  }

  return {
    unreached(conversationId, userId) {
      const known = pairs.get(conversationId);
      if (known) return among(known, userId);
      return conversations.directPair(conversationId).then((found) => {
        // There may be such a conversation later.
        if (found === undefined) return null;
        const pair = found ?? GROUP;
        pairs.set(conversationId, pair);
        return among(pair, userId);
      });
    },
  };
}
