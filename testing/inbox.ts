import type { Client } from 'graphql-ws/client';
import { plainFields } from './schema.ts';
import { type Collected, collect } from './socket.ts';
import { type WaitOptions, waitFor } from './wait.ts';

export interface Position {
  conversationId: string;
  seq: number;
}

/** An event of an inbox: its plain fields, its message, and the user that it is about. */
export interface InboxEvent {
  __typename: string;
  conversationId: string;
  seq: number;
  happenedAt?: string;
  headSeq?: number;
  positions?: Position[];
  message?: { id: string; content: { text: string }; sender: { id: string }; clientMessageId: string | null };
  user?: { id: string };
  isTyping?: boolean;
}

export interface InboxOptions {
  /** Selected beside what each event has anyway: `... on MessageEdited { message { id } }`. */
  more?: string;
}

const selectionOf = (more = '') => `{
  ${plainFields('InboxEvent')}
  ... on InboxStarted { positions { conversationId seq } }
  ... on MessageSent { message { id content { ... on TextContent { text } } clientMessageId sender { id } } }
  ... on MemberJoined { user { id } }
  ... on MemberLeft { user { id } }
  ... on TypingChanged { user { id } }
  ${more}
}`;

/** What somebody's subscription to their conversations, or to one of them, has delivered. */
export class Inbox {
  private readonly client: Client;
  private readonly collected: Collected<{ inbox: InboxEvent }>;

  constructor(client: Client, field: string, variables: Record<string, unknown>, more?: string) {
    this.client = client;
    this.collected = collect(client, `subscription ${field} ${selectionOf(more)} }`, variables);
  }

  static ofAll(client: Client, positions: Position[] | undefined, { more }: InboxOptions = {}): Inbox {
    return new Inbox(client, '($positions: [PositionInput!]) { inbox(positions: $positions)', { positions }, more);
  }

  static ofOne(client: Client, conversationId: string, seq: number | undefined, { more }: InboxOptions = {}): Inbox {
    const field =
      '($conversationId: ID!, $seq: Int) { inbox: conversationEvents(conversationId: $conversationId, seq: $seq)';
    return new Inbox(client, field, { conversationId, seq }, more);
  }

  /** All that came, in the order in which it came. */
  get events(): InboxEvent[] {
    return this.collected.events.map(({ inbox }) => inbox);
  }

  get errors(): unknown[] {
    return this.collected.errors;
  }

  /** Whether the server ended it. */
  get ended(): boolean {
    return this.collected.ended;
  }

  /** Where it started, by conversation; undefined before that. */
  get positions(): Position[] | undefined {
    return this.events[0]?.positions;
  }

  /** The entries of the log that came; those of one conversation where one is given. */
  entries(conversationId?: string): InboxEvent[] {
    return this.events.filter(
      (event) => event.seq !== undefined && (!conversationId || event.conversationId === conversationId),
    );
  }

  seqs(conversationId?: string): number[] {
    return this.entries(conversationId).map(({ seq }) => seq);
  }

  /** The entries as `2 MessageSent`. */
  kinds(conversationId?: string): string[] {
    return this.entries(conversationId).map(({ seq, __typename }) => `${seq} ${__typename}`);
  }

  /** The texts of the messages that came. */
  texts(conversationId?: string): string[] {
    return this.entries(conversationId).flatMap(({ message }) => message?.content.text ?? []);
  }

  /** Waits for an event that fits, and returns it. `what` names it in the failure. */
  until(fits: (event: InboxEvent) => boolean, what: string, options: Partial<WaitOptions> = {}): Promise<InboxEvent> {
    const found = () => {
      const event = this.events.find(fits);
      if (!event && this.ended) throw new Error('The subscription has ended.');
      return event;
    };
    return waitFor(found, { what: () => `${what}, ${this.cameSoFar()}`, ...options }) as Promise<InboxEvent>;
  }

  /** Waits until it has started. */
  async started(): Promise<this> {
    await this.next('InboxStarted');
    return this;
  }

  /** Waits for an event of a type. */
  next(type: string): Promise<InboxEvent> {
    return this.until(({ __typename }) => __typename === type, `an event ${type}`);
  }

  /** Waits for the message with this text. */
  text(text: string): Promise<InboxEvent> {
    return this.until(({ message }) => message?.content.text === text, `the message ${JSON.stringify(text)}`);
  }

  /** Waits for the entry with this number, in one conversation where it is given. */
  upTo(seq: number, conversationId?: string): Promise<InboxEvent> {
    const fits = (event: InboxEvent) => !conversationId || event.conversationId === conversationId;
    return this.until((event) => event.seq === seq && fits(event), `entry ${seq}`);
  }

  /** Waits until it has ended, and gives the codes of its errors. */
  async end(): Promise<(string | undefined)[]> {
    await waitFor(() => this.ended, { what: () => `the end of the subscription, ${this.cameSoFar()}` });
    return (this.errors as { extensions?: { code?: string } }[]).map((error) => error.extensions?.code);
  }

  /** Ends the subscription, and keeps the socket. */
  stop(): void {
    this.collected.stop();
  }

  async close(): Promise<void> {
    await this.client.dispose();
  }

  private cameSoFar(): string {
    return `where ${JSON.stringify(this.events).slice(-500)} came, errors ${JSON.stringify(this.errors)}`;
  }
}
