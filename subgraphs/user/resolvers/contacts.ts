import { requireViewer } from '../../../kit/identity/caller.ts';
import { type ContactEvent, ContactSource } from '../domain/contacts/events.ts';
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
      async subscribe(_, { after, device }, context) {
        const viewer = requireViewer(context);
        const feed = await context.feed.open(viewer, after ?? null);
        return device ? new ContactSource(feed, context.presence.join(viewer, device)) : feed;
      },
      // The event is the answer.
      resolve: (event: ContactEvent) => event,
    },
  },

  ContactEvent: {
    __resolveType(event) {
      if (event.kind === 'STARTED') return 'ContactsStarted';
      if (event.kind === 'PRESENCE') return 'PresenceChanged';
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
