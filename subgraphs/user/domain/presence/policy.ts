import type { Reach } from '../privacy/reach.ts';
import type { PresencePolicy } from './ports.ts';

/** People see of each other's presence what privacy settings, friendships and blocks let them see. */
export function createPresencePolicy(reach: Pick<Reach, 'mayEach'>): PresencePolicy {
  return {
    async sights(pairs) {
      const [presence, lastSeen] = await reach.mayEach(['SEE_PRESENCE', 'SEE_LAST_SEEN'], pairs);
      return pairs.map((_, at) => ({ presence: presence?.[at] === true, lastSeen: lastSeen?.[at] === true }));
    },
  };
}
