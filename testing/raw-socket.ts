import { WebSocket } from 'ws';
import { waitFor } from './wait.ts';

export interface RawOptions {
  protocol?: string | null;
  /** The payload of `connection_init`; null says nothing. */
  init?: object | null;
  autoPong?: boolean;
}

/** A client that says what it is told to. */
export interface RawClient {
  socket: WebSocket;
  messages: { type: string; id?: string; payload?: unknown }[];
  /** Code and reason, once it is closed. */
  closed: [code: number, reason: string] | null;
  say(message: unknown): void;
  /** Begins an operation and waits for its first answer. */
  ask(id: string, query: string, extensions?: object): Promise<{ type: string; payload?: unknown }>;
}

/** Opens a socket and introduces itself with `init`, unless that is null. */
export async function openRaw(
  url: string,
  { protocol = 'graphql-transport-ws', init = {}, autoPong = true }: RawOptions = {},
): Promise<RawClient> {
  const socket = new WebSocket(url.replace('http', 'ws'), protocol ?? [], { autoPong } as object);
  const client: RawClient = {
    socket,
    messages: [],
    closed: null,
    say: (message) => socket.send(typeof message === 'string' ? message : JSON.stringify(message)),
    async ask(id, query, extensions) {
      client.say({ type: 'subscribe', id, payload: { query, extensions } });
      return waitFor(() => client.messages.find((message) => message.id === id), { what: `an answer to ${id}` });
    },
  };
  socket.on('message', (data) => client.messages.push(JSON.parse(String(data))));
  socket.on('close', (code, reason) => {
    client.closed = [code, String(reason)];
  });
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  if (init && protocol) {
    client.say({ type: 'connection_init', payload: init });
    await waitFor(() => client.messages.some(({ type }) => type === 'connection_ack') || client.closed, {
      what: 'the acknowledgement, or the close',
    });
  }
  return client;
}
