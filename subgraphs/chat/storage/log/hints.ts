import type { Bus } from '../../../../kit/redis/bus.ts';
import { type LogEntry, readEntry } from '../../domain/log/kinds/index.ts';
import { readContent } from '../../domain/messages/kinds/index.ts';
import type { HintSource, Hints } from '../../domain/ports.ts';
import { type ConversationPublication, conversationChannel, type PublishedEntry, userChannel } from '../../events.ts';

/** The most that a publication may have, in bytes: a larger one tells the head alone. */
const MAX_PUBLICATION = 65_536;

/** Hints over Redis, to and from every instance, this one included. */
export function createHints(bus: Bus): Hints & HintSource {
  return {
    moved(conversationId, headSeq, entries) {
      const whole = JSON.stringify({ kind: 'MOVED', headSeq, entries });
      const text = Buffer.byteLength(whole) <= MAX_PUBLICATION ? whole : JSON.stringify({ kind: 'MOVED', headSeq });
      bus.publish(conversationChannel(conversationId), text);
    },
    happened: (event) => bus.publish(conversationChannel(event.conversationId), JSON.stringify(event)),
    joined(userIds) {
      for (const userId of userIds) bus.publish(userChannel(userId), '');
    },
    onConversation: (conversationId, listener) =>
      bus.subscribe(conversationChannel(conversationId), (message) => {
        const publication = JSON.parse(message) as ConversationPublication;
        if (publication.kind === 'MOVED') listener.moved(publication.headSeq, toEntries(publication.entries ?? []));
        else listener.happened(publication);
      }),
    onJoined: (userId, callback) => bus.subscribe(userChannel(userId), () => callback()),
    onReset: (callback) => bus.onReset(callback),
  };
}

/** The entries, unless one cannot be read: then the log is read instead. */
function toEntries(published: readonly PublishedEntry[]): LogEntry[] {
  const entries = published.map(toEntry);
  return entries.every((entry) => entry !== null) ? entries : [];
}

function toEntry(published: PublishedEntry): LogEntry | null {
  const { kind, conversationId, seq, happenedAt, actorId, message } = published;
  const base = { conversationId, seq, happenedAt: new Date(happenedAt), actorId };
  return readEntry(kind, base, {
    payload: published,
    message: message
      ? {
          ...message,
          // Another version may have published it.
          content: readContent(message.content.kind, message.content),
          sentAt: new Date(message.sentAt),
        }
      : null,
  });
}
