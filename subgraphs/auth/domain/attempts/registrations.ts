import { RateLimited } from '../../../../kit/base/errors.ts';
import type { AttemptCounters } from './attempts.ts';
import { shortHash } from './networks.ts';

const HOUR = 60 * 60;

/**
 * Bounds what one network address registers in an hour. It bounds mass accounts, and how fast somebody finds
 * out by `EmailTaken` which e-mail addresses have an account.
 */
export interface RegistrationLimit {
  /** Counts a registration, whatever comes of it. @throws RateLimited */
  take(address: string | null): Promise<void>;
}

export function createRegistrationLimit(
  counters: Pick<AttemptCounters, 'increment'>,
  perHour: number,
): RegistrationLimit {
  return {
    async take(address) {
      const { count, secondsLeft } = await counters.increment(`registrations:${shortHash(`${address}`)}`, HOUR);
      if (count <= perHour) return;
      const minutes = Math.max(1, Math.ceil(secondsLeft / 60));
      const message = `There were too many registrations from your network. Try again in ${minutes} min.`;
      throw new RateLimited(message, Math.max(1, secondsLeft));
    },
  };
}
