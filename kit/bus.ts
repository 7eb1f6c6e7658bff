import type { RedisConfig } from './config.ts';
import type { Log } from './log.ts';
import { createRedis, type Redis } from './redis.ts';

/**
 * Redis pub/sub. Messages are hints that may be lost: whoever needs the truth reads it from its source after a hint, and again after `onReset`.
 * Channels are sharded (SSUBSCRIBE, SPUBLISH), so a Redis Cluster spreads them.
 */
export interface Bus {
  /** Sends to all who subscribe now. Failure is logged, not thrown: the hint is then lost like any other. */
  publish(channel: string, message: string): void;
  /** Calls back for each message from when the promise settles; returns a function that ends it. */
  subscribe(channel: string, callback: (message: string) => void): Promise<() => void>;
  /** Calls back after the connection was broken and is there again: anything may have been missed. */
  onReset(callback: () => void): () => void;
  close(): void;
}

export async function createBus(config: RedisConfig, namespace: string, log: Log): Promise<Bus> {
  const publisher = createRedis(config, log, 'bus-publisher');
  const subscriber = createRedis(config, log, 'bus-subscriber');
  const channels = new Map<string, Set<(message: string) => void>>();
  const resets = new Set<() => void>();
  const full = (channel: string) => `${namespace}:${channel}`;
  let connectedBefore = false;

  subscriber.on('smessage', (channel: string, message: string) => {
    for (const callback of channels.get(channel) ?? []) callback(message);
  });
  subscriber.on('ready', () => {
    if (!connectedBefore) {
      connectedBefore = true;
      return;
    }
    // A new connection knows no channel, and one asked for while it was down may have failed: ask for all.
    void Promise.all([...channels.keys()].map((channel) => subscribeNow(subscriber, channel, log))).then(() => {
      for (const callback of resets) callback();
    });
  });
  await Promise.all([publisher.connect(), subscriber.connect()]);

  return {
    publish(channel, message) {
      publisher
        .spublish(full(channel), message)
        .catch((error) => log.warn({ err: error, channel }, 'a hint was not sent'));
    },
    async subscribe(channel, callback) {
      const name = full(channel);
      const callbacks = channels.get(name);
      if (callbacks) callbacks.add(callback);
      else channels.set(name, new Set([callback]));
      // Also where the channel is known: its first subscriber may still be waiting for Redis to confirm.
      await subscribeNow(subscriber, name, log);
      return () => {
        const left = channels.get(name);
        left?.delete(callback);
        if (left?.size !== 0) return;
        channels.delete(name);
        subscriber.sunsubscribe(name).catch(() => {});
      };
    },
    onReset(callback) {
      resets.add(callback);
      return () => resets.delete(callback);
    },
    close() {
      publisher.disconnect();
      subscriber.disconnect();
    },
  };
}

/** Subscribes if the connection is there; if not, the `ready` handler does so later. */
async function subscribeNow(subscriber: Redis, channel: string, log: Log): Promise<void> {
  try {
    await subscriber.ssubscribe(channel);
  } catch (error) {
    log.warn({ err: error, channel }, 'Redis is away; subscribing when it is back');
  }
}
