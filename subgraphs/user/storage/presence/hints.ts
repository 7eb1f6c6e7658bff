import type { Bus } from '../../../../kit/redis/bus.ts';
import type { PresenceHint, PresenceHints } from '../../domain/presence/ports.ts';

/** What instances tell each other of the presence of people, by Redis pub/sub. */
export function createPresenceHints(bus: Bus): PresenceHints {
  const channel = (userId: string) => `user:presence:${userId}`;
  return {
    publish: (userId, hint) => bus.publish(channel(userId), JSON.stringify(hint)),
    subscribe: (userId, callback) =>
      bus.subscribe(channel(userId), (message) => callback(JSON.parse(message) as PresenceHint)),
    onReset: (callback) => bus.onReset(callback),
  };
}
