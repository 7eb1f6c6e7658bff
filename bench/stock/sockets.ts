// Two socket servers over one back end, so that what a socket server costs is known by itself: that of
// graphql-ws, and kit/socket. Both take events from the same sources, and share answers by `SharedAnswers`.
import type { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  buildSchema,
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  type GraphQLObjectType,
  type GraphQLSchema,
  parse,
} from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';
import { type Bytes, toBytes } from '../../kit/base/bytes.ts';
import type { MysqlConfig } from '../../kit/base/config.ts';
import { createDocuments, type Prepared } from '../../kit/graph/documents.ts';
import type { EventOperation } from '../../kit/graph/event-operations.ts';
import { type EventSource, iterateSource } from '../../kit/graph/source.ts';
import { type Caller, DIRECT, isViewer } from '../../kit/identity/caller.ts';
import { createLog } from '../../kit/observe/log.ts';
import { SharedAnswers } from '../../kit/socket/shared-answers.ts';
import { serveSubgraph } from '../../kit/socket/subgraph.ts';
import { serveParent } from '../load/serve.ts';
import { createRoot, type Event, userOf } from './root.ts';

export interface SocketsUnderTest {
  kind: 'graphql-ws' | 'kit/socket';
  mysql: MysqlConfig;
}

serveParent({ listen });

async function listen({ kind, mysql }: SocketsUnderTest): Promise<string> {
  const schema = createSchema(mysql);
  const server = createServer();
  if (kind === 'kit/socket') serveWithKit(server, schema);
  else serveWithLibrary(server, schema);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', 8192, resolve));
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
}

function createSchema(mysql: MysqlConfig): GraphQLSchema {
  const schema = buildSchema(readFileSync(new URL('./schema.graphql', import.meta.url), 'utf8'));
  const idOf = (caller: Caller) => caller.viewer?.userId as string;
  const follow = (events: EventEmitter, channels: readonly string[], first: { inbox: Event }) =>
    new ChannelSource(events, channels, first);
  const root = createRoot(mysql, { idOf, isViewer }, follow);
  const field = (type: string, name: string) => (schema.getType(type) as GraphQLObjectType).getFields()[name];
  Object.assign(field('Mutation', 'sendMessage') ?? {}, {
    resolve: (_: unknown, given: never, caller: Caller) => root.sendMessage(given, caller),
  });
  Object.assign(field('Subscription', 'inbox') ?? {}, {
    subscribe: (_: unknown, given: never, caller: Caller) => root.inbox(given, caller),
  });
  return schema;
}

/** The first event, and those of some channels of an emitter. */
class ChannelSource implements EventSource<{ inbox: Event }> {
  onReady = () => {};
  ended: { error: unknown } | null = null;
  readonly #events: EventEmitter;
  readonly #channels: readonly string[];
  readonly #ready: { inbox: Event }[];
  readonly #push = (event: { inbox: Event }) => {
    this.#ready.push(event);
    this.onReady();
  };

  constructor(events: EventEmitter, channels: readonly string[], first: { inbox: Event }) {
    this.#events = events;
    this.#channels = channels;
    this.#ready = [first];
    for (const channel of channels) events.on(channel, this.#push);
  }

  take(): { inbox: Event } | null {
    return this.#ready.shift() ?? null;
  }

  close(): void {
    this.ended ??= { error: null };
    for (const channel of this.#channels) this.#events.off(channel, this.#push);
  }

  [Symbol.asyncIterator]() {
    return iterateSource<{ inbox: Event }>(this);
  }
}

function callerOf(authorization: string | undefined): Caller {
  const userId = userOf(authorization);
  const viewer = userId === null ? null : { userId, sessionId: userId, scopes: [], expiresAt: Number.MAX_SAFE_INTEGER };
  return { viewer, service: null, ...DIRECT };
}

function serveWithKit(server: Server, schema: GraphQLSchema): void {
  serveSubgraph(server, {
    schema,
    authenticator: { authenticate: callerOf, originOf: () => 'direct' },
    revocations: { onEnded: () => () => {} },
    context: (caller) => caller,
    isPortOpen: true,
    log: createLog('bench', 'error'),
  });
}

/** In the library's favour: a text is parsed and validated once, and a shared answer read as JSON once. */
function serveWithLibrary(server: Server, schema: GraphQLSchema): void {
  const documents = createDocuments(schema);
  const answers = new SharedAnswers();
  const texts = new Map<string, DocumentNode>();
  let last: { bytes: Bytes; result: ExecutionResult } | null = null;

  function parsed(text: string): DocumentNode {
    const document = texts.get(text) ?? parse(text);
    texts.set(text, document);
    return document;
  }

  const read = (bytes: Bytes): ExecutionResult => {
    // Subscribers who share an answer take it one after the other.
    if (last?.bytes !== bytes) last = { bytes, result: JSON.parse(Buffer.from(bytes, 'latin1').toString()) };
    return last.result;
  };

  async function* answer(stream: AsyncIterable<object>, prepared: Prepared, caller: Caller) {
    const events = prepared.events as EventOperation;
    const answering = {
      key: events,
      answer: (event: object, watched: Caller) => {
        const result = events.execute(event, watched, {});
        const toText = (made: ExecutionResult) => toBytes(JSON.stringify(made));
        return result instanceof Promise ? result.then(toText) : toText(result);
      },
    };
    for await (const event of stream) {
      const made = answers.answer(event, answering, caller);
      yield read(made instanceof Promise ? await made : made);
    }
  }

  type Args = ExecutionArgs & { prepared: Prepared };
  useServer<{ authorization?: string }, { caller?: Caller }>(
    {
      schema,
      onConnect({ connectionParams, extra }) {
        extra.caller = callerOf(connectionParams?.authorization);
        return extra.caller.viewer !== null;
      },
      onSubscribe({ extra }, _, { query, operationName, variables }): Args {
        const prepared = documents.prepare(query, operationName ?? null);
        return {
          schema,
          document: parsed(query),
          operationName,
          variableValues: variables,
          contextValue: extra.caller,
          prepared,
        };
      },
      execute: (args) =>
        (args as Args).prepared.execute(undefined, args.contextValue as Caller, args.variableValues ?? {}),
      async subscribe(args) {
        const { prepared } = args as Args;
        const stream = await prepared.open(args.contextValue, args.variableValues ?? {});
        return Symbol.asyncIterator in stream ? answer(stream, prepared, args.contextValue as Caller) : stream;
      },
    },
    new WebSocketServer({ server, path: '/graphql' }),
  );
}
