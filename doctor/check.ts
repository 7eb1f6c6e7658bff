/*
 * What a check is, and how it says what it found. A finding names what is wrong, where, and the command that
 * mends it; never a secret.
 */
import type { World } from './world.ts';

/** `skipped`: it could not be looked at, because of what another check found. */
export type Status = 'ok' | 'warning' | 'failing' | 'skipped';

/** What a check found in one place. */
export interface Found {
  status: Status;
  /** Whole sentences. */
  message: string;
  /** `host:port`, a variable, a file. */
  where?: string | undefined;
  /** The check whose finding kept this one from looking. */
  because?: string;
  /** Commands that mend it, or show more. */
  commands?: readonly string[];
}

export interface Check {
  /** `<family>.<what>`: stable, documented in docs/doctor.md. */
  id: string;
  /** Checks without which this one has nothing to look at. */
  needs?: readonly string[];
  look(world: World): Promise<Found | readonly Found[]> | Found | readonly Found[];
}

export const ok = (message: string, where?: string): Found => ({ status: 'ok', message, where });
export const skipped = (message: string, where?: string): Found => ({ status: 'skipped', message, where });
export const warning = (message: string, where: string, ...commands: string[]): Found => ({
  status: 'warning',
  message,
  where,
  commands,
});
export const failing = (message: string, where: string, ...commands: string[]): Found => ({
  status: 'failing',
  message,
  where,
  commands,
});
