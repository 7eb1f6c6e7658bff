import { PASSWORD } from '../../testing/people.ts';
import { type Audience, END, type Scene, type ViewerName } from './scene.ts';

/** Whether somebody may see the subject, who has this audience for everything. */
export type Rule = (viewer: ViewerName, audience: Audience) => boolean;

export const SIGNED_IN: Rule = (viewer) => viewer !== 'nobody';
export const OWN: Rule = (viewer) => viewer === 'self';
const only =
  (...names: ViewerName[]): Rule =>
  (viewer) =>
    names.includes(viewer);
const INSIDE = only('self', 'friend', 'acquaintance', 'blocked', 'blocker');
const OUTSIDE_WITHOUT_SUBJECT = only('friend', 'acquaintance', 'blocked', 'blocker');
const both =
  (one: Rule, other: Rule): Rule =>
  (viewer, audience) =>
    one(viewer, audience) && other(viewer, audience);

/** As the subject's setting says; no block is between them. */
const ALLOWED: Rule = (viewer, audience) =>
  ({
    self: true,
    friend: audience !== 'NOBODY',
    acquaintance: audience === 'EVERYONE',
    stranger: audience === 'EVERYONE',
    blocked: false,
    blocker: false,
    nobody: false,
  })[viewer];
/** The same, but whoever blocks somebody still finds them. */
const FINDABLE: Rule = (viewer, audience) =>
  ALLOWED(viewer, audience) || (viewer === 'blocker' && audience === 'EVERYONE');
export const HEARS_PRESENCE = both(only('friend'), ALLOWED);
export const SEES_TYPING = both(only('friend', 'acquaintance', 'blocked', 'blocker'), ALLOWED);

export interface Row {
  document: string;
  /** Who is shown the subject by the fields of the document. */
  who: Rule;
  variables?: (scene: Scene) => object;
  /** The fields it is about, where the document has others too. */
  fields?: string[];
  /** Who asks it; all where it is left out. */
  asks?: ViewerName[];
  /** Of a subscription: the event with which all is told that is told to this viewer. */
  isLast?: (event: Event, viewer: ViewerName) => boolean;
}

export interface Event {
  __typename: string;
  message?: { preview: string };
  userId?: string;
  user?: { name: string };
  presence?: { state: string } | null;
}

const groupOf = ({ group }: Scene) => ({ id: group });
const inputOf = ({ subject }: Scene) => ({ input: { userId: subject.id } });

/** Fields of a user, by every way to a user. */
function everyWay(fields: string[], who: Rule): Row {
  const user = `id ${fields.join(' ')}`;
  return {
    document: `query ($id: ID!, $ids: [ID!]!, $group: ID!, $message: ID!) {
      user(id: $id) { ${user} }
      node(id: $id) { __typename ... on User { ${user} } }
      nodes(ids: $ids) { __typename ... on User { ${user} } }
      message(id: $message) { sender { ${user} } }
      conversation(id: $group) { members { edges { node { user { ${user} } } } } }
    }`,
    who,
    variables: ({ subject, group, message }) => ({ id: subject.id, ids: [subject.id], group, message }),
    fields: fields.map((field) => `User.${field.split(' ')[0]}`),
  };
}

const FOUNDING = '... on ConversationCreated { actorId actor { id } }';
const FOUNDERS = only('self', 'friend', 'blocked', 'blocker');
const FOUNDING_FIELDS = ['ConversationCreated.actorId', 'ConversationCreated.actor'];
const LATER = `
  ... on MemberJoined { actorId actor { id } }
  ... on MessageSent { message { senderId sender { id } preview } }`;
const LATER_FIELDS = ['MemberJoined.actorId', 'MemberJoined.actor', 'Message.senderId', 'Message.sender'];
const isEnd = ({ message }: Event) => message?.preview === END;
const LEFT = 'conversationId seq happenedAt actorId actor { id } userId user { id }';
const isOwnProfile = (event: Event) => event.__typename === 'ProfileChanged' && event.user?.name === END;

/** A row for each way to a person. Together they have every field that reveals one. */
export const ROWS: Record<string, Row> = {
  'what a user shows': everyWay(
    ['id', 'userName', 'name', 'bio', 'gender', 'region', 'avatarUrl', 'createdAt', 'friendship', 'isBlocked'],
    SIGNED_IN,
  ),
  'what is only a user’s own': everyWay(
    ['privacySettings { whoMayAsk }', 'pushDevices { id }', 'sessions { id }', 'friends { edges { cursor } }'],
    OWN,
  ),
  'what a friend calls them': everyWay(['remark'], only('friend')),
  'whether they are connected': everyWay(['presence { state lastSeenAt }'], ALLOWED),
  'the presence of chosen people': presenceEvents('UserPresence.presence', ALLOWED),
  'who was chosen': presenceEvents('UserPresence.userId', SIGNED_IN),
  'the conversation with them': everyWay(['directConversation { id }'], only('friend', 'blocked', 'blocker')),
  'a user by id': {
    document: `query ($id: ID!, $ids: [ID!]!) {
      user(id: $id) { id } node(id: $id) { __typename ... on User { id } } nodes(ids: $ids) { __typename ... on User { id } } }`,
    who: SIGNED_IN,
    variables: ({ subject }) => ({ id: subject.id, ids: [subject.id] }),
  },
  'the viewer': { document: '{ viewer { id } }', who: OWN },
  'a search': {
    document: 'query ($text: String!) { searchUsers(text: $text) { edges { node { id } } } }',
    who: FINDABLE,
    variables: ({ subject }) => ({ text: subject.userName }),
  },
  'the list of friends': {
    document: '{ viewer { friends { edges { node { id } } } } }',
    who: only('friend'),
    fields: ['FriendEdge.node'],
  },
  'the list of blocked users': { document: '{ blockedUsers { edges { node { id } } } }', who: only('blocker') },
  'requests that one was sent': {
    document: '{ friendRequests(direction: RECEIVED) { edges { node { sender { id } } } } }',
    who: only('stranger'),
  },
  'requests by their id, from their sender': {
    document: 'query ($id: ID!) { node(id: $id) { __typename ... on FriendRequest { sender { id } } } }',
    who: only('self', 'stranger'),
    variables: ({ requests }) => ({ id: requests.sent }),
    fields: ['FriendRequest.sender'],
  },
  'requests by their id, to their addressee': {
    document: 'query ($id: ID!) { node(id: $id) { __typename ... on FriendRequest { addressee { id } } } }',
    who: only('self', 'blocker'),
    variables: ({ requests }) => ({ id: requests.received }),
    fields: ['FriendRequest.addressee'],
  },
  members: {
    document: `query ($id: ID!) { conversation(id: $id) {
      members { edges { node { userId user { id } role joinedAt } } } } }`,
    who: INSIDE,
    variables: groupOf,
  },
  'read positions': {
    document: 'query ($id: ID!) { conversation(id: $id) { members { edges { node { userId readSeq } } } } }',
    who: both(INSIDE, ALLOWED),
    variables: groupOf,
    fields: ['Membership.readSeq'],
  },
  'the list of conversations': {
    document: '{ conversations { edges { node { otherMemberId otherMember { id } } } } }',
    who: only('friend', 'blocked', 'blocker'),
  },
  'a message': {
    document: 'query ($id: ID!) { message(id: $id) { senderId sender { id } } }',
    who: INSIDE,
    variables: ({ message }) => ({ id: message }),
  },
  'the beginning of a group': {
    document: `query ($id: ID!) { conversation(id: $id) { log { edges { node { __typename ${FOUNDING} } } } } }`,
    who: FOUNDERS,
    variables: groupOf,
    fields: FOUNDING_FIELDS,
  },
  'the log of a group': {
    document: `query ($id: ID!) { conversation(id: $id) { log { edges { node { __typename ${LATER} } } } } }`,
    who: INSIDE,
    variables: groupOf,
    fields: LATER_FIELDS,
  },
  'the log of a group that they left': {
    document: `query ($id: ID!) { conversation(id: $id) { log { edges { node { __typename
      ... on MemberJoined { ${LEFT} conversation { id } } ... on MemberLeft { ${LEFT} } } } } } }`,
    who: OUTSIDE_WITHOUT_SUBJECT,
    variables: ({ left }) => ({ id: left }),
  },
  'the first event of a group': {
    document: `subscription ($id: ID!) { event: conversationEvents(conversationId: $id, seq: 0) { __typename
      ${FOUNDING} ... on MessageSent { message { preview } } } }`,
    who: FOUNDERS,
    variables: groupOf,
    fields: FOUNDING_FIELDS,
    isLast: isEnd,
  },
  'the events of a group': {
    document: `subscription ($id: ID!) { event: conversationEvents(conversationId: $id, seq: 0) { __typename ${LATER} } }`,
    who: INSIDE,
    variables: groupOf,
    fields: LATER_FIELDS,
    isLast: isEnd,
  },
  'the inbox': {
    document: `subscription ($positions: [PositionInput!]) { event: inbox(positions: $positions) { __typename ${LATER} } }`,
    who: INSIDE,
    variables: ({ group }) => ({ positions: [{ conversationId: group, seq: 0 }] }),
    fields: LATER_FIELDS,
    isLast: (event, viewer) => (viewer === 'stranger' ? event.__typename === 'InboxStarted' : isEnd(event)),
  },
  'friends in the account feed': feed('FriendChanged', only('friend', 'acquaintance', 'blocked', 'blocker')),
  'blocks in the account feed': feed('BlockChanged', only('blocker')),
  'profiles in the account feed': feed('ProfileChanged', only('self', 'friend')),
  'requests in the account feed': {
    document: `subscription { event: contactEvents(after: 0) { __typename
      ... on FriendRequestChanged { request { sender { id } } } ... on ProfileChanged { user { name } } } }`,
    who: only('friend', 'acquaintance', 'blocked', 'stranger', 'self'),
    fields: ['FriendRequest.sender'],
    isLast: isOwnProfile,
  },
  blockUser: mutation('blockUser', 'BlockUserPayload', only('blocker'), ['blocker', 'nobody']),
  unblockUser: mutation('unblockUser', 'UnblockUserPayload', SIGNED_IN, [
    'friend',
    'acquaintance',
    'blocked',
    'nobody',
  ]),
  removeFriend: mutation('removeFriend', 'RemoveFriendPayload', SIGNED_IN, [
    'acquaintance',
    'blocked',
    'blocker',
    'stranger',
  ]),
  updateFriend: mutation('updateFriend', 'UpdateFriendPayload', only('friend')),
  updateProfile: {
    ...mutation('updateProfile', 'UpdateProfilePayload', OWN, ['self', 'nobody']),
    variables: () => ({ input: {} }),
  },
  logIn: {
    ...mutation('logIn', 'LogInPayload', OWN, ['self']),
    variables: ({ subject }) => ({ input: { login: subject.userName, password: PASSWORD } }),
  },
  refreshSession: {
    ...mutation('refreshSession', 'RefreshSessionPayload', OWN, ['self']),
    variables: ({ subject }) => ({ input: { refreshToken: subject.refreshToken } }),
  },
};

/** The presence of chosen people; the first event tells all. */
function presenceEvents(field: string, who: Rule): Row {
  return {
    document:
      'subscription ($ids: [ID!]!) { event: presenceEvents(userIds: $ids) { __typename userId presence { state } } }',
    who,
    variables: ({ subject }) => ({ ids: [subject.id] }),
    fields: [field],
    isLast: () => true,
  };
}

/** Events of the account feed, from its beginning. */
function feed(type: string, who: Rule): Row {
  const more = type === 'ProfileChanged' ? '' : '... on ProfileChanged { user { name } }';
  return {
    document: `subscription { event: contactEvents(after: 0) { __typename
      ... on ${type} { seq userId user { id name } } ${more} } }`,
    who,
    fields: [`${type}.seq`, `${type}.userId`, `${type}.user`],
    isLast: isOwnProfile,
  };
}

/** A mutation that changes nothing for whoever asks it. */
function mutation(name: string, payload: string, who: Rule, asks?: ViewerName[]): Row {
  const input = `${name[0]?.toUpperCase()}${name.slice(1)}Input`;
  return {
    document: `mutation ($input: ${input}!) { ${name}(input: $input) { __typename ... on ${payload} { user { id } } } }`,
    who,
    variables: inputOf,
    fields: [`${payload}.user`],
    ...(asks ? { asks } : {}),
  };
}
