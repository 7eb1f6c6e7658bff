import { addressOf, type RedisAddress, type RedisConfig, toAddress } from '../../base/config.ts';
import { pause } from '../../base/pause.ts';
import type { Log } from '../../observe/log.ts';
import { counter } from '../../observe/metrics.ts';
import { loginOf, type RedisLogin } from '../login.ts';
import { Connection } from './connection.ts';
import { createLogThrottle } from './log-throttle.ts';
import { readOwners, type SlotOwners, slotOf } from './slots.ts';

/** How long `settle` waits for a node that is there and says nothing, in ms. */
const PATIENCE = 1_000;
/** How long the start waits for nodes that don't answer, in ms. */
const START_PATIENCE = 4_000;
/** Before asking again, for channels that were refused or who has which slots, in ms. */
const PAUSE = 500;
const RESET_PAUSE = 20;

const lost = counter(
  'beaver_hints_lost_total',
  'Hints that were not sent, or not taken: what they told is found at the next look.',
);

export interface ShardsOptions {
  config: RedisConfig;
  log: Log;
  /** Every channel that is wanted. */
  channels(): Iterable<string>;
  isWanted(channel: string): boolean;
  onMessage(channel: string, message: string): void;
  /** Channels are subscribed that were not for a while, or later than `settle` said. */
  onReset(): void;
}

/** Channels of one node that are settled together: those that were named in one turn of the event loop. */
interface Batch {
  /** By slot. */
  channels: Map<number, string[]>;
  /** Whether messages may have been missed, so that a reset is due. */
  isLate: boolean;
  settled: PromiseWithResolvers<void>;
}

/**
 * Which node has which channel: the one Redis that there is, or a master of the cluster. Slots move, masters
 * fail over; the channels follow.
 */
export class Shards {
  readonly #options: ShardsOptions;
  readonly #login: RedisLogin;
  readonly #connections = new Map<string, Connection>();
  readonly #batches = new Map<string, Batch>();
  /** By slot; null where there is one Redis. */
  #owners: SlotOwners | null = null;
  #single = '';
  #isClosed = false;
  #refresh: NodeJS.Timeout | null = null;
  #reset: NodeJS.Timeout | null = null;
  #onReady: () => void = () => {};
  readonly #notSent: ReturnType<typeof createLogThrottle>;
  readonly #notSubscribed: ReturnType<typeof createLogThrottle>;

  constructor(options: ShardsOptions) {
    this.#options = options;
    const tell = createLogThrottle(options.log, 'hints were not sent');
    this.#notSent = (error, count = 1) => {
      lost.of().count += count;
      tell(error, count);
    };
    this.#login = loginOf(options.config);
    this.#notSubscribed = createLogThrottle(options.log, 'channels are not subscribed yet');
  }

  /**
   * Resolves when the nodes are connected, or some of them and the others don't answer. Waits where none
   * does.
   */
  async open(): Promise<void> {
    const { config } = this.#options;
    if ('clusterNodes' in config) this.#owners = await this.#firstOwners(config.clusterNodes);
    else this.#single = addressOf(config);
    for (const owner of this.#owners ?? [this.#single]) if (owner !== undefined) this.#connectTo(owner);
    await new Promise<void>((resolve) => {
      const connections = [...this.#connections.values()];
      let isLate = false;
      const look = () => {
        const ready = connections.filter(({ isReady }) => isReady).length;
        if (ready < connections.length && (ready === 0 || !isLate)) return;
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(() => {
        isLate = true;
        look();
      }, START_PATIENCE);
      this.#onReady = look;
    });
  }

  async #firstOwners(nodes: RedisAddress[]): Promise<SlotOwners> {
    for (;;) {
      try {
        return await readOwners(nodes, this.#login);
      } catch (error) {
        this.#notSubscribed(error as Error);
        await pause(PAUSE);
      }
    }
  }

  nodes(): { ready: number; away: number } {
    const ready = [...this.#connections.values()].filter(({ isReady }) => isReady).length;
    return { ready, away: this.#connections.size - ready };
  }

  waitingBytes(): number {
    return [...this.#connections.values()].reduce((sum, { waitingBytes }) => sum + waitingBytes, 0);
  }

  publish(channel: string, message: string): void {
    const isSent = this.#connections.get(this.#ownerOf(this.#slotOf(channel)))?.publish(channel, message);
    if (!isSent) this.#notSent(new Error('Redis is away'));
  }

  /**
   * Subscribes to a channel that is wanted, unsubscribes from one that is not. Resolves when that is done, or
   * can't be now: then it's done as soon as it can be, with a reset.
   */
  settle(channel: string): Promise<void> {
    return this.#enlist(this.#slotOf(channel), channel, false).settled.promise;
  }

  close(): void {
    this.#isClosed = true;
    if (this.#refresh) clearTimeout(this.#refresh);
    if (this.#reset) clearTimeout(this.#reset);
    for (const connection of this.#connections.values()) connection.close();
  }

  // One Redis takes channels of all slots in one command: there they count as one slot.
  #slotOf(channel: string): number {
    return this.#owners ? slotOf(channel) : 0;
  }

  /** An empty name where nobody has the slot. */
  #ownerOf(slot: number): string {
    return this.#owners ? (this.#owners[slot] ?? '') : this.#single;
  }

  #enlist(slot: number, channel: string, isLate: boolean): Batch {
    const owner = this.#ownerOf(slot);
    let batch = this.#batches.get(owner);
    if (!batch) {
      const made = { channels: new Map(), isLate, settled: Promise.withResolvers<void>() };
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
    return batch;
  }

  #send(owner: string, batch: Batch): void {
    const { channels, settled } = batch;
    const connection = this.#connections.get(owner);
    if (!connection?.isReady) {
      // When it's there it's asked for all of its channels.
      settled.resolve();
      if (!connection) this.#readOwnersSoon();
      return;
    }
    const timer = setTimeout(() => {
      batch.isLate = true;
      this.#notSubscribed(new Error(`no answer within ${PATIENCE} ms`), sizeOf(channels));
      settled.resolve();
    }, PATIENCE);
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
          if (refusal) this.#sendLater(channels, refusal);
          else if (batch.isLate) this.#resetSoon();
        },
        onLost: () => {
          clearTimeout(timer);
          settled.resolve();
        },
      },
      this.#options.isWanted,
    );
  }

  /** Channels that come back come back in several batches: one reset is enough. */
  #resetSoon(): void {
    if (this.#reset || this.#isClosed) return;
    this.#reset = setTimeout(() => {
      this.#reset = null;
      this.#options.onReset();
    }, RESET_PAUSE);
  }

  #sendLater(channels: Map<number, string[]>, refusal: Error): void {
    this.#notSubscribed(refusal, sizeOf(channels));
    setTimeout(() => {
      if (this.#isClosed) return;
      for (const [slot, names] of channels) for (const name of names) this.#enlist(slot, name, true);
    }, PAUSE).unref();
  }

  #connectTo(owner: string): void {
    if (this.#connections.has(owner)) return;
    const { log, isWanted, onMessage } = this.#options;
    let isAway = false;
    const connection = new Connection({
      address: toAddress(owner),
      login: this.#login,
      onReady: () => {
        if (isAway) log.info({ node: owner }, 'Redis is back');
        isAway = false;
        this.#subscribeAll(owner);
        this.#onReady();
      },
      onLost: (error, lost) => {
        if (!isAway) log.warn({ err: error, node: owner }, 'Redis is away');
        isAway = true;
        this.#notSent(error, lost);
        this.#readOwnersSoon();
      },
      onMessage,
      onUnsubscribed: (channel) => {
        if (isWanted(channel)) this.#enlist(this.#slotOf(channel), channel, true);
      },
      onMoved: (slot, to, channels) => {
        if (!this.#owners || this.#isClosed) return;
        this.#owners[slot] = to;
        this.#connectTo(to);
        for (const channel of channels) this.#enlist(slot, channel, true);
        this.#readOwnersSoon();
      },
      onRefused: (error) => this.#notSent(error),
    });
    this.#connections.set(owner, connection);
  }

  /** A new connection knows no channel. */
  #subscribeAll(owner: string): void {
    for (const channel of this.#options.channels()) {
      const slot = this.#slotOf(channel);
      if (this.#ownerOf(slot) === owner) this.#enlist(slot, channel, true);
    }
  }

  /** In a cluster, what is known of the slots' owners may be old: a node went away or sent us to another. */
  #readOwnersSoon(): void {
    if (!this.#owners || this.#refresh || this.#isClosed) return;
    this.#refresh = setTimeout(async () => {
      try {
        const owners = await readOwners(this.#nodes(), this.#login);
        if (!this.#isClosed) this.#takeOwners(owners);
        this.#refresh = null;
      } catch (error) {
        this.#refresh = null;
        this.#notSubscribed(error as Error);
        this.#readOwnersSoon();
      }
    }, PAUSE).unref();
  }

  /** Whom to ask: those that are there first. */
  #nodes(): RedisAddress[] {
    const known = [...this.#connections].sort(([, one], [, other]) => Number(other.isReady) - Number(one.isReady));
    const { config } = this.#options;
    return [...known.map(([address]) => toAddress(address)), ...('clusterNodes' in config ? config.clusterNodes : [])];
  }

  #takeOwners(owners: SlotOwners): void {
    const before = this.#owners;
    this.#owners = owners;
    for (const owner of owners) if (owner !== undefined) this.#connectTo(owner);
    for (const channel of this.#options.channels()) {
      const slot = slotOf(channel);
      if (owners[slot] !== before?.[slot]) this.#enlist(slot, channel, true);
    }
    const current = new Set(owners);
    for (const [address, connection] of this.#connections) {
      if (current.has(address)) continue;
      this.#connections.delete(address);
      connection.close();
    }
  }
}

function sizeOf(channels: Map<number, string[]>): number {
  let size = 0;
  for (const names of channels.values()) size += names.length;
  return size;
}
