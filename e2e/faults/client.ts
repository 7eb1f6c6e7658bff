import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';

/*
 * A chat client, written from PROTOCOL.md and nothing else: it imports none of the project's code. It holds one inbox whatever happens to its servers, pages what the inbox does not
 * replay, and sends every message until it has an answer.
 */

/** Limits of this client, in ms: for an acknowledgement, for an answer, between two looks whether the server is still there. */
const [ACKNOWLEDGE, ANSWER, PING] = [5_000, 5_000, 5_000];
/** The range of the first pause before it comes again, and the longest. */
const [FIRST_PAUSE, LONGEST_PAUSE] = [2_000, 30_000];
/** Closes that say that this client does something wrong, or that its session is over: it does not come again. */
const FINAL = new Set([1009, 4400, 4401, 4406, 4409, 4429]);
/** Results of sending that may be another at the next attempt. */
const TRY_AGAIN = new Set(['UNAVAILABLE', 'INTERNAL', 'OVERLOADED']);

const SEND = `mutation ($input: SendMessageInput!) { sendMessage(input: $input) {
  ... on SendMessagePayload { sentMessage { id seq } } ... on UserError { code message }
} }`;
const HISTORY = `query ($id: ID!, $before: String) { conversation(id: $id) { messages(last: 100, before: $before) {
  edges { node { id seq } } pageInfo { hasPreviousPage startCursor }
} } }`;
const INBOX = `subscription ($positions: [PositionInput!]) { inbox(positions: $positions) {
  __typename ... on LogEvent { conversationId seq happenedAt }
  ... on InboxStarted { positions { conversationId seq } }
  ... on MessageSent { message { id } } ... on MemberJoined { user { id } }
  ... on GapTooLarge { conversationId headSeq }
} }`;

// biome-ignore lint/suspicious/noExplicitAny: data of several operations
type Data = any;

export interface ClientOptions {
  userId: string;
  /** The servers, as ws:// addresses; asked at each attempt to connect, as one asks a name server. */
  addresses(): readonly string[];
  /** The next access token of the session. */
  token(): Promise<string>;
  /** The positions it had when it ran last. */
  positions?: ReadonlyMap<string, number>;
  /** An entry of a log; `messageId` is null for one that is no message. Those of the history that it pages come later than newer ones, and are `isPaged`. */
  onEntry(entry: { conversationId: string; seq: number; messageId: string | null; isPaged: boolean }): void;
  /** A server did what no server may. */
  onFault(what: string): void;
}

export class ChatClient {
  /** The position in each conversation. */
  readonly positions: Map<string, number>;
  /** Whether it had an inbox; how many pieces of history it still has to page. */
  isStarted = false;
  paging = 0;
  readonly #options: ClientOptions;
  /** What waits for an answer: `end` is called where none will come. */
  readonly #operations = new Map<string, { next(data: Data, errors: unknown): void; end(): void }>();
  readonly #waiting = new Set<() => void>();
  #socket: WebSocket | null = null;
  #token: string | null = null;
  #attempts = 0;
  #failures = 0;
  #operationId = 0;
  #isStopped = false;

  constructor(options: ClientOptions) {
    this.#options = options;
    this.positions = new Map(options.positions);
    void this.#connect();
  }

  /** Sends a message and resolves to what it became, however many attempts that takes. */
  async send(conversationId: string, clientMessageId: string, text: string): Promise<{ id: string; seq: number }> {
    const input = { conversationId, clientMessageId, text };
    const isAnswer = ({ sendMessage }: Data) => sendMessage && !TRY_AGAIN.has(sendMessage.code);
    const { sendMessage: result } = await this.#ask(SEND, { input }, isAnswer);
    if (!result.sentMessage) throw new Error(`It was refused: ${result.code} ${result.message}`);
    return result.sentMessage;
  }

  stop(): void {
    this.#isStopped = true;
    this.#socket?.terminate();
    for (const resume of this.#waiting) resume();
  }

  async #connect(): Promise<void> {
    const addresses = this.#options.addresses();
    this.#token ??= await this.#options.token().catch(() => null);
    if (this.#isStopped) return;
    if (this.#token === null) return this.#comeAgain();
    const authorization = `Bearer ${this.#token}`;
    const socket = new WebSocket(addresses[this.#attempts++ % addresses.length] as string, 'graphql-transport-ws');
    const say = (message: object) => socket.readyState === socket.OPEN && socket.send(JSON.stringify(message));
    const patience = setTimeout(() => socket.terminate(), ACKNOWLEDGE);
    let isAlive = true;
    const pings = setInterval(() => {
      if (!isAlive) socket.terminate();
      isAlive = false;
      say({ type: 'ping' });
    }, PING);
    socket.on('open', () => say({ type: 'connection_init', payload: { authorization } }));
    socket.on('message', (data) => {
      isAlive = true;
      const { type, id, payload } = JSON.parse(String(data));
      if (type === 'ping') say({ type: 'pong' });
      else if (type === 'connection_ack') {
        clearTimeout(patience);
        this.#socket = socket;
        this.#subscribe(socket);
        for (const resume of this.#waiting) resume();
      } else if (type === 'next') this.#operations.get(id)?.next(payload.data, payload.errors);
      else if (type === 'error' || type === 'complete') this.#end(id);
    });
    // What is wrong is told by the close that follows.
    socket.on('error', () => undefined);
    socket.on('close', (code, reason) => {
      clearTimeout(patience);
      clearInterval(pings);
      if (this.#socket === socket) {
        this.#socket = null;
        for (const id of [...this.#operations.keys()]) this.#end(id);
      }
      if (this.#isStopped) return;
      if (FINAL.has(code)) return this.#options.onFault(`closed for good with ${code} ${reason}`);
      if (code === 4403) this.#token = null;
      if (code === 4205) this.#failures = 0;
      this.#comeAgain();
    });
  }

  /** After a pause: a random one, so that the clients of a server that died do not come all at once. */
  #comeAgain(then: () => void = () => void this.#connect()): void {
    setTimeout(then, Math.random() * Math.min(FIRST_PAUSE * 2 ** this.#failures, LONGEST_PAUSE));
    this.#failures += 1;
  }

  #start(query: string, variables: object, next: (data: Data, errors: unknown) => void, end: () => void): string {
    const id = String(++this.#operationId);
    this.#operations.set(id, { next, end });
    this.#socket?.send(JSON.stringify({ type: 'subscribe', id, payload: { query, variables } }));
    return id;
  }

  #end(id: string): void {
    const operation = this.#operations.get(id);
    this.#operations.delete(id);
    operation?.end();
  }

  /** The data of a query or mutation when it is an answer, however many attempts that takes. */
  async #ask(query: string, variables: object, isAnswer: (data: Data) => unknown): Promise<Data> {
    for (let range = 250; !this.#isStopped; range = Math.min(range * 2, FIRST_PAUSE)) {
      while (!this.#socket && !this.#isStopped) {
        const { promise, resolve } = Promise.withResolvers<void>();
        this.#waiting.add(resolve);
        await promise;
        this.#waiting.delete(resolve);
      }
      // Without an answer it may or may not have been carried out.
      const { promise, resolve } = Promise.withResolvers<Data>();
      const late = setTimeout(resolve, ANSWER, null);
      this.#start(query, variables, resolve, () => resolve(null));
      const data = await promise;
      clearTimeout(late);
      if (data && isAnswer(data)) return data;
      await sleep(Math.random() * range);
    }
    throw new Error('The client was stopped.');
  }

  #subscribe(socket: WebSocket): void {
    const positions = [...this.positions].map(([conversationId, seq]) => ({ conversationId, seq }));
    const again = () => this.#socket === socket && this.#subscribe(socket);
    const next = (data: Data, errors: unknown) => {
      if (data?.inbox && this.#take(data.inbox)) return;
      this.#options.onFault(`an event that does not fit: ${JSON.stringify({ data, errors })}`);
      this.#operations.delete(id);
      socket.send(JSON.stringify({ type: 'complete', id }));
      again();
    };
    const id = this.#start(INBOX, { positions }, next, () => this.#socket === socket && this.#comeAgain(again));
  }

  /** Notes an event and moves the position; false where it is not the next one. */
  #take({ __typename, conversationId, seq, headSeq, positions, happenedAt, message, user }: Data): boolean {
    if (__typename === 'InboxStarted') return this.#begin(positions);
    if (__typename === 'GapTooLarge') this.#skip(conversationId, headSeq);
    if (happenedAt === undefined) return true;
    this.#options.onEntry({ conversationId, seq, messageId: message?.id ?? null, isPaged: false });
    const isOwnJoin = __typename === 'MemberJoined' && user?.id === this.#options.userId;
    const fits = isOwnJoin || seq === (this.positions.get(conversationId) ?? 0) + 1;
    if (fits) this.positions.set(conversationId, seq);
    return fits;
  }

  #begin(positions: { conversationId: string; seq: number }[]): boolean {
    this.#failures = 0;
    this.isStarted = true;
    // A log that ends before what was received of it has lost something.
    const isRight = positions.every(({ conversationId, seq }) => seq >= (this.positions.get(conversationId) ?? 0));
    for (const { conversationId, seq } of positions) this.#skip(conversationId, seq);
    return isRight;
  }

  /** The inbox goes on after `seq`: what lies between is paged, where there was a position before. */
  #skip(conversationId: string, seq: number): void {
    const after = this.positions.get(conversationId);
    this.positions.set(conversationId, seq);
    // It fails where the client is stopped, and then nobody wants it any more.
    if (after !== undefined && after < seq) this.#page(conversationId, after, seq).catch(() => undefined);
  }

  /** Pages the messages after one seq up to another, the newest page first. */
  async #page(conversationId: string, after: number, to: number): Promise<void> {
    this.paging += 1;
    for (let before: string | null = null, isMore = true; isMore; ) {
      const variables = { id: conversationId, before };
      const { conversation } = await this.#ask(HISTORY, variables, (data) => data.conversation?.messages);
      const { edges, pageInfo } = conversation.messages;
      for (const { node } of edges.toReversed())
        if (node.seq > after && node.seq <= to)
          this.#options.onEntry({ conversationId, seq: node.seq, messageId: node.id, isPaged: true });
      before = pageInfo.startCursor;
      isMore = pageInfo.hasPreviousPage && edges[0].node.seq > after + 1;
    }
    this.paging -= 1;
  }
}
