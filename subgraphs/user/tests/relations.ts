import type { Person } from '../../../testing/people.ts';
import { type Collected, collect } from '../../../testing/socket.ts';
import type { SharedStack } from '../../../testing/stack.ts';

// biome-ignore lint/suspicious/noExplicitAny: results are of many shapes; what is asserted is the value
type Loose = any;

/** What one person can do to another, or to a request: the mutations, each with its whole answer. */
export const ACTIONS = {
  sendFriendRequest: 'request { id status isIgnored source }',
  acceptFriendRequest: 'request { id status isIgnored }',
  refuseFriendRequest: 'request { id status isIgnored }',
  ignoreFriendRequest: 'request { id status isIgnored }',
  cancelFriendRequest: 'request { id status isIgnored }',
  removeFriend: 'user { id friendship remark }',
  updateFriend: 'user { id friendship remark }',
  blockUser: 'user { id friendship isBlocked }',
  unblockUser: 'user { id friendship isBlocked }',
} as const;
export type Action = keyof typeof ACTIONS;

/** Does it, as `by`, and gives what it ended with: a payload or a named error. */
export function act(by: Person, action: Action, input: object): Promise<Loose> {
  return by.attempt(action, input, ACTIONS[action]);
}

/** What is between two, as `of` has it. */
export async function relation(of: Person, to: Person): Promise<Loose> {
  const document = 'query ($id: ID!) { user(id: $id) { friendship remark isBlocked } }';
  return (await of.user.data(document, { id: to.id })).user;
}

/** What chat asks: whether the first of each pair may do something with the second. */
export async function mayReach(stack: SharedStack, action: string, pairs: [string, string][]): Promise<boolean[]> {
  const chat = stack.client('user').as(await stack.serviceToken('chat', 'user'));
  return (await chat.data(MAY_REACH, { action, pairs: pairs.map(([userId, otherId]) => ({ userId, otherId })) }))
    .mayReach;
}

export const MAY_REACH =
  'query ($action: ReachAction!, $pairs: [ReachPairInput!]!) { mayReach(action: $action, pairs: $pairs) }';

export interface ContactEvent {
  __typename: string;
  seq: number;
  isReset?: boolean;
  requestId?: string;
  request?: { status: string; isIgnored: boolean | null } | null;
  userId?: string;
  user?: { friendship: string; isBlocked: boolean; name: string; remark: string | null } | null;
  privacySettings?: Record<string, string> | null;
}

const CONTACT_EVENTS = `subscription ($after: Int) { contactEvents(after: $after) {
  __typename seq
  ... on ContactsStarted { isReset }
  ... on FriendRequestChanged { requestId request { status isIgnored } }
  ... on FriendChanged { userId user { friendship isBlocked name remark } }
  ... on BlockChanged { userId user { friendship isBlocked name remark } }
  ... on ProfileChanged { userId user { friendship isBlocked name remark } }
  ... on SettingsChanged { privacySettings { whoMayAsk whoMayFind } }
} }`;

/** The account feed of a person, once it has begun. */
export async function contactEvents(
  stack: SharedStack,
  of: { token: string },
  after?: number,
  index = 0,
): Promise<Feed> {
  const client = stack.socket('user', { token: of.token, index });
  const collected = collect<{ contactEvents: ContactEvent }>(client, CONTACT_EVENTS, { after });
  await collected.until(({ contactEvents: event }) => event.__typename === 'ContactsStarted');
  const events = () => collected.events.map((event) => event.contactEvents);
  return {
    ...{ collected, events, lastSeq: () => events().at(-1)?.seq as number },
    until: async (fits, what) =>
      (await collected.until((event) => fits(event.contactEvents), { what: () => `${what} in ${text(events())}` }))
        .contactEvents,
    async stop() {
      collected.stop();
      await client.dispose();
    },
  };
}

export interface Feed {
  collected: Collected<{ contactEvents: ContactEvent }>;
  events(): ContactEvent[];
  lastSeq(): number;
  until(fits: (event: ContactEvent) => boolean, what: string): Promise<ContactEvent>;
  stop(): Promise<void>;
}

const text = (events: ContactEvent[]) => JSON.stringify(events).slice(-1_000);
