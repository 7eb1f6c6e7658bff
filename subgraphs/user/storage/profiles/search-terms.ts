import type { Database } from '../../../../kit/mysql/database.ts';
import type { TermStore } from '../../domain/profiles/search-terms.ts';

/** The terms of user_search_terms that were made by earlier rules. */
export function createTermStore({ sql, transaction: inTransaction }: Database): TermStore {
  return {
    async outdated(version, limit) {
      const rows = await sql.query<{ id: string }[]>(
        'SELECT id FROM user_profiles WHERE terms_version < ? ORDER BY terms_version, id LIMIT ?',
        [version, limit],
      );
      return rows.map(({ id }) => id);
    },

    renew: (id, version, termsOf) =>
      inTransaction(async (transaction) => {
        // The profile first, as whoever changes a name does: its lock keeps two changes from mixing their
        // terms.
        const [profile] = await transaction.query<{ userName: string; name: string }[]>(
          'SELECT user_name AS userName, name FROM user_profiles WHERE id = ? AND terms_version < ? FOR UPDATE',
          [id, version],
        );
        if (!profile) return;
        const terms = termsOf(profile.userName, profile.name);
        await transaction.query('DELETE FROM user_search_terms WHERE user_id = ?', [id]);
        await transaction.query(
          `INSERT INTO user_search_terms (term, user_id) VALUES ${terms.map(() => '(?, ?)').join(', ')}`,
          terms.flatMap((term) => [term, id]),
        );
        await transaction.query('UPDATE user_profiles SET terms_version = ? WHERE id = ?', [version, id]);
      }),
  };
}
