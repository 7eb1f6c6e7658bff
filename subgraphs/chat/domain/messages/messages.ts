import { createHash } from 'node:crypto';
import { NotReachable, RateLimited } from '../../../../kit/base/errors.ts';
import { isId } from '../../../../kit/base/ids.ts';
import { parseInput } from '../../../../kit/base/input.ts';
import type { Page } from '../../../../kit/graph/connections.ts';
import { type Caller, requireViewer } from '../../../../kit/identity/caller.ts';
import { ClientMessageIdReused } from '../errors.ts';
import { sendMessageInput } from '../input.ts';
import type { Message, Position, ViewerConversation } from '../model.ts';
import { maySee, requireMember, visibleRange } from '../policies.ts';
import type { ConversationStore, FileService, MessageDraft, MessageLog, MessageStore, SeqPlace } from '../ports.ts';
import type { Correspondence } from './correspondence.ts';
import { isSameContent, kindOf } from './kinds/index.ts';
import type { HeldFile } from './kinds/kind.ts';
import type { SendRate } from './send-rate.ts';

/** Messages: seen by those who are in the conversation, from the entry on that made them a member. */
export interface Messages {
  /** Those of the ids that the viewer may see; none where no user asks. */
  find(caller: Caller, ids: readonly string[]): Promise<Message[]>;
  /** Messages by their places in logs that the viewer was found to see. */
  at(places: readonly Position[]): Promise<Message[]>;
  /** A page of what the viewer may see in a conversation that was read for them, in the order of seq. */
  page(conversation: ViewerConversation, page: Page<SeqPlace>): Promise<Message[]>;
  /**
   * The message when it is committed: this one, or the one that the same `clientMessageId` of this sender
   * gave before.
   * @throws Unauthenticated, InvalidInput, NotAMember, NotReachable, ClientMessageIdReused, NotFound (the
   * file), Unavailable (the file service), RateLimited, Overloaded, SendingUnknown
   */
  send(caller: Caller, input: unknown): Promise<Message>;
}

export function createMessages(ports: {
  conversations: ConversationStore;
  store: MessageStore;
  log: MessageLog;
  files: FileService;
  rate: SendRate;
  correspondence: Correspondence;
}): Messages {
  const { conversations, store, log, files, rate, correspondence } = ports;

  /** A message that was sent already is sent again for free: the client has lost the answer. */
  async function refuseFlood({ conversationId, senderId, clientMessageId }: MessageDraft): Promise<void> {
    const seconds = rate.take(senderId, conversationId);
    if (seconds === 0 || (await store.byClientId(conversationId, senderId, clientMessageId))) return;
    const message = `You send more messages to this conversation than it takes. It was not sent; send it again in ${seconds} s.`;
    throw new RateLimited(message, seconds);
  }

  /** What was sent while it was taken is sent again, if the client has lost the answer. */
  async function refuseUnreached({ conversationId, senderId, clientMessageId }: MessageDraft): Promise<void> {
    const found = correspondence.unreached(conversationId, senderId);
    const otherId = found instanceof Promise ? await found : found;
    if (otherId === null || (await store.byClientId(conversationId, senderId, clientMessageId))) return;
    throw new NotReachable([otherId]);
  }

  /**
   * Everything that needs another service comes before the lock on the conversation, and only for who may
   * send at all.
   */
  async function attach(draft: MessageDraft, held: readonly HeldFile[]): Promise<void> {
    const { conversationId, senderId, clientMessageId } = draft;
    if (await store.byClientId(conversationId, senderId, clientMessageId)) return;
    requireMember(await conversations.membership(conversationId, senderId));
    for (const file of held) await files.attachImage(file, senderId, fileHolder(draft));
  }

  return {
    async find({ viewer }, ids) {
      const found = viewer ? await store.byIds(ids.filter((id) => isId('msg', id))) : [];
      if (!viewer || found.length === 0) return [];
      const seen = await conversations.forViewer(viewer.userId, [
        ...new Set(found.map(({ conversationId }) => conversationId)),
      ]);
      const memberships = new Map(seen.map(({ id, membership }) => [id, membership]));
      return found.filter((message) => {
        const membership = memberships.get(message.conversationId);
        return membership !== undefined && maySee(membership, message);
      });
    },

    at: (places) => store.at(places),

    page: (conversation, page) => store.page(conversation.id, visibleRange(conversation), page),

    async send(caller, input) {
      const { userId: viewerId } = requireViewer(caller);
      const { conversationId, clientMessageId, content } = parseInput(sendMessageInput, input);
      const draft = { conversationId, senderId: viewerId, clientMessageId, content };
      await refuseFlood(draft);
      await refuseUnreached(draft);
      const held = kindOf(content).files(content);
      if (held.length > 0) await attach(draft, held);
      const message = await log.append(draft);
      if (!isSameContent(message.content, content)) throw new ClientMessageIdReused();
      return message;
    },
  };
}

/**
 * What holds the file of a message: the same at each retry, which the message's id is not before it's
 * committed.
 */
export function fileHolder(message: Pick<Message, 'conversationId' | 'senderId' | 'clientMessageId'>): string {
  const { conversationId, senderId, clientMessageId } = message;
  return `message:${createHash('sha256').update(`${conversationId} ${senderId} ${clientMessageId}`).digest('hex')}`;
}
