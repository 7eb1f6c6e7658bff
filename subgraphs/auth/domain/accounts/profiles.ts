import { Unavailable } from '../../../../kit/base/errors.ts';
import { within } from '../../../../kit/base/pause.ts';
import type { Log } from '../../../../kit/observe/log.ts';

/** How long a registration waits for the profile, in ms; the profile is then made in the background. */
const PATIENCE = 2_000;
/** Accounts this young may have a registration at work on their profile, in ms. */
const YOUNG = 5_000;
const PAGE = 100;

export interface NewProfile {
  id: string;
  userName: string;
}

export interface PendingProfiles {
  /** Accounts without a profile that are older than `before`, in id order from after `after`. */
  list(before: Date, after: string, limit: number): Promise<NewProfile[]>;
  done(id: string, at: Date): Promise<void>;
}

/** The user service. Creating a profile that is there succeeds. */
export interface UserService {
  /** @throws Unavailable where it is away, Error where it refuses */
  create(profile: NewProfile): Promise<void>;
}

/**
 * Each account gets a profile in the user service: at registration where that answers, else as soon as it
 * does.
 */
export interface Profiles {
  /** Makes the profile of a new account. Never throws, and returns after two seconds at the latest. */
  createSoon(profile: NewProfile): Promise<void>;
  /** Makes the profiles that are missing; ends early where the user service is away. */
  createMissing(): Promise<void>;
}

export function createProfiles(pending: PendingProfiles, service: UserService, log: Log): Profiles {
  async function create(profile: NewProfile): Promise<void> {
    await service.create(profile);
    await pending.done(profile.id, new Date());
    log.info({ userId: profile.id }, 'register: profile created');
  }

  return {
    async createSoon(profile) {
      const created = create(profile).catch((error) =>
        log.warn({ err: error, userId: profile.id }, 'register: the profile will be created later'),
      );
      await within(PATIENCE, created).catch(() => undefined);
    },

    async createMissing() {
      const before = new Date(Date.now() - YOUNG);
      let after = '';
      for (;;) {
        const page = await pending.list(before, after, PAGE);
        for (const profile of page) {
          try {
            await create(profile);
          } catch (error) {
            if (error instanceof Unavailable) return;
            // The next may succeed: one that is refused must not hold up the rest.
            log.error({ err: error, userId: profile.id }, 'register: the profile could not be created');
          }
          after = profile.id;
        }
        if (page.length < PAGE) return;
      }
    },
  };
}
