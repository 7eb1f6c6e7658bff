import { createChanges } from '../../kit/feed/changes.ts';
import { createFeed } from '../../kit/feed/feed.ts';
import { startSubgraph } from '../../kit/service/subgraph.ts';
import { createWorkQueue } from '../../kit/work/queue.ts';
import { startBackground } from './background.ts';
import { readUserConfig } from './config.ts';
import { createContext, type Domain } from './context.ts';
import { createBlocks } from './domain/blocks/blocks.ts';
import { createFriends } from './domain/friends/friends.ts';
import { createFriendRequests } from './domain/friends/requests.ts';
import { createProfiles } from './domain/profiles/profiles.ts';
import { resolvers } from './resolvers/index.ts';
import { createBlockStore } from './storage/blocks/blocks.ts';
import { createPairStore } from './storage/contacts/pairs.ts';
import { createFriendStore } from './storage/friends/friends.ts';
import { createFileService } from './storage/profiles/file-service.ts';
import { createProfileStore } from './storage/profiles/profiles.ts';

await startSubgraph('user', () => {
  const config = readUserConfig();
  return {
    port: config.port,
    schema: new URL('./schema/', import.meta.url),
    resolvers,
    open({ database, services, bus, revocations, log }) {
      const changes = createChanges('user', database, bus);
      const queue = createWorkQueue('user', database);
      const profileStore = createProfileStore(database, changes, queue);
      const store = createFriendStore(database);
      const blockStore = createBlockStore(database);
      const pairs = createPairStore(database, changes);
      const asking = { store, pairs, profiles: profileStore, askAgainHours: config.askAgainHours, log };
      const domain: Domain = {
        profiles: createProfiles(profileStore, createFileService(services), log),
        friends: createFriends({ store, blocks: blockStore, pairs, log }),
        friendRequests: createFriendRequests(asking),
        blocks: createBlocks({ store: blockStore, pairs, profiles: profileStore, log }),
        feed: createFeed({ changes, bus, sessions: revocations, log }),
      };
      const background = startBackground({ database, changes, queue, log });
      return {
        context: (caller) => createContext(caller, domain),
        health: { feed: () => domain.feed.counts() },
        close() {
          domain.feed.close();
          return background.stop();
        },
      };
    },
  };
});
