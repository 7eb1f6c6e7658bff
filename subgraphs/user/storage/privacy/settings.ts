import { NotFound } from '../../../../kit/base/errors.ts';
import type { Changes } from '../../../../kit/feed/changes.ts';
import type { Database } from '../../../../kit/mysql/database.ts';
import { subject } from '../../domain/contacts/subjects.ts';
import type { PresenceHints } from '../../domain/presence/ports.ts';
import type { PrivacyStore } from '../../domain/privacy/settings.ts';
import { SETTING_COLUMNS, type SettingsRow, toSettings } from './rows.ts';

/** Privacy settings in MySQL. */
export function createPrivacyStore(
  { prisma, sql, retrying }: Database,
  feed: Changes,
  hints: Pick<PresenceHints, 'publish'>,
): PrivacyStore {
  return {
    async find(ids) {
      if (ids.length === 0) return new Map();
      const rows = await sql.query<SettingsRow[]>(
        `SELECT p.id AS userId, ${SETTING_COLUMNS}
         FROM user_profiles p LEFT JOIN user_privacy_settings s ON s.user_id = p.id WHERE p.id IN (?)`,
        [ids],
      );
      return new Map(rows.map((row) => [row.userId, toSettings(row)]));
    },

    async update(userId, changes) {
      const { row, heads } = await retrying(() =>
        prisma.$transaction(
          async (transaction) => {
            // The profile's lock, as for whatever concerns two people: whoever asks meanwhile waits, and then
            // reads the new settings.
            const found = await transaction.$queryRaw<unknown[]>`
              SELECT id FROM user_profiles WHERE id = ${userId} FOR UPDATE`;
            if (found.length === 0) throw new NotFound('profile');
            const changed = await transaction.userPrivacySettings.upsert({
              where: { userId },
              create: { userId, ...changes },
              update: changes,
            });
            return {
              row: changed,
              heads: await feed.record(transaction, [{ userId, subject: subject('settings', userId) }]),
            };
          },
          { isolationLevel: 'ReadCommitted' },
        ),
      );
      feed.announce(heads);
      hints.publish(userId, 'AUDIENCE');
      return toSettings(row);
    },
  };
}
