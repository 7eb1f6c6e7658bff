import { parseInput } from '../../../../kit/base/input.ts';
import { type Caller, requireViewer } from '../../../../kit/identity/caller.ts';
import { NotAMember } from '../errors.ts';
import { setTypingInput } from '../input.ts';
import type { Correspondence } from '../messages/correspondence.ts';
import type { ConversationStore, Hints } from '../ports.ts';

/** Who types: told to those who are connected, and kept nowhere. */
export interface Typing {
  /** The id of the conversation. @throws Unauthenticated, InvalidInput, NotAMember */
  set(caller: Caller, input: unknown): Promise<string>;
}

export function createTyping(ports: {
  store: ConversationStore;
  hints: Hints;
  correspondence: Correspondence;
}): Typing {
  const { store, hints, correspondence } = ports;
  return {
    async set(caller, input) {
      const { userId } = requireViewer(caller);
      const { conversationId, isTyping } = parseInput(setTypingInput, input);
      const [conversation] = await store.forViewer(userId, [conversationId]);
      if (!conversation) throw new NotAMember();
      // Whoever is not reached sees nothing of it, and whoever types is not told. The delivery decides who of
      // the others sees it.
      if ((await correspondence.unreached(conversationId, userId)) === null)
        hints.happened({ kind: 'TYPING_CHANGED', conversationId, userId, isTyping });
      return conversationId;
    },
  };
}
