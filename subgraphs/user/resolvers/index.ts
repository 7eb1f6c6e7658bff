import { mergeResolvers } from '../../../kit/graph/resolvers.ts';
import { blocks } from './blocks.ts';
import { contacts } from './contacts.ts';
import { friends } from './friends.ts';
import { nodes } from './nodes.ts';
import { presence } from './presence.ts';
import { privacy } from './privacy.ts';
import { profiles } from './profiles.ts';
import { push } from './push.ts';
import type { Resolvers } from './types.generated.ts';

export const resolvers: Resolvers = mergeResolvers<Resolvers>(
  profiles,
  friends,
  blocks,
  privacy,
  contacts,
  presence,
  push,
  nodes,
);
