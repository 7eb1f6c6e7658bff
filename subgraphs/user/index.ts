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
import { createReach } from './domain/privacy/reach.ts';
import { createPrivacy } from './domain/privacy/settings.ts';
import { createProfiles } from './domain/profiles/profiles.ts';
import { resolvers } from './resolvers/index.ts';
import { createFileService } from './storage/profiles/file-service.ts';
import { createStores } from './storage/stores.ts';

await startSubgraph('user', () => {
  const config = readUserConfig();
  return {
    port: config.port,
    schema: new URL('./schema/', import.meta.url),
    resolvers,
    open({ database, services, bus, revocations, log }) {
      const changes = createChanges('user', database, bus);
      const queue = createWorkQueue('user', database);
      const stores = createStores(database, changes, queue);
      const { profiles, friends: store, blocks, pairs } = stores;
      const reach = createReach(stores.reach);
      const { askAgainHours } = config;
      const domain: Domain = {
        profiles: createProfiles({ store: profiles, files: createFileService(services), reach, log }),
        friends: createFriends({ store, blocks, pairs, log }),
        friendRequests: createFriendRequests({ store, pairs, profiles, askAgainHours, log }),
        blocks: createBlocks({ store: blocks, pairs, profiles, log }),
        privacy: createPrivacy(stores.privacy, log),
        reach,
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
