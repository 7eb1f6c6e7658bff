import { addressOf, type RedisAddress, type RedisConfig, toAddress } from '../../base/config.ts';
import { pause } from '../../base/pause.ts';
import type { Log } from '../../observe/log.ts';
import { counter } from '../../observe/metrics.ts';
import { loginOf, type RedisLogin } from '../login.ts';
import { Connection } from './connection.ts';
import { createLogThrottle } from './log-throttle.ts';
import { readOwners, type SlotOwners, slotOf } from './slots.ts';
import { type BatchOwner, SubscriptionBatches } from './subscription-batches.ts';

/** Longest wait of the start for nodes that don't answer, in ms. */
const START_PATIENCE_MS = 4_000;
/** Pause before the owners of the slots are read again, in ms. */
const RETRY_MS = 500;

const lost = counter(
  'beaver_hints_lost_total',
  'Hints that were not sent, or not taken: what they told is found at the next look.',
);

export interface ShardsOptions {
  config: RedisConfig;
  log: Log;
  /** All channels that are wanted. */
  channels(): Iterable<string>;
  isWanted(channel: string): boolean;
  onMessage(channel: string, message: string): void;
  /** Channels are subscribed that may have missed messages. */
  onReset(): void;
}

/**
 * Nodes of Redis and the channels that each has: one Redis, or the masters of a cluster. Slots move, masters
 * fail over; the channels follow.
 */
export class Shards implements BatchOwner {
  readonly #options: ShardsOptions;
  readonly #login: RedisLogin;
  readonly #connections = new Map<string, Connection>();
  readonly #batches: SubscriptionBatches;
  /** By slot; null where there is one Redis. */
  #owners: SlotOwners | null = null;
  #single = '';
  #isClosed = false;
  #refresh: NodeJS.Timeout | null = null;
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
    this.#batches = new SubscriptionBatches(this, this.#notSubscribed);
  }

  /**
   * Connects to the nodes. Resolves when all are connected, or after `START_PATIENCE_MS` when at least one
   * is.
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
      }, START_PATIENCE_MS);
      this.#onReady = look;
    });
  }

  async #firstOwners(nodes: RedisAddress[]): Promise<SlotOwners> {
    for (;;) {
      try {
        return await readOwners(nodes, this.#login);
      } catch (error) {
        this.#notSubscribed(error as Error);
        await pause(RETRY_MS);
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
    const isSent = this.#connections.get(this.ownerOf(this.#slotOf(channel)))?.publish(channel, message);
    if (!isSent) this.#notSent(new Error('Redis is away'));
  }

  /**
   * Subscribes to a channel that is wanted, unsubscribes from one that is not. Resolves when that is done, or
   * cannot be done now: it is done later then, and followed by a reset.
   */
  settle(channel: string): Promise<void> {
    return this.#batches.add(this.#slotOf(channel), channel, false);
  }

  close(): void {
    this.#isClosed = true;
    if (this.#refresh) clearTimeout(this.#refresh);
    this.#batches.close();
    for (const connection of this.#connections.values()) connection.close();
  }

  // One Redis takes channels of all slots in one command, so they count as one slot.
  #slotOf(channel: string): number {
    return this.#owners ? slotOf(channel) : 0;
  }

  ownerOf(slot: number): string {
    return this.#owners ? (this.#owners[slot] ?? '') : this.#single;
  }

  connectionTo(owner: string): Connection | undefined {
    return this.#connections.get(owner);
  }

  isWanted(channel: string): boolean {
    return this.#options.isWanted(channel);
  }

  onUnknownOwner(): void {
    this.#readOwnersSoon();
  }

  onReset(): void {
    this.#options.onReset();
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
        if (isWanted(channel)) void this.#batches.add(this.#slotOf(channel), channel, true);
      },
      onMoved: (slot, to, channels) => {
        if (!this.#owners || this.#isClosed) return;
        this.#owners[slot] = to;
        this.#connectTo(to);
        for (const channel of channels) void this.#batches.add(slot, channel, true);
        this.#readOwnersSoon();
      },
      onRefused: (error) => this.#notSent(error),
    });
    this.#connections.set(owner, connection);
  }

  /** Subscribes a new connection to all channels of its node. */
  #subscribeAll(owner: string): void {
    for (const channel of this.#options.channels()) {
      const slot = this.#slotOf(channel);
      if (this.ownerOf(slot) === owner) void this.#batches.add(slot, channel, true);
    }
  }

  /** Reads the owners of the slots again, after a node went away or sent us to another. */
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
    }, RETRY_MS).unref();
  }

  /** Nodes to ask for the owners, connected ones first. */
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
      if (owners[slot] !== before?.[slot]) void this.#batches.add(slot, channel, true);
    }
    const current = new Set(owners);
    for (const [address, connection] of this.#connections) {
      if (current.has(address)) continue;
      this.#connections.delete(address);
      connection.close();
    }
  }
}
