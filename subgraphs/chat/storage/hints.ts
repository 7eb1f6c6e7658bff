import type { Bus } from '../../../kit/bus.ts';
import type { HintSource, Hints } from '../domain/ports.ts';
import { type ConversationMoved, conversationChannel, userChannel } from '../events.ts';

/** Hints over Redis, to and from every instance, this one included. */
export function createHints(bus: Bus): Hints & HintSource {
  return {
    moved(conversationId, headSeq) {
      const moved: ConversationMoved = { conversationId, headSeq };
      bus.publish(conversationChannel(conversationId), JSON.stringify(moved));
    },
    joined(userIds) {
      for (const userId of userIds) bus.publish(userChannel(userId), '');
    },
    onMoved: (conversationId, callback) =>
      bus.subscribe(conversationChannel(conversationId), (message) =>
        callback((JSON.parse(message) as ConversationMoved).headSeq),
      ),
    onJoined: (userId, callback) => bus.subscribe(userChannel(userId), () => callback()),
    onReset: (callback) => bus.onReset(callback),
  };
}
