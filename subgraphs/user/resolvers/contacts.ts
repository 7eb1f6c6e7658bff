import type { FeedEvent } from '../../../kit/feed/feed.ts';
import { requireViewer } from '../../../kit/identity/caller.ts';
import { readSubject, type SubjectKind } from '../domain/contacts/subjects.ts';
import type { ChangedParent } from './parents.ts';
import type { Resolvers } from './types.generated.ts';

const TYPES = {
  request: 'FriendRequestChanged',
  friend: 'FriendChanged',
  block: 'BlockChanged',
  profile: 'ProfileChanged',
  settings: 'SettingsChanged',
} as const satisfies Record<SubjectKind, string>;

const idOf = ({ subject }: ChangedParent) => readSubject(subject)?.id as string;

/** A user in an event, as the viewer has them now. */
const ofUser: Required<Pick<NonNullable<Resolvers['FriendChanged']>, 'userId' | 'user'>> = {
  userId: (event) => idOf(event),
  user: (event, _, { loaders }) => loaders.profile.load(idOf(event)),
};

export const contacts: Resolvers = {
  Subscription: {
    contactEvents: {
      subscribe: (_, { after }, context) => context.feed.open(requireViewer(context), after ?? null),
      // The event is the answer.
      resolve: (event: FeedEvent) => event,
    },
  },

  ContactEvent: {
    __resolveType(event) {
      if (event.kind === 'STARTED') return 'ContactsStarted';
      const known = readSubject(event.subject);
      return known ? TYPES[known.kind] : 'UnknownContactChange';
    },
  },

  FriendRequestChanged: {
    requestId: (event) => idOf(event),
    request: (event, _, { loaders }) => loaders.friendRequest.load(idOf(event)),
  },
  FriendChanged: ofUser,
  BlockChanged: ofUser,
  ProfileChanged: ofUser,
  SettingsChanged: {
    privacySettings: async (event, _, { loaders }) =>
      (await loaders.privacySettings.load(idOf(event)))?.settings ?? null,
  },
};
