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
import { createConnections } from './domain/presence/connections.ts';
import { createPresencePolicy } from './domain/presence/policy.ts';
import { createPresence } from './domain/presence/presence.ts';
import { createReach } from './domain/privacy/reach.ts';
import { createPrivacy } from './domain/privacy/settings.ts';
import { createProfiles } from './domain/profiles/profiles.ts';
import { createPushDevices } from './domain/push/devices.ts';
import { resolvers } from './resolvers/index.ts';
import { createDeviceStore } from './storage/presence/devices.ts';
import { createPresenceHints } from './storage/presence/hints.ts';
import { createFileService } from './storage/profiles/file-service.ts';
import { createStores } from './storage/stores.ts';

await startSubgraph('user', () => {
  const config = readUserConfig();
  return {
    port: config.port,
    schema: new URL('./schema/', import.meta.url),
    resolvers,
    open({ config: { namespace }, database, services, redis, bus, revocations, log }) {
      const changes = createChanges('user', database, bus);
      const queue = createWorkQueue('user', database);
      const hints = createPresenceHints(bus);
      const stores = createStores(database, changes, queue, hints);
      const { profiles, friends: store, blocks, pairs } = stores;
      const reach = createReach(stores.reach);
      const presence = { devices: createDeviceStore(redis, namespace), lastSeen: stores.lastSeen, hints, log };
      const connections = createConnections(presence);
      const policy = createPresencePolicy(reach);
      const domain: Domain = {
        profiles: createProfiles({ store: profiles, files: createFileService(services), reach, log }),
        friends: createFriends({ store, blocks, pairs, log }),
        friendRequests: createFriendRequests({ store, pairs, profiles, askAgainHours: config.askAgainHours, log }),
        blocks: createBlocks({ store: blocks, pairs, profiles, log }),
        privacy: createPrivacy(stores.privacy, log),
        reach,
        feed: createFeed({ changes, bus, sessions: revocations, log }),
        presence: createPresence({ ...presence, connections, policy, friends: store, sessions: revocations }),
        push: createPushDevices(stores.devices, config.privateNetworks.length > 0),
      };
      const kept = { database, changes, queue, stores };
      const background = startBackground({ ...kept, connections, revocations, config, domain, log });
      return {
        context: (caller) => createContext(caller, domain),
        health: { feed: () => domain.feed.counts(), presence: () => domain.presence.counts() },
        close: background.stop,
      };
    },
  };
});
