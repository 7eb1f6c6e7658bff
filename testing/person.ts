import { newUuid } from '../kit/base/ids.ts';
import type { ServiceName } from '../services.ts';
import type { GraphClient } from './client.ts';
import { stored, type Upload, upload } from './files.ts';
import { Inbox, type InboxOptions, type Position } from './inbox.ts';
import { serviceOf } from './schema.ts';
import type { SharedStack } from './stack.ts';

// biome-ignore lint/suspicious/noExplicitAny: tests read answers of many shapes; what is asserted is the value
type Loose = any;

export interface Identity {
  id: string;
  userName: string;
  name: string;
  token: string;
  sessionId: string;
  /** Of those who have an account. */
  refreshToken?: string;
}

/** Where somebody's operations go: to which instance of each service, or of the gateway. */
export interface Route {
  instance: number;
  isThroughGateway: boolean;
}

export interface SentMessage {
  id: string;
  seq: number;
  preview: string;
  clientMessageId: string;
  content: { __typename: string; text: string };
}

export const SENT_MESSAGE = `sentMessage { id seq clientMessageId sentAt sender { id } preview
  content { __typename ... on TextContent { text } ... on ImageContent { caption file { id } } } }`;
const CONVERSATION = `query ($id: ID!) { conversation(id: $id) {
  id kind title headSeq unreadCount lastActivityAt
  otherMember { id } lastMessage { seq content { ... on TextContent { text } } }
  viewerMembership { role readSeq joinedAt user { id } } members { edges { node { role readSeq user { id } } } }
  messages { edges { node { content { ... on TextContent { text } } } } }
} }`;

/** Somebody with a profile, signed in, and what they do. Whatever fails throws, but for `attempt…`. */
export class Person implements Identity {
  readonly id: string;
  readonly userName: string;
  readonly name: string;
  readonly token: string;
  readonly sessionId: string;
  readonly refreshToken: string | undefined;
  private readonly stack: SharedStack;
  private readonly identity: Identity;
  private readonly route: Route;

  constructor(stack: SharedStack, identity: Identity, route: Partial<Route> = {}) {
    this.stack = stack;
    this.identity = identity;
    this.route = { instance: 0, isThroughGateway: false, ...route };
    this.id = identity.id;
    this.userName = identity.userName;
    this.name = identity.name;
    this.token = identity.token;
    this.sessionId = identity.sessionId;
    this.refreshToken = identity.refreshToken;
  }

  /** The same person at another instance: `bo.at(1).send(group, 'text')`. */
  at(instance: number): Person {
    return new Person(this.stack, this.identity, { ...this.route, instance });
  }

  /** The same person in another session. */
  async onOtherDevice(): Promise<Person> {
    const { token, sessionId } = await this.stack.signIn(this.id);
    return new Person(this.stack, { ...this.identity, token, sessionId }, this.route);
  }

  /** The same person, whose operations all go through the gateway. */
  throughGateway(): Person {
    return new Person(this.stack, this.identity, { ...this.route, isThroughGateway: true });
  }

  /** A client of a service, or of the gateway for whoever goes through it. */
  client(service: ServiceName): GraphClient {
    return this.stack.client(this.routed(service), this.route.instance).as(this.token);
  }

  get auth(): GraphClient {
    return this.client('auth');
  }
  get user(): GraphClient {
    return this.client('user');
  }
  get chat(): GraphClient {
    return this.client('chat');
  }
  get file(): GraphClient {
    return this.client('file');
  }
  get gateway(): GraphClient {
    return this.client('gateway');
  }

  /** A graphql-ws client of a service, or of the gateway for whoever goes through it. */
  socket(service: ServiceName, options: { retryAttempts?: number; onClosed?: (code: number) => void } = {}) {
    return this.stack.socket(this.routed(service), { ...options, token: this.token, index: this.route.instance });
  }

  /** The result of a mutation, whichever member of its union that is. */
  attempt<T = Loose>(name: string, input?: object, payload?: string): Promise<T> {
    return this.client(serviceOf(name)).attempt<T>(name, input, payload);
  }

  /** The payload of a mutation. */
  perform<T = Loose>(name: string, input?: object, payload?: string): Promise<T> {
    return this.client(serviceOf(name)).perform<T>(name, input, payload);
  }

  /** Makes them friends with each of the others, who accept. */
  async befriend(...others: Person[]): Promise<void> {
    for (const other of others) {
      const { request } = await this.perform('sendFriendRequest', { userId: other.id }, 'request { id }');
      await other.perform('acceptFriendRequest', { requestId: request.id });
    }
  }

  /** Opens the conversation with a friend; its id. */
  async direct(other: Person): Promise<string> {
    const { conversation } = await this.perform('openDirectConversation', { userId: other.id }, 'conversation { id }');
    return conversation.id;
  }

  /** Makes a group with friends; its id. */
  async group(title: string, members: Person[]): Promise<string> {
    const input = { title, memberIds: members.map(({ id }) => id) };
    return (await this.perform('createGroup', input, 'conversation { id }')).conversation.id;
  }

  /** Adds friends to a group. */
  async add(conversationId: string, ...members: Person[]): Promise<void> {
    await this.perform('addGroupMembers', { conversationId, memberIds: members.map(({ id }) => id) });
  }

  async leave(conversationId: string): Promise<void> {
    await this.perform('leaveGroup', { conversationId });
  }

  /** Sends a text, or content of any kind as `MessageContentInput` has it. */
  async send(conversationId: string, content: string | object, clientMessageId?: string): Promise<SentMessage> {
    const input = messageInput(conversationId, content, clientMessageId);
    return (await this.perform('sendMessage', input, SENT_MESSAGE)).sentMessage;
  }

  /** The same, whatever it ends with. */
  attemptSend(conversationId: string, content: string | object, clientMessageId?: string): Promise<Loose> {
    return this.attempt('sendMessage', messageInput(conversationId, content, clientMessageId), SENT_MESSAGE);
  }

  async markRead(conversationId: string, seq: number): Promise<Loose> {
    return this.attempt(
      'markRead',
      { conversationId, seq },
      'conversation { unreadCount viewerMembership { readSeq } }',
    );
  }

  /** A conversation as they see it, null where they do not. */
  async see(conversationId: string): Promise<Loose> {
    return (await this.chat.data(CONVERSATION, { id: conversationId })).conversation;
  }

  /** The subscription to all their conversations, when it has started. */
  inbox(positions?: Position[], options?: InboxOptions): Promise<Inbox> {
    return this.openInbox(positions, options).started();
  }

  /** The same, at once. */
  openInbox(positions?: Position[], options?: InboxOptions): Inbox {
    return Inbox.ofAll(this.socket('chat'), positions, options);
  }

  /** The subscription to one conversation, when it has started. */
  follow(conversationId: string, seq?: number, options?: InboxOptions): Promise<Inbox> {
    return this.openConversation(conversationId, seq, options).started();
  }

  /** The same, at once: for those who may not. */
  openConversation(conversationId: string, seq?: number, options?: InboxOptions): Inbox {
    return Inbox.ofOne(this.socket('chat'), conversationId, seq, options);
  }

  /** Uploads; the stored file. */
  upload(content: string | Uint8Array, options: Upload = {}): Promise<Loose> {
    return stored(this.file, content, options);
  }

  /** The same, whatever it ends with. */
  attemptUpload(content: string | Uint8Array, options: Upload = {}): Promise<Loose> {
    return upload(this.file, content, options);
  }

  private routed(service: ServiceName): ServiceName {
    return this.route.isThroughGateway ? 'gateway' : service;
  }
}

/** What `sendMessage` takes: a text, or content of any kind. */
export function messageInput(conversationId: string, content: string | object, clientMessageId: string = newUuid()) {
  const given = typeof content === 'string' ? { text: { text: content } } : content;
  return { conversationId, clientMessageId, content: given };
}
