import { setTimeout as sleep } from 'node:timers/promises';
import { Overloaded, Unavailable } from '../../../../../kit/base/errors.ts';
import type { Failpoint } from '../../../../../kit/base/failpoint.ts';
import {
  type Database,
  isConnectionLost,
  isDuplicate,
  isLocked,
  isUnavailable,
} from '../../../../../kit/mysql/database.ts';
import type { Log } from '../../../../../kit/observe/log.ts';
import { counter, gauge, histogram } from '../../../../../kit/observe/metrics.ts';
import type { Span } from '../../../../../kit/observe/span.ts';
import { currentSpan, tracedUnder } from '../../../../../kit/observe/tracing.ts';
import { NotAMember, SendingUnknown } from '../../../domain/errors.ts';
import type { Message } from '../../../domain/model.ts';
import type { Hints, MessageDraft, MessageLog, MessageStore } from '../../../domain/ports.ts';
import { createGroups } from './groups.ts';
import type { Pending } from './pending.ts';
import { type Written, write } from './transaction.ts';

/**
 * Transactions at a time, and drafts in one. One at a time did two thirds of the work, three did less than
 * two (measured).
 */
const GROUPS = 2;
const GROUP_SIZE = 256;
/**
 * Conversations at a time that are written apart because somebody has locked one of them, each on a
 * connection of its own.
 */
const APART = 2;
/**
 * How long a message waits for a conversation that somebody has locked, and for how long that is left alone
 * between attempts, in ms.
 */
const LOCK_PATIENCE_MS = 6_000;
const LOCK_PAUSE_MS = 200;
/**
 * A group waits for its locks once: the server gives up after a second, and then each conversation is tried
 * alone.
 */
const ONCE = { lockPatienceMs: 0 };
/**
 * How often a group is begun again because its connection broke, and how long after, in ms. Connections break
 * together, and the driver hands out one that is broken until it has read so.
 */
const LOST_RETRIES = 3;
const LOST_PAUSE_MS = 50;

const sizes = histogram(
  'beaver_send_group_messages',
  'Messages that were committed together.',
  [],
  [1, 2, 4, 8, 16, 32, 64, 128, 256],
).of();
const durations = histogram(
  'beaver_send_group_duration_seconds',
  'From the begin of a group to its commit, or to its failure.',
).of();
const refused = counter('beaver_sends_refused_total', 'Messages that were refused because too many waited.');

type Group = readonly Pending<MessageDraft, Message>[];

export interface MessageLogOptions {
  database: Database;
  messages: MessageStore;
  hints: Hints;
  log: Log;
  /** How many drafts may wait; one more is refused. */
  maxQueued: number;
  failpoint: Failpoint;
}

/** The send path: messages that are sent at about the same time are committed together. */
export function createMessageLog(options: MessageLogOptions): MessageLog & {
  counts(): { waiting: number; running: number };
  /** Resolves when all that was taken is answered. */
  close(): Promise<void>;
} {
  const { database, messages, hints, log, maxQueued, failpoint } = options;
  const groups = createGroups<MessageDraft, Message>({
    keyOf: (draft) => draft.conversationId,
    run: commit,
    refuse() {
      refused.add();
      return new Overloaded(
        'The server has too many messages to commit. It was not sent; send it again in a moment with the same clientMessageId.',
      );
    },
    isHeld: isLocked,
    groups: GROUPS,
    size: GROUP_SIZE,
    queue: maxQueued,
    apart: APART,
    patience: LOCK_PATIENCE_MS,
    pause: LOCK_PAUSE_MS,
  });

  /** Who waits for what, where that is traced. */
  const spans = new WeakMap<MessageDraft, Span>();
  gauge('beaver_sends_waiting', 'Messages that wait for their group.', () => groups.counts().waiting);
  gauge('beaver_send_groups', 'Groups of messages that are being committed.', () => groups.counts().running);

  async function commit(group: Group, isApart: boolean): Promise<void> {
    const startedAt = performance.now();
    sizes.observe(group.length);
    try {
      const written = await inSpan(group, () =>
        writeOnce(
          group.map(({ item }) => item),
          isApart,
        ),
      ).finally(() => durations.observe((performance.now() - startedAt) / 1000));
      afterCommit(written);
      for (const { item, resolve, reject } of group) {
        const message = written.messages.get(item);
        if (message) resolve(message);
        else reject(new NotAMember());
      }
    } catch (error) {
      if (group.length === 1 || !isOfOne(error)) throw error;
      log.warn(
        { err: error, messages: group.length },
        'a group of messages could not be written; each is written alone',
      );
      for (const one of group) await commit([one], isApart).catch(one.reject);
    }
  }

  /** The group is a part of the trace of one, and linked to those of the others. */
  function inSpan(group: Group, work: () => Promise<Written>): Promise<Written> {
    const [first, ...links] = group.flatMap(({ item }) => spans.get(item) ?? []);
    if (!first) return work();
    const attributes = { 'beaver.messages': group.length };
    return tracedUnder(first, 'commit messages', { links, attributes }, work);
  }

  /**
   * Sending is idempotent: so what may have been written, before or by a connection that broke meanwhile, is
   * looked for under the locks.
   */
  async function writeOnce(drafts: MessageDraft[], isApart: boolean): Promise<Written> {
    let areNew = true;
    let lost = 0;
    for (;;) {
      // A connection that was lost may keep its locks until the server notices: those are waited for, also
      // apart.
      const options = { areNew, waits: !isApart || lost > 0 };
      try {
        return await database.transaction((transaction) => write(transaction, drafts, options), lost > 0 ? {} : ONCE);
      } catch (error) {
        const isLost = isConnectionLost(error);
        if (lost === 0 && !isLost && !(areNew && isDuplicate(error, 'chat_messages_client_message'))) throw error;
        areNew = false;
        if (isLost) lost += 1;
        if (lost > 0 && (!isLost || lost > LOST_RETRIES)) {
          log.warn({ err: error, messages: drafts.length }, 'the database was lost while messages were committed');
          throw new SendingUnknown();
        }
        if (isLost) await sleep(LOST_PAUSE_MS);
      }
    }
  }

  /**
   * They are committed, and nobody has been told yet. If this process dies here, instances find them by
   * themselves.
   */
  function afterCommit({ messages, added }: Written): void {
    failpoint('chat.committed');
    for (const [conversationId, entries] of added) {
      hints.moved(conversationId, entries.at(-1)?.seq as number, entries);
    }
    // Sent before: whoever committed it may have died before they could tell.
    for (const { conversationId, seq } of messages.values()) {
      if (!added.has(conversationId)) hints.moved(conversationId, seq);
    }
    log.debug({ messages: messages.size, conversations: added.size }, 'messages committed');
  }

  return {
    async append(draft) {
      try {
        const span = currentSpan();
        if (span) spans.set(draft, span);
        return await groups.add(draft);
      } catch (error) {
        if (isLocked(error)) throw new Unavailable('this conversation', error);
        if (!(error instanceof NotAMember)) throw error;
        // Sent before they left: their retry must not look as if it had never arrived.
        const sent = await messages.byClientId(draft.conversationId, draft.senderId, draft.clientMessageId);
        if (!sent) throw error;
        hints.moved(sent.conversationId, sent.seq);
        return sent;
      }
    },
    counts: () => groups.counts(),
    close: () => groups.drain(),
  };
}

/**
 * Whether an error may be the fault of one message of a group: not where the database does not write now,
 * whatever it is given.
 */
function isOfOne(error: unknown): boolean {
  return !(error instanceof SendingUnknown) && !isUnavailable(error);
}
