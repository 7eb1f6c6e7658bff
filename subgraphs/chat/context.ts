import DataLoader from 'dataloader';
import { loadById } from '../../kit/base/loaders.ts';
import { type Caller, extendCaller } from '../../kit/identity/caller.ts';
import type { Inbox } from './delivery/inbox.ts';
import { type Conversations, otherMemberId } from './domain/conversations/conversations.ts';
import type { ConversationLog } from './domain/log/log.ts';
import type { Messages } from './domain/messages/messages.ts';
import type { Message, Position, ViewerConversation } from './domain/model.ts';
import type { Typing } from './domain/typing/typing.ts';

/** The rules of this service, the same for every operation. */
export interface Domain {
  conversations: Conversations;
  conversationLog: ConversationLog;
  messages: Messages;
  typing: Typing;
  inbox: Inbox;
  /** A grant that lets whoever gets this answer read the file. */
  grantFile(fileId: string): string;
}

/**
 * What a resolver works with: who calls, the domain, and loaders that live as long as the operation, or as
 * one event of it.
 */
export interface Context extends Caller, Domain {
  loaders: Loaders;
}

/** Reads that are batched; each sees only what the viewer may see, and nobody sees nothing. */
export interface Loaders {
  conversation: DataLoader<string, ViewerConversation | null>;
  message: DataLoader<string, Message | null>;
  messageAt: DataLoader<Position, Message | null, string>;
  /** By the id of the other person. */
  direct: DataLoader<string, ViewerConversation | null>;
  /** Forgets what was read: a mutation has changed it. */
  forget(): void;
}

export function createContext(caller: Caller, domain: Domain): Context {
  return extendCaller(caller, { ...domain, loaders: new LazyLoaders(caller, domain) });
}

/** Each is made when it is first used: most operations need none. */
class LazyLoaders implements Loaders {
  readonly #caller: Caller;
  readonly #domain: Domain;
  #conversation: Loaders['conversation'] | undefined;
  #message: Loaders['message'] | undefined;
  #messageAt: Loaders['messageAt'] | undefined;
  #direct: Loaders['direct'] | undefined;

  constructor(caller: Caller, domain: Domain) {
    this.#caller = caller;
    this.#domain = domain;
  }

  forget(): void {
    this.#conversation = undefined;
    this.#message = undefined;
    this.#messageAt = undefined;
    this.#direct = undefined;
  }

  get conversation(): Loaders['conversation'] {
    this.#conversation ??= loadById(
      (ids) => this.#domain.conversations.find(this.#caller, ids),
      ({ id }) => id,
    );
    return this.#conversation;
  }

  get message(): Loaders['message'] {
    this.#message ??= loadById(
      (ids) => this.#domain.messages.find(this.#caller, ids),
      ({ id }) => id,
    );
    return this.#message;
  }

  get messageAt(): Loaders['messageAt'] {
    this.#messageAt ??= new DataLoader(
      async (places) => {
        const messages = await this.#domain.messages.at(places);
        const found = new Map(messages.map((message) => [placeKey(message), message]));
        return places.map((place) => found.get(placeKey(place)) ?? null);
      },
      { cacheKeyFn: placeKey },
    );
    return this.#messageAt;
  }

  get direct(): Loaders['direct'] {
    this.#direct ??= loadById(
      (userIds) => this.#domain.conversations.findDirect(this.#caller, userIds),
      (conversation) => otherMemberId(conversation, conversation.membership.userId) as string,
    );
    return this.#direct;
  }
}

function placeKey({ conversationId, seq }: Position): string {
  return `${conversationId} ${seq}`;
}
