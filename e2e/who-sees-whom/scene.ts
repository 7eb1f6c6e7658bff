import { type Person, people, registered } from '../../testing/people.ts';
import { photograph } from '../../testing/photographs.ts';
import type { SharedStack } from '../../testing/stack.ts';
import { waitFor } from '../../testing/wait.ts';

export const AUDIENCES = ['EVERYONE', 'FRIENDS', 'NOBODY'] as const;
export type Audience = (typeof AUDIENCES)[number];

/** Who looks at the subject. `blocked` was blocked by the subject, `blocker` has blocked the subject. */
export const VIEWERS = ['self', 'friend', 'acquaintance', 'blocked', 'blocker', 'stranger', 'nobody'] as const;
export type ViewerName = (typeof VIEWERS)[number];

const SETTINGS = [
  ...['whoMayAsk', 'whoMayAddToGroups', 'whoMayWrite', 'whoMaySeePresence', 'whoMaySeeLastSeen'],
  ...['whoMaySeeReceipts', 'whoMaySeeTyping', 'whoMayFind'],
];

/** A person in the midst of everybody, with one audience for all their settings. */
export interface Scene {
  audience: Audience;
  subject: Person;
  viewers: Record<Exclude<ViewerName, 'nobody'>, Person>;
  /** A group of the subject and all but the stranger, which the subject made and added to. */
  group: string;
  /** A group of the same, to which the subject was added and which they left. */
  left: string;
  /** A message of the subject in `group`. */
  message: string;
  /** A request of the subject to the stranger, and the one by which they became a friend of the blocker. */
  requests: { sent: string; received: string };
}

/** The last message in both groups, and the last name of each viewer: what comes up to there is all. */
export const END = 'the end';

export async function setScene(stack: SharedStack, audience: Audience): Promise<Scene> {
  const { subject } = await registered(stack, ['subject']);
  const others = await people(stack, 'friend', 'acquaintance', 'blocked', 'blocker', 'stranger');
  const { friend, acquaintance, blocked, blocker, stranger } = others;
  await subject.befriend(friend, acquaintance, blocked);
  const received = await request(blocker, subject);
  await subject.perform('acceptFriendRequest', { requestId: received });
  await friend.befriend(acquaintance, blocked, blocker);

  const group = await subject.group('Beavers', [friend, blocked, blocker]);
  await subject.add(group, acquaintance);
  for (const one of [friend, blocked, blocker]) await subject.direct(one);
  const left = await friend.group('Otters', [acquaintance, blocked, blocker]);
  await friend.add(left, subject);
  await subject.leave(left);
  const message = (await subject.send(group, 'hello')).id;
  for (const id of [group, left]) await friend.send(id, END);

  for (const one of [acquaintance, blocked, blocker]) await subject.perform('removeFriend', { userId: one.id });
  await subject.perform('blockUser', { userId: blocked.id });
  await blocker.perform('blockUser', { userId: subject.id });
  const sent = await request(subject, stranger);
  await friend.perform('updateFriend', { userId: subject.id, remark: 'Sub' });
  await subject.perform('updatePrivacySettings', Object.fromEntries(SETTINGS.map((setting) => [setting, audience])));
  const picture = await photograph(64, 64);
  const avatar = await subject.upload(picture, { type: 'image/jpeg', purpose: 'AVATAR' });
  const shown = { bio: 'A beaver.', gender: 'OTHER', region: 'A river', avatarFileId: avatar.id };
  await subject.perform('updateProfile', { ...shown, name: END });
  await waitFor(() => isTold(stack, friend, subject), { what: 'the profile of the subject in the feed of a friend' });
  // What the others are told ends with their own names.
  for (const one of Object.values(others)) await one.perform('updateProfile', { name: END });
  const viewers = { self: subject, ...others };
  return { audience, subject, viewers, group, left, message, requests: { sent, received } };
}

/** Friends hear of a profile when the mutation is answered already. */
async function isTold(stack: SharedStack, friend: Person, { id }: Person): Promise<boolean> {
  const statement = 'SELECT 1 FROM user_feed_changes WHERE user_id = ? AND subject = ?';
  return (await stack.mysql.query(statement, [friend.id, `profile:${id}`])).length > 0;
}

async function request(by: Person, to: Person): Promise<string> {
  return (await by.perform('sendFriendRequest', { userId: to.id }, 'request { id }')).request.id;
}
