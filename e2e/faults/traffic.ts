import { newUuid } from '../../kit/base/ids.ts';
import { waitFor } from '../../testing/wait.ts';
import type { Sending } from './checker.ts';
import type { ChatClient } from './client.ts';

/** How often each sender sends, in ms. */
const PAUSE = 200;
/**
 * Messages of one sender that may wait for their answers at a time; people who see that nothing goes out stop
 * typing.
 */
const MOST_WAITING = 20;

/** Somebody who sends. */
export interface Sender {
  userId: string;
  client: ChatClient;
  /** The conversations they write to, in turn. */
  conversationIds: readonly string[];
}

/** Steady sending: each sender sends again and again, whether what they sent before is answered or not. */
export class Traffic {
  readonly sendings: Sending[] = [];
  /** Why messages were refused. */
  readonly refusals: string[] = [];
  readonly #timers: NodeJS.Timeout[];
  readonly #waiting = new Set<Promise<void>>();

  constructor(senders: readonly Sender[]) {
    this.#timers = senders.map((sender) => {
      let turn = 0;
      let waiting = 0;
      return setInterval(() => {
        if (waiting >= MOST_WAITING) return;
        waiting += 1;
        turn += 1;
        const sent = this.#send(sender, sender.conversationIds[turn % sender.conversationIds.length] as string);
        this.#waiting.add(sent);
        void sent.finally(() => {
          waiting -= 1;
          this.#waiting.delete(sent);
        });
      }, PAUSE);
    });
  }

  get accepted(): number {
    return this.sendings.filter(({ answer }) => answer !== null).length;
  }

  /** Waits until so many more were accepted. */
  async flows(more: number): Promise<void> {
    const before = this.accepted;
    await waitFor(() => this.accepted >= before + more, { timeout: 60_000, what: `${more} more accepted messages` });
  }

  /** Sends no more; resolves when all is answered. */
  async end(): Promise<void> {
    this.halt();
    await waitFor(() => this.#waiting.size === 0, { timeout: 60_000, what: 'the last answers' });
  }

  halt(): void {
    for (const timer of this.#timers) clearInterval(timer);
  }

  async #send({ client, userId }: Sender, conversationId: string): Promise<void> {
    const clientMessageId = newUuid();
    const sending: Sending = {
      conversationId,
      senderId: userId,
      clientMessageId,
      sentAt: performance.now(),
      answer: null,
    };
    this.sendings.push(sending);
    try {
      sending.answer = await client.send(conversationId, clientMessageId, `message ${this.sendings.length}`);
    } catch (error) {
      this.refusals.push((error as Error).message);
    }
  }
}
