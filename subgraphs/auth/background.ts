import type { Slowdown } from '../../kit/base/slowdown.ts';
import type { Log } from '../../kit/observe/log.ts';
import type { Bus } from '../../kit/redis/bus.ts';
import type { Counters } from '../../kit/redis/counters.ts';
import { type Background, inBackground, repeat, untilDone } from '../../kit/service/background.ts';
import type { Profiles } from './domain/accounts/profiles.ts';
import type { SigningKeys } from './domain/keys/signing-keys.ts';
import type { SessionEnds } from './domain/sessions/ends.ts';
import type { Sessions } from './domain/sessions/sessions.ts';

const SECOND = 1000;
const PROFILE_INTERVAL = 5 * SECOND;

/** Starts auth's repeated work: signing keys, ends of sessions, missing profiles. */
export async function startBackground(parts: {
  keys: SigningKeys;
  ends: SessionEnds;
  sessions: Sessions;
  profiles: Profiles;
  slowdown: Slowdown;
  bus: Bus;
  counters: Counters;
  log: Log;
}): Promise<{ stop(): Promise<void> }> {
  const { keys, ends, sessions, profiles, slowdown, bus, counters, log } = parts;

  async function createMissingProfiles(): Promise<void> {
    // One instance a round, as the counter lets only the first in; all of them while Redis is away, which
    // does no harm.
    const turn = await counters.increment('profile-round', PROFILE_INTERVAL / SECOND - 1);
    if (turn.count <= 1) await profiles.createMissing();
  }

  // Redis may have been lost while no auth was there, or is lost and comes back.
  await untilDone('announce ended sessions', ends.announceAgain, log);
  const stopResets = bus.onReset(() => inBackground('announce ended sessions', ends.announceAgain, log));
  const running: Background[] = [
    repeat('signing keys', 30 * SECOND, keys.refresh, log),
    repeat('announce ended sessions', SECOND, ends.announceMissing, log),
    repeat('sweep sessions', 3600 * SECOND, sessions.sweep, log),
    repeat('missing profiles', PROFILE_INTERVAL, createMissingProfiles, log),
  ];
  return {
    async stop() {
      slowdown.close();
      stopResets();
      await Promise.all(running.map((work) => work.stop()));
    },
  };
}
