import type { RedisConfig } from '../base/config.ts';
import type { Log } from '../observe/log.ts';
import { counter, gauge } from '../observe/metrics.ts';
import { Shards } from './pubsub/shards.ts';

/**
 * Redis pub/sub. Messages are hints that may be lost: whoever needs the truth reads it from its source after
 * a hint, and again after `onReset`. Channels are sharded (SSUBSCRIBE, SPUBLISH), so a Redis Cluster spreads
 * them.
 */
export interface Bus {
  /** Sends to all who subscribe now. Failure is logged, not thrown: the hint is then lost like any other. */
  publish(channel: string, message: string): void;
  /**
   * Calls back for each message from when the promise settles; returns a function that ends it. The name is
   * ASCII, without braces.
   */
  subscribe(channel: string, callback: Callback): Promise<() => void>;
  /**
   * Calls back after a connection was broken and is there again, or a channel moved: anything may have been
   * missed.
   */
  onReset(callback: () => void): () => void;
  close(): void;
}

type Callback = (message: string) => void;

const sent = counter('beaver_hints_sent_total', 'Hints that were published, or would have been.').of();
const received = counter('beaver_hints_received_total', 'Hints that somebody here had subscribed to.').of();
const resets = counter(
  'beaver_bus_resets_total',
  'How often hints may have been missed, so that all was looked at again.',
);

export async function createBus(config: RedisConfig, namespace: string, log: Log): Promise<Bus> {
  // Most channels have one callback, and there are many thousands: a set only where there are more.
  const channels = new Map<string, Callback | Set<Callback>>();
  const onResets = new Set<() => void>();
  const full = (channel: string) => `${namespace}:${channel}`;
  const call = (callback: Callback, message: string) => {
    try {
      callback(message);
    } catch (error) {
      log.error({ err: error }, 'a hint could not be taken');
    }
  };

  const shards = new Shards({
    config,
    log,
    channels: () => channels.keys(),
    isWanted: (channel) => channels.has(channel),
    onMessage(channel, message) {
      received.count += 1;
      const callbacks = channels.get(channel);
      if (callbacks instanceof Set) for (const callback of callbacks) call(callback, message);
      else if (callbacks) call(callbacks, message);
    },
    onReset() {
      resets.add();
      for (const callback of onResets) callback();
    },
  });
  gauge('beaver_bus_channels', 'Channels that are subscribed, or wanted.', () => channels.size);
  gauge('beaver_bus_nodes', 'Nodes of Redis by whether the connection for hints is there.', 'state', () =>
    shards.nodes(),
  );
  gauge(
    'beaver_hints_waiting_bytes',
    'Hints that are not yet with the network: it grows where a Redis reads slowly.',
    () => shards.waitingBytes(),
  );
  await shards.open();

  const remove = (name: string, callback: Callback) => {
    const callbacks = channels.get(name);
    if (callbacks instanceof Set && callbacks.delete(callback) && callbacks.size > 0) return;
    if (callbacks !== callback && !(callbacks instanceof Set && callbacks.size === 0)) return;
    channels.delete(name);
    void shards.settle(name);
  };

  return {
    publish(channel, message) {
      sent.count += 1;
      shards.publish(full(channel), message);
    },
    async subscribe(channel, callback) {
      const name = full(channel);
      const callbacks = channels.get(name);
      if (callbacks instanceof Set) callbacks.add(callback);
      else channels.set(name, callbacks && callbacks !== callback ? new Set([callbacks, callback]) : callback);
      // Also where the channel is known: its first subscriber may still be waiting for Redis to confirm.
      await shards.settle(name);
      return () => remove(name, callback);
    },
    onReset(callback) {
      onResets.add(callback);
      return () => onResets.delete(callback);
    },
    close: () => shards.close(),
  };
}
