import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';

/*
 * A chat client, written from PROTOCOL.md and nothing else: it imports none of the project's code. It holds one inbox whatever happens to its servers, sends every message until it has
 * an answer, and keeps a record of all that it was given, and of all that no server may do.
 */

/** Limits of this client, in ms: for an acknowledgement, for the answer to a mutation, between two looks whether the server is still there. */
const ACKNOWLEDGE = 5_000;
const ANSWER = 5_000;
const PING = 5_000;
/** The range of the first pause before it comes again, and the longest. */
const FIRST_PAUSE = 2_000;
const LONGEST_PAUSE = 30_000;
/** Closes that say that this client does something wrong, or that its session is over: it does not come again. */
const FINAL = new Set([1009, 4400, 4401, 4406, 4409, 4429]);
/** Results of sending that may be another at the next attempt. */
const TRY_AGAIN = new Set(['UNAVAILABLE', 'INTERNAL', 'OVERLOADED']);

const SEND = `mutation ($input: SendMessageInput!) { sendMessage(input: $input) {
  __typename ... on SendMessagePayload { sentMessage { id seq } } ... on UserError { code message }
} }`;
const RENEW = `mutation ($input: RenewConnectionInput!) { renewConnection(input: $input) {
  ... on RenewConnectionPayload { expiresAt } ... on UserError { code message }
} }`;
const inboxOf = (sender: string) => `subscription ($positions: [PositionInput!]) { inbox(positions: $positions) {
  __typename
  ... on LogEvent { conversationId seq happenedAt }
  ... on InboxStarted { positions { conversationId seq } }
  ... on MessageSent { message { id clientMessageId sender { ${sender} } } }
  ... on MemberJoined { user { id } }
  ... on GapTooLarge { conversationId headSeq }
} }`;

export interface ClientOptions {
  name: string;
  userId: string;
  /** The servers, as ws:// addresses; asked at each attempt to connect, as one asks a name server. */
  addresses(): readonly string[];
  /** The next access token of the session. */
  token(): Promise<string>;
  /** What of a message's sender is wanted. */
  sender?: string;
}

/** A log event as it came. */
export interface Arrival {
  conversationId: string;
  seq: number;
  messageId: string | null;
  /** Milliseconds, by the clock of this process. */
  at: number;
}

// biome-ignore lint/suspicious/noExplicitAny: data of several operations
type Data = any;
type Message = { type: string; id?: string; payload?: Data };
interface Operation {
  next(data: Data, errors: unknown): void;
  /** It is over, by the server's word or with its socket. */
  end(reason: unknown): void;
}

export class ChatClient {
  readonly name: string;
  /** The position in each conversation. */
  readonly positions = new Map<string, number>();
  /** Every log event, in the order in which they came. */
  readonly arrivals: Arrival[] = [];
  /** What servers must not do. */
  readonly violations: string[] = [];
  /** How often it was connected. */
  connections = 0;
  isStarted = false;
  readonly #options: ClientOptions;
  readonly #operations = new Map<string, Operation>();
  readonly #onConnected = new Set<() => void>();
  #socket: WebSocket | null = null;
  #token: string | null = null;
  #attempts = 0;
  #failures = 0;
  #operationId = 0;
  #isStopped = false;

  constructor(options: ClientOptions) {
    this.name = options.name;
    this.#options = options;
    void this.#connect();
  }

  /** Sends a message and resolves to what it became, however many attempts that takes. */
  async send(conversationId: string, clientMessageId: string, text: string): Promise<{ id: string; seq: number }> {
    const input = { conversationId, clientMessageId, text };
    for (let range = 250; !this.#isStopped; range = Math.min(range * 2, FIRST_PAUSE)) {
      const result = (await this.#ask(SEND, { input }))?.sendMessage;
      if (result?.sentMessage) return result.sentMessage;
      if (result && !TRY_AGAIN.has(result.code)) throw new Error(`It was refused: ${result.code} ${result.message}`);
      await sleep(Math.random() * range);
    }
    throw new Error('The client was stopped.');
  }

  /** Hands in the next token over the socket that is open. Whether that was taken. */
  async renew(): Promise<boolean> {
    this.#token = await this.#options.token();
    const answer = await this.#ask(RENEW, { input: { accessToken: this.#token } });
    return answer?.renewConnection?.expiresAt !== undefined;
  }

  stop(): void {
    this.#isStopped = true;
    this.#socket?.terminate();
    for (const resume of this.#onConnected) resume();
  }

  async #connect(): Promise<void> {
    const addresses = this.#options.addresses();
    const token = this.#token ?? (await this.#options.token().catch(() => null));
    if (this.#isStopped) return;
    if (token === null) return this.#comeAgain();
    this.#token = token;
    const socket = new WebSocket(addresses[this.#attempts++ % addresses.length] as string, 'graphql-transport-ws');
    const say = (message: Message) => socket.send(JSON.stringify(message));
    const patience = setTimeout(() => socket.terminate(), ACKNOWLEDGE);
    let isAlive = true;
    const pings = setInterval(() => {
      if (!isAlive) socket.terminate();
      isAlive = false;
      if (socket.readyState === socket.OPEN) say({ type: 'ping' });
    }, PING);
    socket.on('open', () => say({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } }));
    socket.on('message', (data) => {
      isAlive = true;
      const message: Message = JSON.parse(String(data));
      if (message.type === 'ping') say({ type: 'pong' });
      if (message.type === 'connection_ack') {
        clearTimeout(patience);
        this.#acknowledged(socket);
      }
      if (message.id !== undefined) this.#receive(message.id, message);
    });
    // What is wrong is told by the close that follows.
    socket.on('error', () => undefined);
    socket.on('close', (code, reason) => {
      clearTimeout(patience);
      clearInterval(pings);
      this.#closed(socket, code, String(reason));
    });
  }

  #acknowledged(socket: WebSocket): void {
    this.#socket = socket;
    this.connections += 1;
    this.#subscribe();
    for (const resume of this.#onConnected) resume();
  }

  #receive(id: string, { type, payload }: Message): void {
    const operation = this.#operations.get(id);
    if (type === 'next') operation?.next(payload.data, payload.errors);
    if (type !== 'error' && type !== 'complete') return;
    this.#operations.delete(id);
    operation?.end(payload ?? 'complete');
  }

  #closed(socket: WebSocket, code: number, reason: string): void {
    if (this.#socket === socket) {
      this.#socket = null;
      const ended = [...this.#operations.values()];
      this.#operations.clear();
      for (const operation of ended) operation.end(`closed with ${code}`);
    }
    if (this.#isStopped) return;
    if (FINAL.has(code)) {
      this.violations.push(`closed for good with ${code} ${reason}`);
      return;
    }
    if (code === 4403) this.#token = null;
    if (code === 4205) this.#failures = 0;
    this.#comeAgain();
  }

  /** After a pause: a random one, so that the clients of a server that died do not come all at once. */
  #comeAgain(then: () => void = () => void this.#connect()): void {
    setTimeout(then, Math.random() * Math.min(FIRST_PAUSE * 2 ** this.#failures, LONGEST_PAUSE));
    this.#failures += 1;
  }

  #start(query: string, variables: object, operation: Operation): string {
    this.#operationId += 1;
    const id = String(this.#operationId);
    this.#operations.set(id, operation);
    this.#socket?.send(JSON.stringify({ type: 'subscribe', id, payload: { query, variables } }));
    return id;
  }

  /** The data of a mutation, or null where there was no answer: then it may or may not have been carried out. */
  async #ask(query: string, variables: object): Promise<Data> {
    while (!this.#socket && !this.#isStopped) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#onConnected.add(resolve);
      await promise;
      this.#onConnected.delete(resolve);
    }
    return new Promise((resolve) => {
      const late = setTimeout(resolve, ANSWER, null);
      const settle = (data: Data) => {
        clearTimeout(late);
        resolve(data);
      };
      this.#start(query, variables, { next: settle, end: () => settle(null) });
    });
  }

  #subscribe(): void {
    const socket = this.#socket;
    const positions = [...this.positions].map(([conversationId, seq]) => ({ conversationId, seq }));
    const again = () => {
      if (this.#socket === socket) this.#subscribe();
    };
    const id = this.#start(
      inboxOf(this.#options.sender ?? 'id'),
      { positions },
      {
        next: (data, errors) => {
          if (data?.inbox && this.#take(data.inbox)) return;
          this.violations.push(`an event that does not fit: ${JSON.stringify({ data, errors })}`);
          this.#operations.delete(id);
          socket?.send(JSON.stringify({ type: 'complete', id }));
          again();
        },
        end: () => {
          if (this.#socket === socket && !this.#isStopped) this.#comeAgain(again);
        },
      },
    );
  }

  /** Notes an event and moves the position; false where it is not the next one. */
  #take(event: Data): boolean {
    if (event.__typename === 'InboxStarted') return this.#begin(event.positions);
    if (event.__typename === 'GapTooLarge') this.positions.set(event.conversationId, event.headSeq);
    const { conversationId, seq, message, user } = event;
    if (event.happenedAt === undefined) return true;
    this.arrivals.push({ conversationId, seq, messageId: message?.id ?? null, at: performance.now() });
    const isOwnJoin = event.__typename === 'MemberJoined' && user?.id === this.#options.userId;
    if (!isOwnJoin && seq !== (this.positions.get(conversationId) ?? 0) + 1) return false;
    this.positions.set(conversationId, seq);
    return true;
  }

  #begin(positions: { conversationId: string; seq: number }[]): boolean {
    this.#failures = 0;
    this.isStarted = true;
    let isRight = true;
    for (const { conversationId, seq } of positions) {
      // A log that ends before what was received of it has lost something.
      if (seq < (this.positions.get(conversationId) ?? 0)) isRight = false;
      this.positions.set(conversationId, seq);
    }
    return isRight;
  }
}
