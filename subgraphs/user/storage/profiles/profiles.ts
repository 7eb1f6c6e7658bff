import type { Changes } from '../../../../kit/feed/changes.ts';
import type { Page } from '../../../../kit/graph/connections.ts';
import { type Database, fromTime, isDuplicate, Prisma } from '../../../../kit/mysql/database.ts';
import type { WorkQueue } from '../../../../kit/work/queue.ts';
import { subject } from '../../domain/contacts/subjects.ts';
import type { Gender, Profile, ProfileStore, SearchHit } from '../../domain/profiles/profiles.ts';
import { TERMS_VERSION } from '../../domain/profiles/search.ts';
import { tellFriends } from './tell-friends.ts';

/**
 * Greater than every character that text may hold: what begins with a prefix lies between it and it with this
 * behind.
 */
const LAST = '\u{10FFFF}';

/**
 * Without it MySQL also locks the gaps between the terms of different users, and two who change their names
 * at once deadlock.
 */
const TRANSACTION = { isolationLevel: 'ReadCommitted' } as const;

const SELECT = `SELECT id, user_name AS userName, name, bio, gender, region, avatar_file_id AS avatarFileId, created_at AS createdAt
  FROM user_profiles WHERE id IN (?)`;

type ProfileRow = Omit<Profile, 'createdAt'> & { createdAt: string };

/** Profiles and the terms they are found by, in MySQL. */
export function createProfileStore({ prisma, sql, retrying }: Database, feed: Changes, work: WorkQueue): ProfileStore {
  return {
    // With the driver: everything that shows a person comes this way.
    async find(ids) {
      if (ids.length === 0) return [];
      const rows = await sql.query<ProfileRow[]>(SELECT, [ids]);
      return rows.map((row) => ({ ...row, createdAt: fromTime(row.createdAt) }));
    },

    async create(profile, terms) {
      try {
        const [created] = await retrying(() => {
          const create = prisma.userProfile.create({ data: { ...profile, termsVersion: TERMS_VERSION } });
          const addTerms = prisma.userSearchTerm.createMany({ data: termRows(profile.id, terms) });
          return prisma.$transaction([create, addTerms], TRANSACTION);
        });
        return { profile: toProfile(created), isNew: true };
      } catch (error) {
        if (!isDuplicate(error)) throw error;
        const there = await prisma.userProfile.findUniqueOrThrow({ where: { id: profile.id } });
        return { profile: toProfile(there), isNew: false };
      }
    },

    async update(id, changes, terms) {
      const { row, heads } = await retrying(() =>
        prisma.$transaction(async (transaction) => {
          // The profile first: its row lock keeps two changes of one name from mixing their terms.
          const data = terms === null ? changes : { ...changes, termsVersion: TERMS_VERSION };
          const changed = await transaction.userProfile.update({ where: { id }, data });
          if (terms !== null) {
            await transaction.userSearchTerm.deleteMany({ where: { userId: id } });
            await transaction.userSearchTerm.createMany({ data: termRows(id, terms) });
          }
          const own = await feed.record(transaction, [{ userId: id, subject: subject('profile', id) }]);
          // Thousands of friends are told afterwards: nobody waits for their rows.
          await work.enqueue(transaction, [tellFriends(id, own)]);
          return { row: changed, heads: own };
        }, TRANSACTION),
      );
      feed.announce(heads);
      work.wake();
      return toProfile(row);
    },

    search: (prefix, page) => prisma.$queryRaw<SearchHit[]>(searchQuery(prefix, page)),
  };
}

function toProfile(row: Omit<Profile, 'gender'> & { gender: string | null; termsVersion: number }): Profile {
  const { termsVersion: _, gender, ...profile } = row;
  return { ...profile, gender: gender as Gender | null };
}

function termRows(userId: string, terms: readonly string[]) {
  return terms.map((term) => ({ term, userId }));
}

/**
 * One range of the primary key (term, user_id), read in its order. No LIKE, so nothing has to be escaped. A
 * user whom several terms match is taken at the first of them only: each row costs one look into the index
 * (user_id, term), however many users match.
 */
function searchQuery(prefix: string, { direction, from, limit }: Page<SearchHit>): ReturnType<typeof Prisma.sql> {
  const [beyond, order] =
    direction === 'forward' ? [Prisma.raw('>'), Prisma.raw('ASC')] : [Prisma.raw('<'), Prisma.raw('DESC')];
  const onPage = from
    ? Prisma.sql`AND (t.term ${beyond} ${from.term} OR (t.term = ${from.term} AND t.user_id ${beyond} ${from.userId}))`
    : Prisma.empty;
  return Prisma.sql`
    SELECT t.term AS term, t.user_id AS userId FROM user_search_terms t
    WHERE t.term >= ${prefix} AND t.term < ${prefix + LAST} ${onPage}
      AND NOT EXISTS (
        SELECT 1 FROM user_search_terms s WHERE s.user_id = t.user_id AND s.term >= ${prefix} AND s.term < t.term
      )
    ORDER BY t.term ${order}, t.user_id ${order} LIMIT ${limit + 1}`;
}
