import { repeat } from '../../kit/service/background.ts';
import { startSubgraph } from '../../kit/service/subgraph.ts';
import { readUserConfig } from './config.ts';
import { createContext } from './context.ts';
import { createFriends } from './domain/friends/friends.ts';
import { createProfiles } from './domain/profiles/profiles.ts';
import { renewSearchTerms } from './domain/profiles/search-terms.ts';
import { resolvers } from './resolvers/index.ts';
import { createFriendStore } from './storage/friends/friends.ts';
import { createFileService } from './storage/profiles/file-service.ts';
import { createProfileStore } from './storage/profiles/profiles.ts';
import { createTermStore } from './storage/profiles/search-terms.ts';

const RENEWAL_INTERVAL = 10 * 60_000;

await startSubgraph('user', () => {
  const config = readUserConfig();
  return {
    port: config.port,
    schema: new URL('./schema/', import.meta.url),
    resolvers,
    open({ database, services, log }) {
      const profileStore = createProfileStore(database);
      const profiles = createProfiles(profileStore, createFileService(services), log);
      const friends = createFriends(createFriendStore(database), profileStore, config.askAgainHours, log);
      const terms = createTermStore(database);
      const renew = (stopping: AbortSignal) => renewSearchTerms(terms, log, stopping);
      const renewal = repeat('renew search terms', RENEWAL_INTERVAL, renew, log);
      renewal.now();
      return { context: (caller) => createContext(caller, profiles, friends), close: () => renewal.stop() };
    },
  };
});
