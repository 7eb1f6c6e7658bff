import { CLOCK_TOLERANCE_SECONDS } from '../kit/identity/tokens.ts';
import { type Found, failing, ok, warning } from './check.ts';

/** A difference that does no harm yet, in ms. */
const NOTICED = 5_000;

/**
 * Tokens are valid by the clock of their signer and are verified by another: a minute between them is too
 * much.
 */
export function judgeClock(who: string, aheadMs: number, where: string): Found {
  const seconds = Math.abs(aheadMs / 1000);
  const difference = `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`;
  if (seconds * 1000 < NOTICED) return ok(`The clock of ${who} agrees with that of this host (${difference}).`, where);
  const message = `The clock of ${who} is ${difference} ${aheadMs > 0 ? 'ahead of' : 'behind'} that of this host.`;
  const commands = ['timedatectl set-ntp true', 'chronyc makestep', 'date -u'];
  return seconds < CLOCK_TOLERANCE_SECONDS
    ? warning(`${message} Set both by NTP.`, where, ...commands)
    : failing(`${message} Tokens are refused as expired, or live too long: set both by NTP.`, where, ...commands);
}
