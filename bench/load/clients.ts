// A load generator: clients of PROTOCOL.md that come again by themselves. Each keeps its positions, resumes
// from them, and counts what it should not see.
import { INBOX } from '../operations.ts';
import { serveParent } from './serve.ts';
import { type LeanSocket, openLeanSocket } from './socket.ts';

export interface Clients {
  /** Where the service is; a client begins at the first and tries another one each time. */
  urls: string[];
  clients: { token: string; conversationId: string }[];
}

export interface ClientsState {
  clients: number;
  /** Have had `InboxStarted` on the socket that they have now. */
  resumed: number;
  /**
   * Attempts that failed, by what they ran into: the close code or HTTP status before the acknowledgement,
   * the error of the network, or the code that the subscription was refused with.
   */
  failures: Record<string, number>;
  /** How often they had to come again. */
  returns: number;
  /** Entries that came. */
  entries: number;
  doubled: number;
  gaps: number;
  /** Of each conversation the lowest position that one of its clients has. */
  lowest: Record<string, number>;
}

/** The first range of the pause before coming again, and the longest, in ms. */
const FIRST_RANGE = 2_000;
const LONGEST_RANGE = 30_000;
/** Connections that are opened at a time at the start, which is no storm. */
const OPENING = 50;

class Client {
  readonly token: string;
  readonly conversationId: string;
  readonly #urls: string[];
  #at = 0;
  #range = FIRST_RANGE;
  #socket: LeanSocket | null = null;
  #onStarted: () => void;
  isResumed = false;
  position: number | null = null;
  readonly failures: string[] = [];
  returns = 0;
  entries = 0;
  doubled = 0;
  gaps = 0;

  constructor(urls: string[], { token, conversationId }: Clients['clients'][number], onStarted: () => void) {
    this.#urls = urls;
    this.token = token;
    this.conversationId = conversationId;
    this.#onStarted = onStarted;
  }

  connect(): void {
    const authorization = `Bearer ${this.token}`;
    this.isResumed = false;
    let isAcknowledged = false;
    const socket = openLeanSocket(this.#urls[this.#at % this.#urls.length] as string, {
      onOpen: () => socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization } })),
      onMessage: (payload) => {
        const message = JSON.parse(payload.toString());
        if (message.type === 'connection_ack') {
          isAcknowledged = true;
          this.#subscribe();
        } else if (message.type === 'next') this.#take(message.payload.data.inbox);
        else if (message.type === 'error') {
          this.#again(String(message.payload[0]?.extensions?.code), () => this.#subscribe());
        } else if (message.type === 'complete') this.#subscribe();
      },
      onClose: (reason) => {
        this.#socket = null;
        if (isAcknowledged) {
          this.#range = this.isResumed ? FIRST_RANGE : this.#range;
          this.isResumed = false;
          this.returns += 1;
          this.#at += 1;
          setTimeout(() => this.connect(), Math.random() * this.#range);
        } else {
          this.#at += 1;
          this.#again(String(reason), () => this.connect());
        }
      },
    });
    this.#socket = socket;
  }

  /** After an attempt that failed: again after a pause of twice the range. */
  #again(reason: string, attempt: () => void): void {
    this.failures.push(reason);
    this.#range = Math.min(this.#range * 2, LONGEST_RANGE);
    setTimeout(attempt, Math.random() * this.#range);
  }

  #subscribe(): void {
    const { conversationId, position } = this;
    const positions = position === null ? [] : [{ conversationId, seq: position }];
    const payload = { query: INBOX, variables: { positions } };
    this.#socket?.send(JSON.stringify({ id: 'inbox', type: 'subscribe', payload }));
  }

  // biome-ignore lint/suspicious/noExplicitAny: an event of the inbox
  #take(event: any): void {
    if (event.__typename === 'InboxStarted') {
      const { seq } = event.positions[0];
      if (this.position !== null && seq !== this.position) this.gaps += 1;
      this.position = seq;
      this.isResumed = true;
      this.#range = FIRST_RANGE;
      this.#onStarted();
    } else if (event.seq !== undefined) {
      const expected = (this.position ?? 0) + 1;
      if (event.seq < expected) this.doubled += 1;
      else if (event.seq > expected) this.gaps += 1;
      this.position = event.seq;
      this.entries += 1;
    } else this.gaps += 1;
  }
}

let clients: Client[] = [];

serveParent({ start, state });

/** Resolves when all have begun. */
async function start({ urls, clients: given }: Clients): Promise<void> {
  const queue = [...given];
  const work = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const description = next;
      await new Promise<void>((resolve) => {
        const client = new Client(urls, description, resolve);
        clients.push(client);
        client.connect();
      });
    }
  };
  clients = [];
  await Promise.all(Array.from({ length: OPENING }, work));
}

function state(): ClientsState {
  const sum = (value: (client: Client) => number) => clients.reduce((total, client) => total + value(client), 0);
  const lowest: Record<string, number> = {};
  for (const { conversationId, position } of clients)
    lowest[conversationId] = Math.min(lowest[conversationId] ?? Number.POSITIVE_INFINITY, position ?? 0);
  return {
    clients: clients.length,
    resumed: sum(({ isResumed }) => Number(isResumed)),
    failures: countBy(clients.flatMap(({ failures }) => failures)),
    returns: sum(({ returns }) => returns),
    entries: sum(({ entries }) => entries),
    doubled: sum(({ doubled }) => doubled),
    gaps: sum(({ gaps }) => gaps),
    lowest,
  };
}

function countBy(values: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}
