import { z } from 'zod';
import { NotFound } from '../../../../kit/base/errors.ts';
import { isId } from '../../../../kit/base/ids.ts';
import { id, label, optional, optionalText, parseInput } from '../../../../kit/base/input.ts';
import type { Page } from '../../../../kit/graph/connections.ts';
import { type Caller, requireViewer } from '../../../../kit/identity/caller.ts';
import type { Log } from '../../../../kit/observe/log.ts';
import { requireProfileMaker, requireReader } from '../policies.ts';
import type { Reach } from '../privacy/reach.ts';
import { fold, searchTerms } from './search.ts';

export type Gender = 'FEMALE' | 'MALE' | 'OTHER';

/** What a user shows to others. */
export interface Profile {
  id: string;
  userName: string;
  name: string;
  bio: string | null;
  gender: Gender | null;
  region: string | null;
  avatarFileId: string | null;
  createdAt: Date;
}

/** A user that a search found, and by which term; the list is sorted by both. */
export interface SearchHit {
  term: string;
  userId: string;
}

export interface ProfileStore {
  /** Those of the ids that have a profile, in any order. */
  find(ids: readonly string[]): Promise<Profile[]>;
  /**
   * Stores a profile with its search terms; one that has the id already stays. The profile that is there
   * then, and whether it is new.
   */
  create(profile: Profile, terms: readonly string[]): Promise<{ profile: Profile; isNew: boolean }>;
  /**
   * Changes a profile that is there, and tells its owner and their friends. `terms`: its new search terms,
   * null where they stay.
   */
  update(id: string, changes: ProfileChanges, terms: readonly string[] | null): Promise<Profile>;
  /**
   * Users one of whose terms begins with `prefix`, each once, by the first such term. Sorted by term, then
   * user id.
   */
  search(prefix: string, page: Page<SearchHit>): Promise<SearchHit[]>;
}

/** The file service. */
export interface FileService {
  /**
   * Makes a file the avatar of its owner. Doing it again changes nothing.
   * @throws InvalidInput where the file cannot be one; Unavailable
   */
  attachAvatar(userId: string, fileId: string): Promise<void>;
}

/** The fewest users that a search reads at once: some of them may not be found by everybody. */
const SEARCH_SIZE = 50;

const nameRule = label('The name', 50);

const profileChanges = z.object({
  name: nameRule.optional(),
  bio: optionalText('The bio', 500),
  gender: z.enum(['FEMALE', 'MALE', 'OTHER']).nullish(),
  region: optional(label('The region', 50)),
  avatarFileId: optional(id('file', 'The file id')),
});
export type ProfileChanges = z.output<typeof profileChanges>;

// auth has the rule for user names; here they only have to fit.
const newProfile = z.object({ id: id('user', 'The user id'), userName: label('The user name', 32), name: nameRule });
const searchText = z.object({ text: label('The text', 50) });

/** Profiles: everybody who is signed in may read them, and only their owner changes one. */
export interface Profiles {
  /** Those of the ids that have a profile. @throws Unauthenticated unless a user or a service asks */
  find(caller: Caller, ids: readonly string[]): Promise<Profile[]>;
  /** Changes the viewer's profile. @throws Unauthenticated, InvalidInput, NotFound, Unavailable */
  update(caller: Caller, input: unknown): Promise<Profile>;
  /** A page of the users that a text finds. @throws Unauthenticated, InvalidInput */
  search(caller: Caller, text: string, page: Page<SearchHit>): Promise<SearchHit[]>;
  /**
   * The profile of a new account, for auth, which may ask again until it knows that it is there. @throws
   * Forbidden, InvalidInput
   */
  create(caller: Caller, input: unknown): Promise<Profile>;
}

export function createProfiles(ports: {
  store: ProfileStore;
  files: FileService;
  reach: Pick<Reach, 'among'>;
  log: Log;
}): Profiles {
  const { store, files, reach, log } = ports;

  /** Reads on until the page is full of users whom this one may find, and one more where there is one. */
  async function search(userId: string, prefix: string, { limit, ...page }: Page<SearchHit>): Promise<SearchHit[]> {
    const found: SearchHit[] = [];
    const size = Math.max(limit, SEARCH_SIZE);
    let hits: SearchHit[] = [];
    do {
      hits = await store.search(prefix, { ...page, limit: size, from: hits.at(-1) ?? page.from });
      const ids = hits.map((hit) => hit.userId);
      const findable = await reach.among('FIND', userId, ids);
      found.push(...hits.filter((hit) => findable.has(hit.userId)));
    } while (found.length <= limit && hits.length > size);
    return found.slice(0, limit + 1);
  }

  return {
    async find(caller, ids) {
      requireReader(caller);
      return store.find(ids.filter((id) => isId('user', id)));
    },

    async update(caller, input) {
      const { userId } = requireViewer(caller);
      const changes = parseInput(profileChanges, input);
      const [profile] = await store.find([userId]);
      if (!profile) throw new NotFound('profile');
      const { name, avatarFileId } = changes;
      if (avatarFileId && avatarFileId !== profile.avatarFileId) await files.attachAvatar(userId, avatarFileId);
      const terms = name === undefined ? null : searchTerms(profile.userName, name);
      const changed = await store.update(userId, changes, terms);
      log.info({ userId, fields: Object.keys(changes) }, 'profile changed');
      return changed;
    },

    async search(caller, text, page) {
      const { userId } = requireViewer(caller);
      const prefix = fold(parseInput(searchText, { text }).text);
      // Every term begins with nothing.
      return prefix === '' ? [] : search(userId, prefix, page);
    },

    async create(caller, input) {
      requireProfileMaker(caller);
      const given = parseInput(newProfile, input);
      const profile = { ...given, bio: null, gender: null, region: null, avatarFileId: null, createdAt: new Date() };
      const stored = await store.create(profile, searchTerms(given.userName, given.name));
      if (stored.isNew) log.info({ userId: given.id }, 'profile created');
      return stored.profile;
    },
  };
}
