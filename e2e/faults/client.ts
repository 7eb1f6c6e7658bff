import { setTimeout as sleep } from 'node:timers/promises';
import { type Client, createClient } from 'graphql-ws';

/*
 * A chat client, written from PROTOCOL.md and nothing else: it imports none of the project's code. It holds
 * one inbox whatever happens to its servers, pages what the inbox does not replay, and sends every message
 * until it has an answer. The library keeps up a connection and subscribes again; where, when and with which
 * token is said here.
 */

/**
 * How long it waits for an acknowledgement, a pong and an answer, and from a pong to the next ping, in ms.
 */
const ACK_TIMEOUT_MS = 10_000;
const PONG_TIMEOUT_MS = 5_000;
const ANSWER_TIMEOUT_MS = 15_000;
const PING_INTERVAL_MS = 5_000;
/** The range of the first pause before it comes again, and the longest, in ms. */
const [FIRST_PAUSE, LONGEST_PAUSE] = [2_000, 30_000];
/**
 * Closes that say that this client does something wrong, or that its session is over: it does not come again.
 */
const FINAL = new Set([1009, 4400, 4401, 4406, 4409, 4429]);
/** How the library closes a connection that is given up from this side. */
const TERMINATED = 4499;
/** Results of sending that may be another at the next attempt. */
const TRY_AGAIN = new Set(['UNAVAILABLE', 'INTERNAL', 'OVERLOADED']);
/**
 * Errors that end an inbox which can be subscribed to again. What the others refuse will not be taken as it
 * is.
 */
const SUBSCRIBE_AGAIN = new Set([...TRY_AGAIN, 'RATE_LIMITED', 'RESUME', 'UNAUTHENTICATED']);

const SEND = `mutation ($input: SendMessageInput!) { sendMessage(input: $input) {
  ... on SendMessagePayload { sentMessage { id seq } } ... on UserError { code message }
} }`;
const HISTORY = `query ($id: ID!, $before: String) { conversation(id: $id) { messages(last: 100, before: $before) {
  edges { node { id seq } } pageInfo { hasPreviousPage startCursor }
} } }`;
const INBOX = `subscription ($positions: [PositionInput!]) { inbox(positions: $positions) {
  __typename ... on LogEvent { conversationId seq happenedAt }
  ... on InboxStarted { positions { conversationId seq } }
  ... on MessageSent { message { id } } ... on MemberJoined { userId }
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
  /**
   * An entry of a log; `messageId` is null for one that is no message. Those of the history that it pages
   * come later than newer ones, and are `isPaged`.
   */
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
  readonly #client: Client;
  #failures = 0;
  #isStopped = false;

  constructor(options: ClientOptions) {
    this.#options = options;
    this.positions = new Map(options.positions);
    let attempts = 0;
    let token: string | null = null;
    let patience: NodeJS.Timeout | undefined;
    const heard = () => clearTimeout(patience);
    const expect = (milliseconds: number) => {
      heard();
      patience = setTimeout(() => this.#client.terminate(), milliseconds);
    };
    this.#client = createClient({
      url() {
        const addresses = options.addresses();
        return addresses[attempts++ % addresses.length] as string;
      },
      async connectionParams() {
        token ??= await options.token();
        return { authorization: `Bearer ${token}` };
      },
      retryAttempts: Number.POSITIVE_INFINITY,
      shouldRetry: () => !this.#isStopped,
      retryWait: () => this.#pause(),
      // For the inbox that is refused and subscribed to again after a pause, on the same socket.
      lazyCloseTimeout: LONGEST_PAUSE,
      keepAlive: PING_INTERVAL_MS,
      on: {
        connecting: () => expect(ACK_TIMEOUT_MS),
        connected: heard,
        ping: (isFromServer) => isFromServer || expect(PONG_TIMEOUT_MS),
        pong: (isFromServer) => isFromServer && heard(),
        closed: (event) => {
          const { code, reason } = event as CloseEvent;
          heard();
          if (code === 4403) token = null;
          if (code === 4205) this.#failures = 0;
          this.#isStopped ||= FINAL.has(code);
          if (FINAL.has(code)) options.onFault(`closed for good with ${code} ${reason}`);
          // The library gives up after more codes than PROTOCOL.md, and makes no pause after 1000. After this
          // it comes again.
          if (code !== TERMINATED) this.#client.terminate();
        },
      },
    });
    this.#subscribe();
  }

  /** Sends a message and resolves to what it became, however many attempts that takes. */
  async send(conversationId: string, clientMessageId: string, text: string): Promise<{ id: string; seq: number }> {
    const input = { conversationId, clientMessageId, content: { text: { text } } };
    const isAnswer = ({ sendMessage }: Data) => sendMessage && !TRY_AGAIN.has(sendMessage.code);
    const data = await this.#ask(SEND, { input }, isAnswer);
    if (!data) throw new Error('The client was stopped.');
    const { sentMessage, code, message } = data.sendMessage;
    if (!sentMessage) throw new Error(`It was refused: ${code} ${message}`);
    return sentMessage;
  }

  /** Ends it. What waits for an answer fails in some seconds. */
  stop(): void {
    this.#isStopped = true;
    this.#client.terminate();
  }

  /**
   * The time before it comes again: random, so that the clients of a server that died do not come all at
   * once. It never ends for a client that is stopped.
   */
  #pause(): Promise<void> {
    const range = Math.min(FIRST_PAUSE * 2 ** this.#failures, LONGEST_PAUSE);
    this.#failures += 1;
    return new Promise((resolve) => setTimeout(() => this.#isStopped || resolve(), Math.random() * range));
  }

  /**
   * The data of a query or mutation when it is an answer, however many attempts that takes; null where the
   * client is stopped.
   */
  async #ask(query: string, variables: Record<string, unknown>, isAnswer: (data: Data) => unknown): Promise<Data> {
    for (let range = 250; !this.#isStopped; range = Math.min(range * 2, FIRST_PAUSE)) {
      const { promise, resolve } = Promise.withResolvers<Data>();
      // Without an answer it may or may not have been carried out.
      const none = () => resolve(null);
      const late = setTimeout(none, ANSWER_TIMEOUT_MS);
      const sink = { next: ({ data }: Data) => resolve(data), error: none, complete: none };
      const end = this.#client.subscribe<Data>({ query, variables }, sink);
      const data = await promise;
      clearTimeout(late);
      end();
      if (data && isAnswer(data)) return data;
      await sleep(Math.random() * range);
    }
    return null;
  }

  #subscribe(): void {
    // The library sends the payload again at each connection: with the positions as they are by then.
    const toJSON = () => [...this.positions].map(([conversationId, seq]) => ({ conversationId, seq }));
    const payload = { query: INBOX, variables: { positions: { toJSON } } };
    const again = () => {
      if (!this.#isStopped) void this.#pause().then(() => this.#subscribe());
    };
    const refused = (cause: unknown) => {
      const { code, retryAfterSeconds = 0 } = (Array.isArray(cause) && cause[0]?.extensions) || {};
      if (code === 'RESUME') this.#failures = 0;
      if (code === undefined || SUBSCRIBE_AGAIN.has(code)) setTimeout(again, retryAfterSeconds * 1_000);
      else this.#options.onFault(`the inbox was refused with ${code}`);
    };
    const next = ({ data, errors }: Data) => {
      if (data?.inbox && this.#take(data.inbox)) return;
      this.#options.onFault(`an event that does not fit: ${JSON.stringify({ data, errors })}`);
      leave();
    };
    const leave = this.#client.subscribe<Data>(payload, { next, error: refused, complete: again });
  }

  /** Notes an event and moves the position; false where it is not the next one. */
  #take({ __typename, conversationId, seq, headSeq, positions, happenedAt, message, userId }: Data): boolean {
    if (__typename === 'InboxStarted') {
      this.#failures = 0;
      this.isStarted = true;
      for (const it of positions) {
        const own = this.positions.get(it.conversationId) ?? 0;
        if (it.seq < own) this.#options.onFault(`the log of ${it.conversationId} went back from ${own} to ${it.seq}`);
        void this.#skip(it.conversationId, it.seq);
      }
      return true;
    }
    if (__typename === 'GapTooLarge') void this.#skip(conversationId, headSeq);
    if (happenedAt === undefined) return true;
    this.#options.onEntry({ conversationId, seq, messageId: message?.id ?? null, isPaged: false });
    const isOwnJoin = __typename === 'MemberJoined' && userId === this.#options.userId;
    const fits = isOwnJoin || seq === (this.positions.get(conversationId) ?? 0) + 1;
    if (fits) this.positions.set(conversationId, seq);
    return fits;
  }

  /**
   * The inbox goes on after `seq`: the messages from the position up to there are paged, the newest page
   * first.
   */
  async #skip(conversationId: string, seq: number): Promise<void> {
    const after = this.positions.get(conversationId) ?? seq;
    this.positions.set(conversationId, seq);
    this.paging += 1;
    for (let before: string | null = null, isMore = after < seq; isMore; ) {
      const variables = { id: conversationId, before };
      const data = await this.#ask(HISTORY, variables, ({ conversation }) => conversation?.messages);
      if (!data) return;
      const { edges, pageInfo } = data.conversation.messages;
      for (const { node } of edges.toReversed())
        if (node.seq > after && node.seq <= seq)
          this.#options.onEntry({ conversationId, seq: node.seq, messageId: node.id, isPaged: true });
      before = pageInfo.startCursor;
      isMore = pageInfo.hasPreviousPage && edges[0].node.seq > after + 1;
    }
    this.paging -= 1;
  }
}
