// What a competent developer writes with graphql-ws, graphql-js and the driver as they come: the measure of
// the others. In its favour: events stay in the process (no Redis), there is no replay, and the token is read
// without checking its signature.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buildSchema } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';
import type { MysqlConfig } from '../../kit/base/config.ts';
import { serveParent } from '../load/serve.ts';
import { iterate } from './queue.ts';
import { createRoot, userOf } from './root.ts';

interface Viewer {
  userId: string;
}

serveParent({ listen });

async function listen(mysql: MysqlConfig): Promise<string> {
  const schema = buildSchema(readFileSync(new URL('./schema.graphql', import.meta.url), 'utf8'));
  const viewer = {
    idOf: ({ userId }: Viewer) => userId,
    isViewer: (context: Viewer, userId: string) => context.userId === userId,
  };
  const root = createRoot(mysql, viewer, iterate);
  const server = createServer();
  const sockets = new WebSocketServer({ server, path: '/graphql' });
  useServer<{ authorization?: string }, { viewer?: Viewer }>(
    {
      schema,
      roots: { query: root, mutation: root, subscription: root },
      onConnect(context) {
        const userId = userOf(context.connectionParams?.authorization);
        if (userId === null) return false;
        context.extra.viewer = { userId };
        return true;
      },
      context: (context) => context.extra.viewer,
    },
    sockets,
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', 8192, resolve));
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
}
