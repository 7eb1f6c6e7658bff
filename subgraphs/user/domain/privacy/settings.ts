import { z } from 'zod';
import { parseInput } from '../../../../kit/base/input.ts';
import { type Caller, requireViewer } from '../../../../kit/identity/caller.ts';
import type { Log } from '../../../../kit/observe/log.ts';
import { maySeeSettingsOf } from '../policies.ts';

const AUDIENCES = ['EVERYONE', 'FRIENDS', 'NOBODY'] as const;
export type Audience = (typeof AUDIENCES)[number];

/** The settings of whoever has chosen nothing. */
export const DEFAULTS = {
  whoMayAsk: 'EVERYONE',
  whoMayAddToGroups: 'FRIENDS',
  whoMayWrite: 'FRIENDS',
  whoMaySeePresence: 'FRIENDS',
  whoMaySeeLastSeen: 'FRIENDS',
  whoMaySeeReceipts: 'EVERYONE',
  whoMaySeeTyping: 'EVERYONE',
  whoMayFind: 'EVERYONE',
} as const satisfies Record<string, Audience>;

export type Setting = keyof typeof DEFAULTS;
/** Whom a user lets do what. */
export type PrivacySettings = Record<Setting, Audience>;

export const SETTINGS = Object.keys(DEFAULTS) as Setting[];

export interface PrivacyStore {
  /** The settings of those of the ids that are users, by their ids. */
  find(ids: readonly string[]): Promise<Map<string, PrivacySettings>>;
  /**
   * Changes some settings of a user, and tells their devices. Changes of what is between the user and
   * somebody else come before or after it, never amid it. @throws NotFound
   */
  update(userId: string, changes: Partial<PrivacySettings>): Promise<PrivacySettings>;
}

const settingsInput = z.partialRecord(z.enum(SETTINGS), z.enum(AUDIENCES).nullable());

/** Privacy settings: only their owner reads and changes them. */
export interface Privacy {
  /** The settings of those of the ids that are the viewer's. */
  find(caller: Caller, ids: readonly string[]): Promise<OwnSettings[]>;
  /** Changes the viewer's. All of them, as they are then. @throws Unauthenticated, InvalidInput, NotFound */
  update(caller: Caller, input: unknown): Promise<PrivacySettings>;
}

/** The settings of a user, for that user. */
export interface OwnSettings {
  userId: string;
  settings: PrivacySettings;
}

export function createPrivacy(store: PrivacyStore, log: Log): Privacy {
  return {
    async find(caller, ids) {
      const found = await store.find(ids.filter((id) => maySeeSettingsOf(caller, id)));
      return [...found].map(([userId, settings]) => ({ userId, settings }));
    },

    async update(caller, input) {
      const { userId } = requireViewer(caller);
      const given = Object.entries(parseInput(settingsInput, input)).filter(([, audience]) => audience !== null);
      const settings = await store.update(userId, Object.fromEntries(given));
      log.info({ userId, settings: given.map(([setting]) => setting) }, 'privacy settings changed');
      return settings;
    },
  };
}
