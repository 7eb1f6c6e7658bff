import type { Connection } from './connection.ts';
import type { createLogThrottle } from './log-throttle.ts';

/** Longest wait of `settle` for a node that is connected and silent, in ms. */
const PATIENCE_MS = 1_000;
/** Pause before refused channels are subscribed again, in ms. */
const RETRY_MS = 500;
/** Pause in which resets of several batches become one, in ms. */
const RESET_MS = 20;

/** The shards, as the batches of subscriptions need them. */
export interface BatchOwner {
  /** The name of the node that has a slot; empty where none has it. */
  ownerOf(slot: number): string;
  connectionTo(owner: string): Connection | undefined;
  isWanted(channel: string): boolean;
  /** No connection has this name: the slot has moved to an unknown node, or nobody has it. */
  onUnknownOwner(): void;
  /** Channels are subscribed that may have missed messages. */
  onReset(): void;
}

/** Channels of one node that were named in one turn of the event loop. */
interface Batch {
  /** By slot. */
  channels: Map<number, string[]>;
  /** Whether messages may have been missed, so that a reset is due. */
  isLate: boolean;
  settled: PromiseWithResolvers<void>;
}

/**
 * Subscribes and unsubscribes channels in batches, one a node and turn of the event loop. Retries channels
 * that a node refused, and announces a reset when late ones are subscribed.
 */
export class SubscriptionBatches {
  readonly #owner: BatchOwner;
  readonly #report: ReturnType<typeof createLogThrottle>;
  /** By the name of the node. */
  readonly #batches = new Map<string, Batch>();
  #reset: NodeJS.Timeout | null = null;
  #isClosed = false;

  constructor(owner: BatchOwner, report: ReturnType<typeof createLogThrottle>) {
    this.#owner = owner;
    this.#report = report;
  }

  /**
   * Adds a channel to the next batch of its node. Resolves when the node has dealt with the batch, or cannot
   * now. `isLate`: messages may have been missed meanwhile.
   */
  add(slot: number, channel: string, isLate: boolean): Promise<void> {
    const owner = this.#owner.ownerOf(slot);
    let batch = this.#batches.get(owner);
    if (!batch) {
      const made: Batch = { channels: new Map(), isLate, settled: Promise.withResolvers<void>() };
      batch = made;
      this.#batches.set(owner, made);
      setImmediate(() => {
        this.#batches.delete(owner);
        this.#send(owner, made);
      });
    }
    batch.isLate ||= isLate;
    const channels = batch.channels.get(slot);
    if (channels) channels.push(channel);
    else batch.channels.set(slot, [channel]);
    return batch.settled.promise;
  }

  close(): void {
    this.#isClosed = true;
    if (this.#reset) clearTimeout(this.#reset);
  }

  #send(owner: string, batch: Batch): void {
    const { channels, settled } = batch;
    const connection = this.#owner.connectionTo(owner);
    if (!connection?.isReady) {
      // A connection subscribes to all of its channels when it becomes ready.
      settled.resolve();
      if (!connection) this.#owner.onUnknownOwner();
      return;
    }
    const timer = setTimeout(() => {
      batch.isLate = true;
      this.#report(new Error(`no answer within ${PATIENCE_MS} ms`), sizeOf(channels));
      settled.resolve();
    }, PATIENCE_MS);
    let refusal: Error | null = null;
    connection.ask(
      {
        channels,
        onRefused: (error) => {
          refusal = error;
        },
        onDone: () => {
          clearTimeout(timer);
          settled.resolve();
          if (refusal) this.#retry(channels, refusal);
          else if (batch.isLate) this.#resetSoon();
        },
        onLost: () => {
          clearTimeout(timer);
          settled.resolve();
        },
      },
      (channel) => this.#owner.isWanted(channel),
    );
  }

  #retry(channels: Map<number, string[]>, refusal: Error): void {
    this.#report(refusal, sizeOf(channels));
    setTimeout(() => {
      if (this.#isClosed) return;
      for (const [slot, names] of channels) for (const name of names) void this.add(slot, name, true);
    }, RETRY_MS).unref();
  }

  #resetSoon(): void {
    if (this.#reset || this.#isClosed) return;
    this.#reset = setTimeout(() => {
      this.#reset = null;
      this.#owner.onReset();
    }, RESET_MS);
  }
}

function sizeOf(channels: Map<number, string[]>): number {
  let size = 0;
  for (const names of channels.values()) size += names.length;
  return size;
}
