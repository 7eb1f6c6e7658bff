// What a competent developer writes with graphql-ws, graphql-js and the driver as they come: the measure of
// the others. In its favour: events stay in the process (no Redis), there is no replay, and the token is read
// without checking its signature.
import { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buildSchema } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';
import type { MysqlConfig } from '../../kit/base/config.ts';
import { serveParent } from '../load/serve.ts';
import { iterate } from './queue.ts';
import { openStore, type StockMessage } from './store.ts';

interface Viewer {
  userId: string;
}

type Event = Record<string, unknown>;

serveParent({ listen });

async function listen(mysql: MysqlConfig): Promise<string> {
  const schema = buildSchema(readFileSync(new URL('./schema.graphql', import.meta.url), 'utf8'));
  const store = openStore(mysql);
  const events = new EventEmitter().setMaxListeners(0);

  const toMessage = ({ senderId, clientMessageId, text, ...message }: StockMessage) => ({
    ...message,
    content: { __typename: 'TextContent', text },
    sender: { id: senderId },
    clientMessageId: (_: unknown, viewer: Viewer) => (viewer.userId === senderId ? clientMessageId : null),
  });

  const rootValue = {
    ok: true,
    async sendMessage(
      { input }: { input: { conversationId: string; clientMessageId: string; content: { text: { text: string } } } },
      { userId }: Viewer,
    ) {
      const { conversationId: to, clientMessageId } = input;
      const { text } = input.content.text;
      const appended = await store.append({ conversationId: to, clientMessageId, text, senderId: userId });
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
    async inbox(_: unknown, { userId }: Viewer) {
      const positions = await store.heads(userId);
      const channels = positions.map(({ conversationId }) => conversationId);
      return iterate<{ inbox: Event }>(events, channels, { inbox: { __typename: 'InboxStarted', positions } });
    },
  };

  const server = createServer();
  const sockets = new WebSocketServer({ server, path: '/graphql' });
  useServer<{ authorization?: string }, { viewer?: Viewer }>(
    {
      schema,
      roots: { query: rootValue, mutation: rootValue, subscription: rootValue },
      onConnect(context) {
        const claims = context.connectionParams?.authorization?.split('.')[1];
        if (!claims) return false;
        context.extra.viewer = { userId: JSON.parse(Buffer.from(claims, 'base64url').toString()).sub };
        return true;
      },
      context: (context) => context.extra.viewer,
    },
    sockets,
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', 8192, resolve));
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
}
