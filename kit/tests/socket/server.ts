import { buildSchema, GraphQLError, type GraphQLObjectType, type GraphQLSchema } from 'graphql';
import { openRaw, type RawClient, type RawOptions } from '../../../testing/raw-socket.ts';
import type { SharedStack } from '../../../testing/stack.ts';
import { Forbidden } from '../../base/errors.ts';
import { newId } from '../../base/ids.ts';
import { loadById } from '../../base/loaders.ts';
import { type EventSource, iterateSource } from '../../graph/source.ts';
import { closeServer, listen } from '../../http/listening.ts';
import { createHttpServer } from '../../http/server.ts';
import { type Caller, createAuthenticator, extendCaller, isViewer } from '../../identity/caller.ts';
import { createRevocations } from '../../identity/revocations.ts';
import { createTokenVerifier, generateSigningKey, keyPath, signToken } from '../../identity/tokens.ts';
import { createLog } from '../../observe/log.ts';
import { createBus } from '../../redis/bus.ts';
import { connectRedis, createRedis } from '../../redis/client.ts';
import type { PaceLimits } from '../../socket/pace.ts';
import { type SubgraphSockets, serveSubgraph } from '../../socket/subgraph.ts';
import type { SocketTimes } from '../../socket/times.ts';

const SDL = `
  type Query { me: ID  came: String  knows(id: ID!): Boolean  echo(text: String!): String!  wait(name: String!): String  fail: String  refuse: String  big(size: Int!): String }
  type Mutation { keep(text: String!): KeepResult }
  union KeepResult = Kept | Refused
  type Kept { text: String }
  type Refused { message: String! }
  type Subscription {
    notes(channel: String!, device: String): Note
    slowly(channel: String!): Note
    counted(to: Int!): Int
    shaped(channel: String!, shape: String!): String
  }
  interface Numbered { number: Int! }
  type Note implements Numbered {
    number: Int!
    text(times: Int = 1): String
    secret: String
    reader: ID
    readerLater: ID
    later: Int
    fails: String
    mustNotFail: String!
  }
`;

/** An event of the tests. */
export interface Note {
  number: number;
  text: string;
  authorId: string;
}

/** What is published; each subscription reads it from a place of its own. */
export class Channel {
  readonly notes: Note[] = [];
  readonly readers = new Set<NoteSource>();

  publish(note: Partial<Note> = {}): void {
    this.notes.push({ number: this.notes.length, text: 'hello', authorId: 'nobody', ...note });
    for (const reader of this.readers) reader.onReady();
  }

  end(error: unknown = null): void {
    for (const reader of this.readers) reader.end(error);
  }
}

class NoteSource implements EventSource<Note> {
  onReady = () => {};
  ended: { error: unknown } | null = null;
  readonly #channel: Channel;
  #at = 0;

  constructor(channel: Channel) {
    this.#channel = channel;
    channel.readers.add(this);
  }

  take(): Note | null {
    const note = this.#channel.notes[this.#at];
    if (!note || this.ended) return null;
    this.#at += 1;
    return note;
  }

  end(error: unknown): void {
    this.ended = { error };
    this.onReady();
  }

  close(): void {
    this.#channel.readers.delete(this);
  }

  [Symbol.asyncIterator]() {
    return iterateSource<Note>(this);
  }
}

interface Context extends Caller {
  readers: ReturnType<typeof loadById<{ id: string; userId: string | null }>>;
}

/** Lets what waits for a name go on. */
export interface Doors {
  waiting: Map<string, () => void>;
  /** How many large answers were made. */
  big: number;
}

function createSchema(channels: Map<string, Channel>, doors: Doors): GraphQLSchema {
  const schema = buildSchema(SDL);
  const fields = (name: string) => (schema.getType(name) as GraphQLObjectType).getFields();
  const resolve = (type: string, resolvers: Record<string, (...parameters: never[]) => unknown>) => {
    for (const [name, resolver] of Object.entries(resolvers)) {
      const field = fields(type)[name];
      if (field) field.resolve = resolver as never;
    }
  };
  const channelOf = (name: string) => {
    const channel = channels.get(name) ?? new Channel();
    channels.set(name, channel);
    return channel;
  };
  const opened = (name: string) => new Promise<string>((done) => doors.waiting.set(name, () => done(name)));
  resolve('Query', {
    me: (_: unknown, __: unknown, { viewer }: Context) => viewer?.userId,
    came: (_: unknown, __: unknown, { origin, address }: Context) => `${origin} ${address}`,
    knows: (_: unknown, { id }: { id: string }, context: Context) => isViewer(context, id),
    echo: (_: unknown, { text }: { text: string }) => text,
    wait: (_: unknown, { name }: { name: string }) => opened(name),
    fail: () => {
      throw new Error('a secret of the server');
    },
    refuse: async () => {
      throw new Forbidden('Not you.');
    },
    big: (_: unknown, { size }: { size: number }) => {
      doors.big += 1;
      return 'x'.repeat(size);
    },
  });
  resolve('Mutation', {
    keep: async (_: unknown, { text }: { text: string }) =>
      text ? { __typename: 'Kept', text } : { __typename: 'Refused', message: 'Nothing to keep.' },
  });
  resolve('Note', {
    text: ({ text }: Note, { times }: { times: number }) => text.repeat(times),
    secret: ({ authorId, text }: Note, _: unknown, context: Context) => (isViewer(context, authorId) ? text : null),
    reader: (_: Note, __: unknown, { viewer }: Context) => viewer?.userId,
    readerLater: async (_: Note, __: unknown, { readers }: Context) => (await readers.load('who'))?.userId,
    later: async ({ number }: Note) => {
      // Odd ones take longer than the even ones after them.
      if (number % 2 === 1) await new Promise((done) => setTimeout(done, 30));
      return number;
    },
    fails: () => {
      throw new Error('a secret of the event');
    },
    mustNotFail: () => {
      throw new Forbidden('Not this.');
    },
  });
  const subscription = fields('Subscription');
  Object.assign(subscription.notes ?? {}, {
    subscribe: (_: unknown, { channel }: { channel: string }) => {
      if (channel === 'closed') throw new Forbidden('This channel is closed.');
      return new NoteSource(channelOf(channel));
    },
    resolve: (note: Note) => note,
  });
  Object.assign(subscription.slowly ?? {}, {
    subscribe: async (_: unknown, { channel }: { channel: string }) => {
      await opened(channel);
      return new NoteSource(channelOf(channel));
    },
    resolve: (note: Note) => note,
  });
  Object.assign(subscription.shaped ?? {}, {
    subscribe: (_: unknown, { channel }: { channel: string }) => new NoteSource(channelOf(channel)),
    resolve: (note: Note, { shape }: { shape: string }) => `${shape} ${note.number}`,
  });
  Object.assign(subscription.counted ?? {}, {
    async *subscribe(_: unknown, { to }: { to: number }) {
      for (let n = 1; n <= to; n += 1) yield { counted: n };
      if (to > 3) throw new GraphQLError('It went too far.', { extensions: { code: 'BAD_USER_INPUT' } });
    },
  });
  return schema;
}

/** A socket server in this process, with real tokens and sessions. */
export interface TestServer {
  url: string;
  sockets: SubgraphSockets;
  channel(name: string): Channel;
  doors: Doors;
  token(options?: { userId?: string; sessionId?: string; seconds?: number }): string;
  /** A message by message client. */
  raw(options?: RawOptions): Promise<RawClient>;
  stop(): Promise<void>;
}

export async function startServer(
  stack: SharedStack,
  options: {
    times?: Partial<SocketTimes>;
    maxSockets?: number;
    maxOperations?: number;
    pace?: PaceLimits;
    isPortOpen?: boolean;
  } = {},
): Promise<TestServer> {
  const log = createLog('test', 'silent');
  const channels = new Map<string, Channel>();
  const doors: Doors = { waiting: new Map(), big: 0 };
  const key = generateSigningKey();
  await stack.etcd.put(keyPath('auth', key.kid), JSON.stringify(key.publicJwk));
  const verifier = await createTokenVerifier(stack.etcd, 0);
  const redis = createRedis(stack.config.redis, log, 'test');
  await connectRedis(redis);
  const { namespace } = stack.config;
  const bus = await createBus(stack.config.redis, namespace, log);
  const revocations = await createRevocations({ bus, redis, etcd: stack.etcd, namespace, log });
  const server = createHttpServer([], log);
  const sockets = serveSubgraph(server, {
    schema: createSchema(channels, doors),
    authenticator: createAuthenticator(verifier, revocations, 'test'),
    revocations,
    isPortOpen: true,
    log,
    context: (caller): Context =>
      extendCaller(caller, {
        readers: loadById(
          async (ids) => ids.map((id) => ({ id, userId: caller.viewer?.userId ?? null })),
          ({ id }) => id,
        ),
      }),
    ...options,
  });
  const url = `http://127.0.0.1:${await listen(server, '127.0.0.1', 0)}/graphql`;
  return {
    url,
    sockets,
    doors,
    channel(name) {
      const channel = channels.get(name) ?? new Channel();
      channels.set(name, channel);
      return channel;
    },
    token: ({ userId = newId('user'), sessionId = newId('session'), seconds = 600 } = {}) =>
      signToken(key, { iss: 'auth', sub: userId, sid: sessionId, scope: 'user' }, seconds),
    raw: (rawOptions) => openRaw(url, rawOptions),
    async stop() {
      await sockets.close();
      await closeServer(server);
      revocations.close();
      bus.close();
      redis.disconnect();
    },
  };
}
