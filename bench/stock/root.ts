import { EventEmitter } from 'node:events';
import type { MysqlConfig } from '../../kit/base/config.ts';
import { openStore, type StockMessage } from './store.ts';

export type Event = Record<string, unknown>;

interface Input {
  conversationId: string;
  clientMessageId: string;
  content: { text: { text: string } };
}

/**
 * The resolvers of schema.graphql. `isViewer` says whether a context is of this user. `follow` makes what
 * `inbox` returns: the first event, and then those of the channels.
 */
export function createRoot<Context, Stream>(
  mysql: MysqlConfig,
  viewer: { idOf(context: Context): string; isViewer(context: Context, userId: string): boolean },
  follow: (events: EventEmitter, channels: readonly string[], first: { inbox: Event }) => Stream,
) {
  const store = openStore(mysql);
  const events = new EventEmitter().setMaxListeners(0);

  const toMessage = ({ senderId, clientMessageId, text, ...message }: StockMessage) => ({
    ...message,
    content: { __typename: 'TextContent', text },
    sender: { id: senderId },
    clientMessageId: (_: unknown, context: Context) => (viewer.isViewer(context, senderId) ? clientMessageId : null),
  });

  return {
    ok: true,
    async sendMessage({ input }: { input: Input }, context: Context) {
      const { conversationId: to, clientMessageId } = input;
      const { text } = input.content.text;
      const draft = { conversationId: to, clientMessageId, text, senderId: viewer.idOf(context) };
      const appended = await store.append(draft);
      if (!appended) return { __typename: 'NotAMember', code: 'NOT_A_MEMBER', message: 'You are not in it.' };
      const { message, isNew } = appended;
      if (message.text !== text) {
        return { __typename: 'ClientMessageIdReused', code: 'CLIENT_MESSAGE_ID_REUSED', message: 'Use another id.' };
      }
      const { conversationId, seq, sentAt: happenedAt } = message;
      const sent = { __typename: 'MessageSent', conversationId, seq, happenedAt, message: toMessage(message) };
      if (isNew) events.emit(conversationId, { inbox: sent });
      return { __typename: 'SendMessagePayload', sentMessage: toMessage(message) };
    },
    async inbox(_: unknown, context: Context) {
      const positions = await store.heads(viewer.idOf(context));
      const channels = positions.map(({ conversationId }) => conversationId);
      return follow(events, channels, { inbox: { __typename: 'InboxStarted', positions } });
    },
  };
}

/** The user of a token, whose signature nobody checks here. */
export function userOf(authorization: string | undefined): string | null {
  const claims = authorization?.split('.')[1];
  return claims ? JSON.parse(Buffer.from(claims, 'base64url').toString()).sub : null;
}
