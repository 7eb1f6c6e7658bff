import type { Server } from 'node:http';
import { type ExecutionArgs, GraphQLError, type GraphQLSchema, parse, validate } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';
import { UserError } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Authenticator, Caller } from '../viewer.ts';
import { maskError } from './mask.ts';

/** The close code that means: come again and resume from your positions (PROTOCOL.md). */
export const RESUME_CODE = 4205;
const MAX_MESSAGE = 1_000_000;

export interface Sockets {
  /** Closes every socket with RESUME, so that clients come again elsewhere. */
  close(): Promise<void>;
}

/**
 * `/graphql` over WebSocket (graphql-transport-ws) for a subgraph. The gateway sends the operations of many viewers over one socket, so the caller is
 * that of each operation (`extensions.authorization`), or else that of the socket (`authorization` in the payload of connection_init).
 */
export function serveSockets<Context extends object>(
  server: Server,
  options: { schema: GraphQLSchema; authenticator: Authenticator; context(caller: Caller): Context; log: Log },
): Sockets {
  const { schema, authenticator, log } = options;
  const sockets = new WebSocketServer({ server, path: '/graphql', maxPayload: MAX_MESSAGE });
  const disposable = useServer<{ authorization?: string }>(
    {
      schema,
      onConnect(socket) {
        try {
          authenticator.authenticate(socket.connectionParams?.authorization);
          return true;
        } catch (error) {
          // False closes the socket with 4403 Forbidden: the client must not try the same token again.
          if (error instanceof UserError) return false;
          throw error;
        }
      },
      onSubscribe(socket, _id, payload): ExecutionArgs | GraphQLError[] {
        try {
          const own = payload.extensions?.authorization;
          // Verified again for each operation: a token may have expired, or its session ended, while the socket was open.
          const caller = authenticator.authenticate(
            typeof own === 'string' ? own : socket.connectionParams?.authorization,
          );
          const document = parse(payload.query);
          const faults = validate(schema, document);
          if (faults.length > 0) return [...faults];
          return {
            schema,
            document,
            operationName: payload.operationName,
            variableValues: payload.variables,
            contextValue: options.context(caller),
          };
        } catch (error) {
          // Never thrown on: that would close the socket, which the gateway shares among many viewers. `onError` masks it.
          if (error instanceof GraphQLError) return [error];
          return [new GraphQLError('failed', { originalError: error as Error })];
        }
      },
      onError: (_socket, _id, _payload, errors) => errors.map((error) => maskError(toFormatted(error), error, log)),
      onNext: (_socket, _id, _payload, _args, result) => {
        if (!result.errors) return;
        return {
          ...result,
          errors: result.errors.map((error) => maskError(toFormatted(error), error, log)) as unknown as GraphQLError[],
        };
      },
    },
    sockets,
  );
  return {
    async close() {
      for (const socket of sockets.clients) socket.close(RESUME_CODE, 'Resume');
      await disposable.dispose();
    },
  };
}

function toFormatted(error: GraphQLError | { message: string }) {
  return error instanceof GraphQLError ? error.toJSON() : error;
}
